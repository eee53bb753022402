// What operators watch: deliveries by way and outcome, and how long the oldest one has been waiting.
import type { Seams, Channel } from '../notification.ts'
import { oldestWaiting } from './store.ts'

/** `retried`: failed this time, waits for its next try. `dropped`: the person has no such address. */
export type Counted = 'sent' | 'retried' | 'failed' | 'dropped'
export type DeliveryCounts = (channel: Channel, outcome: Counted) => void

export function createCounts({ sql, clock, metrics }: Seams): DeliveryCounts {
  const deliveries = metrics.counter('bahi_deliveries_total', 'Tries to deliver, by way and outcome.', [
    'channel',
    'outcome',
  ])
  metrics.gauge(
    'bahi_delivery_oldest_waiting_seconds',
    'Age of the oldest delivery that is neither sent nor given up.',
    async (gauge) => {
      const at = await oldestWaiting(sql)
      gauge.set(at ? Math.max(0, clock.now().getTime() - at.getTime()) / 1000 : 0)
    },
  )
  return (channel, outcome) => deliveries.inc({ channel, outcome })
}
