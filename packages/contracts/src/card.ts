// Debit cards of the simulated banks: their numbers pass the Luhn check, as those of merchants at NPCI do.

const cardLength = 16
const cardYears = 5

export type Card = { number: string; last6: string; expiry: string }
/** A whole number from 0 up to, not including, the bound. */
export type Roll = (bound: number) => number

/** @param prefix the first digits, the bank's range. The card expires with the month of `at`, five years on. */
export function newCard(prefix: string, at: Date, roll: Roll): Card {
  const body = prefix + Array.from({ length: cardLength - prefix.length - 1 }, () => roll(10)).join('')
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
