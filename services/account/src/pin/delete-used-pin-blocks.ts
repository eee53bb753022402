// Deletes used PIN blocks once they are too old to be accepted again.
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { deleteUsedPinBlocks } from './store.ts'

const limit = 1_000

export function deleteUsedPinBlocksWorker(deps: Pick<Deps, 'sql' | 'clock'>): Worker {
  return {
    name: 'delete used PIN blocks',
    intervalMs: 10 * 60_000,
    async run() {
      const now = deps.clock.now()
      // Twice the age, so that a block made a little ahead of time is covered too.
      const keptMs = 2 * rulesAt(payRules, now).pinBlockMaxAgeMinutes * 60_000
      return (await deleteUsedPinBlocks(deps.sql, new Date(now.getTime() - keptMs), limit)) === limit
    },
  }
}
