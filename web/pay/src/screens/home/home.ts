// What home shows first: the first steps, and how a person is greeted.
import type { Account } from '@bahi/contracts/account.ts'
import type { MyVpa } from '../../accounts/my-accounts.ts'

export type StepName = 'link' | 'pin' | 'vpa' | 'pay'
export type Step = { name: StepName; isDone: boolean; to: string }

/** In a sandbox the first payment goes to somebody who is always there. */
const firstPayment = { real: '/pay', play: `/pay/${encodeURIComponent('shop@sandbox')}?am=10` }

/** The steps to a first payment; undefined when all are done. */
export function firstSteps(
  accounts: Account[],
  vpas: MyVpa[],
  hasPaid: boolean,
  isSandbox: boolean,
): Step[] | undefined {
  const ready = accounts.find(({ pinSet }) => pinSet)
  const account = ready ?? accounts[0]
  if (ready && vpas.length > 0 && hasPaid) return undefined
  const rest = account ? `?account=${account.id}` : ''
  return [
    { name: 'link', isDone: account !== undefined, to: '/accounts/link' },
    { name: 'pin', isDone: ready !== undefined, to: account ? `/accounts/${account.id}/pin` : '/accounts' },
    { name: 'vpa', isDone: vpas.length > 0, to: `/upi-ids/new${rest}` },
    { name: 'pay', isDone: hasPaid, to: isSandbox ? firstPayment.play : firstPayment.real },
  ]
}

/** `Asha` of `Asha Rao`; initials alone are no name to call somebody by. */
export function shortName(name: string): string {
  const words = name.trim().split(/\s+/)
  return words.find((word) => word.replaceAll('.', '').length > 2) ?? name
}
