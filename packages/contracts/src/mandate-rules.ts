// Rules of mandates (UPI AutoPay) as dated data and pure functions: which terms make sense, on which days and in which
// hours a debit is made, and when it needs the PIN. Amounts in paise.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { AmountPaise } from './formats.ts'
import {
  addDays,
  addMonths,
  daysBetween,
  isDate,
  istDateOf,
  IstDate,
  istTime,
  periodAt,
  periodOf,
  Recurrence,
  type Period,
} from './recurrence.ts'
import { rulesAt } from './rules.ts'

/** The number of a debit, from 1. A debit a day for 270 years has a lower one. */
export const DebitSequence = Type.Integer({ minimum: 1, maximum: 100_000 })

export type MandateRules = {
  effectiveFrom: string
  /** The most that one debit of a mandate may be. */
  maxPaise: number
  /** Up to which amount a debit needs no PIN: of everybody, and of payees of these categories. */
  withoutPin: { maxPaise: number; categories: { mccs: readonly string[]; maxPaise: number } }
  /** The payer is notified at least so long before a debit; a planned one is announced `aheadHours` before its day. */
  notice: { minHours: number; aheadHours: number; exemptMccs: readonly string[] }
  /** In which no debit without PIN is made: minutes of India's day, the end excluded. */
  peakMinutes: readonly (readonly [from: number, to: number])[]
  /** After the first attempt. */
  retries: number
  /** Of one payer, live at once; one that is asked for is not live before it is agreed to. */
  maxLive: number
  /** Of one payee: open at once with one payer, and, of a person, made in a rolling day. */
  requests: { maxOpenPerPayer: number; personsPerDay: number }
  /** Debits of one mandate that its payee presents: open at once, and announced in a rolling day. */
  presented: { maxOpen: number; perDay: number }
  /** Minutes in which the payer's bank answers a debit of a payee elsewhere that needs no PIN. */
  debitMinutes: number
  maxValidityDays: number
  /** How long a payee's request for a mandate can be answered. */
  answerMinutes: number
  /** How many days after its day a debit that needs the PIN can be approved. */
  approvalDays: number
  /** Payees whose mandates the payer cannot revoke before they end. */
  irrevocableMccs: readonly string[]
  /** A mandate is moved to another UPI ID at most once in so many days; left out: it is not moved. */
  portEveryDays?: number
}

const common: Omit<MandateRules, 'effectiveFrom'> = {
  maxPaise: 1_00_000_00,
  withoutPin: {
    maxPaise: 15_000_00,
    // Insurance, mutual funds, credit card bills.
    categories: { mccs: ['5960', '6300', '6211', '6012'], maxPaise: 1_00_000_00 },
  },
  // Top-ups of tolls and transit cards are exempt.
  notice: { minHours: 24, aheadHours: 36, exemptMccs: ['4784', '4111', '4131'] },
  peakMinutes: [],
  retries: 3,
  maxLive: 100,
  requests: { maxOpenPerPayer: 3, personsPerDay: 50 },
  presented: { maxOpen: 10, perDay: 5 },
  debitMinutes: 30,
  maxValidityDays: 30 * 366,
  answerMinutes: 24 * 60,
  approvalDays: 3,
  irrevocableMccs: ['7322'],
}

const withPeaks: typeof common = {
  ...common,
  peakMinutes: [
    [10 * 60, 13 * 60],
    [17 * 60, 21 * 60 + 30],
  ],
}

/**
 * Newest last; a change is a new row with its date. RBI's e-mandate framework (amounts without PIN, notice); NPCI's
 * circular OC 215 of 2025 (hours, attempts), in force from 31 July 2025; NPCI's rules of porting, from 31 December.
 */
export const mandateRules: readonly MandateRules[] = [
  { ...common, effectiveFrom: '2025-06-30T00:00:00+05:30' },
  { ...withPeaks, effectiveFrom: '2025-07-31T00:00:00+05:30' },
  { ...withPeaks, effectiveFrom: '2025-12-31T00:00:00+05:30', portEveryDays: 90 },
]

export const mandateRulesAt = (at: Date): MandateRules => rulesAt(mandateRules, at)

/** `ASPRESENTED`: whenever the payee presents a debit, as often as it does. */
export const MandateRecurrence = Type.Union([Recurrence, Type.Literal('ASPRESENTED')])

export const DayRule = Type.Object(
  {
    type: Type.Enum(['ON', 'BEFORE', 'AFTER']),
    day: Type.Integer({
      minimum: 1,
      maximum: 31,
      description: 'Weeks: 1 (Monday) to 7; fortnights: 1 to 16; months and longer: of their first month.',
    }),
  },
  { additionalProperties: false, description: 'BEFORE and AFTER include the day itself.' },
)

/** What the payer agrees to, as it binds every debit. */
export const MandateTerms = Type.Object(
  {
    amountRule: Type.Enum(['EXACT', 'MAX']),
    amountPaise: Type.Integer({
      ...AmountPaise,
      description: 'EXACT: of each debit. MAX: the most of each debit.',
    }),
    recurrence: MandateRecurrence,
    dayRule: Type.Optional(DayRule),
    validFrom: IstDate,
    validTo: Type.String({ ...IstDate, description: 'The last day on which a debit can be made.' }),
    revocable: Type.Boolean({ description: 'False only for payees whose category the rules name.' }),
    blockFunds: Type.Boolean({ description: 'ONETIME only: the amount is reserved until it is debited.' }),
  },
  { additionalProperties: false },
)
export type MandateTerms = Static<typeof MandateTerms>

export const MandatePause = Type.Object(
  { from: IstDate, until: Type.String({ ...IstDate, description: 'Included.' }) },
  { additionalProperties: false },
)
export type MandatePause = Static<typeof MandatePause>

/** Whether both say the same, in whichever order; what is left out may also be undefined. */
export const isSameTerms = (one: MandateTerms, other: MandateTerms): boolean =>
  canonical(one) === canonical(other)

/** Everything that a value holds: a term that is added later is compared as well. */
const canonical = (value: object): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

const maxDays: Partial<Record<MandateTerms['recurrence'], number>> = {
  WEEKLY: 7,
  FORTNIGHTLY: 16,
  MONTHLY: 31,
  BIMONTHLY: 31,
  QUARTERLY: 31,
  HALFYEARLY: 31,
  YEARLY: 31,
}

/** The last day that a mandate of this recurrence can name; undefined: it names none. */
export const lastDayOf = (recurrence: MandateTerms['recurrence']): number | undefined => maxDays[recurrence]

/** Why nobody can agree to these terms today: the field and a sentence. Undefined: one can. */
export function termsFault(
  terms: MandateTerms,
  rules: MandateRules,
  about: { today: IstDate; mcc: string },
): { field: keyof MandateTerms; message: string } | undefined {
  const { amountPaise, recurrence, dayRule, validFrom, validTo, revocable, blockFunds } = terms
  if (amountPaise > rules.maxPaise)
    return { field: 'amountPaise', message: `a mandate allows ${rules.maxPaise} paise at most` }
  if (!isDate(validFrom)) return { field: 'validFrom', message: 'the calendar has no such day' }
  if (!isDate(validTo)) return { field: 'validTo', message: 'the calendar has no such day' }
  if (validFrom < about.today) return { field: 'validFrom', message: 'is in the past' }
  if (validTo < validFrom) return { field: 'validTo', message: 'is before the first day' }
  if (daysBetween(about.today, validTo) > rules.maxValidityDays)
    return { field: 'validTo', message: 'is too far in the future' }
  const maxDay = lastDayOf(recurrence)
  if (maxDay === undefined && dayRule) return { field: 'dayRule', message: `${recurrence} has no day` }
  if (maxDay !== undefined && !dayRule) return { field: 'dayRule', message: `${recurrence} needs a day` }
  if (dayRule && dayRule.day > maxDay!)
    return { field: 'dayRule', message: `${recurrence} has days up to ${maxDay}` }
  if (recurrence !== 'ASPRESENTED' && nextDebit(terms, validFrom) === undefined)
    return { field: 'validTo', message: 'is before the first debit' }
  if (!revocable && !rules.irrevocableMccs.includes(about.mcc))
    return { field: 'revocable', message: 'a mandate for this payee can be revoked' }
  if (blockFunds && recurrence !== 'ONETIME')
    return { field: 'blockFunds', message: 'money is reserved for ONETIME only' }
  return undefined
}

/** Whether the terms alone say what is debited when; of a MAX the payee alone knows how much it is owed. */
export function isPlannable({ amountRule, recurrence }: MandateTerms): boolean {
  return amountRule === 'EXACT' && recurrence !== 'ASPRESENTED'
}

/** Days on which one debit may be made, both included; `period` counts from the one that `validFrom` is in. */
export type DebitWindow = { period: number; from: IstDate; to: IstDate }
type DatedTerms = Pick<MandateTerms, 'recurrence' | 'dayRule' | 'validFrom' | 'validTo'>

function windowIn(terms: DatedTerms, period: Period): DebitWindow | undefined {
  const { dayRule, recurrence, validFrom, validTo } = terms
  const named = dayRule && dayIn(period, recurrence, dayRule.day)
  const first = named !== undefined && dayRule!.type !== 'BEFORE' ? named : period.from
  const last = named !== undefined && dayRule!.type !== 'AFTER' ? named : period.to
  const from = first < validFrom ? validFrom : first
  const to = last > validTo ? validTo : last
  return from <= to ? { period: period.nth, from, to } : undefined
}

/** The day of a period; the last one of its first month, or of a fortnight, where there is no such day. */
function dayIn(period: Period, recurrence: MandateTerms['recurrence'], day: number): IstDate {
  if (recurrence !== 'WEEKLY' && recurrence !== 'FORTNIGHTLY') return addMonths(period.from, 0, day)
  const date = addDays(period.from, day - 1)
  return date > period.to ? period.to : date
}

/** The window that a day is in; undefined when no debit may be made on it. ASPRESENTED has one window. */
export function debitWindowAt(terms: DatedTerms, date: IstDate): DebitWindow | undefined {
  const { recurrence, validFrom, validTo } = terms
  if (date < validFrom || date > validTo) return undefined
  if (recurrence === 'ASPRESENTED') return { period: 0, from: validFrom, to: validTo }
  const found = windowIn(terms, periodAt(validFrom, recurrence, date))
  return found && found.from <= date && date <= found.to ? found : undefined
}

/**
 * The first debit whose last possible day is not before `date`, with the first day on which it may be made; undefined
 * when there is none. Not for ASPRESENTED, whose debits nobody can foresee.
 */
export function nextDebit(terms: DatedTerms, date: IstDate): DebitWindow | undefined {
  const { recurrence, validFrom, validTo } = terms
  if (recurrence === 'ASPRESENTED') return undefined
  const start = date < validFrom ? validFrom : date
  let period = periodAt(validFrom, recurrence, start)
  for (;;) {
    if (period.from > validTo) return undefined
    const found = windowIn(terms, period)
    if (found && found.to >= start) return found
    if (recurrence === 'ONETIME') return undefined
    period = periodOf(validFrom, recurrence, period.nth + 1)
  }
}

/** Why a debit cannot be made under these terms: UPI's code. Undefined: it can. */
export function debitFault(
  terms: MandateTerms & { pause?: MandatePause },
  debit: { amountPaise: number; date: IstDate },
): 'QA' | 'QD' | 'QH' | 'QR' | undefined {
  const { pause, validFrom, validTo, amountRule, amountPaise } = terms
  const { date } = debit
  if (date < validFrom || date > validTo) return 'QD'
  if (pause && pause.from <= date && date <= pause.until) return 'QA'
  if (amountRule === 'EXACT' ? debit.amountPaise !== amountPaise : debit.amountPaise > amountPaise)
    return 'QH'
  return debitWindowAt(terms, date) ? undefined : 'QR'
}

/** The same of a debit that was announced before, as it is made: late is no fault. */
export function executionFault(...asked: Parameters<typeof debitFault>): 'QA' | 'QD' | 'QH' | undefined {
  const fault = debitFault(...asked)
  return fault === 'QR' ? undefined : fault
}

/** The most that a debit for a payee of this category may be without a PIN. */
export function withoutPinPaise({ withoutPin }: MandateRules, mcc: string): number {
  const { categories, maxPaise } = withoutPin
  return categories.mccs.includes(mcc) ? categories.maxPaise : maxPaise
}

/** The first moment from then on that is in no peak hour. */
export function nextSlot({ peakMinutes }: MandateRules, at: Date): Date {
  const date = istDateOf(at)
  const peak = peakMinutes.find(([from, to]) => istTime(date, from) <= at && at < istTime(date, to))
  return peak ? istTime(date, peak[1]) : at
}

/** When the next attempt is made: as the next stretch of hours without peak begins, or a day of India. */
export function nextAttempt({ peakMinutes }: MandateRules, at: Date): Date {
  const date = istDateOf(at)
  const starts = [...peakMinutes.map(([, to]) => istTime(date, to)), istTime(addDays(date, 1))]
  return starts.find((start) => start > at)!
}

/** When a planned debit is announced. */
export function announceAt({ notice }: MandateRules, day: IstDate): Date {
  return new Date(istTime(day).getTime() - notice.aheadHours * 3_600_000)
}

/** When a debit that was announced at `noticedAt` is made first: on its day or later, in no peak hour. */
export function executeAt(rules: MandateRules, debit: { day: IstDate; noticedAt: Date; mcc: string }): Date {
  const { minHours, exemptMccs } = rules.notice
  const hours = exemptMccs.includes(debit.mcc) ? 0 : minHours
  const earliest = Math.max(istTime(debit.day).getTime(), debit.noticedAt.getTime() + hours * 3_600_000)
  return nextSlot(rules, new Date(earliest))
}

/** Until when a debit that needs the PIN can be approved. */
export function approvableUntil({ approvalDays }: MandateRules, dueOn: IstDate): Date {
  return istTime(addDays(dueOn, approvalDays + 1))
}

/** From when on a mandate can be moved again; undefined: now, or under these rules never. */
export function portableAfter({ portEveryDays }: MandateRules, portedAt: Date | undefined): Date | undefined {
  if (portEveryDays === undefined || portedAt === undefined) return undefined
  return new Date(portedAt.getTime() + portEveryDays * 86_400_000)
}

/** Codes after which the same debit may succeed later: the next attempt is made. */
const temporary = new Set(['Z9', 'Z7', 'Z8', 'ZU', 'XB', 'QA'])

/** Whether a debit that was declined so is tried again; `ofHandling`: how its code is handled. */
export function isTriedAgain(code: string, ofHandling: string): boolean {
  return temporary.has(code) || ofHandling === 'retry'
}
