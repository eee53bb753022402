// Captures or voids holds as the network decided: closings of many calls in one commit.
import { uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { HoldClosing, HoldOutcome } from '@bahi/contracts/transfers.ts'
import { batch } from '@bahi/kit/batch.ts'
import { deriveSecretId } from '@bahi/kit/crypto/derive-id.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { closeHolds, type HoldClosureOutcome, type HoldClosure } from './store.ts'

const maxItems = 200

export type HoldCloser = {
  /** Outcomes of those that were decided. Throws only when nothing was. */
  close(closings: HoldClosing[]): Promise<HoldOutcome[]>
  idle(): Promise<void>
}

export function createHoldCloser(deps: Pick<Deps, 'sql' | 'log' | 'seal'>): HoldCloser {
  // One batch at a time: every one of them locks the settlement account.
  const closeInBatch = batch<HoldClosure, HoldClosureOutcome>(
    (items) => retryRaces(() => closeHolds(deps.sql, items)),
    { name: 'close holds', maxItems, maxInFlight: 1 },
  )

  async function closeOne({ id, outcome, txnId, rrn }: HoldClosing): Promise<HoldOutcome> {
    const idOf = (closedBy: string) => deriveSecretId(deps.seal, uuidv7TimeMs(id), id, closedBy)
    const item = { id, captureId: idOf('capture'), voidId: idOf('void'), outcome, txnId, rrn }
    const { status, closedAt, differs: other } = await closeInBatch(item)
    if (status === 'fault') throw new Error(`the ledger refused to ${outcome} the hold ${id}`)
    if (status === null)
      throw new Problem('unavailable', 'the hold has expired and is being voided', { retryAfterS: 1 })
    // To void a hold that never existed is no contradiction.
    if (other && !(outcome === 'void' && status === 'none'))
      deps.log.error(
        { paymentId: id, txnId, requested: outcome, status },
        'hold was already closed the other way: reconcile this payment by hand',
      )
    return { id, status, ...(closedAt ? { closedAt: closedAt.toISOString() } : {}) }
  }

  return {
    async close(closings) {
      const results = await Promise.allSettled(closings.map(closeOne))
      const outcomes = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
      const failed = results.find((r) => r.status === 'rejected')
      if (failed && outcomes.length === 0) throw failed.reason
      if (failed) deps.log.warn({ err: failed.reason as Error }, 'some holds of a call were not closed')
      return outcomes
    },
    idle: () => closeInBatch.idle(),
  }
}
