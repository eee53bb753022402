// Minutes of payments put together for a chart: each bucket of a span, also those that nobody counted. Pure.
import { groupBy } from '@bahi/web-ui/browser/group-by.ts'
import type { PaymentMinute } from '@bahi/contracts/payment-minutes.ts'

/** How far back, and how many minutes make one bucket: some 60 to 100 of them. */
export const spans = {
  '1h': { minutes: 60, step: 1 },
  '6h': { minutes: 360, step: 5 },
  '24h': { minutes: 1_440, step: 15 },
} as const
export type Span = keyof typeof spans

export type Bucket = {
  atMs: number
  /** Null: nobody counted. */
  counts: { settled: number; failed: number; pending: number } | null
  /** Of those that ended. */
  successRate: number | null
  /** Of its minutes the highest. */
  p99Ms: number | null
  oldestPendingS: number | null
}

const minuteMs = 60_000

/** In order, up to the last minute that is over. */
export function bucketsOf(at: string, minutes: readonly PaymentMinute[], span: Span): Bucket[] {
  const { minutes: length, step } = spans[span]
  const stepMs = step * minuteMs
  const endMs = Math.floor(Date.parse(at) / minuteMs) * minuteMs
  const beginMs = Math.floor((endMs - length * minuteMs) / stepMs) * stepMs
  const byBucket = groupBy(minutes, ({ minute }) => Math.floor(Date.parse(minute) / stepMs) * stepMs)
  const count = Math.ceil((endMs - beginMs) / stepMs)
  return Array.from({ length: count }, (_, i) => {
    const atMs = beginMs + i * stepMs
    return bucketOf(atMs, byBucket.get(atMs) ?? [])
  })
}

function bucketOf(atMs: number, minutes: readonly PaymentMinute[]): Bucket {
  const sum = (of: 'settled' | 'failed' | 'pending') => minutes.reduce((all, minute) => all + minute[of], 0)
  const highest = (of: 'p99Ms' | 'oldestPendingS') => {
    const values = minutes.flatMap((minute) => minute[of] ?? [])
    return values.length === 0 ? null : Math.max(...values)
  }
  const counts = { settled: sum('settled'), failed: sum('failed'), pending: sum('pending') }
  const ended = counts.settled + counts.failed
  return {
    atMs,
    counts: minutes.length === 0 ? null : counts,
    successRate: ended === 0 ? null : counts.settled / ended,
    p99Ms: highest('p99Ms'),
    oldestPendingS: highest('oldestPendingS'),
  }
}
