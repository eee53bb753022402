// Stores a payment that came in by a transaction of ours: the network says that its money is with the payee's bank.
import type { Initiation } from '@bahi/contracts/initiation.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { apply, completionEvent, toStreamEvent, type Payment, type PaymentEvent } from './payment.ts'
import { inputHash } from './prepare.ts'
import { insertPayments } from './store.ts'

type Settled = Pick<Payment, 'txnId' | 'rrn' | 'amountPaise' | 'note' | 'payer' | 'payee'> & {
  initiation: Initiation
  /** Of the transaction. */
  begunAt: Date
}

/** The id of the payment that the money of a transaction of ours is. */
export const settledIdOf = ({ begunAt, txnId }: Pick<Settled, 'begunAt' | 'txnId'>): string =>
  deriveId(begunAt.getTime(), txnId)

/** With both of its events. Its id follows from the transaction: a second one violates its key. */
export async function storeSettled(tx: Tx, settled: Settled, now: Date): Promise<Payment> {
  const { begunAt: _, ...about } = settled
  const { amountPaise, note, payer, payee, initiation } = about
  const id = settledIdOf(settled)
  const begun: PaymentEvent = {
    type: 'payment.begun',
    at: now,
    data: { paymentId: id, ...about, route: 'in' },
  }
  const pending = apply(undefined, begun)
  const completion = completionEvent(pending, { status: 'posted', code: '00' }, now)
  const payment = apply(pending, completion)
  const hash = inputHash({ payerVpa: payer.vpa, payeeVpa: payee.vpa, amountPaise, note, initiation })
  await insertPayments(tx, [{ payment, inputHash: hash, dueAt: now }])
  await appendEvents(tx, now, [
    toStreamEvent(begun, { stream: id, version: pending.version }),
    toStreamEvent(completion, { stream: id, version: payment.version }),
  ])
  return payment
}
