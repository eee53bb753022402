// How often the reader of strangers' files had to be replaced.
import type { Metrics } from '@bahi/kit/metrics.ts'
import type { ReaderEnd } from './read-file.ts'

export function createReaderCounter(metrics: Metrics): (cause: ReaderEnd) => void {
  const total = metrics.counter(
    'bahi_kyc_reader_ends_total',
    'Processes that ended over a file of KYC, by what ended them: itself, its time, its memory.',
    ['cause'],
  )
  for (const cause of ['exited', 'time', 'memory'] satisfies ReaderEnd[]) total.inc({ cause }, 0)
  return (cause) => total.inc({ cause })
}
