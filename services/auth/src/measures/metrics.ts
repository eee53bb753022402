// How often measures about people are approved and declined.
import { measureKinds, type Measure } from '@bahi/contracts/measures.ts'
import type { Metrics } from '@bahi/kit/metrics.ts'

export type CountMeasure = (measure: Measure) => Measure

/** Counts a decision, and returns what was decided. */
export function createMeasureCounter(metrics: Metrics): CountMeasure {
  const total = metrics.counter(
    'bahi_measures_total',
    'Freezes of people and other measures about them that were decided, by kind and decision.',
    ['kind', 'decision'],
  )
  // There from the start: the rate of a series that begins at 100 is nothing.
  for (const kind of measureKinds)
    for (const decision of ['approved', 'declined']) total.inc({ kind, decision }, 0)
  return (measure) => {
    total.inc({ kind: measure.kind, decision: measure.state })
    return measure
  }
}
