// Drives on payments whose outcome was never heard: asks account what became of each, and ends it by that.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/service.ts'
import type { Worker } from '@bahi/kit/worker.ts'
import type { Ending } from './end.ts'
import type { Payment } from './payment.ts'
import { maxTransfers, postAll, transferOf } from './post.ts'
import { takeDue } from './store.ts'

const maxLeaseMs = 5 * 60_000

/**
 * Asks without the PIN: account tells the outcome that exists, or promises that there will be none. What it does not
 * answer stays pending and is asked again, after a pause that doubles. Many processes may do this at once.
 */
export function recoverWorker(
  deps: Pick<Deps, 'sql' | 'clock' | 'log' | 'call'> & { end: Batch<Ending, Payment> },
  settings: { leaseMs: number; everyMs: number },
): Worker {
  const lease = { leaseMs: settings.leaseMs, maxLeaseMs, limit: maxTransfers }
  return {
    name: 'recover payments',
    everyMs: settings.everyMs,
    async run() {
      const due = await takeDue(deps.sql, deps.clock.now(), lease)
      if (due.length === 0) return false
      let outcomes: Awaited<ReturnType<typeof postAll>>
      try {
        outcomes = await postAll(
          deps,
          due.map((payment) => transferOf(payment)),
        )
      } catch (error) {
        // A neighbour that is down is no fault of this worker: the payments come up again when their lease ends.
        if (!(error instanceof Problem)) throw error
        deps.log.warn({ err: error, payments: due.length }, 'account cannot be asked about open payments')
        return false
      }
      await Promise.all(
        due.map((payment, i) => {
          const outcome = outcomes[i]!
          return outcome instanceof Error ? undefined : deps.end({ payment, outcome })
        }),
      )
      return due.length === lease.limit
    },
  }
}
