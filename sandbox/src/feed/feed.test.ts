// The feed for observers: events of all services as they happen, with personal data masked.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createFeed, type Feed } from './feed.ts'

const bus = memoryBus()
let feed: Feed
beforeAll(async () => {
  feed = createFeed({ bus, clock: systemClock })
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

it('names the payment of events, messages and deliveries', async () => {
  const paymentId = uuidv7()
  const { last } = await feed.after(0, 0)
  const waiting = feed.after(last, 5_000)
  await bus.publish('payment', [eventOf('payment.begun', { paymentId, amountPaise: 100 })])
  await bus.publish('live', [
    eventOf('notification.created', { userId: uuidv7(), message: { title: 'Paid', data: { paymentId } } }),
    eventOf('notification.delivered', { deliveryId: uuidv7(), channel: 'sms', subject: paymentId }),
  ])
  const { events } = await waiting
  expect(events.map(({ service, type, paymentId: id }) => [service, type, id])).toEqual([
    ['payment', 'payment.begun', paymentId],
    ['notification', 'notification.created', paymentId],
    ['notification', 'notification.delivered', paymentId],
  ])
})

it('answers at once when there are events, each once', async () => {
  const { events, last } = await feed.after(0, 5_000)
  expect(events.length).toBeGreaterThan(0)
  expect(events.at(-1)!.seq).toBe(last)
  expect(await feed.after(last, 1)).toEqual({ events: [], last })
  const other = await feed.after(last + 1_000, 5_000)
  expect(other.events.length).toBe(events.length)
})

it('answers waiting requests when it is released', async () => {
  const { last } = await feed.after(0, 0)
  const waiting = feed.after(last, 5_000)
  feed.release()
  expect((await waiting).events).toEqual([])
})

it('masks personal data', async () => {
  const payer = { vpa: 'asha.k@bahi', name: 'Asha Kulkarni', bank: 'BAHI' }
  await bus.publish('payment', [eventOf('payment.begun', { payer, note: 'for the doctor', route: 'ledger' })])
  const { events } = await feed.after(0, 0)
  expect(events.at(-1)!.data).toEqual({
    payer: { vpa: 'a•••@bahi', name: '•••', bank: 'BAHI' },
    note: '•••',
    route: 'ledger',
  })
})
