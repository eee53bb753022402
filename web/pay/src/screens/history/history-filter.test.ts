// The rules of the history: months and their sums, what a search finds, what an address filters by.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { expect, test } from 'vitest'
import { parseFilter, searchPayments, monthsOf, filterQuery } from './history-filter.ts'

function payment(about: Partial<PaymentView> & { createdAt: string }): PaymentView {
  return {
    rrn: '632709000001',
    status: 'settled',
    direction: 'debit',
    amountPaise: 100_00,
    payer: { vpa: 'asha@bahi', name: 'Asha Rao' },
    payee: { vpa: 'ravi@bahi', name: 'Ravi Kumar' },
    ...about,
  } as PaymentView
}

test('months are those of India, and only what is settled counts', () => {
  const months = monthsOf(
    [
      payment({ createdAt: '2026-11-02T10:00:00Z' }),
      payment({ createdAt: '2026-11-01T10:00:00Z', status: 'failed' }),
      // Half past midnight in India.
      payment({ createdAt: '2026-10-31T19:00:00Z', direction: 'credit', amountPaise: 50_50 }),
      payment({ createdAt: '2026-10-31T18:00:00Z', status: 'pending' }),
    ],
    true,
  )
  expect(months.map(({ payments, ...rest }) => ({ ...rest, count: payments.length }))).toEqual([
    { month: '2026-11', spentPaise: 100_00, receivedPaise: 50_50, isWhole: true, count: 3 },
    { month: '2026-10', spentPaise: 0, receivedPaise: 0, isWhole: false, count: 1 },
  ])
})

test('the last month is whole when nothing older is left', () => {
  expect(monthsOf([payment({ createdAt: '2026-11-02T10:00:00Z' })], false)[0]?.isWhole).toBe(true)
  expect(monthsOf([], true)).toEqual([])
})

test.each([
  ['ravi', 1],
  ['RAVI@BAHI', 1],
  ['kumar chai', 1],
  ['₹1,23,456', 1],
  ['123456.00', 1],
  ['632709', 1],
  ['', 1],
  ['meera', 0],
  // Myself: I am in all of them.
  ['asha', 0],
])('a search for %j finds %i', (search, count) => {
  const one = payment({ createdAt: '2026-11-02T10:00:00Z', amountPaise: 123_456_00, note: 'Chai and samosa' })
  expect(searchPayments([one], search)).toHaveLength(count)
})

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
