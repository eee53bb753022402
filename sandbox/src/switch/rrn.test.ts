// The common form of RRNs.
import { expect, it } from 'vitest'
import { rrnOf } from './rrn.ts'

it('an RRN has year, day and hour in IST, and a sequence', () => {
  expect(rrnOf(new Date('2026-11-23T11:32:48Z'), 7)).toBe('632717000007')
  expect(rrnOf(new Date('2026-12-31T18:30:00Z'), 1_000_001)).toBe('700100000001')
  expect(rrnOf(new Date('2028-12-31T10:00:00Z'), 0)).toBe('836615000000')
})
