// What a payer may pay: pure rules over the limits in force and the payer's usage.
import type { Controls } from '@bahi/contracts/controls.ts'
import {
  furtherLimitsOf,
  limitWindows,
  type FurtherLimit,
  type LimitedPayment,
  type LimitRules,
  type Limits,
  type LimitWindow,
} from '@bahi/contracts/limits.ts'
import type { PayRules } from '@bahi/contracts/rules.ts'

const hourMs = 3_600_000
/** The rolling day of the limits. */
export const dayMs = 24 * hourMs
/** Payments of one payer in a rolling day, failed ones included: bounds how many rows one person can create. */
export const maxTriesPerDay = 500

/** Payments of some limits in a window. Pending ones count like settled ones. */
export type Usage = { count: number; paise: number }

/** Of a person with controls, since the day and the month of India began: all payments, and those to the same payee. */
export type OwnUsage = { day: Usage; month: Usage; payeeDay: Usage; payeeMonth: Usage }

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
  own?: OwnUsage | undefined
  /** Of the further limits of the payment that is assessed, in the order of `windowsOf`. */
  windows: Usage[]
  /** Whom else they paid in the minutes that the rules of risk look at. */
  recentPayees: string[]
  /** Whether they have not paid this payee before; undefined where nobody had to know. */
  isNewPayee?: boolean | undefined
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
export type ExceededLimit = { limit: string; code: 'Z8' | 'Z7' | 'FL' | 'FP' | 'ZA' }

/** What is assessed: the limits that apply to a payment. */
export type ApplicableLimits = {
  rules: LimitRules
  /** Name of the category of a verified merchant. */
  category?: string | undefined
  further?: readonly FurtherLimit[]
  /** Of the payer alone: they only lower what the others allow. */
  controls?: Controls | undefined
  cooling?: Pick<PayRules, 'coolingFirstPaise' | 'coolingSumPaise'> | undefined
  /** Whom the payment is to; `isPerson`: no verified merchant. */
  payee: { vpa: string; isPerson: boolean }
  /** By a code that was read from a picture. */
  isFromPicture?: boolean
  /** Of the day in India. */
  hour: number
}

/** A limit as the most that the next payment may be under it, and what it is of. */
export type Bound = ExceededLimit & {
  maxPaise: number
  ofPaise?: number
  ofCount?: number
  leftCount?: number
}

type Scope = { name: string; limits: Limits; used: Partial<Record<LimitWindow, Usage>> }
const nothing: Usage = { count: 0, paise: 0 }
const windows = Object.keys(limitWindows) as LimitWindow[]

/** The windows that these limits need to know the usage of, in order. */
export function windowsOf(
  further: readonly FurtherLimit[],
): { index: number; of: FurtherLimit; window: LimitWindow }[] {
  const all = further.flatMap((of) =>
    windows
      .filter((window) => {
        const { paise, count } = limitWindows[window]
        return of.limits[paise] !== undefined || of.limits[count] !== undefined
      })
      .map((window) => ({ of, window })),
  )
  return all.map((one, index) => ({ ...one, index }))
}

function scopesOf(
  usage: PayerUsage,
  { rules, category, further = [], controls, payee, isFromPicture = false }: ApplicableLimits,
): Scope[] {
  const known = windowsOf(further)
  return [
    category === undefined
      ? { name: 'everybody', limits: rules.everybody, used: { 'rolling-day': usage.everybody } }
      : {
          name: `category:${category}`,
          limits: new Map(Object.entries(rules.categories)).get(category)!.limits,
          used: { 'rolling-day': usage.category },
        },
    ...further
      .filter(({ newPayee }) => !newPayee || usage.isNewPayee === true)
      .map((one) => ({
        name: `further:${one.name}`,
        limits: one.limits,
        used: Object.fromEntries(
          known.filter(({ of }) => of === one).map(({ window, index }) => [window, usage.windows[index]!]),
        ),
      })),
    ...(isFromPicture && payee.isPerson && rules.fromPicture
      ? [{ name: 'picture', limits: rules.fromPicture, used: {} }]
      : []),
    ...(controls ? ownScopes(controls, usage.own, payee.vpa) : []),
  ]
}

function ownScopes(controls: Controls, own: OwnUsage | undefined, payeeVpa: string): Scope[] {
  const { perTransactionPaise, perDayPaise, perDayCount, perMonthPaise, payees = [] } = controls
  const days = { perIstDayPaise: perDayPaise, perIstDayCount: perDayCount, perMonthPaise }
  return [
    {
      name: 'person',
      limits: withoutUndefined({ perTransactionPaise, ...days }),
      used: { 'ist-day': own?.day ?? nothing, 'ist-month': own?.month ?? nothing },
    },
    ...payees
      .filter(({ vpa }) => vpa === payeeVpa)
      .map((one) => ({
        name: 'payee',
        limits: withoutUndefined({ perIstDayPaise: one.perDayPaise, perMonthPaise: one.perMonthPaise }),
        used: { 'ist-day': own?.payeeDay ?? nothing, 'ist-month': own?.payeeMonth ?? nothing },
      })),
  ]
}

function withoutUndefined(limits: { [K in keyof Limits]: Limits[K] | undefined }): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
}

/** What the payer has switched off, whatever the amount. */
function switchedOff({ controls, payee, hour }: ApplicableLimits): Bound[] {
  const off = (isOff: boolean | undefined, limit: string): Bound[] =>
    isOff ? [{ limit, code: 'ZA', maxPaise: 0 }] : []
  return [
    ...off(controls?.stopped, 'person:stopped'),
    ...off(controls?.personsOff && payee.isPerson, 'person:persons-off'),
    ...off(controls?.hours && !controls.hours.includes(hour), 'person:hours'),
  ]
}

/** Every limit that applies, in order of precedence: what is switched off, then those of one transaction. */
export function boundsOf(usage: PayerUsage, applicable: ApplicableLimits): Bound[] {
  const { cooling } = applicable
  const scopes = scopesOf(usage, applicable)
  const bound = (
    limit: string,
    code: Bound['code'],
    ofPaise: number | undefined,
    maxPaise = ofPaise,
  ): Bound[] => (ofPaise === undefined || maxPaise === undefined ? [] : [{ limit, code, maxPaise, ofPaise }])
  const inWindows = (make: (scope: Scope, window: LimitWindow, used: Usage) => Bound[]) =>
    scopes.flatMap((scope) => windows.flatMap((window) => make(scope, window, scope.used[window] ?? nothing)))
  const sum = cooling?.coolingSumPaise
  return [
    ...switchedOff(applicable),
    ...scopes.flatMap(({ name, limits }) =>
      bound(`${name}:transaction-amount`, 'Z8', limits.perTransactionPaise),
    ),
    ...bound('cooling:first-amount', 'FL', usage.coolingCount === 0 ? cooling?.coolingFirstPaise : undefined),
    ...bound('cooling:sum', 'FP', sum, sum === undefined ? undefined : sum - usage.coolingPaise),
    ...inWindows(({ name, limits }, window, used) => {
      const ofCount = limits[limitWindows[window].count]
      if (ofCount === undefined) return []
      const leftCount = Math.max(0, ofCount - used.count)
      const maxPaise = leftCount === 0 ? 0 : Infinity
      return [
        { limit: `${name}:${limitWindows[window].name}-count`, code: 'Z7', maxPaise, ofCount, leftCount },
      ]
    }),
    ...inWindows(({ name, limits }, window, used) => {
      const ofPaise = limits[limitWindows[window].paise]
      const limit = `${name}:${limitWindows[window].name}-amount`
      return ofPaise === undefined ? [] : bound(limit, 'Z8', ofPaise, ofPaise - used.paise)
    }),
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

/** The most that the next payment may be, never below zero, and what refuses a paisa more. */
export function mostPayable(
  usage: PayerUsage,
  limits: ApplicableLimits,
): Pick<Bound, 'maxPaise' | 'code' | 'limit'> {
  const bounds = boundsOf(usage, limits)
  const maxPaise = Math.max(0, Math.min(...bounds.map((one) => one.maxPaise)))
  const [first] = bounds.filter((one) => one.maxPaise <= maxPaise)
  return { maxPaise, code: first!.code, limit: first!.limit }
}

/** A payment that has begun, as far as limits count it. */
export type CountedPayment = LimitedPayment & {
  amountPaise: number
  category?: string | undefined
  payeeVpa: string
}

/** The usage once a payment has begun, for a later one of the same payer, which `about` says. */
export function addPayment(
  usage: PayerUsage,
  begun: CountedPayment,
  about: Pick<ApplicableLimits, 'category' | 'further'> & { payeeVpa: string },
): PayerUsage {
  const add = ({ count, paise }: Usage) => ({ count: count + 1, paise: paise + begun.amountPaise })
  const isOfEverybody = begun.category === undefined
  const isToSame = begun.payeeVpa === about.payeeVpa
  const { own, recentPayees } = usage
  return {
    tries: usage.tries,
    total: add(usage.total),
    everybody: isOfEverybody ? add(usage.everybody) : usage.everybody,
    category: !isOfEverybody && begun.category === about.category ? add(usage.category) : usage.category,
    coolingPaise: usage.coolingPaise + begun.amountPaise,
    coolingCount: usage.coolingCount + 1,
    own: own && {
      day: add(own.day),
      month: add(own.month),
      payeeDay: isToSame ? add(own.payeeDay) : own.payeeDay,
      payeeMonth: isToSame ? add(own.payeeMonth) : own.payeeMonth,
    },
    windows: windowsOf(about.further ?? []).map(({ of, index }) => {
      const counts = furtherLimitsOf([of], begun).length > 0 && (!of.newPayee || isToSame)
      return counts ? add(usage.windows[index]!) : usage.windows[index]!
    }),
    recentPayees:
      isToSame || recentPayees.includes(begun.payeeVpa) ? recentPayees : [...recentPayees, begun.payeeVpa],
    isNewPayee: usage.isNewPayee,
  }
}
