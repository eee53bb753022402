// What leads to payments, from the events of all services: who did what in a mandate, a plan, a request.
import type { FeedItem } from '@bahi/contracts/feed.ts'
import { expect, test } from 'vitest'
import { flowsIn, flowSteps } from './flow-trace.ts'

const begunMs = Date.parse('2026-11-23T09:30:00.000Z')
const at = (ms: number) => new Date(begunMs + ms).toISOString()
let seq = 0
function event(type: string, ms: number, data: Record<string, unknown> = {}, paymentId?: string): FeedItem {
  const [service = ''] = type.split('.')
  const about = paymentId === undefined ? {} : { paymentId }
  return { seq: ++seq, id: `e${seq}`, service, type, at: at(ms), receivedAt: at(ms + 30), ...about, data }
}
const parties = { amountPaise: 49_900, payer: { vpa: 'a•••@bahi' }, payee: { vpa: 's•••@bahi' } }
const mandate = { mandateId: 'm1', ...parties }

test('a mandate is agreed to with the PIN; its debit comes by itself, with its payment and its messages', () => {
  const [flow, other] = flowsIn([
    event('payment.request-made', 0, { requestId: 'r1', ...parties }),
    event('payment.mandate-requested', 0, mandate),
    event('notification.created', 20, { message: { data: { mandateId: 'm1' } } }),
    event('notification.delivered', 40, { channel: 'sms', subject: 'm1' }, 'm1'),
    event('notification.created', 50, { message: { data: { requestId: 'r1' } } }),
    event('payment.mandate-authorised', 1_000, mandate),
    event('payment.begun', 5_000, {}, 'p1'),
    event('payment.settled', 5_010, {}, 'p1'),
    event('payment.begun', 5_000, {}, 'p2'),
    event('payment.mandate-debit-paid', 5_020, { ...mandate, paymentId: 'p1' }, 'p1'),
  ])
  expect(flow).toMatchObject({
    kind: 'mandate',
    id: 'm1',
    last: 'debit-paid',
    tone: 'good',
    ...{ amountPaise: 49_900 },
  })
  expect(other).toMatchObject({ kind: 'request', id: 'r1', last: 'made', tone: 'wait', payer: 'a•••@bahi' })
  const said = flowSteps(flow!)
    .filter(({ look }) => look !== 'event')
    .map(({ ms, from, to, code, says }) => `${ms} ${from}>${to} ${code ?? says}`)
  expect(said).toEqual([
    '0 app>gateway requested',
    '0 gateway>payment developer.step-admitted',
    '0 payment>payment payment.mandate-requested',
    '40 notification>notification sms ✓',
    '1000 app>gateway authorised',
    '1000 gateway>payment developer.step-admitted',
    '1000 payment>account developer.step-pin',
    '1000 account>payment 00',
    '1000 payment>payment payment.mandate-authorised',
    '5000 payment>payment payment.begun',
    '5010 payment>payment payment.settled',
    '5020 payment>payment developer.step-due',
    '5020 payment>payment payment.mandate-debit-paid',
  ])
  expect(flowSteps(flow!).filter(({ to }) => to === 'app')).toHaveLength(1)
})

test('a plan is there from the first of its events that is known', () => {
  const [flow] = flowsIn([
    event('payment.schedule-due', 0, { scheduleId: 's1', occurrenceId: 'o1', ...parties }),
    event('payment.schedule-missed', 9, { scheduleId: 's1', occurrenceId: 'o1', ...parties }),
  ])
  expect(flow).toMatchObject({ kind: 'schedule', last: 'missed', tone: 'bad' })
})
