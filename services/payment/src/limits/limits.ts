// What a payer may pay: pure rules over the limits in force and the payer's usage.
import type { LimitRules, Limits } from '@bahi/contracts/limits.ts'
import type { PayRules } from '@bahi/contracts/rules.ts'

const hourMs = 3_600_000
/** The rolling day of the limits. */
export const dayMs = 24 * hourMs
/** Payments of one payer in a rolling day, failed ones included: bounds how many rows one person can create. */
export const maxTriesPerDay = 500

/** Payments of some limits in the last day. Pending ones count like settled ones. */
export type Usage = { count: number; paise: number }

/** A payer's usage of the windows that limits look at. */
export type PayerUsage = {
  /** Failed ones count too. */
  tries: number
  total: Usage
  /** Of those that no category has. */
  everybody: Usage
  /** Of those in the category of the payment that is assessed. */
  category: Usage
  /** Since the cooling period began. */
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

/** Which limit a payment exceeds: its scope and name, and the UPI code that refuses it. */
export type ExceededLimit = { limit: string; code: 'Z8' | 'Z7' | 'FL' | 'FP' }

/** What is assessed: the limits that apply to a payment. */
export type ApplicableLimits = {
  rules: LimitRules
  /** Name of the category of a verified merchant. */
  category?: string | undefined
  /** Of the payer alone: they only lower what the others allow. */
  personal?: Limits | undefined
  cooling?: Pick<PayRules, 'coolingFirstPaise' | 'coolingSumPaise'> | undefined
}

/** A limit as the most that the next payment may be under it. */
export type Bound = ExceededLimit & { maxPaise: number }

/** Every limit that applies, in order of precedence: those of one transaction first. */
export function boundsOf(
  usage: PayerUsage,
  { rules, category, personal, cooling }: ApplicableLimits,
): Bound[] {
  const categories = new Map(Object.entries(rules.categories))
  const scopes = [
    category === undefined
      ? { scope: 'everybody', limits: rules.everybody, used: usage.everybody }
      : { scope: `category:${category}`, limits: categories.get(category)!.limits, used: usage.category },
    ...(personal ? [{ scope: 'person', limits: personal, used: usage.total }] : []),
  ] satisfies { scope: string; limits: Limits; used: Usage }[]
  const bound = (limit: string, code: Bound['code'], maxPaise: number | undefined): Bound[] =>
    maxPaise === undefined ? [] : [{ limit, code, maxPaise }]
  const left = (limit: number | undefined, used: number) => (limit === undefined ? undefined : limit - used)
  return [
    ...scopes.flatMap(({ scope, limits }) =>
      bound(`${scope}:transaction-amount`, 'Z8', limits.perTransactionPaise),
    ),
    ...bound('cooling:first-amount', 'FL', usage.coolingCount === 0 ? cooling?.coolingFirstPaise : undefined),
    ...bound('cooling:sum', 'FP', left(cooling?.coolingSumPaise, usage.coolingPaise)),
    ...scopes.flatMap(({ scope, limits, used }) =>
      used.count + 1 > (limits.perDayCount ?? Infinity) ? bound(`${scope}:day-count`, 'Z7', 0) : [],
    ),
    ...scopes.flatMap(({ scope, limits, used }) =>
      bound(`${scope}:day-amount`, 'Z8', left(limits.perDayPaise, used.paise)),
    ),
  ]
}

/** Every limit that this amount would exceed, in order of precedence. */
export function exceededLimits(
  amountPaise: number,
  usage: PayerUsage,
  limits: ApplicableLimits,
): ExceededLimit[] {
  return boundsOf(usage, limits)
    .filter(({ maxPaise }) => amountPaise > maxPaise)
    .map(({ limit, code }) => ({ limit, code }))
}

/** The most that the next payment may be, never below zero, and the code that refuses a paisa more. */
export function mostPayable(usage: PayerUsage, limits: ApplicableLimits): Pick<Bound, 'maxPaise' | 'code'> {
  const bounds = boundsOf(usage, limits)
  const maxPaise = Math.max(0, Math.min(...bounds.map((one) => one.maxPaise)))
  const [first] = bounds.filter((one) => one.maxPaise <= maxPaise)
  return { maxPaise, code: first!.code }
}

/** The usage once a payment has begun, for a later one of the same payer; `category`: whose they are. */
export function addPayment(
  usage: PayerUsage,
  begun: { amountPaise: number; category?: string | undefined },
  category: string | undefined,
): PayerUsage {
  const add = ({ count, paise }: Usage) => ({ count: count + 1, paise: paise + begun.amountPaise })
  const isOfEverybody = begun.category === undefined
  return {
    tries: usage.tries,
    total: add(usage.total),
    everybody: isOfEverybody ? add(usage.everybody) : usage.everybody,
    category: !isOfEverybody && begun.category === category ? add(usage.category) : usage.category,
    coolingPaise: usage.coolingPaise + begun.amountPaise,
    coolingCount: usage.coolingCount + 1,
  }
}
