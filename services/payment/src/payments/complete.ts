// The second write of a payment: it settles or fails, once; one transaction for a batch.
import type { TransferOutcome } from '@bahi/contracts/transfers.ts'
import { batch, type Batch, type BatchInterval } from '@bahi/kit/batch.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from '../metrics.ts'
import type { Completions } from './await-completion.ts'
import { completeClaims } from './claims.ts'
import { apply, completionEvent, toStreamEvent, type Payment } from './payment.ts'
import { completePayments, findPayments, toPayment } from './store.ts'

const maxItems = 200
const maxInFlight = 1
/** Higher than for beginning: an outcome that exists must be written. */
const maxWaiting = 20_000
/** A payment that is deemed between the read and the write has a new version, once. */
const maxReads = 3

export type Completion = {
  payment: Payment
  outcome: Omit<TransferOutcome, 'id'>
  traceparent?: string | undefined
}

/** Returns the completed payment, also when another call completed it first. */
export function createComplete(
  deps: Pick<Deps, 'transaction' | 'reads' | 'clock' | 'log'>,
  metrics: PaymentMetrics,
  completions: Pick<Completions, 'completed'> = { completed: () => undefined },
  interval?: BatchInterval,
): Batch<Completion, Payment> {
  /** `completed`: by this call. `final`: by an earlier one. */
  async function completeAll(tx: Tx, requested: Completion[]) {
    const now = deps.clock.now()
    const completed: Payment[] = []
    const final: Payment[] = []
    let open = requested
    for (let reads = 1; open.length > 0; reads++) {
      if (reads > maxReads) throw new Error('payments changed under each read')
      const next = open.map((one) => {
        const event = completionEvent(one.payment, one.outcome, now)
        return { ...one, event, after: apply(one.payment, event) }
      })
      const written = await completePayments(
        tx,
        next.map(({ after }) => after),
      )
      const done = next.filter(({ after }) => written.has(after.id))
      await appendEvents(
        tx,
        now,
        done.map(({ event, after: { id, version }, traceparent }) =>
          toStreamEvent(event, { stream: id, version, traceparent }),
        ),
      )
      const after = done.map((one) => one.after)
      completed.push(...after)
      await completeClaims(tx, after, now)
      const others = next.filter(({ after }) => !written.has(after.id))
      const rows = await findPayments(
        tx,
        others.map(({ after }) => after.id),
      )
      const current = new Map(rows.map((row) => [row.id, toPayment(row)]))
      final.push(...[...current.values()].filter(({ status }) => status !== 'pending'))
      open = others.flatMap((one) => {
        const payment = current.get(one.payment.id)
        return payment?.status === 'pending' ? [{ ...one, payment }] : []
      })
    }
    return { completed, final }
  }

  return batch<Completion, Payment>(
    async (items) => {
      const byId = new Map(items.map((item) => [item.payment.id, item]))
      const { completed, final } = await metrics.step('complete', () =>
        retryRaces(() => deps.transaction((tx) => completeAll(tx, [...byId.values()]))),
      )
      // Both see it in their histories as soon as they are told of it.
      const people = completed.flatMap(({ payer, payee }) => [payer.userId, payee.userId])
      await deps.reads.wrote(people.filter((userId) => userId !== undefined))
      for (const payment of completed) {
        metrics.completed(payment)
        completions.completed(payment)
      }
      for (const { id, status } of final) {
        const { outcome } = byId.get(id)!
        if ((outcome.status === 'posted') === (status === 'settled')) continue
        deps.log.error(
          { paymentId: id, status, outcome: outcome.code },
          'final payment got another outcome: reconcile it by hand',
        )
      }
      const result = new Map([...completed, ...final].map((payment) => [payment.id, payment]))
      return items.map((item) => result.get(item.payment.id)!)
    },
    { name: 'complete payments', maxItems, maxInFlight, maxWaiting, interval },
  )
}
