// Buckets of a chart: which minutes each has, and what of them is added up, the highest, or not known.
import { expect, it } from 'vitest'
import { bucketsOf } from './buckets.ts'

const at = '2026-11-27T10:07:30.000Z'
const minute = (time: string, more: object = {}) => ({
  ...{ minute: `2026-11-27T${time}:00.000Z`, settled: 0, failed: 0, pending: 0 },
  ...more,
})

it('has a bucket for each minute of an hour that is over, and says which nobody counted', () => {
  const buckets = bucketsOf(at, [minute('10:06', { settled: 9, failed: 1 }), minute('10:05')], '1h')
  expect(buckets).toHaveLength(60)
  expect(new Date(buckets[0]!.atMs).toISOString()).toBe('2026-11-27T09:07:00.000Z')
  expect(buckets.at(-1)).toMatchObject({ counts: { settled: 9, failed: 1 }, successRate: 0.9, p99Ms: null })
  // No payment, which is known, is not the same as not known.
  expect(buckets.at(-2)).toMatchObject({ counts: { settled: 0 }, successRate: null })
  expect(buckets.at(-3)).toMatchObject({ counts: null, successRate: null })
})

it('adds counts up over minutes, and has the highest of their times', () => {
  const buckets = bucketsOf(
    at,
    [
      minute('10:00', { settled: 3, pending: 2, p99Ms: 400, oldestPendingS: 10 }),
      minute('10:04', { failed: 1, p99Ms: 90, oldestPendingS: 70 }),
      minute('10:05', { settled: 1 }),
    ],
    '6h',
  )
  expect(buckets.at(-2)).toEqual({
    atMs: Date.parse('2026-11-27T10:00:00.000Z'),
    counts: { settled: 3, failed: 1, pending: 2 },
    ...{ successRate: 0.75, p99Ms: 400, oldestPendingS: 70 },
  })
  expect(buckets.at(-1)).toMatchObject({ counts: { settled: 1 }, oldestPendingS: null })
})

it('ends a span of a day at the same minute, in quarters of an hour', () => {
  const buckets = bucketsOf(at, [], '24h')
  expect(buckets).toHaveLength(97)
  expect(buckets.every(({ atMs }) => atMs % 900_000 === 0)).toBe(true)
})
