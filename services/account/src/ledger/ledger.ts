// The ledger as the service uses it: single items in, sets posted; lanes keep sets from contending; holds run out.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { expiredHolds, makePartitions, postItems, type LedgerItem, type LedgerOutcome } from './store.ts'

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

/** Gives back what holds reserved once their time is over. */
export function expireHolds(deps: Pick<Deps, 'sql' | 'clock'>, ledger: Ledger): Worker {
  const limit = 200
  return {
    name: 'expire-holds',
    intervalMs: 1_000,
    async run() {
      const holds = await expiredHolds(deps.sql, limit)
      const void_ = (hold: { id: string }) =>
        ledger.post({
          id: uuidv7(deps.clock.now().getTime()),
          kind: 'void',
          pendingId: hold.id,
          expired: true,
        })
      await Promise.all(holds.map(void_))
      return holds.length === limit
    },
  }
}

/** Keeps partitions made ahead of time. */
export function prepareMonths(deps: Pick<Deps, 'sql'>): Worker {
  return {
    name: 'prepare-months',
    intervalMs: 6 * 3_600_000,
    async run() {
      await makePartitions(deps.sql, 3)
    },
  }
}
