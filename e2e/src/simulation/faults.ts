// Which faults happen where: drawn from the seed, counted by kind, all switched off once the run heals.
import { randomOf, type Random } from './random.ts'

export const seams = ['transport', 'bus', 'sql', 'cache', 'crash', 'clock'] as const
export type Seam = (typeof seams)[number]

/** The probability of each fault, each time it could happen. */
const probabilities = {
  'transport: request lost': 0.03,
  'transport: response lost': 0.03,
  'transport: delayed': 0.08,
  'transport: delayed past the timeout': 0.01,
  'transport: delivered twice': 0.04,
  'bus: publish fails': 0.04,
  'bus: publish not confirmed': 0.04,
  'bus: delivered twice': 0.06,
  'bus: redelivered later': 0.05,
  'bus: delayed': 0.1,
  'bus: handler interrupted': 0.04,
  'bus: acknowledgement lost': 0.04,
  'sql: no connection': 0.008,
  'sql: fails before its commit': 0.025,
  'sql: deadlock': 0.01,
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
} as const satisfies Record<`${Seam}: ${string}`, number>
export type Fault = keyof typeof probabilities

export type Faults = {
  /** Whether this fault happens now. `where` names the stream of random numbers that it is drawn from. */
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
  log: (line: string) => void = () => undefined,
): Faults {
  const streams = new Map<string, Random>()
  const counts = new Map<string, number>()
  let healthy = false
  // Some runs have few faults and some have many: bugs hide in both.
  const intensity = randomOf(seed, 'weather').pick([0, 0.5, 1, 1, 1, 2, 3])
  const maxCrashes = randomOf(seed, 'deaths').between(0, 6)
  let crashes = 0
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
      if (!random(`${fault} ${where}`).chance(probabilities[fault] * intensity)) return false
      if (seam === 'crash' && ++crashes > maxCrashes) return false
      count(fault)
      log(`${fault} (${where})`)
      return true
    },
    heal: () => void (healthy = true),
    healed: () => healthy,
  }
}
