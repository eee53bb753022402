// Voids holds that are past their expiry.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Ledger } from './ledger.ts'
import { expiredHolds } from './store.ts'

/** Releases what expired holds reserved. */
export function expireHoldsWorker(deps: Pick<Deps, 'sql' | 'clock'>, ledger: Ledger): Worker {
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
