// Where messages lead and how they stand by days.
import { expect, it } from 'vitest'
import { groupByDay, messagePath, lookOf } from './message.ts'

const paymentId = '01994c00-0000-7000-8000-000000000009'

it.each([
  ['payment.settled', { paymentId, direction: 'credit' }, `/payments/${paymentId}`, 'receive'],
  ['payment.settled', { paymentId, direction: 'debit' }, `/payments/${paymentId}`, 'send'],
  ['payment.failed', { paymentId }, `/payments/${paymentId}`, 'cross'],
  ['payment.deemed', { paymentId }, `/payments/${paymentId}`, 'clock'],
  ['payment.settled', { paymentId: '../../evil' }, undefined, 'send'],
  ['auth.session-started', {}, '/profile/devices', 'phone'],
  ['account.pin-locked', {}, '/accounts', 'warn'],
  ['account.linked', {}, '/accounts', 'bank'],
  ['account.mandate-debited', { umn: '../../evil' }, '/autopay/elsewhere', 'calendar'],
  ['auth.registered', {}, undefined, 'bell'],
])('%s %j leads to %s', (type, data, to, icon) => {
  expect(messagePath({ type, data })).toBe(to)
  expect(lookOf({ type, data }).icon).toBe(icon)
})

it('days follow each other as the messages do', () => {
  const messages = ['2026-11-23T20:00', '2026-11-23T09:00', '2026-11-22T09:00'].map((at) => ({ at }))
  const days = groupByDay(messages, (at) => at.slice(0, 10))
  expect(days.map(({ day, messages: of }) => [day, of.length])).toEqual([
    ['2026-11-23', 2],
    ['2026-11-22', 1],
  ])
})
