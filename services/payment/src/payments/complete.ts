// The second write of a payment: it settles or fails, once; many at once.
import type { TransferOutcome } from '@bahi/contracts/transfers.ts'
import { batch, type Batch, type BatchInterval } from '@bahi/kit/batch.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { Waiting } from './await-completion.ts'
import type { Measures } from '../metrics.ts'
import { apply, endOf, eventOf, nextVersion, type Payment } from './payment.ts'
import { endPayments, findPayments, toPayment } from './store.ts'

const maxItems = 200
const maxInFlight = 1
/** What has been posted must be written: more may wait here than may begin. */
const maxWaiting = 20_000

export type Ending = {
  payment: Payment
  outcome: Omit<TransferOutcome, 'id'>
  traceparent?: string | undefined
}

/** Answers the payment as it ended: by this call, or by whoever ended it before. */
export function createEnd(
  deps: Pick<Deps, 'transaction' | 'clock' | 'log'>,
  measures: Measures,
  heard: Pick<Waiting, 'ended'> = { ended: () => undefined },
  gather?: BatchInterval,
): Batch<Ending, Payment> {
  async function endAll(tx: Tx, endings: Map<string, Ending>) {
    const now = deps.clock.now()
    const all = [...endings.values()].map((ending) => {
      const change = endOf(ending.payment, ending.outcome, now)
      return { ending, change, ended: apply(ending.payment, change) }
    })
    const rows = await endPayments(
      tx,
      all.map((one) => one.ended),
    )
    const mine = all.flatMap(({ change, ending, ended }) => {
      const row = rows.get(ended.id)
      // What became of it since it was read: it may have been deemed.
      const deemed = row?.deemedAt ? { deemedAt: row.deemedAt } : {}
      return row ? [{ change, ending, ended: { ...ended, ...deemed } }] : []
    })
    const others = all.filter((one) => !rows.has(one.ended.id))
    await appendEvents(
      tx,
      now,
      mine.map(({ change, ending, ended }) => {
        const { traceparent } = ending
        return eventOf(change, { stream: ended.id, version: nextVersion(ended), traceparent })
      }),
    )
    const found = await findPayments(
      tx,
      others.map((one) => one.ended.id),
    )
    return { all, mine: mine.map((one) => one.ended), before: found.map(toPayment) }
  }

  return batch<Ending, Payment>(
    async (endings) => {
      const byId = new Map(endings.map((ending) => [ending.payment.id, ending]))
      const { all, mine, before } = await measures.step('end', () =>
        retryRaces(() => deps.transaction((tx) => endAll(tx, byId))),
      )
      for (const payment of mine) {
        measures.ended(payment)
        heard.ended(payment)
      }
      const final = new Map([...mine, ...before].map((payment) => [payment.id, payment]))
      for (const { ended } of all) {
        if (final.get(ended.id)?.status === ended.status) continue
        deps.log.error({ paymentId: ended.id, told: ended.code }, 'two outcomes of one payment were told')
      }
      return endings.map((ending) => final.get(ending.payment.id)!)
    },
    { maxItems, maxInFlight, maxWaiting, interval: gather },
  )
}
