// The steps of a payment's life: what happened, what is waited for, and by when it is clear.
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { expect, test } from 'vitest'
import { timelineSteps } from './timeline-steps.ts'

const createdAt = '2026-11-23T09:30:00.000Z'
const completedAt = '2026-11-23T09:30:02.000Z'
const returnBy = '2026-11-24T18:29:59.999Z'
const payment = { direction: 'debit', createdAt } as PaymentView

test('a payment that was made has begun and was paid', () => {
  expect(timelineSteps({ ...payment, status: 'settled', completedAt })).toEqual([
    { text: 'timeline.begun', is: 'done', at: createdAt },
    { text: 'timeline.settled', is: 'done', at: completedAt },
  ])
})

test('one that came in was received, one that failed says when', () => {
  const received = timelineSteps({ ...payment, status: 'settled', direction: 'credit', completedAt })
  expect(received[1]?.text).toBe('timeline.received')
  expect(timelineSteps({ ...payment, status: 'failed', completedAt })[1]).toEqual({
    text: 'timeline.failed',
    is: 'failed',
    at: completedAt,
  })
})

test.each(['in-progress', 'checking', 'deemed'] as const)(
  'while it is %s there is a day to wait for',
  (reason) => {
    const pending = { reason, message: '', returnBy }
    expect(timelineSteps({ ...payment, status: 'pending', pending }).slice(1)).toEqual([
      { text: `timeline.${reason}`, is: 'waiting' },
      { text: 'timeline.clear', is: 'to-come', at: returnBy, isBy: true },
    ])
  },
)
