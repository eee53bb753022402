// What a payer may pay: pure decisions over the dated rules and what stands of the last day.
import type { PayRules } from '@bahi/contracts/rules.ts'

const hourMs = 3_600_000
/** The rolling day of the limits. */
export const dayMs = 24 * hourMs
/** Payments of one payer in a rolling day, failed ones included: what one person can make us keep. */
export const maxTriesPerDay = 500

/** A payer's last day. What is pending counts like what is settled; what failed counts only as a try. */
export type Standing = {
  tries: number
  count: number
  paise: number
  /** Since the cooling began. */
  coolingPaise: number
  /** Since what restarted it last. */
  coolingCount: number
}

/** `from`: when the oldest cause that still cools happened; `last`: when the newest did. */
export type Cooling = { from: Date; last: Date }

/** When something happened that cools; `unknown`: nobody knows, so it cools whatever the time is. */
export type CoolingCause = Date | 'unknown'

/** The cooling that these causes (device bound, person registered, PIN set) have at `at`, if any still does. */
export function coolingAt(at: Date, rules: PayRules, moments: CoolingCause[]): Cooling | undefined {
  const since = at.getTime() - rules.coolingHours * hourMs
  const causes = moments.flatMap((moment) => {
    if (moment === 'unknown') return [since]
    return moment.getTime() > since ? [moment.getTime()] : []
  })
  if (causes.length === 0) return undefined
  return { from: new Date(Math.min(...causes)), last: new Date(Math.max(...causes)) }
}

/** From when on payments are looked at. */
export function windowStart(at: Date, rules: PayRules): Date {
  return new Date(at.getTime() - Math.max(dayMs, rules.coolingHours * hourMs))
}

/** The UPI code that refuses this amount, or undefined when it may be paid. */
export function limitCode(
  amountPaise: number,
  standing: Standing,
  rules: PayRules,
  cools: boolean,
): 'Z8' | 'Z7' | 'FL' | 'FP' | undefined {
  if (amountPaise > rules.perTransactionPaise) return 'Z8'
  if (cools && standing.coolingCount === 0 && amountPaise > rules.coolingFirstPaise) return 'FL'
  if (cools && standing.coolingPaise + amountPaise > rules.coolingSumPaise) return 'FP'
  if (standing.count + 1 > rules.perDayCount) return 'Z7'
  if (standing.paise + amountPaise > rules.perDayPaise) return 'Z8'
  return undefined
}

/** The standing once this payment has begun too. */
export function withBegun(standing: Standing, amountPaise: number): Standing {
  return {
    tries: standing.tries + 1,
    count: standing.count + 1,
    paise: standing.paise + amountPaise,
    coolingPaise: standing.coolingPaise + amountPaise,
    coolingCount: standing.coolingCount + 1,
  }
}
