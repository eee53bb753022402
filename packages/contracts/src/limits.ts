// Limits of payments as dated data, by scope and window: who and what a limit counts, and since when. Amounts in paise.
import { istDateOf, istTime } from './recurrence.ts'
import { rulesAt } from './rules.ts'

/** What may not be exceeded; a field left out is not limited by this scope. Days are rolling, of 24 hours. */
export type DayLimits = { perTransactionPaise?: number; perDayPaise?: number; perDayCount?: number }

/** With windows of the calendar of India beside the rolling day: since midnight, since the first of the month. */
export type Limits = DayLimits & {
  perIstDayPaise?: number
  perIstDayCount?: number
  perMonthPaise?: number
  perMonthCount?: number
}

/**
 * Payments to merchants of these categories, verified by their PSP, count by themselves, instead of against the limits
 * of everybody. Only what a PSP verified may raise a limit: mode and purpose are said by whoever pays.
 */
export type LimitCategory = { mccs: readonly string[]; limits: DayLimits }

/**
 * A limit beside those of everybody or of a category: it only lowers. It is of the payments that every field given
 * here names: paid from one of these banks, to one of these merchant categories, begun in one of these modes, for one
 * of these purposes, to somebody whom the payer has not paid before (`newPayee`). Without one, of all payments.
 */
export type FurtherLimit = {
  name: string
  banks?: readonly string[]
  mccs?: readonly string[]
  modes?: readonly string[]
  purposes?: readonly string[]
  tiers?: readonly string[]
  newPayee?: true
  limits: Limits
}

export type LimitRules = {
  effectiveFrom: string
  /** Between people, and to merchants of no category below. */
  everybody: Required<DayLimits>
  /** By name. */
  categories: Readonly<Record<string, LimitCategory>>
  further: readonly FurtherLimit[]
  /** By a QR code that was read from a picture, to anybody but a merchant whom its PSP has registered. */
  fromPicture?: { perTransactionPaise: number }
}

/** An operator's limit, of a bank for example: in force from its date until the next row of its name. */
export type OperatorLimit = FurtherLimit & { effectiveFrom: string }

const lakh = 1_00_000_00
const category = (mccs: string[], perTransactionPaise: number, perDayPaise?: number): LimitCategory => ({
  mccs,
  limits: { perTransactionPaise, ...(perDayPaise === undefined ? {} : { perDayPaise }) },
})
const everybody = { perTransactionPaise: lakh, perDayPaise: lakh, perDayCount: 20 }
/** UPI Lite: RBI, 4 December 2024. UPI Circle: OC 201, 13 August 2024. Cash by ATM QR code: OC 130. */
const further: readonly FurtherLimit[] = [
  {
    name: 'upi-lite',
    purposes: ['44', '45'],
    limits: { perTransactionPaise: 1_000_00, perIstDayPaise: 4_000_00 },
  },
  {
    name: 'upi-circle',
    purposes: ['59', '87'],
    limits: { perTransactionPaise: 5_000_00, perMonthPaise: 15_000_00 },
  },
  { name: 'atm-cash', purposes: ['12'], limits: { perTransactionPaise: 10_000_00 } },
]

const sinceSeptember2025: LimitRules['categories'] = {
  'capital-markets': category(['6211'], 5 * lakh, 10 * lakh),
  insurance: category(['5960', '6300', '6529'], 5 * lakh, 10 * lakh),
  travel: category(['4112', '4511', '4722'], 5 * lakh, 10 * lakh),
  government: category(['9399'], 5 * lakh, 10 * lakh),
  collections: category(['7322'], 5 * lakh, 10 * lakh),
  'card-bills': category(['5413'], 5 * lakh, 6 * lakh),
  jewellery: category(['5944'], 2 * lakh, 6 * lakh),
  'term-deposits': category(['7410'], 5 * lakh, 5 * lakh),
  'account-opening': category(['7409'], 2 * lakh, 2 * lakh),
  taxes: category(['9311'], 5 * lakh),
  hospitals: category(['8062'], 5 * lakh),
  education: category(['8211', '8220', '8249'], 5 * lakh),
}

/**
 * Newest last. A change of the rules is a new row with its date, never an edit. A bank may add rows of its own
 * (`BAHI_LIMITS`). Categories: NPCI's circular of 28 August 2025 (in force 15 September), and its earlier ones of
 * taxes, hospitals and education (OC 185, OC 185A); MCCs by ISO 18245 and the circulars. Codes of pictures: NPCI,
 * 8 April 2025, for merchants who are not verified; in force here since its row. Not here: what needs a merchant as
 * payer (purpose 20) or codes that no person's payment has yet (foreign exchange, purpose BF).
 */
export const limitRules: readonly LimitRules[] = [
  { effectiveFrom: '2025-06-30T00:00:00+05:30', everybody, categories: {}, further },
  {
    effectiveFrom: '2025-09-15T00:00:00+05:30',
    everybody,
    categories: sinceSeptember2025,
    further,
  },
  {
    effectiveFrom: '2026-11-27T00:00:00+05:30',
    ...{ everybody, categories: sinceSeptember2025, further },
    fromPicture: { perTransactionPaise: 2_000_00 },
  },
]

/** What is known of a payment when its limits are looked up. */
export type LimitedPayment = {
  bank: string
  mcc: string | undefined
  mode: string
  purpose: string
  /** The payer's, where payments are limited by it. */
  tier?: string | undefined
}

/** The name of the category whose limits count for a merchant; undefined: those of everybody do. */
export function limitCategoryOf(rules: LimitRules, mcc: string | undefined): string | undefined {
  return Object.entries(rules.categories).find(([, { mccs }]) => mccs.includes(mcc ?? '0000'))?.[0]
}

/** The limits beside those of everybody or a category that are of this payment, or would be if its payee is new. */
export function furtherLimitsOf(
  all: readonly FurtherLimit[],
  { bank, mcc, mode, purpose, tier }: LimitedPayment,
): FurtherLimit[] {
  const names = (codes: readonly string[] | undefined, code: string) => codes?.includes(code) ?? true
  return all.filter(
    (one) =>
      names(one.banks, bank) &&
      names(one.mccs, mcc ?? '0000') &&
      names(one.modes, mode) &&
      names(one.purposes, purpose) &&
      (one.tiers === undefined || (tier !== undefined && one.tiers.includes(tier))),
  )
}

export const limitRulesAt = (at: Date): LimitRules => rulesAt(limitRules, at)

/** Those of the network and the operator's that are in force at `at`, of each name the newest. */
export function furtherLimitsAt(rules: LimitRules, rows: readonly OperatorLimit[], at: Date): FurtherLimit[] {
  const begun = rows.filter((row) => Date.parse(row.effectiveFrom) <= at.getTime())
  return [...rules.further, ...new Map(begun.map((row) => [row.name, row])).values()]
}

/** `rolling-day`: 24 hours, of which payments that are exactly as old do not count. The others begin in India. */
export type LimitWindow = 'rolling-day' | 'ist-day' | 'ist-month'

/** Where each window has its values, and what it is called in the name of a limit. */
export const limitWindows = {
  'rolling-day': { paise: 'perDayPaise', count: 'perDayCount', name: 'day' },
  'ist-day': { paise: 'perIstDayPaise', count: 'perIstDayCount', name: 'ist-day' },
  'ist-month': { paise: 'perMonthPaise', count: 'perMonthCount', name: 'month' },
} as const satisfies Record<LimitWindow, { paise: keyof Limits; count: keyof Limits; name: string }>

/** When the day and the month of India began that `at` falls into. */
export function istWindowsAt(at: Date): { day: Date; month: Date } {
  const date = istDateOf(at)
  return { day: istTime(date), month: istTime(`${date.slice(0, 7)}-01`) }
}
