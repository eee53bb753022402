// The way of a payment: who comes in it, in which order, and how it is coloured.
import type { FeedItem, Movement } from '@bahi/contracts/feed.ts'
import { expect, test } from 'vitest'
import { stepsOf, toneOf, tracesIn } from './payment-trace.ts'

const id = '01994c00-0000-7000-8000-00000000000a'
const begunMs = Date.parse('2026-11-23T09:30:00.000Z')
const at = (ms: number) => new Date(begunMs + ms).toISOString()

let seq = 0
function event(type: string, ms: number, data: Record<string, unknown> = {}, paymentId = id): FeedItem {
  const [service = ''] = type.split('.')
  return { seq: ++seq, id: `e${seq}`, service, type, at: at(ms), receivedAt: at(ms + 30), paymentId, data }
}
const begun = (route: string) =>
  event('payment.begun', 0, {
    txnId: `BHI${id.replaceAll('-', '')}`,
    route,
    amountPaise: 2_500,
    payer: { vpa: 'a•••@bahi' },
    payee: { vpa: 'r•••@bahi' },
  })
const movement = (kind: Movement['kind'], ms: number, code = '00'): Movement => ({
  id,
  kind,
  code,
  amountPaise: 2_500,
  postedAt: at(ms),
  entries:
    kind === 'transfer' && code === '00'
      ? [
          { of: 'customer', amountPaise: -2_500 },
          { of: 'customer', amountPaise: 2_500 },
        ]
      : [],
})
const words = (steps: ReturnType<typeof stepsOf>) =>
  steps.map(({ ms, from, to, code, says }) => `${ms} ${from}>${to} ${code ?? says}`)

test('an on-us payment is posted to the ledger, and both sides are notified', () => {
  const [trace] = tracesIn([
    begun('ledger'),
    event('payment.settled', 12),
    event('notification.created', 20, { message: { data: { direction: 'credit' } } }),
    event('notification.delivered', 40, { channel: 'sms', subject: id }),
    event('auth.session-started', 3, {}, undefined as never),
  ])
  expect(trace).toMatchObject({ status: 'settled', tookMs: 12, payer: 'a•••@bahi' })
  expect(toneOf(trace!)).toBe('good')
  expect(words(stepsOf(trace!, { movements: [movement('transfer', 8)], network: [] }))).toEqual([
    '0 app>gateway PUT /v1/payments',
    '0 gateway>payment developer.step-admitted',
    '0 payment>payment payment.begun',
    '8 payment>account developer.step-pin',
    '8 account>ledger transfer ₹25.00',
    '8 ledger>ledger −₹25.00  +₹25.00',
    '8 ledger>payment 00',
    '12 payment>payment payment.settled',
    '12 payment>app settled',
    '30 payment>audit payment.begun',
    '40 notification>notification sms ✓',
    '42 payment>notification payment.settled',
    '42 payment>audit payment.settled',
    '50 notification>app developer.step-live-payee',
    '70 notification>audit delivered',
  ])
})

test('a wrong PIN moves nothing, and everything about it is red', () => {
  const [trace] = tracesIn([begun('ledger'), event('payment.failed', 9, { code: 'ZM' })])
  const steps = stepsOf(trace!, { movements: [movement('transfer', 6, 'ZM')], network: [] })
  expect(trace).toMatchObject({ status: 'failed', code: 'ZM' })
  expect(steps.filter(({ tone }) => tone === 'bad').map(({ code, says }) => says ?? code)).toEqual([
    'developer.step-nothing',
    'ZM',
    'payment.failed',
    'ZM',
  ])
})

test('one to another bank is held, asks the network, and waits in the colour of waiting', () => {
  const [trace] = tracesIn([begun('out')])
  const network = [
    { at: at(10), what: 'ReqPay taken' },
    { at: at(30), what: 'DEEMED (PAYER 00)' },
  ]
  const steps = stepsOf(trace!, { movements: [movement('hold', 5)], network })
  expect(toneOf(trace!)).toBe('wait')
  expect(words(steps)).toContain('10 payment>network ReqPay')
  expect(words(steps)).toContain('30 network>payment RespPay')
  expect(steps.find(({ says }) => says === 'developer.step-held')?.tone).toBe('wait')
})

test('one from another app comes in by the network', () => {
  const [trace] = tracesIn([begun('in')])
  expect(words(stepsOf(trace!, { movements: [movement('transfer', 5)], network: [] })).slice(0, 2)).toEqual([
    '0 network>gateway ReqAuthDetails',
    '0 gateway>payment developer.step-signature',
  ])
})

test('a payment without its first event is left out', () => {
  expect(tracesIn([event('payment.settled', 5)])).toEqual([])
})
