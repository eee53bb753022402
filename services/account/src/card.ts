// The debit card that comes with an account: its number, and what of it proves that somebody holds it.
import { randomInt } from 'node:crypto'

/** Of RuPay's range. */
const cardPrefix = '6082'
const cardLength = 16
const cardYears = 5
const accountNumberLength = 12

export type Card = { number: string; last6: string; expiry: string }

/** A card whose number passes the check of Luhn; it expires with the month of `at`, five years on. */
export function newCard(at: Date): Card {
  const body = cardPrefix + digits(cardLength - cardPrefix.length - 1)
  const number = body + luhnDigit(body)
  const month = String(at.getUTCMonth() + 1).padStart(2, '0')
  const year = String((at.getUTCFullYear() + cardYears) % 100).padStart(2, '0')
  return { number, last6: number.slice(-6), expiry: `${month}/${year}` }
}

/** Twelve digits, the first of them no 0. */
export function newAccountNumber(): string {
  return String(randomInt(1, 10)) + digits(accountNumberLength - 1)
}

function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('')
}

/** The digit that makes the number pass: every second digit from the right of the body counts double. */
export function luhnDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/** One spelling of what a person tells of a card: last six digits and MMYY. For the fingerprint. */
export function cardText(accountRef: string, card: { last6: string; expiry: string }): string {
  return `${accountRef} ${card.last6} ${card.expiry.replace('/', '')}`
}

/** A card is good to the end of the month that it names. @param expiry MMYY or MM/YY */
export function isExpired(expiry: string, at: Date): boolean {
  const month = Number(expiry.slice(0, 2))
  const year = 2_000 + Number(expiry.slice(-2))
  return at.getTime() >= Date.UTC(year, month, 1)
}
