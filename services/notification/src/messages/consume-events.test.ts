// Messages in the app: who gets which, in which order, and how people read them.
import { randomUUID } from 'node:crypto'
import * as contracts from '@bahi/contracts/notification.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import { systemClock } from '@bahi/kit/clock.ts'
import { generateServiceKeys } from '@bahi/kit/transport/service-token.ts'
import { allServiceNames, startServices } from '@bahi/kit/runtime/runtime.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { eventOf, stubServices, newPerson, paymentOf, settledEvent, type TestPerson } from '../testing.ts'

const bus = memoryBus()
const stubs = stubServices()
const live: CloudEvent[] = []
let platform: TestPlatform

beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    bus,
    stubs: stubs.transport,
  })
  await bus.listen(['live'], (events) => live.push(...events))
})
afterAll(() => platform.stop())

/** A second process of the service on the same database, with a bus of its own, so that both handle at once. */
async function startReplica() {
  const replicaBus = memoryBus()
  const replica = await startServices([service], {
    env: {},
    mode: 'sandbox',
    databaseUrl: platform.database.url,
    poolSize: 4,
    bus: replicaBus,
    cache: memoryCache(),
    clock: systemClock,
    logLevel: 'silent',
    dataKeys: () => testDataKeys,
    keys: await generateServiceKeys(allServiceNames),
    transport: stubs.transport,
  })
  await replicaBus.listen(['live'], (events) => live.push(...events))
  return { bus: replicaBus, close: replica.close }
}

const publish = (...events: CloudEvent[]) => bus.publish(events[0]!.source.slice(1), events)
const person = (name?: string) => {
  const made = newPerson(name)
  stubs.register(made)
  return made
}
const list = ({ userId }: TestPerson, querystring = {}) =>
  platform.person({ userId })(contracts.listMessages, { querystring })
const texts = async (who: TestPerson) => (await list(who)).notifications.map((message) => message.text)
/** Without the message that a change leads to. */
const prefer = (
  { userId }: TestPerson,
  { sms, email, live }: Omit<contracts.Preferences, 'muted'>,
) => platform.database.admin`
  insert into notification.people (user_id, sms, email, live) values (${userId}, ${sms}, ${email}, ${live})`
const after = ({ userId }: TestPerson, seq: number, limit?: number) =>
  platform.as('gateway')(contracts.messagesAfter, {
    querystring: { userId, after: seq, ...(limit === undefined ? {} : { limit }) },
  })
const liveOf = async ({ userId }: TestPerson) => {
  await platform.settle()
  return live.filter((event) => event.data['userId'] === userId).map((event) => event.data['message'])
}

describe('a settled payment', () => {
  it('gives payer and payee a message with the facts that their apps need', async () => {
    const [asha, ravi] = [person('Asha Rao'), person('Ravi Kumar')]
    const event = settledEvent(asha, ravi)
    await publish(event)
    const data = { paymentId: event.subject, status: 'settled', amountPaise: 250_00, rrn: '632715000001' }
    expect(await list(asha)).toEqual({
      unread: 1,
      notifications: [
        {
          seq: 1,
          id: expect.any(String) as string,
          type: 'payment.settled',
          title: 'Paid ₹250.00',
          text: '₹250.00 paid to Ravi Kumar. RRN 632715000001.',
          at: expect.any(String) as string,
          data: { ...data, direction: 'debit', counterpart: { vpa: ravi.vpa, name: 'Ravi Kumar' } },
        },
      ],
    })
    const [received] = (await list(ravi)).notifications
    expect(received).toMatchObject({
      type: 'payment.settled',
      text: '₹250.00 received from Asha Rao. RRN 632715000001.',
    })
    expect(received?.data).toEqual({
      ...data,
      direction: 'credit',
      counterpart: { vpa: asha.vpa, name: 'Asha Rao' },
    })
    expect(await liveOf(ravi)).toEqual([received])
  })

  it('gives one message each though its event is redelivered, alone or among others', async () => {
    const [asha, ravi] = [person(), person()]
    const event = settledEvent(asha, ravi)
    await publish(event)
    await publish(event)
    await publish(event, settledEvent(asha, ravi, 300_00), event)
    expect(await texts(ravi)).toHaveLength(2)
    expect(
      (
        await platform.database.admin`
      select id from notification.deliveries where subject = ${event.subject}`
      ).length,
    ).toBe(2)
  })

  it('is published to live streams on redelivery when the process died before it could publish', async () => {
    const [asha, ravi] = [person(), person()]
    const [first, event] = [settledEvent(asha, ravi), settledEvent(asha, ravi)]
    await publish(first)
    const real = bus.publish
    const publishing = vi.spyOn(bus, 'publish').mockImplementation((source, events) => {
      return source === 'live' ? Promise.reject(new Error('no broker')) : real(source, events)
    })
    await publish(event)
    publishing.mockRestore()
    expect(await liveOf(ravi)).toMatchObject([{ seq: 1 }])
    await publish(first, event)
    expect(await liveOf(ravi)).toMatchObject([{ seq: 1 }, { seq: 2 }])
    expect(await texts(ravi)).toHaveLength(2)
  })

  it('with a person of another app gives a message to our person only', async () => {
    const asha = person()
    await publish(settledEvent(asha, { vpa: 'shop@elsewhere', name: 'Shop\u202E\n' }))
    expect(await texts(asha)).toEqual(['₹250.00 paid to Shop. RRN 632715000001.'])
  })

  it('between two accounts of one person gives two messages, in order', async () => {
    const asha = person()
    await publish(settledEvent(asha, { ...asha, vpa: 'second@bahi' }))
    expect((await list(asha)).notifications.map(({ seq, data }) => [seq, data['direction']])).toEqual([
      [2, 'credit'],
      [1, 'debit'],
    ])
  })
})

describe('other events', () => {
  it('a failed payment gives a message to the payer only, with its code', async () => {
    const [asha, ravi] = [person(), person('Ravi Kumar')]
    const payment = paymentOf(asha, ravi)
    const failure = { code: 'Z9', message: 'There is not enough money in the account.' }
    await publish(eventOf('payment.failed', payment.paymentId, { ...payment, ...failure }))
    const [message] = (await list(asha)).notifications
    expect(message).toMatchObject({
      type: 'payment.failed',
      data: { status: 'failed', code: 'Z9', direction: 'debit' },
      text: '₹250.00 to Ravi Kumar was not paid. There is not enough money in the account.',
    })
    expect(await texts(ravi)).toEqual([])
  })

  const accountId = randomUUID()
  const linked = (userId: string) => ({ userId, accountId, bank: 'BAHI', maskedNumber: 'XXXX1234' })
  const session = { sessionId: randomUUID(), deviceId: 'd', deviceName: 'Pixel 9' }
  it.each<[string, (userId: string) => CloudEvent, string | undefined, 'sms' | undefined]>([
    [
      'payment.begun',
      (userId) => {
        const payment = paymentOf({ ...newPerson(), userId }, newPerson())
        return eventOf('payment.begun', payment.paymentId, payment)
      },
      undefined,
      undefined,
    ],
    [
      'account.unlinked',
      (userId) => eventOf('account.unlinked', accountId, linked(userId)),
      'Bank account unlinked',
      'sms',
    ],
    [
      'account.linked',
      (userId) => eventOf('account.linked', accountId, linked(userId)),
      'Bank account linked',
      undefined,
    ],
    [
      'account.vpa-created',
      (userId) =>
        eventOf('account.vpa-created', accountId, { userId, accountId, vpa: 'asha@bahi', primary: true }),
      'UPI ID ready',
      undefined,
    ],
    [
      'account.pin-set',
      (userId) => eventOf('account.pin-set', accountId, { userId, accountId, changed: false }),
      'UPI PIN set',
      'sms',
    ],
    [
      'account.pin-set again',
      (userId) => eventOf('account.pin-set', accountId, { userId, accountId, changed: true }),
      'UPI PIN changed',
      'sms',
    ],
    [
      'account.pin-locked',
      (userId) => eventOf('account.pin-locked', accountId, { userId, accountId }),
      'UPI PIN locked',
      'sms',
    ],
    [
      'auth.registered',
      (userId) => eventOf('auth.registered', userId, { userId }),
      'Welcome to bahi',
      undefined,
    ],
    [
      'auth.session-started on a new device',
      (userId) => eventOf('auth.session-started', userId, { userId, ...session, newDevice: true }),
      'New device',
      'sms',
    ],
    [
      'auth.session-started on a known one',
      (userId) => eventOf('auth.session-started', userId, { userId, ...session, newDevice: false }),
      undefined,
      undefined,
    ],
    [
      'auth.app-connected',
      (userId) =>
        eventOf('auth.app-connected', userId, {
          ...{ userId, clientId: 'client-1', grantId: 'grant-1', clientName: 'Khata' },
          scopes: ['openid'],
        }),
      'App connected',
      'sms',
    ],
    [
      'auth.password-changed by a code',
      (userId) => eventOf('auth.password-changed', userId, { userId, how: 'reset' }),
      'Password reset',
      'sms',
    ],
    [
      'auth.password-changed by the old one',
      (userId) => eventOf('auth.password-changed', userId, { userId, how: 'changed' }),
      'Password changed',
      'sms',
    ],
    [
      'auth.login-locked',
      (userId) => eventOf('auth.login-locked', userId, { userId, until: '2026-11-23T10:00:00.000Z' }),
      'Sign-in locked',
      'sms',
    ],
    [
      'account.balance-shown',
      (userId) => eventOf('account.balance-shown', accountId, { userId, accountId }),
      undefined,
      undefined,
    ],
  ])(
    '%s: also to people who turned all channels off, when it is about security',
    async (_name, make, title, channel) => {
      const [everything, nothing] = [person(), person()]
      await prefer(nothing, { sms: false, email: false, live: false })
      for (const who of [everything, nothing]) {
        await publish(make(who.userId))
        expect((await list(who)).notifications.map((m) => m.title)).toEqual(title ? [title] : [])
        const sent = await platform.database.admin<{ channel: string }[]>`
        select channel from notification.deliveries where user_id = ${who.userId}`
        expect(sent.map((row) => row.channel)).toEqual(channel ? [channel] : [])
      }
      expect(await liveOf(everything)).toHaveLength(title ? 1 : 0)
      expect(await liveOf(nothing)).toHaveLength(channel ? 1 : 0)
    },
  )
})

describe('a payment request', () => {
  it('asks its payer, and tells its payee how it was answered', async () => {
    const [asha, ravi] = [person('Asha Rao'), person('Ravi Kumar')]
    const requestId = randomUUID()
    const request = { requestId, amountPaise: 250_00, payee: asha, payer: ravi }
    const party = ({ userId, vpa, name }: TestPerson) => ({ userId, vpa, name })
    const facts = { ...request, payee: party(asha), payer: party(ravi) }
    const until = '2026-11-23T10:00:00.000Z'
    await publish(eventOf('payment.request-made', requestId, { ...facts, expiresAt: until }))
    await publish(eventOf('payment.request-reminded', requestId, { ...facts, nth: 1 }))
    await publish(eventOf('payment.request-cancelled', requestId, facts))
    await publish(eventOf('payment.request-declined', requestId, { ...facts, blocked: true }))
    await publish(eventOf('payment.request-expired', requestId, facts))
    await publish(eventOf('payment.request-paid', requestId, { ...facts, paymentId: randomUUID() }))
    expect(await texts(ravi)).toEqual([
      'Asha Rao cancelled the request for ₹250.00.',
      'Asha Rao is waiting for ₹250.00 from you.',
      'Asha Rao requests ₹250.00 from you until 23 Nov 2026, 3:30 pm.',
    ])
    expect(await texts(asha)).toEqual([
      'Ravi Kumar did not answer your request for ₹250.00 in time.',
      'Ravi Kumar declined your request for ₹250.00.',
    ])
    const [latest] = (await list(ravi)).notifications
    const counterpart = { vpa: asha.vpa, name: 'Asha Rao' }
    expect(latest?.data).toEqual({
      ...{ requestId, status: 'cancelled', amountPaise: 250_00, direction: 'received', counterpart },
    })
  })
})

describe('the numbers of a person’s messages', () => {
  it('have no gap and no duplicate with many concurrent batches, and each is published live once', async () => {
    const people = Array.from({ length: 4 }, () => person())
    const replica = await startReplica()
    const batches = Array.from({ length: 16 }, (_, b) =>
      Array.from({ length: 10 }, (_, i) => settledEvent(people[(b + i) % 4]!, people[(b + i * 3 + 1) % 4]!)),
    )
    await Promise.all(
      batches.map((events, b) => (b % 2 === 0 ? bus : replica.bus).publish('payment', events)),
    )
    const counts = await Promise.all(
      people.map(async (who) => {
        const { messages } = await after(who, 0)
        expect(messages.map((m) => m.seq)).toEqual(messages.map((_, i) => i + 1))
        // Each batch publishes after its own commit, so batches may overtake each other: streams go by the numbers.
        const published = (await liveOf(who)).map((message) => (message as contracts.Message).seq)
        expect(published.sort((one, other) => one - other)).toEqual(messages.map((m) => m.seq))
        return messages.length
      }),
    )
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(16 * 10 * 2)
    await replica.close()
  })

  it('let a broken live stream resume where it was', async () => {
    const asha = person()
    for (let i = 0; i < 5; i++)
      await publish(eventOf('auth.registered', asha.userId, { userId: asha.userId }))
    expect((await after(asha, 2)).messages.map((m) => m.seq)).toEqual([3, 4, 5])
    expect((await after(asha, 2, 1)).messages.map((m) => m.seq)).toEqual([3])
    expect((await after(asha, 5)).messages).toEqual([])
    expect((await after(asha, -1, 0)).messages.map((m) => m.seq)).toEqual([1])
    await expect(
      platform.as('payment')(contracts.messagesAfter, { querystring: { userId: asha.userId, after: 0 } }),
    ).rejects.toMatchObject({ code: 'caller-not-allowed' })
  })
})

describe('the list', () => {
  it('comes a page at a time, newest first, with the number of unread messages', async () => {
    const [asha, ravi] = [person(), person()]
    for (let i = 0; i < 5; i++) await publish(settledEvent(asha, ravi, 100 + i))
    const first = await list(asha, { limit: 2 })
    expect(first.notifications.map((m) => m.seq)).toEqual([5, 4])
    const second = await list(asha, { limit: 2, before: first.next })
    const third = await list(asha, { limit: 2, before: second.next })
    expect(third.notifications.map((m) => m.seq)).toEqual([1])
    expect(third.next).toBeUndefined()
    expect(third.unread).toBe(5)
  })

  it('stores what is read, whatever number is given', async () => {
    const [asha, ravi] = [person(), person()]
    for (let i = 0; i < 3; i++) await publish(settledEvent(asha, ravi))
    const read = async (upToSeq: number) =>
      (await platform.person(asha)(contracts.readMessages, { body: { upToSeq } })).unread
    await expect(read(-5)).rejects.toThrow('must be >= 0')
    expect(await read(2)).toBe(1)
    expect(await read(1)).toBe(1)
    expect((await list(asha)).notifications.map((m) => m.readAt !== undefined)).toEqual([false, true, true])
    expect(await read(Number.MAX_SAFE_INTEGER)).toBe(0)
    await publish(settledEvent(asha, ravi))
    expect((await list(asha)).unread).toBe(1)
    expect((await list(ravi)).unread).toBe(4)
  })

  it('of a person without messages is empty', async () => {
    const stranger = newPerson()
    expect(await list(stranger)).toEqual({ notifications: [], unread: 0 })
    expect(await platform.person(stranger)(contracts.readMessages, { body: { upToSeq: 5 } })).toEqual({
      unread: 0,
    })
  })

  it('needs an authenticated person', async () => {
    await expect(platform.anybody(contracts.listMessages, { querystring: {} })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expect(list(person(), { limit: 101 })).rejects.toMatchObject({ code: 'request-invalid' })
  })
})
