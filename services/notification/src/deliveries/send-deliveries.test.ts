// Sending: addresses, retries and giving up, secrets, and what operators see of it.
import { randomUUID } from 'node:crypto'
import * as contracts from '@bahi/contracts/notification.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { errorWord, isFinal } from '../carriers/carriers.ts'
import { backoffMs, masked, maxTries } from './send-deliveries.ts'
import { eventOf, movableClock, neighbours, newPerson, settledEvent } from '../testing.ts'

const clock = movableClock()
const bus = memoryBus()
const stage = neighbours()
const told: CloudEvent[] = []
let platform: TestPlatform

beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    bus,
    clock,
    neighbours: stage.carry,
  })
  await bus.listen(['notification'], (events) => told.push(...events))
})
beforeEach(() => {
  stage.fails = {}
})
afterAll(() => platform.stop())

const person = () => {
  const made = newPerson()
  stage.meet(made)
  return made
}
/** Makes one SMS to the person wait: their PIN was set. Gives the subject. */
async function alarm({ userId }: { userId: string }): Promise<string> {
  const accountId = randomUUID()
  await bus.publish('account', [eventOf('account.pin-set', accountId, { userId, accountId, changed: false })])
  return accountId
}
const deliveries = async (subject: string) =>
  (
    await platform.person({ userId: randomUUID(), role: 'operator' })(contracts.deliveriesOf, {
      querystring: { subject },
    })
  ).deliveries
const eventually = (check: () => Promise<void> | void) => vi.waitFor(check, 5_000)
const smsTo = ({ phone }: { phone: string }) => [...stage.taken.values()].filter((sms) => sms.to === phone)
const toldOf = async (subject: string) => {
  await platform.settle()
  return told.filter((event) => event.data['subject'] === subject).map((event) => event.type)
}
const notificationEvents = () =>
  platform.database.admin`select type, data from notification.events where type like 'notification.%deliver%'`

describe('an SMS', () => {
  it('is sent to the person’s phone, once, and told to operators with the phone masked', async () => {
    const asha = person()
    const subject = await alarm(asha)
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
    expect(await toldOf(subject)).toEqual(['notification.delivered'])
  })

  it('speaks the language of the profile', async () => {
    const asha = person()
    stage.profiles.set(asha.userId, { ...stage.profiles.get(asha.userId), language: 'hi' })
    await alarm(asha)
    await eventually(() => expect(smsTo(asha)[0]?.text).toContain('आपके बैंक खाते के लिए UPI पिन सेट किया गया।'))
  })

  it('of a payment goes to both, for those who want it', async () => {
    const [asha, ravi] = [person(), person()]
    await platform.person(ravi)(contracts.changePreferences, {
      body: { sms: false, email: false, live: true },
    })
    const event = settledEvent(asha, ravi)
    await bus.publish('payment', [event])
    await eventually(() => expect(smsTo(asha)).toHaveLength(1))
    expect(smsTo(ravi)).toEqual([])
    expect((await deliveries(event.subject)).map((d) => d.channel)).toEqual(['sms'])
  })

  it('reaches a person whose profile cannot be asked for, or is not there: auth knows the phone', async () => {
    const [asha, ravi] = [person(), person()]
    stage.profiles.delete(ravi.userId)
    stage.fails.user = 'unavailable'
    await alarm(asha)
    await eventually(() => expect(smsTo(asha)).toHaveLength(1))
    delete stage.fails.user
    await alarm(ravi)
    await eventually(() => expect(smsTo(ravi)).toHaveLength(1))
  })

  it('to a person nobody knows is given up at once', async () => {
    const subject = await alarm({ userId: randomUUID() })
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([
        { status: 'failed', tries: 1, error: 'not-found', to: '' },
      ])
    })
    expect(await toldOf(subject)).toEqual(['notification.undelivered'])
  })
})

describe('a carrier that fails', () => {
  it('is tried again after a while, under the same id', async () => {
    const asha = person()
    stage.fails.sandbox = 'unavailable'
    const subject = await alarm(asha)
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([{ status: 'waiting', tries: 1, error: 'unavailable' }])
    })
    delete stage.fails.sandbox
    expect(smsTo(asha)).toEqual([])
    clock.advance(backoffMs[0]!)
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([{ status: 'sent', tries: 2 }])
    })
    expect((await deliveries(subject))[0]?.error).toBeUndefined()
    expect(new Set(stage.tries.filter((sms) => sms.to === asha.phone).map((sms) => sms.id)).size).toBe(1)
    expect(await toldOf(subject)).toEqual(['notification.delivered'])
  })

  it('is given up on after five tries', async () => {
    const asha = person()
    stage.fails.sandbox = 'overloaded'
    const subject = await alarm(asha)
    for (let tries = 1; tries <= maxTries; tries++) {
      const status = tries < maxTries ? 'waiting' : 'failed'
      await eventually(async () => {
        expect(await deliveries(subject)).toMatchObject([{ status, tries, error: 'overloaded' }])
      })
      clock.advance(backoffMs[tries - 1] ?? 3_600_000)
    }
    delete stage.fails.sandbox
    expect(await toldOf(subject)).toEqual(['notification.undelivered'])
    clock.advance(86_400_000)
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(stage.tries.filter((sms) => sms.to === asha.phone)).toHaveLength(maxTries)
    expect(smsTo(asha)).toEqual([])
  })

  it('whose refusal is final is not asked again', async () => {
    stage.fails.sandbox = 'request-invalid'
    const subject = await alarm(person())
    await eventually(async () => {
      expect(await deliveries(subject)).toMatchObject([
        { status: 'failed', tries: 1, error: 'request-invalid' },
      ])
    })
  })

  it('a delivery left behind by a dead process is taken over, and the late outcome changes nothing', async () => {
    const asha = person()
    stage.fails.sandbox = 'unavailable'
    const subject = await alarm(asha)
    await eventually(async () => expect((await deliveries(subject))[0]?.tries).toBe(1))
    // As if leased by a process that died in its second try.
    await platform.database.admin`
      update notification.deliveries set tries = 2, next_at = ${new Date(clock.now().getTime() + 60_000)}
      where subject = ${subject}`
    delete stage.fails.sandbox
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect(smsTo(asha)).toEqual([])
    clock.advance(60_000)
    await eventually(async () =>
      expect(await deliveries(subject)).toMatchObject([{ status: 'sent', tries: 3 }]),
    )
  })
})

describe('why a try failed', () => {
  const smtp = (code: string, responseCode?: number) =>
    Object.assign(new Error('550 asha@example.org: no such user'), { code, responseCode })
  it.each([
    ['a mailbox that is not there', smtp('EENVELOPE', 550), 'EENVELOPE 550', true],
    ['a mailbox that is full for now', smtp('EENVELOPE', 452), 'EENVELOPE 452', false],
    ['a password of ours that is wrong', smtp('EAUTH', 535), 'EAUTH 535', false],
    ['a server that is away', smtp('ECONNECTION'), 'ECONNECTION', false],
    ['a text where a code should be', smtp('asha@example.org'), 'internal', false],
    ['nothing at all', undefined, 'internal', false],
  ])('%s', (_what, error, word, final) => {
    expect(errorWord(error)).toBe(word)
    expect(isFinal(error)).toBe(final)
  })
})

describe('a secret', () => {
  const values = { otp: '482913', minutes: '5' }
  const send = (id: string, phone: string, more: Record<string, string> = values) =>
    platform.as('auth')(contracts.sendSecret, { body: { id, phone, template: 'otp', values: more } })

  it('is sent at once, once, and kept nowhere', async () => {
    const [id, { phone }] = [randomUUID(), newPerson()]
    expect(await send(id, phone)).toEqual({ id })
    expect(await send(id, phone)).toEqual({ id })
    expect(smsTo({ phone }).map((sms) => sms.text)).toEqual([
      '482913 is your bahi code, valid for 5 minutes. Tell it to nobody, not even to us.',
    ])
    expect(await deliveries(id)).toMatchObject([{ status: 'sent', tries: 1, template: 'otp' }])
    expect(await toldOf(id)).toEqual(['notification.delivered'])
    const rows = await platform.database.admin`
      select to_jsonb(d)::text as row from notification.deliveries d where id = ${id}`
    const kept = JSON.stringify([rows, await notificationEvents()])
    expect(kept).not.toContain('482913')
    expect(kept).not.toContain(phone)
  })

  it('that the carrier does not take is refused now and not tried later', async () => {
    const [id, { phone }] = [randomUUID(), newPerson()]
    stage.fails.sandbox = 'timeout'
    await expect(send(id, phone)).rejects.toMatchObject({ code: 'unavailable', extras: { retryAfterS: 1 } })
    expect(await deliveries(id)).toMatchObject([{ status: 'failed', error: 'timeout' }])
    delete stage.fails.sandbox
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

  it('is taken from auth alone', async () => {
    const body = { id: randomUUID(), phone: newPerson().phone, template: 'otp' as const, values }
    await expect(platform.as('payment')(contracts.sendSecret, { body })).rejects.toMatchObject({
      code: 'caller-not-allowed',
    })
  })
})

describe('operators', () => {
  it('alone see deliveries', async () => {
    for (const role of ['person', 'auditor'] as const) {
      const asked = platform.person({ userId: randomUUID(), role })(contracts.deliveriesOf, {
        querystring: { subject: 'x' },
      })
      await expect(asked).rejects.toMatchObject({ code: 'not-allowed' })
    }
  })

  it('can watch deliveries by outcome, and how long the oldest waits', async () => {
    stage.fails.sandbox = 'unavailable'
    await alarm(person())
    await eventually(async () => {
      const { payload } = await platform.app('notification').inject('/metrics')
      expect(payload).toMatch(/bahi_deliveries_total\{[^}]*channel="sms",outcome="retried"[^}]*\} \d/)
      expect(payload).toMatch(/bahi_delivery_oldest_waiting_seconds(\{[^}]*\})? \d/)
    })
  })

  it.each([
    ['+919876543210', 'sms' as const, '+91••••••3210'],
    ['asha@example.org', 'email' as const, 'a•••@example.org'],
  ])('see %s masked', (to, channel, shown) => {
    expect(masked(channel, to)).toBe(shown)
  })
})
