// What home shows first: how far a newcomer has come, whom I dealt with lately, and what is on its way.
import type { Account } from '@bahi/contracts/account.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import type { MyVpa } from '../../accounts/my-accounts.ts'
import { counterpartyOf } from '../../payments/next-action.ts'

export type StepName = 'link' | 'pin' | 'vpa' | 'pay'
export type Step = { name: StepName; isDone: boolean; to: string }

/** In a sandbox the first payment goes to somebody who is always there. */
const firstPayment = { real: '/pay', play: `/pay/${encodeURIComponent('shop@sandbox')}?am=10` }

/** The way to a first payment; undefined once it is gone to its end. */
export function firstSteps(
  accounts: Account[],
  vpas: MyVpa[],
  payments: PaymentView[],
  isSandbox: boolean,
): Step[] | undefined {
  const ready = accounts.find(({ pinSet }) => pinSet)
  const account = ready ?? accounts[0]
  const hasPaid = payments.some(({ direction }) => direction === 'debit')
  if (ready && vpas.length > 0 && hasPaid) return undefined
  const rest = account ? `?account=${account.id}` : ''
  return [
    { name: 'link', isDone: account !== undefined, to: '/accounts/link' },
    { name: 'pin', isDone: ready !== undefined, to: account ? `/accounts/${account.id}/pin` : '/accounts' },
    { name: 'vpa', isDone: vpas.length > 0, to: `/upi-ids/new${rest}` },
    { name: 'pay', isDone: hasPaid, to: isSandbox ? firstPayment.play : firstPayment.real },
  ]
}

export type Person = { vpa: string; name: string }

/** The latest first, each once; who could not be paid at all is not among them. */
export function recentPeople(payments: PaymentView[], most = 8): Person[] {
  const found = new Map<string, Person>()
  for (const payment of payments) {
    const { vpa, name } = counterpartyOf(payment)
    if (payment.status !== 'failed' && !found.has(vpa)) found.set(vpa, { vpa, name })
  }
  return [...found.values()].slice(0, most)
}

export const pendingDebits = (payments: PaymentView[]) =>
  payments.filter(({ status, direction }) => status === 'pending' && direction === 'debit')

/** `Asha` of `Asha Rao`; initials alone are no name to call somebody by. */
export function shortName(name: string): string {
  const words = name.trim().split(/\s+/)
  return words.find((word) => word.replaceAll('.', '').length > 2) ?? name
}
