// The other banks, all invented, and the pure rules of the numbers they hand out.
import type { Bank } from '@bahi/contracts/account.ts'
import type { Roll } from '@bahi/contracts/card.ts'
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

/** Digits of which the first is not 0. */
export function digits(count: number, roll: Roll): string {
  return Array.from({ length: count }, (_, i) => (i === 0 ? 1 + roll(9) : roll(10))).join('')
}

/** Starts with a 9: card numbers of national use, which no card network issues. */
export const cardPrefix = '999901'
