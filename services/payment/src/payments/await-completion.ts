// Waits a while for payments whose outcome comes by another way: as a message to this process, or to another one.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Payment } from './payment.ts'
import { findPayments, toPayment } from './store.ts'

const lookEveryMs = 400

export type Waiting = {
  /** A payment that ended in this process: whoever waits for it here knows at once. */
  ended(payment: Payment): void
  /** The payment as it is when it ended, or when the time is over. */
  wait(payment: Payment, forMs: number): Promise<Payment>
}

export function createWaiting(deps: Pick<Deps, 'sql' | 'clock'>): Waiting {
  const waiting = new Map<string, Set<(payment: Payment) => void>>()

  return {
    ended(payment) {
      for (const tell of waiting.get(payment.id) ?? []) tell(payment)
    },
    async wait(payment, forMs) {
      const untilMs = deps.clock.now().getTime() + forMs
      const here = Promise.withResolvers<Payment>()
      const nap = new AbortController()
      const tell = (ended: Payment) => {
        here.resolve(ended)
        nap.abort()
      }
      const others = waiting.get(payment.id) ?? new Set()
      waiting.set(payment.id, others.add(tell))
      try {
        let last = payment
        for (let slept = 0; last.status === 'pending' && slept < forMs; slept += lookEveryMs) {
          if (deps.clock.now().getTime() >= untilMs) break
          await deps.clock.sleep(lookEveryMs, nap.signal)
          if (nap.signal.aborted) return await here.promise
          // It may have ended in another process.
          const [row] = await findPayments(deps.sql, [payment.id])
          if (row) last = toPayment(row)
        }
        return last
      } finally {
        others.delete(tell)
        if (others.size === 0) waiting.delete(payment.id)
      }
    },
  }
}
