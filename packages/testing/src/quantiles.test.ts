// Quantiles of latencies, from none to many.
import { expect, it } from 'vitest'
import { medianOf, percentilesOf, spreadOf } from './quantiles.ts'

it('a spread names the median, the 99th percentile and the maximum', () => {
  expect(spreadOf([5, 1, 3])).toMatchObject({ count: 3, p50: 3, p99: 5, max: 5, mean: 3 })
  expect(spreadOf([])).toMatchObject({ count: 0, p50: 0, p99: 0, max: 0, mean: 0 })
})

it('a median lies between the two middle values', () => {
  expect([medianOf([4, 1]), medianOf([3, 1, 2]), medianOf([])]).toEqual([2.5, 2, 0])
})

it('percentiles go from the least to the most', () => {
  const all = percentilesOf(Array.from({ length: 1_000 }, (_, n) => n))
  expect([all[0], all[50], all[100]]).toEqual([0, 500, 999])
})
