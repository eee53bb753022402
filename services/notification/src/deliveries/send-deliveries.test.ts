// Deliveries: addresses, retries and giving up, secrets, and what operators see.
import { randomUUID } from 'node:crypto'
import * as contracts from '@bahi/contracts/notification.ts'
import { listPersonDeliveries } from '@bahi/contracts/person-look-up.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { errorCode, isPermanent } from '../carriers/carrier.ts'
import { backoffMs, maskAddress, maxTries } from './send-deliveries.ts'
import { leaseDeliveries } from './store.ts'
import { eventOf, movableClock, stubServices, newPerson, settledEvent } from '../testing.ts'

const clock = movableClock()
const bus = memoryBus()
const stubs = stubServices()
const published: CloudEvent[] = []
let platform: TestPlatform

beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    bus,
    clock,
    stubs: stubs.transport,
  })
  await bus.listen(['notification'], (events) => published.push(...events))
})
beforeEach(() => {
  stubs.failures = {}
})
afterAll(() => platform.stop())

const person = () => {
  const made = newPerson()
  stubs.register(made)
  return made
}
/** Causes one SMS to the person: their PIN was set. Returns the subject. */
async function causeSms({ userId }: { userId: string }): Promise<string> {
  const accountId = randomUUID()
  await bus.publish('account', [eventOf('account.pin-set', accountId, { userId, accountId, changed: false })])
  return accountId
}
const deliveries = async (subject: string) =>
  (
    await platform.person({ userId: randomUUID(), roles: ['support'] })(contracts.deliveriesOf, {
      querystring: { subject },
    })
  ).deliveries
const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, 5_000)
const smsTo = ({ phone }: { phone: string }) => [...stubs.accepted.values()].filter((sms) => sms.to === phone)
const eventsAbout = async (subject: string) => {
  await platform.settle()
  return published.filter((event) => event.data['subject'] === subject).map((event) => event.type)
}
const notificationEvents = () =>
  platform.database.admin`select type, data from notification.events where type like 'notification.%deliver%'`

it('leases the longest due of all its channels, and of no other one', async () => {
  const undo = new Error('undo')
  const at = new Date(0)
  const leased: number[] = []
  const inOneTransaction = platform.database.admin.begin(async (tx) => {
    await tx`set local search_path = notification`
    await tx`
      insert into deliveries (id, channel, template, subject, status, next_at, at)
      select gen_random_uuid(), (array['push', 'sms', 'email'])[1 + n % 3], 'account.pin-set', n::text,
        'waiting', ${at}::timestamptz - make_interval(mins => 30 - n), ${at} from generate_series(1, 31) n`
    const options = { channels: ['sms', 'email'] as const, at, until: new Date(1), limit: 5 }
    for (let round = 0; round < 5; round++) {
      const some = await leaseDeliveries(tx as never, { ...options, channels: [...options.channels] })
      leased.push(...some.map(({ subject }) => Number(subject)).sort((a, b) => a - b))
    }
    throw undo
  })
  await expect(inOneTransaction).rejects.toBe(undo)
  const due = Array.from({ length: 30 }, (_, i) => i + 1)
  expect(leased).toEqual(due.filter((n) => n % 3 !== 0))
})

it('sends no SMS to a phone that is somebody else’s by now', async () => {
  const [asha, ravi] = [person(), person()]
  const { phone: _, ...without } = stubs.profiles.get(asha.userId)!
  stubs.profiles.set(asha.userId, without)
  const subject = await causeSms(asha)
  await causeSms(ravi)
  await eventually(() => expect(smsTo(ravi)).toHaveLength(1))
  await eventually(async () => expect(await deliveries(subject)).toEqual([]))
  expect(smsTo(asha)).toEqual([])
})

it('to a person is listed for operators, newest first and without its text', async () => {
  const asha = person()
  const subjects = [await causeSms(asha), await causeSms(asha)]
  await eventually(() => expect(smsTo(asha)).toHaveLength(2))
  const support = platform.person({ userId: randomUUID(), roles: ['support'] })
  const list = (before?: string) =>
    support(listPersonDeliveries, {
      params: { userId: asha.userId },
      querystring: { limit: 1, ...(before === undefined ? {} : { before }) },
    })
  const first = await list()
  const second = await list(first.next)
  expect(second.next).toBeUndefined()
  const seen = [...first.deliveries, ...second.deliveries]
  expect(seen).toMatchObject(subjects.map(() => ({ channel: 'sms', template: 'account.pin-set' })))
  expect(new Set(seen.map(({ id }) => id)).size).toBe(2)
  expect(JSON.stringify(seen)).not.toContain(asha.phone)
})

describe('an SMS', () => {
  it('is sent to the person’s phone once, and shown to operators with the phone masked', async () => {
    const asha = person()
    const subject = await causeSms(asha)
    await eventually(() => expect(smsTo(asha)).toHaveLength(1))
    expect(smsTo(asha)[0]?.text).toContain('A UPI PIN was set for your bank account.')
    await eventually(async () => {
      expect(await deliveries(subject)).toEqual([
        {
          id: smsTo(asha)[0]?.id,
          userId: asha.userId,
          channel: 'sms',
          to: `+91••••••${asha.phone.slice(-4)}`,
          template: 'account.pin-set',
          status: 'sent',
          tries: 1,
          at: expect.any(String) as string,
        },
      ])
    })
    expect(await eventsAbout(subject)).toEqual(['notification.delivered'])
  })

  it('is in the language of the profile', async () => {
    const asha = person()
    stubs.profiles.set(asha.userId, { ...stubs.profiles.get(asha.userId), language: 'hi' })
    await causeSms(asha)
    await eventually(() => expect(smsTo(asha)[0]?.text).toContain('आपके बैंक खाते के लिए UPI PIN सेट किया गया।'))
  })

  it('of a payment goes to payer and payee if they want it', async () => {
    const [asha, ravi] = [person(), person()]
    await platform.database.admin`
      insert into notification.people (user_id, sms, email, live) values (${ravi.userId}, false, false, true)`
    const event = settledEvent(asha, ravi)
    await bus.publish('payment', [event])
    await eventually(() => expect(smsTo(asha)).toHaveLength(1))
    expect(smsTo(ravi)).toEqual([])
    expect((await deliveries(event.subject)).map((d) => d.channel)).toEqual(['sms'])
  })

  it('takes the phone from auth when the profile is missing or the user service is unavailable', async () => {
    const [asha, ravi] = [person(), person()]
    stubs.profiles.delete(ravi.userId)
    stubs.failures.user = 'unavailable'
    await causeSms(asha)
    await eventually(() => expect(smsTo(asha)).toHaveLength(1))
    delete stubs.failures.user
    await causeSms(ravi)
    await eventually(() => expect(smsTo(ravi)).toHaveLength(1))
  })

  it('to an unknown person fails at once', async () => {
    const subject = await causeSms({ userId: randomUUID() })
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([
        { status: 'failed', tries: 1, error: 'not-found', to: '' },
      ])
    })
    expect(await eventsAbout(subject)).toEqual(['notification.undelivered'])
  })
})

describe('a carrier that fails', () => {
  it('is retried after the backoff, with the same id', async () => {
    const asha = person()
    stubs.failures.sandbox = 'unavailable'
    const subject = await causeSms(asha)
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([{ status: 'waiting', tries: 1, error: 'unavailable' }])
    })
    delete stubs.failures.sandbox
    expect(smsTo(asha)).toEqual([])
    clock.advance(backoffMs[0]!)
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([{ status: 'sent', tries: 2 }])
    })
    expect((await deliveries(subject))[0]?.error).toBeUndefined()
    expect(new Set(stubs.attempts.filter((sms) => sms.to === asha.phone).map((sms) => sms.id)).size).toBe(1)
    expect(await eventsAbout(subject)).toEqual(['notification.delivered'])
  })

  it('is not retried after five attempts', async () => {
    const asha = person()
    stubs.failures.sandbox = 'overloaded'
    const subject = await causeSms(asha)
    for (let tries = 1; tries <= maxTries; tries++) {
      const status = tries < maxTries ? 'waiting' : 'failed'
      await eventually(async () => {
        expect(await deliveries(subject)).toMatchObject([{ status, tries, error: 'overloaded' }])
      })
      clock.advance(backoffMs[tries - 1] ?? 3_600_000)
    }
    delete stubs.failures.sandbox
    expect(await eventsAbout(subject)).toEqual(['notification.undelivered'])
    clock.advance(86_400_000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(stubs.attempts.filter((sms) => sms.to === asha.phone)).toHaveLength(maxTries)
    expect(smsTo(asha)).toEqual([])
  })

  it('that refuses permanently is not retried', async () => {
    stubs.failures.sandbox = 'request-invalid'
    const subject = await causeSms(person())
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([
        { status: 'failed', tries: 1, error: 'request-invalid' },
      ])
    })
  })

  it('lets another worker take over the delivery of a dead process, whose late result changes nothing', async () => {
    const asha = person()
    stubs.failures.sandbox = 'unavailable'
    const subject = await causeSms(asha)
    await eventually(async () => expect((await deliveries(subject))[0]?.tries).toBe(1))
    // As if leased by a process that died in its second attempt.
    await platform.database.admin`
      update notification.deliveries set tries = 2, next_at = ${new Date(clock.now().getTime() + 60_000)}
      where subject = ${subject}`
    delete stubs.failures.sandbox
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(smsTo(asha)).toEqual([])
    clock.advance(60_000)
    await eventually(async () =>
      expect(await deliveries(subject)).toMatchObject([{ status: 'sent', tries: 3 }]),
    )
  })
})

describe('the error code of a failed attempt', () => {
  const smtp = (code: string, responseCode?: number) =>
    Object.assign(new Error('550 asha@example.org: no such user'), { code, responseCode })
  it.each([
    ['a mailbox that does not exist', smtp('EENVELOPE', 550), 'EENVELOPE 550', true],
    ['a mailbox that is full', smtp('EENVELOPE', 452), 'EENVELOPE 452', false],
    ['a wrong SMTP password', smtp('EAUTH', 535), 'EAUTH 535', false],
    ['an unreachable server', smtp('ECONNECTION'), 'ECONNECTION', false],
    ['a text where a code should be', smtp('asha@example.org'), 'internal', false],
    ['no error object', undefined, 'internal', false],
  ])('of %s', (_what, error, code, permanent) => {
    expect(errorCode(error)).toBe(code)
    expect(isPermanent(error)).toBe(permanent)
  })
})

describe('a secret', () => {
  const values = { otp: '482913', minutes: '5' }
  const send = (id: string, phone: string, more: Record<string, string> = values) =>
    platform.as('auth')(contracts.sendSecret, {
      body: { id, phone, template: 'otp', purpose: 'sign-in', values: more },
    })

  it('is sent at once, once, and stored nowhere', async () => {
    const [id, { phone }] = [randomUUID(), newPerson()]
    expect(await send(id, phone)).toEqual({ id })
    expect(await send(id, phone)).toEqual({ id })
    expect(smsTo({ phone }).map((sms) => sms.text)).toEqual([
      '482913 is your bahi code to sign in on a new device, valid for 5 minutes. Never share it, not even with us.',
    ])
    expect(await deliveries(id)).toMatchObject([{ status: 'sent', tries: 1, template: 'otp' }])
    expect(await eventsAbout(id)).toEqual(['notification.delivered'])
    const rows = await platform.database.admin`
      select to_jsonb(d)::text as row from notification.deliveries d where id = ${id}`
    const stored = JSON.stringify([rows, await notificationEvents()])
    expect(stored).not.toContain('482913')
    expect(stored).not.toContain(phone)
  })

  it('is written in the language that was asked for', async () => {
    const { phone } = newPerson()
    const which = { template: 'otp', purpose: 'reset-password' } as const
    const body = { id: randomUUID(), phone, ...which, values, language: 'hi' as const }
    await platform.as('auth')(contracts.sendSecret, { body })
    expect(smsTo({ phone })[0]?.text).toContain('482913 पासवर्ड रीसेट करने के लिए आपका bahi कोड है')
  })

  it('that the carrier refuses is refused at once and not retried later', async () => {
    const [id, { phone }] = [randomUUID(), newPerson()]
    stubs.failures.sandbox = 'timeout'
    await expect(send(id, phone)).rejects.toMatchObject({ code: 'unavailable', extras: { retryAfterS: 1 } })
    expect(await deliveries(id)).toMatchObject([{ status: 'failed', error: 'timeout' }])
    delete stubs.failures.sandbox
    clock.advance(86_400_000)
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(smsTo({ phone })).toEqual([])
    await send(id, phone)
    expect(await deliveries(id)).toMatchObject([{ status: 'sent', tries: 2 }])
  })

  it.each([
    ['no code', { minutes: '5' }],
    ['words for a code', { otp: 'call us', minutes: '5' }],
    ['words for minutes', { otp: '482913', minutes: '5 minutes' }],
  ])('with %s is refused', async (_what, wrong) => {
    const { phone } = newPerson()
    await expect(send(randomUUID(), phone, wrong as never)).rejects.toMatchObject({ code: 'request-invalid' })
    expect(smsTo({ phone })).toEqual([])
  })

  it('is accepted from auth only', async () => {
    const which = { template: 'otp', purpose: 'sign-in' } as const
    const body = { id: randomUUID(), phone: newPerson().phone, ...which, values }
    await expect(platform.as('payment')(contracts.sendSecret, { body })).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
  })
})

describe('operators', () => {
  it('and nobody else see deliveries', async () => {
    for (const role of ['customer', 'auditor'] as const) {
      const asked = platform.person({ userId: randomUUID(), roles: [role] })(contracts.deliveriesOf, {
        querystring: { subject: 'x' },
      })
      await expect(asked).rejects.toMatchObject({ code: 'not-allowed' })
    }
  })

  it('see attempts by outcome, and the age of the oldest waiting delivery, as metrics', async () => {
    stubs.failures.sandbox = 'unavailable'
    await causeSms(person())
    await eventually(async () => {
      const payload = await platform.metrics()
      expect(payload).toMatch(/bahi_delivery_attempts_total\{[^}]*channel="sms",outcome="retried"[^}]*\} \d/)
      expect(payload).toMatch(/bahi_delivery_oldest_waiting_seconds(\{[^}]*\})? \d/)
    })
  })

  it.each([
    ['+919876543210', 'sms' as const, '+91••••••3210'],
    ['asha@example.org', 'email' as const, 'a•••@example.org'],
  ])('see %s masked', (to, channel, shown) => {
    expect(maskAddress(channel, to)).toBe(shown)
  })
})
