// The values of a link's parameters: texts of other apps, read into amounts, moments, notes and addresses.
import { asciiDigits } from '../digits.ts'
import { isInfoUrl } from '../initiation.ts'
import { decimalPaise } from '../rupees.ts'

/** The note is cut to what UPI sends. */
const maxNote = 50

/** Some apps write `null` for what they don't know. */
export function isThere(value: string | undefined): value is string {
  return value !== undefined && !/^\s*(null|undefined)?\s*$/i.test(value)
}

export const codeOf = (text: string | undefined) => (isThere(text) ? asciiDigits(text).trim() : undefined)

/** Nothing and zero leave the amount open; NaN is no amount. */
export function paiseOf(text: string | undefined): number | undefined {
  if (!isThere(text)) return undefined
  const paise = decimalPaise(text) ?? Number.NaN
  return paise === 0 ? undefined : paise
}

const moment = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[ +-]\d\d:?\d\d)?$/i

/** `2026-11-27T12:00:00+05:30` → UTC. Without a zone it is India's time; a blank was a plus that somebody decoded. */
export function momentOf(text: string): string | undefined {
  const [, date, time, zone = '+0530'] = moment.exec(asciiDigits(text).trim()) ?? []
  if (date === undefined) return undefined
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(' ', '+').replace(/(\d\d):?(\d\d)$/, '$1:$2')
  const at = new Date(`${date}T${time}${offset}`)
  // 31 February is no day, though `Date` makes one of it.
  const isDay = !Number.isNaN(at.getTime()) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
  return isDay ? at.toISOString() : undefined
}

/** Left out when it is none that UPI can send, or none on the web: the payment does not need it. */
export function infoUrlOf(text: string | undefined): string | undefined {
  const url = isThere(text) ? text.trim().replace(/^https:/i, 'https:') : ''
  return isInfoUrl(url) ? url : undefined
}

/** Without what no note may hold: controls, halves of characters, marks that turn the direction of a text. */
export function noteOf(text: string | undefined): string {
  if (!isThere(text)) return ''
  const clean = text.replaceAll(/[\p{Cc}\p{Cs}\u2028-\u202E\u2066-\u2069]+/gu, ' ').trim()
  let note = ''
  for (const character of clean) {
    if (note.length + character.length > maxNote) break
    note += character
  }
  return note.trim()
}
