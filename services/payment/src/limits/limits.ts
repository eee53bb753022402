// What a payer may pay: pure decisions over the dated rules and the payer's usage.
import type { PayRules } from '@bahi/contracts/rules.ts'

const hourMs = 3_600_000
/** The rolling day of the limits. */
export const dayMs = 24 * hourMs
/** Payments of one payer in a rolling day, failed ones included: bounds how many rows one person can create. */
export const maxTriesPerDay = 500

/** A payer's payments of the last day. Pending ones count like settled ones; failed ones count only as tries. */
export type PayerUsage = {
  tries: number
  count: number
  paise: number
  /** Since the cooling began. */
  coolingPaise: number
  /** Since the last event that restarted it. */
  coolingCount: number
}

/** `from`: when the oldest cause that is still in effect happened; `last`: when the newest did. */
export type Cooling = { from: Date; last: Date }

/** When a cause of a cooling period happened; `unknown`: at an unknown time, so it is always in effect. */
export type CoolingCause = Date | 'unknown'

/** The cooling period at `at` by these causes (device bound, person registered, PIN set), if any is in effect. */
export function coolingAt(at: Date, rules: PayRules, moments: CoolingCause[]): Cooling | undefined {
  const since = at.getTime() - rules.coolingHours * hourMs
  const causes = moments.flatMap((moment) => {
    if (moment === 'unknown') return [since]
    return moment.getTime() > since ? [moment.getTime()] : []
  })
  if (causes.length === 0) return undefined
  return { from: new Date(Math.min(...causes)), last: new Date(Math.max(...causes)) }
}

/** Since when payments count in some window. */
export function windowStart(at: Date, rules: PayRules): Date {
  return new Date(at.getTime() - Math.max(dayMs, rules.coolingHours * hourMs))
}

/** The UPI code that refuses this amount, or undefined when it may be paid. */
export function limitCode(
  amountPaise: number,
  usage: PayerUsage,
  rules: PayRules,
  cools: boolean,
): 'Z8' | 'Z7' | 'FL' | 'FP' | undefined {
  if (amountPaise > rules.perTransactionPaise) return 'Z8'
  if (cools && usage.coolingCount === 0 && amountPaise > rules.coolingFirstPaise) return 'FL'
  if (cools && usage.coolingPaise + amountPaise > rules.coolingSumPaise) return 'FP'
  if (usage.count + 1 > rules.perDayCount) return 'Z7'
  if (usage.paise + amountPaise > rules.perDayPaise) return 'Z8'
  return undefined
}

/** The usage once this payment has begun. */
export function addPayment(usage: PayerUsage, amountPaise: number): PayerUsage {
  return {
    tries: usage.tries + 1,
    count: usage.count + 1,
    paise: usage.paise + amountPaise,
    coolingPaise: usage.coolingPaise + amountPaise,
    coolingCount: usage.coolingCount + 1,
  }
}
