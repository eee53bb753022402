// Payments of orders that a dynamic code names: one at a time claims the order, and the one that settles pays it.
import { isSecureMode, orderReferenceOf } from '@bahi/contracts/initiation.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { Payment } from '../payments/payment.ts'
import {
  findOrders,
  freeOrders,
  insertOrders,
  keyOf,
  markPaid,
  type OrderKey,
  type OrderOfPayment,
} from './store.ts'

type Paying = Pick<Payment, 'id' | 'initiation' | 'payee' | 'amountPaise'>

/** Of payments for an order: what was claimed here, and by id why the others may not begin. */
export type OrderClaims = { claimed: OrderOfPayment[]; refused: Map<string, Problem> }

/**
 * The order that such a payment pays. Anybody can write a reference into a payment that is not signed: it takes an
 * order of its own amount, and never one of a signed code.
 */
export function orderKeyOf(
  initiation: Parameters<typeof orderReferenceOf>[0],
  { payeeVpa, amountPaise }: { payeeVpa: string; amountPaise: number },
): OrderKey | undefined {
  const reference = orderReferenceOf(initiation)
  if (reference === undefined) return undefined
  return { payeeVpa, reference, amountPaise: isSecureMode(initiation.mode) ? 0 : amountPaise }
}

function orderOf({ id, initiation, payee, amountPaise }: Paying): OrderOfPayment[] {
  const key = orderKeyOf(initiation, { payeeVpa: payee.vpa, amountPaise })
  return key === undefined ? [] : [{ ...key, paymentId: id }]
}

/** In the transaction that begins payments. What does not begin after all is given back by `releaseUnused`. */
export async function claimOrders(tx: Tx, paying: Paying[], now: Date): Promise<OrderClaims> {
  const orders = paying.flatMap(orderOf)
  if (orders.length === 0) return { claimed: [], refused: new Map() }
  const bound = await insertOrders(tx, orders, now)
  const others = orders.filter(({ paymentId }) => !bound.has(paymentId))
  const found = others.length > 0 ? await findOrders(tx, others) : undefined
  const refused = others.map((order) => {
    const problem = found?.get(keyOf(order))?.isPaid
      ? new Problem('code-paid', `order ${order.reference} is paid`)
      : new Problem('wrong-state', 'the order of this code is being paid just now: look again shortly')
    return [order.paymentId, problem] as const
  })
  return { claimed: orders.filter(({ paymentId }) => bound.has(paymentId)), refused: new Map(refused) }
}

/** Why this payment cannot pay what its code orders; undefined: it can, or it has no such code. */
export function orderRefusal(
  claims: OrderClaims,
  { id, codeExpiresAt }: { id: string; codeExpiresAt?: Date },
  now: Date,
): Problem | undefined {
  if (codeExpiresAt !== undefined && codeExpiresAt <= now)
    return new Problem('code-expired', `this code was to be paid until ${codeExpiresAt.toISOString()}`)
  return claims.refused.get(id)
}

/** Gives back the orders that were claimed for payments other than these. */
export async function releaseUnused(tx: Tx, { claimed }: OrderClaims, pending: Payment[]): Promise<void> {
  const ids = new Set(pending.map(({ id }) => id))
  const unused = claimed.filter(({ paymentId }) => !ids.has(paymentId))
  if (unused.length > 0) await freeOrders(tx, unused)
}

/** In the transaction that completes payments: a settled one has paid its order, a failed one gives it back. */
export async function completeOrders(tx: Tx, completed: Payment[], now: Date): Promise<void> {
  const orders = (status: Payment['status']) =>
    completed.filter((payment) => payment.status === status).flatMap(orderOf)
  const [paid, failed] = [orders('settled'), orders('failed')]
  if (paid.length > 0) await markPaid(tx, paid, now)
  if (failed.length > 0) await freeOrders(tx, failed)
}
