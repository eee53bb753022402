// How often phones are taken from people because they are somebody else's now.
import type { Metrics } from '@bahi/kit/metrics.ts'

export type CountReleased = (by: 'new-holder' | 'staff') => void

export function createReleaseCounter(metrics: Metrics): CountReleased {
  const total = metrics.counter(
    'bahi_phones_released_total',
    'Phones that were taken from a person, by who found that they are somebody else’s now.',
    ['by'],
  )
  // There from the start: the rate of a series that begins at 100 is nothing.
  for (const by of ['new-holder', 'staff']) total.inc({ by }, 0)
  return (by) => total.inc({ by })
}
