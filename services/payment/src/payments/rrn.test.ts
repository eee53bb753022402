// RRNs keep their format, and do not reveal their order.
import { newDataKeys } from '@bahi/kit/crypto/data-keys.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { expect, it } from 'vitest'
import { createRrnOf, rrnsPerDay } from './rrn.ts'

const seal = createSeal('payment', newDataKeys())
const noon = new Date('2026-11-23T06:30:00Z')

it('the ends of the sequence are valid', () => {
  const rrnOf = createRrnOf(seal)
  for (const sequence of [0, 1, rrnsPerDay - 1]) expect(rrnOf(noon, sequence)).toMatch(/^[0-9]{12}$/)
})

it('each Indian day has its own three leading digits', () => {
  const rrnOf = createRrnOf(seal)
  const days = [
    '2026-11-22T18:29:59Z',
    '2026-11-22T18:30:00Z',
    '2026-11-23T18:29:59Z',
    '2026-11-23T18:30:00Z',
  ]
  const prefixes = days.map((at) => Number(rrnOf(new Date(at), 5).slice(0, 3)))
  expect(prefixes.map((prefix) => prefix - prefixes[0]!)).toEqual([0, 1, 1, 2])
})

it('consecutive numbers are far apart, and each day and each key has another order', () => {
  const numbers = (rrnOf: ReturnType<typeof createRrnOf>, at: Date) =>
    Array.from({ length: 1_000 }, (_, n) => Number(rrnOf(at, n).slice(3)))
  const today = numbers(createRrnOf(seal), noon)
  const steps = new Set(today.slice(1).map((number, i) => number - today[i]!))
  expect(steps.size).toBeGreaterThan(990)
  const mean = today.reduce((sum, number) => sum + number / today.length, 0)
  // Of 1,000 uniform numbers the mean is within five standard errors of the middle.
  expect(Math.abs(mean - rrnsPerDay / 2)).toBeLessThan((5 * rrnsPerDay) / Math.sqrt(12 * 1_000))
  const tomorrow = numbers(createRrnOf(seal), new Date(noon.getTime() + 86_400_000))
  const others = numbers(createRrnOf(createSeal('payment', newDataKeys())), noon)
  for (const list of [tomorrow, others])
    expect(list.filter((number, n) => number === today[n]).length).toBeLessThan(5)
})
