// Amounts as people type them: digits, a point and paise, grouped as in India, and whole paise behind.
import { asciiDigits } from '@bahi/contracts/digits.ts'
import { formatRupees } from '@bahi/contracts/formats.ts'
import { amountIn, decimalPaise } from '@bahi/contracts/rupees.ts'

/** `₹9,99,99,999.99` is more than any limit of UPI. */
const typed = /^\d{0,8}(\.\d{0,2})?$/

/** `007` → `7`, `.5` → `0.5`, the digits of any script; undefined when an amount does not begin so. */
function cleanTyped(text: string): string | undefined {
  const clean = asciiDigits(text)
    .replaceAll(',', '')
    .replace(/^0+(?=\d)/, '')
    .replace(/^\./, '0.')
  return typed.test(clean) ? clean : undefined
}

/**
 * What an amount is after its field was changed to `text`; undefined when something came in that is not one amount. A
 * single key that does not fit changes nothing.
 * @param before as it was until then, without commas
 */
export function editRupees(before: string, text: string): string | undefined {
  const added = addedTo(groupRupees(before), text)
  if (/^[\p{Nd}.]*$/u.test(added)) return cleanTyped(text) ?? (added.length === 1 ? before : undefined)
  if (added.length === 1) return before
  return added === text ? pastedRupees(text) : undefined
}

/** `Rs. 1,250.50` → `1250.50`; undefined for what is not one amount, or none that can be paid. */
export function pastedRupees(text: string): string | undefined {
  const paise = amountIn(text)
  return paise ? cleanTyped(rupeesText(paise)) : undefined
}

/** What stands in `now` between the beginning and the end that it shares with `before`. */
function addedTo(before: string, now: string): string {
  let start = 0
  while (start < before.length && before[start] === now[start]) start++
  let end = 0
  const most = Math.min(before.length, now.length) - start
  while (end < most && before.at(-1 - end) === now.at(-1 - end)) end++
  return now.slice(start, now.length - end)
}

/** A key of the pad after what is there: a digit, the point, or `erase`. */
export function pressKey(text: string, key: string): string {
  return key === 'erase' ? text.slice(0, -1) : (cleanTyped(text + key) ?? text)
}

/** `123456.5` → `1,23,456.5`: just what was typed, with its commas. */
export function groupRupees(text: string): string {
  const [rupees = '', paise] = text.split('.')
  const grouped = rupees.replace(/(\d)(?=(\d{2})+\d{1}(?!\d))/g, '$1,')
  return paise === undefined ? grouped : `${grouped}.${paise}`
}

/** Of what a field holds or an address says; undefined for nothing, for zero, and for what is no amount. */
export function parseRupees(text: string): number | undefined {
  return decimalPaise(text) || undefined
}

/** `10000` → `100`, `10050` → `100.50`: as somebody would have typed it. */
export function rupeesText(paise: number): string {
  const whole = String(Math.floor(paise / 100))
  return paise % 100 === 0 ? whole : `${whole}.${String(paise % 100).padStart(2, '0')}`
}

/** `₹1,234` for whole rupees, with paise where there are some: for sums and rows. */
export function shortRupees(paise: number): string {
  return formatRupees(paise).replace(/\.00$/, '')
}
