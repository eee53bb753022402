// Creates the ledger's monthly partitions ahead of time.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { createPartitions } from './store.ts'

/** Keeps partitions made ahead of time. */
export function createPartitionsWorker(deps: Pick<Deps, 'sql'>): Worker {
  return {
    name: 'prepare-months',
    intervalMs: 6 * 3_600_000,
    async run() {
      await createPartitions(deps.sql, 3)
    },
  }
}
