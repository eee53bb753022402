// Amounts as people type them: digits, a point and paise, grouped as in India, and whole paise behind.
import { formatRupees } from '@bahi/contracts/formats.ts'

/** `₹9,99,99,999.99` is more than any limit of UPI. */
const maxDigits = 8

/** What is left of anything typed or pasted: `₹1,23,456.789` → `123456.78`; digits of Devanagari count. */
export function cleanRupees(text: string): string {
  const ascii = text.replaceAll(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
  const kept = ascii.replaceAll(/[^0-9.]/g, '')
  const [rupees = '', ...rest] = kept.split('.')
  const whole = rupees.replace(/^0+(?=\d)/, '').slice(0, maxDigits)
  if (rest.length === 0) return whole
  return `${whole || '0'}.${rest.join('').slice(0, 2)}`
}

/** A key of the pad after what is there: a digit, the point, or `erase`. */
export function pressKey(text: string, key: string): string {
  return key === 'erase'
    ? text.slice(0, -1)
    : cleanRupees(key === '.' && text.includes('.') ? text : text + key)
}

/** `123456.5` → `1,23,456.5`: just what was typed, with its commas. */
export function groupRupees(text: string): string {
  const [rupees = '', paise] = text.split('.')
  const grouped = rupees.replace(/(\d)(?=(\d{2})+\d{1}(?!\d))/g, '$1,')
  return paise === undefined ? grouped : `${grouped}.${paise}`
}

/** Undefined for nothing, and for zero. */
export function parseRupees(text: string): number | undefined {
  const typed = cleanRupees(text)
  const [rupees = '', paise = ''] = typed.split('.')
  const sum = Number(rupees || 0) * 100 + Number(paise.padEnd(2, '0'))
  return sum > 0 ? sum : undefined
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
