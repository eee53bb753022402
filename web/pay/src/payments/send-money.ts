// The rules of paying: which notes and amounts may be sent, and which of my accounts can pay.
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { serverNow } from '@bahi/web-ui/api/clock.ts'
import type { MyVpa } from '../accounts/my-accounts.ts'
import { parseRupees } from '@bahi/web-ui/format/rupees.ts'
import type { Person } from './payment-list.ts'

/** As many as a list is looked through by eye. */
export const maxPeople = 50

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

/** `no-vpa`: it can pay as soon as it has a UPI ID, which is given to it when it is chosen. */
export type SourceState = 'ready' | 'no-vpa' | 'no-pin' | 'closed'
export type Source = { account: Account; vpa?: string; primary: boolean; state: SourceState }
export type ReadySource = Source & { vpa: string; state: 'ready' }

export const isReady = (source: Source): source is ReadySource => source.state === 'ready'

/** The one that was chosen, if it can pay; else the first that can. */
export function readySource(sources: Source[], vpa: string | undefined): ReadySource | undefined {
  const ready = sources.filter(isReady)
  return ready.find((one) => one.vpa === vpa) ?? ready[0]
}

const order: SourceState[] = ['ready', 'no-vpa', 'no-pin', 'closed']

/**
 * Each UPI ID with its account, and each account without one: those of the account that pays by default first, then the
 * primary one, those that cannot pay last.
 */
export function sourcesOf(vpas: MyVpa[], accounts: Account[]): Source[] {
  const stateOf = ({ status, pinSet }: Account, has: boolean): SourceState =>
    status !== 'active' ? 'closed' : !pinSet ? 'no-pin' : has ? 'ready' : 'no-vpa'
  return accounts
    .flatMap((account): Source[] => {
      const own = vpas.filter(({ accountId }) => accountId === account.id)
      if (own.length === 0) return [{ account, primary: false, state: stateOf(account, false) }]
      return own.map(({ vpa, primary }) => ({ account, vpa, primary, state: stateOf(account, true) }))
    })
    .sort(
      (a, b) =>
        order.indexOf(a.state) - order.indexOf(b.state) ||
        Number(b.account.default ?? false) - Number(a.account.default ?? false) ||
        Number(b.primary) - Number(a.primary),
    )
}

/**
 * Who is paid at once, without the step that asks to look again: somebody who got money before under the name that
 * their bank gives now.
 */
export function isPaidBefore(payments: PaymentView[], payee: { name: string }): boolean {
  return payments.some((one) => one.status === 'settled' && one.payee.name === payee.name)
}

/** So long after a payment to somebody the next one begins with a word about it. */
const justPaidMs = 10 * 60_000

/** What this payee got a moment ago: a second payment may be meant, or be one too many. */
export function justPaid(payments: PaymentView[], nowMs = serverNow()): PaymentView | undefined {
  const [last] = payments.filter(({ status }) => status === 'settled')
  const at = last && Date.parse(last.completedAt ?? last.createdAt)
  return at !== undefined && nowMs - at < justPaidMs ? last : undefined
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
