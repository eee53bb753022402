// Lists of payments: months and their sums, what a search finds, who is on the other side.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { expect, test } from 'vitest'
import { counterpartyOf, monthsOf, ownPartyOf, searchPayments } from './payment-list.ts'

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

test('the other side is who is paid, or who paid', () => {
  const sent = payment({ createdAt: '2026-11-02T10:00:00Z' })
  const received = payment({ createdAt: '2026-11-02T10:00:00Z', direction: 'credit' })
  expect([sent, received].map((one) => counterpartyOf(one).name)).toEqual(['Ravi Kumar', 'Asha Rao'])
  expect([sent, received].map((one) => ownPartyOf(one).name)).toEqual(['Asha Rao', 'Ravi Kumar'])
})
