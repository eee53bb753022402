// Days and times of India as they are written to people, in their language. Pure.
import type { Language } from './formats.ts'

const timeZone = 'Asia/Kolkata'
export const dayParts: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short', year: 'numeric' }
export const timeParts: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' }

/** In India. Spaces are plain ones: some data of `Intl` has a narrow one before `am`, which no plain SMS can hold. */
export const formatIndia = (language: Language, at: string | Date, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(`${language}-IN`, { ...options, timeZone })
    .format(new Date(at))
    .replace(/[\u00A0\u202F]/g, ' ')

/** `23 Nov 2026` */
export const formatDay = (language: Language, at: string | Date) => formatIndia(language, at, dayParts)

/** `23 Nov 2026, 3:04 pm` */
export const formatMoment = (language: Language, at: string | Date) =>
  formatIndia(language, at, { ...dayParts, ...timeParts })
