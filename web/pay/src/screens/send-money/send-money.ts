// The rules of paying: whom somebody means, what an address asks for, and which of my accounts can pay.
import type { Account } from '@bahi/contracts/account.ts'
import type { OrderRefusal, PaymentOrder } from '@bahi/contracts/codes/payment-order.ts'
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import { withoutInvisible } from '@bahi/contracts/digits.ts'
import { normaliseVpa, splitVpa } from '@bahi/contracts/formats.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { mayBecomePhone, parsePhone } from '@bahi/contracts/phone.ts'
import type { MyVpa } from '../../accounts/my-accounts.ts'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import { peopleIn, type Person } from '../../payments/payment-list.ts'

/** What is typed so far: nothing, something that may become a payee, a UPI ID, a phone, a link, or none of these. */
export type ParsedPayee =
  | { is: 'empty' | 'typing' | 'wrong' }
  | { is: 'payee'; vpa: string }
  | { is: 'phone'; phone: string }
  | { is: 'order'; order: PaymentOrder }
  | { is: 'refused'; reason: OrderRefusal }

export function parsePayee(typed: string): ParsedPayee {
  const text = normaliseVpa(withoutInvisible(typed))
  if (text === '') return { is: 'empty' }
  if (/^upi:/.test(text)) {
    const code = readCode(typed)
    return code.kind === 'pay'
      ? { is: 'order', order: code.order }
      : { is: 'refused', reason: code.kind === 'refused' ? code.reason : 'kind' }
  }
  if (text.includes('@')) {
    if (splitVpa(text)) return { is: 'payee', vpa: text }
    return /^[a-z0-9][a-z0-9._-]*@([a-z][a-z0-9.]*)?$/.test(text) ? { is: 'typing' } : { is: 'wrong' }
  }
  const phone = parsePhone(text)
  if (phone !== undefined) return { is: 'phone', phone }
  if (!/\p{L}/u.test(text)) return { is: mayBecomePhone(text) ? 'typing' : 'wrong' }
  // A name may be meant: the list beneath is searched by it.
  return { is: 'typing' }
}

/** Whom I paid, and who paid me, the latest first; a UPI ID that does not exist is left out. */
export const recentPayees = (payments: PaymentView[]): Person[] =>
  peopleIn(payments.filter(({ failure }) => failure?.code !== 'ZH'))

export function searchPayees(payees: Person[], typed: string): Person[] {
  const text = typed.trim().toLowerCase()
  return payees.filter(({ vpa, name }) => `${name} ${vpa}`.toLowerCase().includes(text))
}

/** The most characters of a note that UPI allows. */
export const maxNoteLength = 50
const unwanted = /[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu

/** A note without control characters, cut to what UPI allows. */
export function cleanNote(text: string): string {
  const clean = text.replaceAll(unwanted, '')
  return clean.length <= maxNoteLength ? clean : [...clean].reduce(joined, '')
}
const joined = (sum: string, letter: string) =>
  sum.length + letter.length <= maxNoteLength ? sum + letter : sum

export type Source = { vpa: string; account: Account; primary: boolean; usable: boolean }

/** What I can pay from: each UPI ID with its account, the primary first, those that can't pay now last. */
export function sourcesOf(vpas: MyVpa[], accounts: Account[]): Source[] {
  return vpas
    .flatMap(({ vpa, accountId, primary }): Source[] => {
      const account = accounts.find(({ id }) => id === accountId)
      return account ? [{ vpa, account, primary, usable: account.status === 'active' && account.pinSet }] : []
    })
    .sort((a, b) => Number(b.usable) - Number(a.usable) || Number(b.primary) - Number(a.primary))
}

/** Why an amount can't go on, if it can't. */
export function amountFault(
  rupees: string,
  mostPaise: number,
  leastPaise = 1,
): 'none' | 'over' | 'under' | undefined {
  const paise = parseRupees(rupees)
  if (paise === undefined) return 'none'
  if (paise < leastPaise) return 'under'
  return paise > mostPaise ? 'over' : undefined
}
