// The messages of schedules: who gets which, and what they say.
import { randomUUID } from 'node:crypto'
import type { EventData, EventType } from '@bahi/contracts/events.ts'
import { toCloudEvent } from '@bahi/kit/events/events.ts'
import { expect, it } from 'vitest'
import { messageContents } from './message-content.ts'
import { render } from './templates.ts'

const [asha, ravi] = [
  { userId: randomUUID(), vpa: 'asha@bahi', name: 'Asha Rao' },
  { userId: randomUUID(), vpa: 'ravi@bahi', name: 'Ravi Kumar' },
]
const scheduleId = randomUUID()
const facts = { scheduleId, amountPaise: 250_00, payer: asha, payee: ravi }
const date = { ...facts, occurrenceId: randomUUID(), number: 1, dueOn: '2026-11-24' }

function messagesOf<T extends EventType>(type: T, data: EventData<T>) {
  const event = {
    seq: 1,
    id: randomUUID(),
    stream: scheduleId,
    version: 1,
    at: new Date(),
    traceparent: null,
  }
  return messageContents(toCloudEvent('payment', { ...event, type, data: data as Record<string, unknown> }))
}

const payableUntil = '2026-12-01T02:30:00.000Z'
const due = () => messagesOf('payment.schedule-due', { ...date, payableUntil })

it('remind the payer, ask to pay, and say what was missed and what is over', () => {
  const all = [
    ...messagesOf('payment.schedule-made', { ...facts, recurrence: 'DAILY', startsOn: '2026-11-24' }),
    ...messagesOf('payment.schedule-reminded', date),
    ...due(),
    ...messagesOf('payment.schedule-missed', date),
    ...messagesOf('payment.schedule-paid', { ...date, paymentId: randomUUID() }),
    ...messagesOf('payment.schedule-ended', { ...facts, reason: 'person' }),
    ...messagesOf('payment.schedule-ended', { ...facts, reason: 'completed' }),
  ]
  expect(all.map(({ template, values }) => render(template, 'en', values).text)).toEqual([
    '₹250.00 to Ravi Kumar is due on 24 Nov 2026. Nothing is debited by itself: you pay it with your UPI PIN.',
    '₹250.00 to Ravi Kumar is due: pay it with your UPI PIN until 1 Dec 2026, 8:00 am.',
    '₹250.00 to Ravi Kumar, planned for 24 Nov 2026, was not paid.',
    'The last planned payment of ₹250.00 to Ravi Kumar is over.',
  ])
  expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set([asha.userId]))
})

it('lead the app to the schedule', () => {
  const counterpart = { vpa: ravi.vpa, name: ravi.name }
  expect(due()).toMatchObject([
    {
      data: { scheduleId, status: 'due', amountPaise: 250_00, direction: 'debit', counterpart },
      ...{ sms: 'wanted', email: 'never' },
    },
  ])
})
