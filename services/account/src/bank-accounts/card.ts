// The debit card that comes with an account: its number, and the details that prove possession.
import { randomInt } from 'node:crypto'

/** Of RuPay's range. */
export const cardPrefix = '6082'
const accountNumberLength = 12

/** Twelve digits, the first of them no 0. */
export function newAccountNumber(): string {
  return String(randomInt(1, 10)) + digits(accountNumberLength - 1)
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

/** One spelling of the card details that a person enters: last six digits and MMYY. For the fingerprint. */
export function cardText(accountRef: string, card: { last6: string; expiry: string }): string {
  return `${accountRef} ${card.last6} ${card.expiry.replace('/', '')}`
}

/** A card is good to the end of the month that it names. @param expiry MMYY or MM/YY */
export function isExpired(expiry: string, at: Date): boolean {
  const month = Number(expiry.slice(0, 2))
  const year = 2_000 + Number(expiry.slice(-2))
  return at.getTime() >= Date.UTC(year, month, 1)
}
