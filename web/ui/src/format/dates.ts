// Days and times of India, in the language of the app.
import {
  dayParts as day,
  formatDay,
  formatIndia as format,
  formatMoment,
  timeParts as time,
} from '@bahi/contracts/dates.ts'
import type { Language } from '../language/language.ts'

export { formatDay, formatMoment }

const exactTime: Intl.DateTimeFormatOptions = { ...time, second: '2-digit' }

/** `3:04 pm`; `3:04:12 pm` */
export const formatTime = (language: Language, at: string | Date, upTo: 'minutes' | 'seconds' = 'minutes') =>
  format(language, at, upTo === 'seconds' ? exactTime : time)

/** `23 Nov, 3:04 pm`; with the year when it is another one. */
export function formatShortMoment(language: Language, at: string | Date, now = new Date()): string {
  const isThisYear = isoDateIndia(at).slice(0, 4) === isoDateIndia(now).slice(0, 4)
  return format(language, at, { ...day, ...time, year: isThisYear ? undefined : 'numeric' })
}

const ages: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** `12 seconds ago`, `5 minutes ago`, `3 days ago`; of what is older than a month the day. */
export function formatAge(language: Language, at: string | Date, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - new Date(at).getTime()) / 1_000))
  if (seconds > 30 * 86_400) return formatDay(language, at)
  const [unit, of] = ages.find(([, size]) => seconds >= size) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(`${language}-IN`).format(-Math.floor(seconds / of), unit)
}

/** `12 seconds`, `5 minutes`, `3 days`: how long something has lasted. */
export function formatSpan(language: Language, seconds: number): string {
  const [unit, of] = ages.find(([, size]) => seconds >= size) ?? (['second', 1] as const)
  const options = { style: 'unit', unit, unitDisplay: 'long' } as const
  return new Intl.NumberFormat(`${language}-IN`, options).format(Math.floor(seconds / of))
}

/** `23 Nov 2026, 3:04:12 pm` */
export const formatExactMoment = (language: Language, at: string | Date) =>
  format(language, at, { ...day, ...exactTime })

/** `November 2026` of `2026-11`. */
export function formatMonth(language: Language, month: string): string {
  return format(language, `${month}-15T12:00:00Z`, { month: 'long', year: 'numeric' })
}

/** `Nov` of `2026-11`. */
export const formatShortMonth = (language: Language, month: string) =>
  format(language, `${month}-15T12:00:00Z`, { month: 'short' })

/** `2026-11-23`: the day in India that a moment belongs to. */
export function isoDateIndia(at: string | Date): string {
  return new Date(new Date(at).getTime() + 330 * 60_000).toISOString().slice(0, 10)
}

/** The moment at which a day begins in India; `after` days later. */
export function startOfDay(date: string, after = 0): string {
  return new Date(Date.parse(`${date}T00:00:00+05:30`) + after * 86_400_000).toISOString()
}

/** Whether `2026-02-29` is a day of the calendar. */
export function isCalendarDay(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date)
}
