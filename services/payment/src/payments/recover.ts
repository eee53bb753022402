// Drives payments on whose outcome did not arrive: asks, by each payment's route, what became of it.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import type { Batch } from '@bahi/kit/batch.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Completion } from './complete.ts'
import type { Payment } from './payment.ts'
import { maxTransfers } from './post.ts'
import type { Routes } from './routes/route.ts'
import { leaseDue } from './store.ts'

const maxLeaseMs = 5 * 60_000

type RecoverDeps = Pick<Deps, 'sql' | 'clock'> & {
  complete: Batch<Completion, Payment>
  routes: Routes
}

/** Without an answer a payment stays pending. Many processes may do this at once: each payment is leased to one. */
export function recoverWorker(
  deps: RecoverDeps,
  settings: { leaseMs: number; everyMs: number; timeScale: number },
): Worker {
  return {
    name: 'recover payments',
    intervalMs: settings.everyMs,
    async run() {
      const now = deps.clock.now()
      const rules = networkRulesAt(now, settings.timeScale)
      const due = await leaseDue(deps.sql, now, {
        limit: maxTransfers,
        leaseMs: settings.leaseMs,
        maxLeaseMs,
        checkEveryMs: rules.checkEveryS * 1_000,
        maxChecks: rules.maxChecks,
        untilMs: rules.checkUntilMinutes * 60_000,
      })
      const byRoute = Map.groupBy(due, ({ route }) => route)
      await Promise.all(
        [...byRoute].map(async ([route, payments]) => {
          const results = await deps.routes[route].recover(payments)
          await Promise.all(
            payments.map((payment, i) => {
              const outcome = results[i]!
              return outcome === 'waiting' ? undefined : deps.complete({ payment, outcome })
            }),
          )
        }),
      )
      return due.length === maxTransfers
    },
  }
}
