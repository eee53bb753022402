// Metrics of payments: completed ones by response code, open ones, the time of each step, messages of the network.
import type { Metrics } from '@bahi/kit/metrics.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { Payment } from './payments/payment.ts'
import { countOpen } from './payments/store.ts'
import { countOpenDifferences } from './settlement/store.ts'

export type Step = 'resolve' | 'begin' | 'post' | 'complete'

export type PaymentMetrics = {
  /** Counts a payment that has just completed. */
  completed(payment: Payment): void
  /** Counts what refused a payment before it began, and what it was warned of. */
  assessed(assessment: NonNullable<Payment['assessment']>): void
  step<T>(name: Step, run: () => Promise<T>): Promise<T>
  /** Counts a message that the network sent. */
  received(api: string): void
}

export function createPaymentMetrics(metrics: Metrics, sql: Sql): PaymentMetrics {
  const outcomes = metrics.counter('bahi_payments_total', 'Payments that completed, by UPI response code.', [
    'code',
  ])
  const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10]
  const seconds = metrics.histogram(
    'bahi_payment_step_seconds',
    'Time of one step: of one payment to resolve, of one batch to begin, post, complete.',
    buckets,
    ['step'],
  )
  metrics.gauge('bahi_payments_pending', 'Payments whose outcome is not known yet.', async (gauge) => {
    gauge.set(await countOpen(sql))
  })
  metrics.gauge(
    'bahi_differences_open',
    'Differences with the network that nobody has closed.',
    async (gauge) => {
      gauge.set(await countOpenDifferences(sql))
    },
  )
  const messages = metrics.counter('bahi_network_messages_total', 'Messages from the network, by API.', [
    'api',
  ])
  const reasons = metrics.counter(
    'bahi_payment_assessment_reasons_total',
    'Reasons that refused a payment before it began, or warned of it.',
    ['decision', 'reason'],
  )
  return {
    assessed({ reasons: refusals, warnings = [] }) {
      for (const reason of refusals) reasons.inc({ decision: 'refuse', reason })
      for (const reason of warnings) reasons.inc({ decision: 'warn', reason })
    },
    received: (api) => messages.inc({ api }),
    completed: (payment) => outcomes.inc({ code: payment.code ?? 'none' }),
    async step(name, run) {
      const stop = seconds.startTimer({ step: name })
      try {
        return await run()
      } finally {
        stop()
      }
    },
  }
}
