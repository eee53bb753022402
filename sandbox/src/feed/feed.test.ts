// What onlookers see: what happened, as it happens, and nothing personal.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFeed, hide, hideIn, type Feed } from './feed.ts'

const bus = memoryBus()
let feed: Feed
beforeAll(async () => {
  feed = await createFeed({ bus, clock: systemClock })
})
afterAll(async () => {
  await feed.close()
  await bus.close()
})

const eventOf = (type: string, data: Record<string, unknown>): CloudEvent => ({
  specversion: '1.0',
  id: uuidv7(),
  source: `/${type.split('.')[0]}`,
  type,
  subject: uuidv7(),
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  bahiversion: 1,
  bahiseq: 1,
  data,
})

it('tells by which payment events belong together, from services and messages alike', async () => {
  const paymentId = uuidv7()
  const { last } = await feed.after(0, 0)
  const waiting = feed.after(last, 5_000)
  const beganMs = Date.now()
  await bus.publish('payment', [eventOf('payment.begun', { paymentId, amountPaise: 100 })])
  await bus.publish('live', [
    eventOf('notification.created', { userId: uuidv7(), message: { title: 'Paid', data: { paymentId } } }),
    eventOf('notification.delivered', { deliveryId: uuidv7(), channel: 'sms', subject: paymentId }),
  ])
  const { happenings } = await waiting
  expect(Date.now() - beganMs).toBeLessThan(2_000)
  expect(happenings.map(({ service, type, paymentId: id }) => [service, type, id])).toEqual([
    ['payment', 'payment.begun', paymentId],
    ['notification', 'notification.created', paymentId],
    ['notification', 'notification.delivered', paymentId],
  ])
})

it('says at once what there is, and nothing twice', async () => {
  const { happenings, last } = await feed.after(0, 5_000)
  expect(happenings.length).toBeGreaterThan(0)
  expect(happenings.at(-1)!.seq).toBe(last)
  expect(await feed.after(last, 1)).toEqual({ happenings: [], last })
  const other = await feed.after(last + 1_000, 5_000)
  expect(other.happenings.length).toBe(happenings.length)
})

it('lets go of who waits when it ends', async () => {
  const { last } = await feed.after(0, 0)
  const waiting = feed.after(last, 5_000)
  feed.release()
  expect((await waiting).happenings).toEqual([])
})

it('hides every text that is not known to be harmless', () => {
  const paymentId = uuidv7()
  expect(
    hide({
      paymentId,
      amountPaise: 100,
      note: 'for the doctor',
      route: 'ledger',
      code: 'ZM',
      payer: { vpa: 'asha.k@bahi', name: 'Asha Kulkarni', maskedNumber: 'XXXX1234', bank: 'BAHI' },
      fields: ['email'],
      at: '2026-11-23T09:30:00.000Z',
    }),
  ).toEqual({
    paymentId,
    amountPaise: 100,
    note: '•••',
    route: 'ledger',
    code: 'ZM',
    payer: { vpa: 'a•••@bahi', name: '•••', maskedNumber: '•••', bank: 'BAHI' },
    fields: ['•••'],
    at: '2026-11-23T09:30:00.000Z',
  })
})

it('hides them in what the switch notes, too', () => {
  expect(hideIn('asha.k@bahi is Asha Rao at BAHI')).toBe('a•••@bahi is ••• at BAHI')
  expect(hideIn('SUCCESS (PAYER 00, PAYEE 00)')).toBe('SUCCESS (PAYER 00, PAYEE 00)')
})
