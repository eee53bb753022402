// The ledger as the service uses it: single items in, sets posted in partitions that never contend for an account.
import { batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { type LedgerItem, type LedgerOutcome, postTransfers } from './store.ts'

const partitionCount = 2

const maxItems = 200

export type Ledger = {
  /** Idempotent by id. The outcome is committed when this resolves. */
  post(item: LedgerItem): Promise<LedgerOutcome>
  idle(): Promise<void>
}

/** The partition of an account's credits: the row of a busy payee is then updated once a batch, by one writer. */
export function partitionOf(account: number | string, partitions: number): number {
  let hash = 0
  for (const char of String(account)) hash = (hash * 31 + char.charCodeAt(0)) >>> 0
  return hash % partitions
}

export function createLedger(deps: Pick<Deps, 'sql'>): Ledger {
  const partitions = Array.from({ length: partitionCount }, () =>
    batch<LedgerItem, LedgerOutcome>((items) => retryRaces(() => postTransfers(deps.sql, items)), {
      maxItems,
      maxInFlight: 1,
    }),
  )
  return {
    post(item) {
      const key = 'creditAccount' in item ? item.creditAccount : item.pendingId
      return partitions[partitionOf(key, partitionCount)]!(item)
    },
    async idle() {
      await Promise.all(partitions.map((partition) => partition.idle()))
    },
  }
}
