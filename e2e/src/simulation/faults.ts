// Which faults happen where: drawn from the seed, counted by kind, and all of them off once a run heals.
import { randomOf, type Random } from './random.ts'

export const seams = ['forward', 'bus', 'sql', 'cache', 'crash', 'clock'] as const
export type Seam = (typeof seams)[number]

/** How often each fault happens, of the times that it could. */
const odds = {
  'transport: lost before it arrives': 0.03,
  'transport: answer lost': 0.03,
  'transport: delayed': 0.08,
  'transport: held back until nobody waits': 0.01,
  'transport: delivered twice': 0.04,
  'bus: not taken': 0.04,
  'bus: taken but not confirmed': 0.04,
  'bus: delivered twice': 0.06,
  'bus: delivered again later': 0.05,
  'bus: delayed': 0.1,
  'bus: handler cut off': 0.04,
  'bus: acknowledgement lost': 0.04,
  'sql: no connection': 0.008,
  'sql: fails before its commit': 0.025,
  'sql: deadlock found': 0.01,
  'sql: answer of the commit lost': 0.025,
  'sql: statement fails': 0.004,
  'sql: answer of the statement lost': 0.004,
  'cache: fails': 0.05,
  'cache: emptied': 0.02,
  'crash: before a call': 0.003,
  'crash: after a call': 0.004,
  'crash: before a commit': 0.004,
  'crash: after a commit': 0.006,
  'crash: before publishing': 0.01,
  'crash: after publishing': 0.01,
  'crash: while handling': 0.006,
  'clock: jumps': 0.15,
} as const
export type Fault = keyof typeof odds

export type Faults = {
  /** Whether this one happens now. `where` names the stream of decisions that it is drawn from. */
  happens(fault: Fault, where: string): boolean
  random(where: string): Random
  counts: Map<string, number>
  count(what: string, times?: number): void
  heal(): void
  healed(): boolean
}

export function faultsOf(
  seed: number,
  wanted: ReadonlySet<Seam>,
  tell: (what: string) => void = () => undefined,
): Faults {
  const streams = new Map<string, Random>()
  const counts = new Map<string, number>()
  let healthy = false
  // Some runs are calm and some are wild: bugs hide in both.
  const weather = randomOf(seed, 'weather').pick([0, 0.5, 1, 1, 1, 2, 3])
  const mostDeaths = randomOf(seed, 'deaths').between(0, 6)
  let deaths = 0
  function random(where: string): Random {
    let found = streams.get(where)
    if (!found) streams.set(where, (found = randomOf(seed, where)))
    return found
  }
  function count(what: string, times = 1): void {
    if (times > 0) counts.set(what, (counts.get(what) ?? 0) + times)
  }
  return {
    random,
    counts,
    count,
    happens(fault, where) {
      const seam = fault.slice(0, fault.indexOf(':')) as Seam
      if (healthy || !wanted.has(seam)) return false
      if (!random(`${fault} ${where}`).chance(odds[fault] * weather)) return false
      if (seam === 'crash' && ++deaths > mostDeaths) return false
      count(fault)
      tell(`${fault} (${where})`)
      return true
    },
    heal: () => void (healthy = true),
    healed: () => healthy,
  }
}
