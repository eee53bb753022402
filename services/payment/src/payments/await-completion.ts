// Waits a while for a payment whose outcome arrives elsewhere: as a message to this process, or to another one.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Payment } from './payment.ts'
import { findPayments, toPayment } from './store.ts'

const pollEveryMs = 400

export type Completions = {
  /** Notifies who waits in this process for this payment. */
  completed(payment: Payment): void
  /** The payment once it is completed, or as it is after `forMs`. */
  wait(payment: Payment, forMs: number): Promise<Payment>
}

export function createCompletions(deps: Pick<Deps, 'sql' | 'clock'>): Completions {
  const waiters = new Map<string, Set<(payment: Payment) => void>>()

  return {
    completed(payment) {
      for (const notify of waiters.get(payment.id) ?? []) notify(payment)
    },
    async wait(payment, forMs) {
      const untilMs = deps.clock.now().getTime() + forMs
      const completedHere = Promise.withResolvers<Payment>()
      const sleep = new AbortController()
      const notify = (completed: Payment) => {
        completedHere.resolve(completed)
        sleep.abort()
      }
      const ofPayment = waiters.get(payment.id) ?? new Set()
      waiters.set(payment.id, ofPayment.add(notify))
      try {
        let latest = payment
        for (let sleptMs = 0; latest.status === 'pending' && sleptMs < forMs; sleptMs += pollEveryMs) {
          if (deps.clock.now().getTime() >= untilMs) break
          await deps.clock.sleep(pollEveryMs, sleep.signal)
          if (sleep.signal.aborted) return await completedHere.promise
          // Another process may have completed it.
          const [row] = await findPayments(deps.sql, [payment.id])
          if (row) latest = toPayment(row)
        }
        return latest
      } finally {
        ofPayment.delete(notify)
        if (ofPayment.size === 0) waiters.delete(payment.id)
      }
    },
  }
}
