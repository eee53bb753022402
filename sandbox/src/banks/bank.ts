// The sandbox's banks, all invented, and the rules of their account numbers and UPI IDs. Pure.
import type { Bank } from '@bahi/contracts/account.ts'
import type { Roll } from '@bahi/contracts/card.ts'
import { accountIn, splitVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'

/** The platform's own bank: its accounts are in the account service's ledger, not here. */
export const ownBank = 'BAHI'
export const ownIfsc = 'BAHI0000001'

export const otherBanks: readonly Bank[] = [
  { code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 4 },
  { code: 'KAVE', name: 'Kaveri Bank', ifsc: 'KAVE0000001', onUs: false, pinLength: 6 },
]

/** The bank of the addresses at `@sandbox`: one account with unlimited funds, which cannot be linked. */
export const sandboxBank = {
  code: 'SAND',
  ifsc: 'SAND0000001',
  accountRef: '00000000-0000-7000-8000-000000000001',
}

const handles = new Map([
  ['bahi', ownBank],
  ['ganga', 'GANG'],
  ['kaveri', 'KAVE'],
  ['sandbox', sandboxBank.code],
])
/** The first three letters of the ids of transactions from that bank's app. */
const prefixes = new Map([
  ['GANG', 'GNG'],
  ['KAVE', 'KVR'],
])

/** The bank whose app issued this UPI ID: its code, or undefined for an unknown handle. */
export function pspOf(vpa: string): string | undefined {
  const account = accountIn(vpa)
  if (account) return [...handles.values()].find((bank) => bank === account.ifsc.slice(0, 4))
  const handle = splitVpa(vpa)?.handle.toLowerCase()
  return handle === undefined ? undefined : handles.get(handle)
}

export function handleOf(bank: string): string {
  return [...handles].find(([, code]) => code === bank)![0]
}

export function prefixOf(bank: string): string {
  return prefixes.get(bank) ?? 'SBX'
}

/** `9876543210@ganga`, then `9876543210.2@ganga` … */
export function vpasFor(phone: string, bank: string): string[] {
  const suffixes = Array.from({ length: 500 }, (_, i) => (i === 0 ? '' : `.${i + 1}`))
  return suffixes.map((suffix) => `${phone.slice(-10)}${suffix}@${handleOf(bank)}`)
}

/** Throws `not-found`, naming the existing codes. */
export function otherBank(code: string): Bank {
  const found = otherBanks.find((bank) => bank.code === code)
  if (found) return found
  const codes = [ownBank, ...otherBanks.map((bank) => bank.code)]
  throw new Problem('not-found', `no bank has the code ${code}: there are ${codes.join(', ')}`)
}

/** Random digits of which the first is not 0. */
export function digits(count: number, roll: Roll): string {
  return Array.from({ length: count }, (_, i) => (i === 0 ? 1 + roll(9) : roll(10))).join('')
}

/** Starts with a 9: card numbers of national use, which no card network issues. */
export const cardPrefix = '999901'
