// A debit card's last six digits and its expiry, as people type them.
import { asciiDigits, digitsIn } from '@bahi/contracts/digits.ts'

/** The last six of whatever is typed or pasted, whole card numbers too. */
export function last6Of(typed: string): string {
  const digits = digitsIn(typed)
  return digits.length > 6 ? digits.slice(-6) : digits
}

/** `1228`, `12/28`, `12 / 2028` → `12/28`; what is unfinished stays unfinished. */
export function cleanExpiry(typed: string): string {
  const whole = /^\s*(\d{1,2})\s*\/\s*(?:20)?(\d{2})\s*$/.exec(asciiDigits(typed))
  if (whole) return `${whole[1]!.padStart(2, '0')}/${whole[2]}`
  const digits = digitsIn(typed).slice(0, 4)
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits
}

/** A card is good until its month is over. */
export function expiryFault(expiry: string, now = new Date()): 'unreadable' | 'over' | undefined {
  const found = /^(0[1-9]|1[0-2])\/(\d{2})$/.exec(expiry)
  if (!found) return 'unreadable'
  const isOver = (2_000 + Number(found[2])) * 12 + Number(found[1]) <= now.getFullYear() * 12 + now.getMonth()
  return isOver ? 'over' : undefined
}

/** `6521 5010 0000 1234` */
export const formatCardNumber = (number: string) => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')
