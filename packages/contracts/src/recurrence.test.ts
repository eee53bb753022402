// Dates that recur: clamped month ends, leap years, midnight in India, periods.
import { describe, expect, it } from 'vitest'
import {
  addDays,
  addMonths,
  isDate,
  istDateOf,
  istTime,
  nextOccurrence,
  occurrence,
  periodAt,
  periodOf,
  type Recurrence,
} from './recurrence.ts'

const seriesOf = (start: string, recurrence: Recurrence, count: number) =>
  Array.from({ length: count }, (_, n) => occurrence(start, recurrence, n))

it('a day of India begins at half past six in the evening of London’s winter', () => {
  expect(istDateOf(new Date('2026-11-27T18:29:59.999Z'))).toBe('2026-11-27')
  expect(istDateOf(new Date('2026-11-27T18:30:00Z'))).toBe('2026-11-28')
  expect(istTime('2026-11-28').toISOString()).toBe('2026-11-27T18:30:00.000Z')
  expect(istTime('2026-11-28', 21 * 60 + 30).toISOString()).toBe('2026-11-28T16:00:00.000Z')
})

it.each<[string, boolean]>([
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2100-02-29', false],
  ['2026-02-30', false],
  ['2026-11-31', false],
  ['2026-12-31', true],
  ['2026-13-01', false],
  ['tomorrow', false],
])('%s is a day of the calendar: %s', (date, is) => expect(isDate(date)).toBe(is))

it.each<[string, Recurrence, string[]]>([
  ['2026-12-30', 'DAILY', ['2026-12-30', '2026-12-31', '2027-01-01']],
  ['2026-12-28', 'WEEKLY', ['2026-12-28', '2027-01-04', '2027-01-11']],
  ['2026-12-20', 'FORTNIGHTLY', ['2026-12-20', '2027-01-03', '2027-01-17']],
  ['2026-01-31', 'MONTHLY', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']],
  ['2026-12-31', 'BIMONTHLY', ['2026-12-31', '2027-02-28', '2027-04-30']],
  ['2026-11-30', 'QUARTERLY', ['2026-11-30', '2027-02-28', '2027-05-30']],
  ['2026-08-31', 'HALFYEARLY', ['2026-08-31', '2027-02-28', '2027-08-31']],
  ['2028-02-29', 'YEARLY', ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']],
])('from %s %s', (start, recurrence, expected) => {
  expect(seriesOf(start, recurrence, expected.length)).toEqual(expected)
})

it('once is once', () => {
  expect(seriesOf('2026-11-27', 'ONETIME', 2)).toEqual(['2026-11-27', undefined])
  expect(nextOccurrence('2026-11-27', 'ONETIME', '2026-11-27')).toEqual({ n: 0, date: '2026-11-27' })
  expect(nextOccurrence('2026-11-27', 'ONETIME', '2026-11-28')).toBeUndefined()
})

it('the next one is the first of the series that is not before the day, on any day of four years', () => {
  for (const recurrence of [
    'DAILY',
    'WEEKLY',
    'FORTNIGHTLY',
    'MONTHLY',
    'BIMONTHLY',
    'QUARTERLY',
    'HALFYEARLY',
    'YEARLY',
  ] as const) {
    for (const start of ['2027-01-31', '2027-08-30', '2028-02-29', '2027-11-15']) {
      let n = 0
      for (let date = addDays(start, -2); date < '2031-03-05'; date = addDays(date, 1)) {
        while (occurrence(start, recurrence, n)! < date) n++
        expect(nextOccurrence(start, recurrence, date)).toEqual({
          n,
          date: occurrence(start, recurrence, n),
        })
      }
    }
  }
})

describe('periods', () => {
  it.each<[string, Recurrence, number, string, string]>([
    ['2026-11-27', 'DAILY', 1, '2026-11-28', '2026-11-28'],
    // A Friday.
    ['2026-11-27', 'WEEKLY', 0, '2026-11-23', '2026-11-29'],
    ['2026-11-29', 'WEEKLY', 1, '2026-11-30', '2026-12-06'],
    ['2026-11-27', 'FORTNIGHTLY', 0, '2026-11-16', '2026-11-30'],
    ['2026-11-27', 'FORTNIGHTLY', 1, '2026-12-01', '2026-12-15'],
    ['2027-02-03', 'FORTNIGHTLY', 1, '2027-02-16', '2027-02-28'],
    ['2027-01-31', 'MONTHLY', 1, '2027-02-01', '2027-02-28'],
    ['2026-12-31', 'BIMONTHLY', 0, '2026-12-01', '2027-01-31'],
    ['2026-12-31', 'QUARTERLY', 1, '2027-03-01', '2027-05-31'],
    ['2026-09-30', 'HALFYEARLY', 0, '2026-09-01', '2027-02-28'],
    ['2028-02-29', 'YEARLY', 1, '2029-02-01', '2030-01-31'],
    ['2026-11-27', 'ONETIME', 5, '2026-11-27', '2999-12-31'],
  ])('of %s %s the one with number %i', (start, recurrence, nth, from, to) => {
    expect(periodOf(start, recurrence, nth)).toMatchObject({ from, to })
  })

  it('follow each other without a gap, and each day is in the one that is found for it', () => {
    for (const recurrence of ['DAILY', 'WEEKLY', 'FORTNIGHTLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'] as const) {
      for (const start of ['2027-01-31', '2027-08-16', '2028-02-29']) {
        let before = periodOf(start, recurrence, -3)
        for (let date = addDays(before.to, 1); date < '2031-03-05'; date = addDays(date, 1)) {
          const period = periodAt(start, recurrence, date)
          expect(period).toEqual(periodOf(start, recurrence, period.nth))
          expect(period.from <= date && date <= period.to).toBe(true)
          if (period.nth === before.nth) continue
          expect([period.nth, period.from]).toEqual([before.nth + 1, addDays(before.to, 1)])
          before = period
        }
      }
    }
  })

  it('of months keep the day or the last one', () => {
    expect(addMonths('2026-11-01', 3, 31)).toBe('2027-02-28')
    expect(addMonths('2026-03-31', -1)).toBe('2026-02-28')
  })
})
