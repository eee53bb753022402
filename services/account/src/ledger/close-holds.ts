// Moves held money to the network or gives it back, as the network decided: closings of many calls, one commit a set.
import { uuidv7TimeMs } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { HoldClosing, HoldOutcome } from '@bahi/contracts/transfers.ts'
import { batch } from '@bahi/kit/batch.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { closeSet, type Closed, type Closing } from './store.ts'

const maxItems = 200

export type CloseHolds = {
  /** Outcomes of those that were decided. Throws only when nothing was. */
  close(closings: HoldClosing[]): Promise<HoldOutcome[]>
  idle(): Promise<void>
}

export function createCloseHolds(deps: Pick<Deps, 'sql' | 'log'>): CloseHolds {
  // One lane: all of them move the balance of settlement.
  const lane = batch<Closing, Closed>((items) => retryRaces(() => closeSet(deps.sql, items)), {
    maxItems,
    maxInFlight: 1,
  })

  async function closeOne({ id, outcome, txnId, rrn }: HoldClosing): Promise<HoldOutcome> {
    const [commitId, voidId] = ['commit', 'void'].map((word) => deriveId(uuidv7TimeMs(id), id, word))
    const item = { id, commitId: commitId!, voidId: voidId!, outcome, txnId, rrn }
    const { status, closedAt, other } = await lane(item)
    if (status === 'fault') throw new Error(`the ledger refused to ${outcome} the hold ${id}`)
    if (status === null) throw new Problem('unavailable', 'the hold is being given back', { retryAfterS: 1 })
    // Nothing to give back is as good as given back.
    if (other && !(outcome === 'void' && status === 'none'))
      deps.log.error({ paymentId: id, txnId, asked: outcome, status }, 'a hold was decided otherwise')
    return { id, status, ...(closedAt ? { closedAt: closedAt.toISOString() } : {}) }
  }

  return {
    async close(closings) {
      const results = await Promise.allSettled(closings.map(closeOne))
      const outcomes = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value] : []))
      const failed = results.find((r) => r.status === 'rejected')
      if (failed && outcomes.length === 0) throw failed.reason
      if (failed) deps.log.warn({ err: failed.reason as Error }, 'some holds of a call are undecided')
      return outcomes
    },
    idle: () => lane.idle(),
  }
}
