// Hours of payments as people say them: from an hour until another, also over midnight. Pure.
import type { Language } from '../../language/language.ts'

/** From 9 until 21 are the hours 9 to 20. Undefined: any time, or hours that no such range has. */
export type HourRange = { from: number; until: number }

export function rangeOf(hours: readonly number[] | undefined): HourRange | undefined {
  if (hours === undefined || hours.length === 0 || hours.length === 24) return undefined
  const allowed = new Set(hours)
  const starts = hours.filter((hour) => !allowed.has((hour + 23) % 24))
  const [from] = starts
  if (starts.length !== 1 || from === undefined) return undefined
  return { from, until: (from + hours.length) % 24 }
}

/** The same hour twice is any time. */
export function hoursOf({ from, until }: HourRange): number[] | undefined {
  const count = (until - from + 24) % 24
  if (count === 0) return undefined
  return Array.from({ length: count }, (_, i) => (from + i) % 24).sort((a, b) => a - b)
}

/** `7 am`, as times are said everywhere else in the app. */
export const hourText = (language: Language, hour: number): string =>
  new Intl.DateTimeFormat(`${language}-IN`, { hour: 'numeric', timeZone: 'UTC' }).format(
    new Date(Date.UTC(2024, 0, 1, hour)),
  )
