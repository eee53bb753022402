// Days and times of India, in the language of the app.
import type { Language } from '../language/language.ts'

const timeZone = 'Asia/Kolkata'
const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric', timeZone }
const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit', timeZone }

const format = (language: Language, at: string | Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(`${language}-IN`, options).format(new Date(at))

/** `23 Nov 2026` */
export const formatDay = (language: Language, at: string | Date) => format(language, at, day)

/** `3:04 pm` */
export const formatTime = (language: Language, at: string | Date) => format(language, at, time)

/** `23 Nov, 3:04 pm`; with the year when it is another one. */
export function formatShortMoment(language: Language, at: string | Date, now = new Date()): string {
  const isThisYear = isoDateIndia(at).slice(0, 4) === isoDateIndia(now).slice(0, 4)
  return format(language, at, { ...day, ...time, year: isThisYear ? undefined : 'numeric' })
}

/** `23 Nov 2026, 3:04 pm` */
export const formatMoment = (language: Language, at: string | Date) =>
  format(language, at, { ...day, ...time })

/** `November 2026` of `2026-11`. */
export function formatMonth(language: Language, month: string): string {
  return format(language, `${month}-15T12:00:00Z`, { month: 'long', year: 'numeric', timeZone })
}

/** `2026-11-23`: the day in India that a moment belongs to. */
export function isoDateIndia(at: string | Date): string {
  return new Date(new Date(at).getTime() + 330 * 60_000).toISOString().slice(0, 10)
}

/** The moment at which a day begins in India; `after` days later. */
export function startOfDay(date: string, after = 0): string {
  return new Date(Date.parse(`${date}T00:00:00+05:30`) + after * 86_400_000).toISOString()
}
