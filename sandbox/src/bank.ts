// The other banks, all invented, and the pure rules of the numbers they hand out.
import type { Bank } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'

/** The platform's own bank: its accounts stand in account's ledger, not here. */
export const ownBank = 'BAHI'

export const otherBanks: readonly Bank[] = [
  { code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 4 },
  { code: 'KAVE', name: 'Kaveri Bank', ifsc: 'KAVE0000001', onUs: false, pinLength: 6 },
]

/** Throws `not-found`, naming the codes there are. */
export function otherBank(code: string): Bank {
  const found = otherBanks.find((bank) => bank.code === code)
  if (found) return found
  const codes = [ownBank, ...otherBanks.map((bank) => bank.code)]
  throw new Problem('not-found', `no bank has the code ${code}: there are ${codes.join(', ')}`)
}

/** A whole number from 0 to below the bound. */
export type Roll = (bound: number) => number

/** Digits of which the first is not 0. */
export function digits(count: number, roll: Roll): string {
  return Array.from({ length: count }, (_, i) => (i === 0 ? 1 + roll(9) : roll(10))).join('')
}

/** Starts with a 9: card numbers of national use, which no card network issues. */
const cardPrefix = '999901'
const cardLength = 16
const cardYears = 5

export type Card = { number: string; last6: string; expiry: string }

/** A debit card whose number passes the check of Luhn; it expires in the month of `at`, five years on. */
export function newCard(at: Date, roll: Roll): Card {
  const body =
    cardPrefix + Array.from({ length: cardLength - cardPrefix.length - 1 }, () => roll(10)).join('')
  const number = body + luhnDigit(body)
  const month = String(at.getUTCMonth() + 1).padStart(2, '0')
  const year = String((at.getUTCFullYear() + cardYears) % 100).padStart(2, '0')
  return { number, last6: number.slice(-6), expiry: `${month}/${year}` }
}

/** The digit that makes the number pass: every second digit from the right of the body counts double. */
export function luhnDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, digit, i) => {
    const value = Number(digit) * (i % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}
