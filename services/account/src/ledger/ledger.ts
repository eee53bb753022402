// The ledger as the service uses it: single items in, sets posted in partitions that never contend for an account.
import { batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { type LedgerItem, type LedgerOutcome, postItems } from './store.ts'

const laneCount = 2

const maxItems = 200

export type Ledger = {
  /** Idempotent by id. The outcome is committed when this resolves. */
  post(item: LedgerItem): Promise<LedgerOutcome>
  idle(): Promise<void>
}

/** Which lane an account's credits go through: a hot payee is then one row moved once a batch, by one writer. */
export function laneOf(account: number | string, lanes: number): number {
  let hash = 0
  for (const char of String(account)) hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  return hash % lanes
}

export function createLedger(deps: Pick<Deps, 'sql'>): Ledger {
  const lanes = Array.from({ length: laneCount }, () =>
    batch<LedgerItem, LedgerOutcome>((items) => retryRaces(() => postItems(deps.sql, items)), {
      maxItems,
      maxInFlight: 1,
    }),
  )
  return {
    post(item) {
      const key = 'creditAccount' in item ? item.creditAccount : item.pendingId
      return lanes[laneOf(key, laneCount)]!(item)
    },
    async idle() {
      await Promise.all(lanes.map((lane) => lane.idle()))
    },
  }
}
