// Dates that recur, in days of India: when something that repeats is next, and which period a day falls into. Pure.
import * as Type from 'typebox'
import type { Static } from 'typebox'

/** UPI's recurrence patterns that have dates; `ASPRESENTED`, which has none, is a mandate's alone. */
export const Recurrence = Type.Enum([
  'ONETIME',
  'DAILY',
  'WEEKLY',
  'FORTNIGHTLY',
  'MONTHLY',
  'BIMONTHLY',
  'QUARTERLY',
  'HALFYEARLY',
  'YEARLY',
])
export type Recurrence = Static<typeof Recurrence>

/** A day of India, `2026-11-27`; such texts are ordered as their days are. */
export const IstDate = Type.String({
  pattern: '^2[0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  description: 'A day in India (IST), YYYY-MM-DD.',
  examples: ['2026-11-27'],
})
export type IstDate = Static<typeof IstDate>

const istMs = 330 * 60_000
const dayMs = 86_400_000

/** The day in India at a moment. */
export function istDateOf(at: Date): IstDate {
  return new Date(at.getTime() + istMs).toISOString().slice(0, 10)
}

/** The moment at which so many minutes of a day in India have passed; India has no summer time. */
export function istTime(date: IstDate, minutes = 0): Date {
  return new Date(Date.parse(`${date}T00:00:00Z`) - istMs + minutes * 60_000)
}

/** Whether the text is a day that the calendar has: `2026-02-30` is none. */
export function isDate(date: string): boolean {
  const ms = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === date
}

export function addDays(date: IstDate, days: number): IstDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
}

/** Days from the first to the second; below zero when that one is earlier. */
export function daysBetween(from: IstDate, to: IstDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs)
}

/** A day so many months later: `day` of the month (default: the same one), or its last one where it has no such day. */
export function addMonths(date: IstDate, months: number, day = Number(date.slice(8))): IstDate {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months
  const year = Math.floor(month / 12)
  const last = new Date(Date.UTC(year, (month % 12) + 1, 0)).getUTCDate()
  return new Date(Date.UTC(year, month % 12, Math.min(day, last))).toISOString().slice(0, 10)
}

type Step = { days: number } | { months: number } | undefined
const steps: Record<Recurrence, Step> = {
  ONETIME: undefined,
  DAILY: { days: 1 },
  WEEKLY: { days: 7 },
  FORTNIGHTLY: { days: 14 },
  MONTHLY: { months: 1 },
  BIMONTHLY: { months: 2 },
  QUARTERLY: { months: 3 },
  HALFYEARLY: { months: 6 },
  YEARLY: { months: 12 },
}

/**
 * The `n`-th date of what recurs from `start` on (0: `start` itself); undefined when there is none. A month that has no
 * such day has its last one, and the next month has the day again: 31 January, 28 February, 31 March.
 */
export function occurrence(start: IstDate, recurrence: Recurrence, n: number): IstDate | undefined {
  const step = steps[recurrence]
  if (n === 0) return start
  if (step === undefined || n < 0) return undefined
  return 'days' in step ? addDays(start, n * step.days) : addMonths(start, n * step.months)
}

/** The first date on or after `from` of what recurs from `start` on, and which one it is; undefined: none any more. */
export function nextOccurrence(
  start: IstDate,
  recurrence: Recurrence,
  from: IstDate,
): { n: number; date: IstDate } | undefined {
  const step = steps[recurrence]
  if (from <= start) return { n: 0, date: start }
  if (step === undefined) return undefined
  const passed =
    'days' in step ? daysBetween(start, from) / step.days : monthsBetween(start, from) / step.months
  // A clamped day may lie on either side of the one that was counted to.
  for (let n = Math.max(0, Math.floor(passed)); ; n++) {
    const date = occurrence(start, recurrence, n)!
    if (date >= from) return { n, date }
  }
}

function monthsBetween(from: IstDate, to: IstDate): number {
  const monthOf = (date: IstDate) => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))
  return monthOf(to) - monthOf(from)
}

/** Days of the calendar that belong together, both included; `nth` counts from the period that `start` is in. */
export type Period = { nth: number; from: IstDate; to: IstDate }

/**
 * The `nth` period of a recurrence that began with `start` (0: the one that `start` is in). Weeks begin on Mondays,
 * fortnights on the 1st and 16th; months, and two to twelve of them, with the month of `start`. ONETIME has one, which
 * never ends.
 */
export function periodOf(start: IstDate, recurrence: Recurrence, nth: number): Period {
  const step = steps[recurrence]
  if (step === undefined) return { nth: 0, from: start, to: '2999-12-31' }
  if (recurrence === 'FORTNIGHTLY') {
    const half = (start.slice(8) > '15' ? 1 : 0) + nth
    const month = addMonths(start, Math.floor(half / 2), 1)
    const isSecond = half % 2 !== 0
    return {
      nth,
      from: isSecond ? addMonths(month, 0, 16) : month,
      to: addMonths(month, 0, isSecond ? 31 : 15),
    }
  }
  if ('days' in step) {
    const from = addDays(start, nth * step.days - (step.days === 7 ? weekday(start) - 1 : 0))
    return { nth, from, to: addDays(from, step.days - 1) }
  }
  const from = addMonths(start, nth * step.months, 1)
  return { nth, from, to: addMonths(from, step.months - 1, 31) }
}

/** The period that a day is in; `nth` is below zero before `start`. */
export function periodAt(start: IstDate, recurrence: Recurrence, date: IstDate): Period {
  const step = steps[recurrence]
  if (step === undefined) return periodOf(start, recurrence, 0)
  if (recurrence === 'FORTNIGHTLY') {
    const halfOf = (day: IstDate) => (day.slice(8) > '15' ? 1 : 0)
    return periodOf(start, recurrence, monthsBetween(start, date) * 2 + halfOf(date) - halfOf(start))
  }
  const nth =
    'days' in step
      ? Math.floor(daysBetween(periodOf(start, recurrence, 0).from, date) / step.days)
      : Math.floor(monthsBetween(start, date) / step.months)
  return periodOf(start, recurrence, nth)
}

/** 1 on Mondays, 7 on Sundays. */
function weekday(date: IstDate): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7
}
