// Dated rules of the network: timeouts, when and how often to check, when settlement cycles end.
import { rulesAt } from './rules.ts'

export type NetworkRules = {
  effectiveFrom: string
  /** Seconds that a leg of a payment, a check, a reversal, an address may take. */
  payTimeoutS: number
  checkTimeoutS: number
  reversalTimeoutS: number
  addressTimeoutS: number
  /** A message that is older than this when it arrives is refused: what was not taken by then never happens. */
  messageMaxAgeS: number
  /** The first check of an open payment after so long, then one every so often, at most so many. */
  firstCheckAfterS: number
  checkEveryS: number
  maxChecks: number
  /** From then on only the settlement report decides. */
  checkUntilMinutes: number
  /** Days from the payment's date by which a person has it clear: credited, or the money back (T+1 for people). */
  returnWithinDays: number
  /** A hold for the network outlives every way in which the network may still answer. */
  holdDays: number
  /** Hours of India in which settlement cycles end, in order of the day. */
  cycleEndsIst: readonly number[]
}

/** Newest last. A change of the rules is a new row with its date, never an edit. */
export const networkRules: readonly NetworkRules[] = [
  {
    effectiveFrom: '2025-06-16T00:00:00+05:30',
    payTimeoutS: 15,
    checkTimeoutS: 10,
    reversalTimeoutS: 10,
    addressTimeoutS: 10,
    messageMaxAgeS: 60,
    firstCheckAfterS: 90,
    checkEveryS: 600,
    maxChecks: 3,
    checkUntilMinutes: 120,
    returnWithinDays: 1,
    holdDays: 10,
    cycleEndsIst: [0, 5, 7, 9, 11, 13, 15, 17, 19, 21],
  },
]

const istMs = 330 * 60_000
const dayMs = 86_400_000

export type Cycle = { id: string; from: Date; to: Date }

/** The settlement cycle that a moment falls into, such as `2026-11-23.C04`: named after the day on which it ends. */
export function cycleAt(at: Date): Cycle {
  const ends = rulesAt(networkRules, at).cycleEndsIst
  const istNow = at.getTime() + istMs
  const midnight = Math.floor(istNow / dayMs) * dayMs
  const hourMs = 3_600_000
  const nextDay = ends.map((hour) => hour + 24)
  const all = [...ends.map((hour) => hour - 24), ...ends, ...nextDay].map((hour) => midnight + hour * hourMs)
  const nth = all.findIndex((end) => end > istNow)
  const [from, to] = [all[nth - 1]!, all[nth]!]
  const day = new Date(to).toISOString().slice(0, 10)
  const id = `${day}.C${String((nth % ends.length) + 1).padStart(2, '0')}`
  return { id, from: new Date(from - istMs), to: new Date(to - istMs) }
}

/** The cycle of this name, found by looking through the hours of its day; undefined when there is none. */
export function cycleNamed(id: string): Cycle | undefined {
  const noon = Date.parse(`${id.slice(0, 10)}T12:00:00+05:30`)
  if (Number.isNaN(noon)) return undefined
  for (let hour = -18; hour <= 12; hour++) {
    const at = new Date(noon + hour * 3_600_000)
    // Before the first rule there were no cycles.
    const cycle = at < new Date(networkRules[0]!.effectiveFrom) ? undefined : cycleAt(at)
    if (cycle?.id === id) return cycle
  }
  return undefined
}

/**
 * The rules in force, with their waiting times divided by `timeScale`: a sandbox may run faster than the world. Ages,
 * days and cycles stay as they are.
 */
export function networkRulesAt(at: Date, timeScale = 1): NetworkRules {
  const rules = rulesAt(networkRules, at)
  return {
    ...rules,
    payTimeoutS: rules.payTimeoutS / timeScale,
    checkTimeoutS: rules.checkTimeoutS / timeScale,
    reversalTimeoutS: rules.reversalTimeoutS / timeScale,
    addressTimeoutS: rules.addressTimeoutS / timeScale,
    messageMaxAgeS: rules.messageMaxAgeS / timeScale,
    firstCheckAfterS: rules.firstCheckAfterS / timeScale,
    checkEveryS: rules.checkEveryS / timeScale,
    checkUntilMinutes: rules.checkUntilMinutes / timeScale,
  }
}
