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
      // A block that was used ahead of its time may be used until it is too old.
      const { pinBlockMaxAgeMinutes, pinBlockMaxAheadMinutes } = rulesAt(payRules, now)
      const keptMs = (pinBlockMaxAgeMinutes + pinBlockMaxAheadMinutes + 1) * 60_000
      return (await deleteUsedPinBlocks(deps.sql, new Date(now.getTime() - keptMs), limit)) === limit
    },
  }
}
