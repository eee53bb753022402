// How old something is, and which days there are.
import { expect, test } from 'vitest'
import { formatAge, formatSpan, isCalendarDay } from './dates.ts'

const now = Date.parse('2026-11-23T10:00:00Z')

test.each([
  ['2026-11-23T10:00:05Z', '0 seconds ago'],
  ['2026-11-23T09:59:48Z', '12 seconds ago'],
  ['2026-11-23T09:58:59Z', '1 minute ago'],
  ['2026-11-23T07:10:00Z', '2 hours ago'],
  ['2026-11-20T07:10:00Z', '3 days ago'],
  ['2026-08-20T07:10:00Z', '20 Aug 2026'],
])('%s is %s', (at, age) => {
  expect(formatAge('en', at, now)).toBe(age)
})

test('in Hindi too', () => {
  expect(formatAge('hi', '2026-11-23T09:59:48Z', now)).toBe('12 सेकंड पहले')
})

test('a span is said in its largest unit', () => {
  expect([0, 59, 90, 86_400 * 2.5].map((seconds) => formatSpan('en', seconds))).toEqual([
    ...['0 seconds', '59 seconds', '1 minute', '2 days'],
  ])
})

test.each([
  ['2026-02-28', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-99-99', false],
  ['2026-00-10', false],
  ['', false],
])('%j is a day: %s', (date, is) => {
  expect(isCalendarDay(date)).toBe(is)
})
