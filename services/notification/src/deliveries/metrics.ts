// Metrics for operators: delivery attempts by channel and outcome, and the age of the oldest waiting delivery.
import type { Channel } from '../carriers/carrier.ts'
import type { ServiceDeps } from '../config.ts'
import { oldestWaitingAt } from './store.ts'

/** `retried`: this attempt failed, another follows. `dropped`: the person has no address for the channel. */
export type AttemptOutcome = 'sent' | 'retried' | 'failed' | 'dropped'
export type CountAttempt = (channel: Channel, outcome: AttemptOutcome) => void

/** How many milliseconds after it was made a delivery was sent. */
export type ObserveDelay = (channel: Channel, ms: number) => void

export type CountReport = (channel: Channel, report: 'delivered' | 'failed') => void

export function createDeliveryMetrics({ sql, clock, metrics }: ServiceDeps): {
  countAttempt: CountAttempt
  countReport: CountReport
  observeDelay: ObserveDelay
} {
  const reports = metrics.counter(
    'bahi_delivery_reports_total',
    'Reports of carriers by channel and report.',
    ['channel', 'report'],
  )
  const attempts = metrics.counter(
    'bahi_delivery_attempts_total',
    'Delivery attempts by channel and outcome.',
    ['channel', 'outcome'],
  )
  const delays = metrics.histogram(
    'bahi_delivery_delay_seconds',
    'Time from a message to its sending, by channel.',
    [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
    ['channel'],
  )
  metrics.gauge(
    'bahi_delivery_oldest_waiting_seconds',
    'Age of the oldest delivery that is neither sent nor failed.',
    async (gauge) => {
      const at = await oldestWaitingAt(sql)
      gauge.set(at ? Math.max(0, clock.now().getTime() - at.getTime()) / 1000 : 0)
    },
  )
  return {
    countAttempt: (channel, outcome) => attempts.inc({ channel, outcome }),
    observeDelay: (channel, ms) => delays.observe({ channel }, Math.max(ms, 0) / 1000),
    countReport: (channel, report) => reports.inc({ channel, report }),
  }
}
