// What an address filters the history by, and what the service is asked for.
import { expect, test } from 'vitest'
import { filterQuery, parseFilter } from './history-filter.ts'

test('an address is a filter, and what makes no sense in it is left out', () => {
  const query =
    'direction=credit&status=odd&from=2026-11-01&to=2026-11-30&min=10&max=99.50&vpa=ravi%40bahi&x=1'
  const filter = parseFilter(new URLSearchParams(query))
  expect(filter).toEqual({
    direction: 'credit',
    vpa: 'ravi@bahi',
    from: '2026-11-01',
    to: '2026-11-30',
    min: '10',
    max: '99.50',
  })
  expect(filterQuery(filter)).toEqual({
    direction: 'credit',
    vpa: 'ravi@bahi',
    from: '2026-10-31T18:30:00.000Z',
    to: '2026-11-30T18:30:00.000Z',
    minPaise: 10_00,
    maxPaise: 99_50,
  })
})

test.each([
  'from=2026-99-99',
  'to=2026-02-29',
  'from=2026-13-01&to=2026-00-10',
  'from=0001-01-01',
  'min=-1&max=1e9',
  'vpa=%40',
  'vpa=%22%3E@x y',
  'status=__proto__&direction=constructor',
])('%s filters by nothing', (query) => {
  const filter = parseFilter(new URLSearchParams(query))
  expect(filter).toEqual({})
  expect(filterQuery(filter)).toEqual({})
})
