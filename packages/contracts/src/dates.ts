// Days and times of India as they are written to people, in their language. Pure.
import type { Language } from './formats.ts'

const timeZone = 'Asia/Kolkata'
export const dayParts: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }
export const timeParts: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' }

/** To make one takes forty times as long as to use it; there is one for each language and form that the code names. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function formatterOf(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const formatter = formatters.get(key) ?? new Intl.DateTimeFormat(`${language}-IN`, { ...options, timeZone })
  formatters.set(key, formatter)
  return formatter
}

/** In India. Spaces are plain ones: some data of `Intl` has a narrow one before `am`, which no plain SMS can hold. */
export const formatIndia = (language: Language, at: string | Date, options: Intl.DateTimeFormatOptions) =>
  formatterOf(language, options)
    .format(new Date(at))
    .replace(/[\u00A0\u202F]/g, ' ')

/** `23 Nov 2026` */
export const formatDay = (language: Language, at: string | Date) => formatIndia(language, at, dayParts)

/** `23 Nov 2026, 3:04 pm` */
export const formatMoment = (language: Language, at: string | Date) =>
  formatIndia(language, at, { ...dayParts, ...timeParts })
