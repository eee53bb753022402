// What exactly one payment may pay: a payment request, the date of a schedule, the debit of a mandate, the order of a
// dynamic code. A payment claims it when it begins.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import {
  claimOrders,
  completeOrders,
  orderRefusal,
  releaseUnused,
  type OrderClaims,
} from '../codes/pay-order.ts'
import {
  claimableBy,
  claimDebits,
  completeDebits,
  debitIdOf,
  debitRefusal,
  debitsFor,
  type ClaimableDebits,
} from '../mandates/claim-debit.ts'
import { attemptOf } from '../mandates/mandate.ts'
import { claimRefusal, completeRequests, requestIdOf, requestsFor } from '../requests/pay-request.ts'
import type { NetworkRequest, PaymentRequest } from '../requests/request.ts'
import { claimRequests } from '../requests/store.ts'
import {
  claimDates,
  completeOccurrences,
  occurrenceRefusal,
  scheduleIdOf,
  schedulesFor,
} from '../schedules/pay-occurrence.ts'
import type { Schedule } from '../schedules/schedule.ts'
import type { Payment } from './payment.ts'

type Origin = Pick<Payment, 'initiation'>
type Claimant = Origin &
  Pick<Payment, 'id' | 'payer' | 'payee' | 'amountPaise' | 'route'> & {
    codeExpiresAt?: Date
    byMandate?: boolean
  }

export type Claimable = {
  requests: Map<string, PaymentRequest>
  schedules: Map<string, Schedule>
  debits: ClaimableDebits
  orders: OrderClaims
}

/** What these payments are for, locked: requests, schedules, mandates, orders, so in every transaction. */
export async function claimableFor(tx: Tx, payments: Claimant[], now: Date): Promise<Claimable> {
  return {
    requests: await requestsFor(tx, payments),
    schedules: await schedulesFor(tx, payments),
    debits: await debitsFor(tx, payments),
    orders: await claimOrders(tx, payments, now),
  }
}

/** The same for payments that cannot both be made; undefined: the payment claims nothing. */
export function claimKeyOf({ initiation: { origin } }: Origin): string | undefined {
  return ['request', 'schedule', 'mandate'].includes(origin.kind) ? `${origin.kind} ${origin.id}` : undefined
}

/** Why the payment cannot have what it claims; undefined: it can, or claims nothing. */
export function refusalOfClaim(
  { requests, schedules, debits, orders }: Claimable,
  payment: Claimant,
  { claimed, now }: { claimed: ReadonlySet<string>; now: Date },
): Problem | undefined {
  const ordered = orderRefusal(orders, payment, now)
  const key = claimKeyOf(payment)
  if (ordered || key === undefined) return ordered
  if (claimed.has(key)) return new Problem('wrong-state', 'it is being paid just now: look again shortly')
  const requestId = requestIdOf(payment)
  if (requestId !== undefined) return claimRefusal(requests.get(requestId), payment, now)
  if (debitIdOf(payment) !== undefined) return debitRefusal(claimableBy(debits, payment), payment)
  return occurrenceRefusal(schedules.get(scheduleIdOf(payment)!), payment, now)
}

/** What somebody else wrote to it: the note of a request. */
export function noteOfClaim({ requests }: Claimable, payment: Origin): string | undefined {
  return requests.get(requestIdOf(payment) ?? '')?.note
}

/** The transaction of the network that this payment approves; undefined: it begins one of its own. */
export function transactionOf({ requests, debits }: Claimable, payment: Origin): NetworkRequest | undefined {
  const debit = claimableBy(debits, payment)?.debit
  return debit ? attemptOf(debit) : requests.get(requestIdOf(payment) ?? '')?.network
}

/** Of payments that have begun: nothing of theirs can be claimed by another one until they have failed. */
export async function claim(
  tx: Tx,
  { schedules, debits, orders }: Claimable,
  begun: Payment[],
): Promise<void> {
  const pending = begun.filter(({ status }) => status === 'pending')
  const requests = pending.flatMap((payment) => {
    const id = requestIdOf(payment)
    return id === undefined ? [] : [{ id, paymentId: payment.id }]
  })
  if (requests.length > 0) await claimRequests(tx, requests)
  if (schedules.size > 0) await claimDates(tx, schedules, begun)
  if (debits.debits.size > 0) await claimDebits(tx, debits, begun)
  await releaseUnused(tx, orders, pending)
}

/** In the transaction that completes payments: a settled one has paid what it claimed, a failed one gives it back. */
export async function completeClaims(tx: Tx, completed: Payment[], now: Date): Promise<void> {
  await completeRequests(tx, completed, now)
  await completeOccurrences(tx, completed, now)
  await completeDebits(tx, completed, now)
  await completeOrders(tx, completed, now)
}
