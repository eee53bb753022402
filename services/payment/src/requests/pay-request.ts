// Payments of requests: exactly one payment at a time claims a request, and the one that settles pays it.
import { isUuid } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { Payment } from '../payments/payment.ts'
import { change, changeEvent, type PaymentRequest } from './request.ts'
import { lockRequests, updateRequest } from './store.ts'

type Origin = Pick<Payment, 'initiation'>

/** The request that a payment pays; undefined: none. */
export function requestIdOf({ initiation: { origin } }: Origin): string | undefined {
  return origin.kind === 'request' ? origin.id : undefined
}

/** The requests that these payments want to pay, locked. */
export function requestsFor(tx: Tx, prepared: Origin[]): Promise<Map<string, PaymentRequest>> {
  const ids = prepared.flatMap((one) => requestIdOf(one) ?? []).filter(isUuid)
  return lockRequests(tx, [...new Set(ids)])
}

/** Why this payment cannot pay the request; undefined: it can. */
export function claimRefusal(
  request: PaymentRequest | undefined,
  payment: Pick<Payment, 'payer' | 'payee' | 'amountPaise'>,
  now: Date,
): Problem | undefined {
  if (!request || request.payer.userId !== payment.payer.userId)
    return new Problem('not-found', 'there is no such request to you')
  if (request.payee.vpa !== payment.payee.vpa || request.amountPaise !== payment.amountPaise) {
    const path = '/body'
    const message = 'payeeVpa and amountPaise are not those of the request'
    return new Problem('request-invalid', message, { fields: [{ path, message }] })
  }
  if (request.status !== 'pending')
    return new Problem('wrong-state', `the request is ${request.status} already`)
  if (request.paymentId !== undefined)
    return new Problem('wrong-state', 'the request is being paid just now: look again shortly')
  if (request.expiresAt <= now) return new Problem('wrong-state', 'the request has expired')
  return undefined
}

/** In the transaction that completes payments: a settled one pays its request, a failed one gives it back. */
export async function completeRequests(tx: Tx, completed: Payment[], now: Date): Promise<void> {
  const paying = completed.filter((payment) => requestIdOf(payment) !== undefined)
  if (paying.length === 0) return
  const requests = await requestsFor(tx, paying)
  for (const payment of paying) {
    const request = requests.get(requestIdOf(payment)!)
    if (request?.paymentId !== payment.id || request.status !== 'pending') continue
    if (payment.status === 'failed') {
      const { paymentId: _, ...open } = request
      await updateRequest(tx, open)
      continue
    }
    const what = { type: 'paid', paymentId: payment.id } as const
    const paid = change(request, what, now)
    await updateRequest(tx, paid)
    await appendEvents(tx, now, [changeEvent(paid, what)])
  }
}
