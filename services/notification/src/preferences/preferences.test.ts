// Preferences: what they silence, what they cannot, that a change needs a proof; and the language of messages.
import { randomUUID } from 'node:crypto'
import * as contracts from '@bahi/contracts/notification.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { messageKinds, mutingRules, type MessageChannel, type Muted } from '@bahi/contracts/message-kinds.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { testDataKeys, testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { templateNames } from '../messages/templates.ts'
import { eventOf, goodPassword, newPerson, settledEvent, stubServices, type TestPerson } from '../testing.ts'
import { sealContent } from '../sealed-columns.ts'
import { kindOf } from './muting.ts'

const bus = memoryBus()
const stubs = stubServices()
const live: CloudEvent[] = []
let platform: TestPlatform

beforeAll(async () => {
  platform = await testPlatform(inject('postgresUrl'), { services: [service], bus, stubs: stubs.transport })
  await bus.listen(['live'], (events) => live.push(...events))
})
afterAll(() => platform.stop())

const person = (name?: string) => {
  const made = newPerson(name)
  stubs.register(made)
  return made
}
type Channels = { sms: boolean; email: boolean; live: boolean }
const change = ({ userId }: TestPerson, body: Channels & { muted?: Muted; stepUp?: { password: string } }) =>
  platform.person({ userId })(contracts.changePreferences, { body })
const list = ({ userId }: TestPerson, querystring = {}) =>
  platform.person({ userId })(contracts.listMessages, { querystring })
const texts = async (who: TestPerson) => (await list(who)).notifications.map(({ text }) => text)
const liveOf = ({ userId }: TestPerson) => live.filter(({ data }) => data['userId'] === userId)

describe('preferences', () => {
  it('are all on until they are changed', async () => {
    const asha = person()
    const show = () => platform.person(asha)(contracts.showPreferences, {})
    expect(await show()).toEqual({ sms: true, email: true, live: true, muted: {} })
    await change(asha, { sms: false, email: true, live: false, stepUp: { password: goodPassword } })
    expect(await show()).toEqual({ sms: false, email: true, live: false, muted: {} })
  })

  it('change only with a proof, and the person is notified where they were until now', async () => {
    const asha = person()
    const off = { sms: false, email: false, live: false }
    await expect(change(asha, off)).rejects.toMatchObject({ code: 'step-up-required' })
    const wrong = { ...off, stepUp: { password: 'wrong' } }
    await expect(change(asha, wrong)).rejects.toMatchObject({ code: 'password-wrong' })
    expect(await texts(asha)).toEqual([])
    // Without a change there is nothing to prove.
    await change(asha, { sms: true, email: true, live: true })
    await change(asha, { ...off, stepUp: { password: goodPassword } })
    expect(await texts(asha)).toEqual([
      expect.stringContaining('notifications of your bahi account were changed'),
    ])
    const sent = await platform.database.admin<{ channel: string }[]>`
      select channel from notification.deliveries where user_id = ${asha.userId}`
    expect(sent.map((row) => row.channel)).toEqual(['sms'])
    const events = await platform.database.admin`
      select type, data from notification.events where stream = ${asha.userId}`
    const data = { userId: asha.userId, fields: ['sms', 'email', 'live'] }
    expect(events).toEqual([{ type: 'notification.preferences-changed', data }])
  })

  it('turn off SMS and live messages of what is received, but not of debits, nor the message in the list', async () => {
    const [asha, ravi] = [person(), person()]
    for (const { userId } of [asha, ravi])
      await platform.database.admin`
        insert into notification.people (user_id, sms, email, live) values (${userId}, false, true, false)`
    const event = settledEvent(asha, ravi)
    await bus.publish('payment', [event])
    expect(await texts(asha)).toHaveLength(1)
    expect(await texts(ravi)).toHaveLength(1)
    expect(await liveOf(asha)).toHaveLength(1)
    expect(await liveOf(ravi)).toEqual([])
    const sent = await platform.database.admin<{ userId: string }[]>`
      select user_id from notification.deliveries where subject = ${event.subject} and channel = 'sms'`
    expect(sent.map((row) => row.userId)).toEqual([asha.userId])
  })

  it('with missing or unknown channels are refused', async () => {
    const change = (body: unknown) =>
      platform.person(person())(contracts.changePreferences, { body: body as never })
    await expect(change({ sms: true })).rejects.toMatchObject({ code: 'request-invalid' })
    await expect(change({ sms: true, email: true, live: true, push: true })).rejects.toMatchObject({
      code: 'request-invalid',
    })
  })
})

describe('preferences by kind', () => {
  const on = { sms: true, email: true, live: true }
  const stepUp = { password: goodPassword }
  const sentTo = async ({ userId }: TestPerson) => {
    const rows = await platform.database.admin<{ sent: string }[]>`
      select channel || ' ' || template as sent from notification.deliveries where user_id = ${userId} order by 1`
    return rows.map(({ sent }) => sent)
  }

  it('silence what another change silences just then, too', async () => {
    const { admin } = platform.database
    const asha = person()
    await change(asha, { ...on, live: false, stepUp })
    const begun = await admin.begin(async (tx) => {
      await tx`update notification.people set muted = '{"received": ["sms"]}' where user_id = ${asha.userId}`
      const changed = change(asha, { ...on, stepUp })
      await expect
        .poll(
          () => admin`
            select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        .toHaveLength(1)
      return { changed }
    })
    expect((await begun.changed).muted).toEqual({ received: ['sms'] })
    expect((await platform.person(asha)(contracts.showPreferences, {})).muted).toEqual({ received: ['sms'] })
  })

  it('silence a kind on a channel, and leave the other kinds, channels, and the list', async () => {
    const [asha, ravi] = [person(), person()]
    const muted = { received: ['sms', 'live'] as MessageChannel[] }
    await expect(change(ravi, { ...on, muted })).rejects.toMatchObject({ code: 'step-up-required' })
    expect(await change(ravi, { ...on, muted, stepUp })).toEqual({
      ...on,
      muted: { received: ['live', 'sms'] },
    })
    // A change of something else leaves it as it was; saying the same again needs no proof.
    expect((await change(ravi, { ...on, live: false, stepUp })).muted).toEqual({ received: ['live', 'sms'] })
    await change(ravi, { ...on, live: false, muted })
    await change(ravi, { ...on, stepUp })
    const begun = { live: liveOf(ravi).length, sent: (await sentTo(ravi)).length }
    await bus.publish('payment', [settledEvent(asha, ravi)])
    expect((await texts(ravi))[0]).toContain('received from')
    expect(liveOf(ravi)).toHaveLength(begun.live)
    expect(await sentTo(ravi)).toHaveLength(begun.sent)
    await bus.publish('payment', [settledEvent(ravi, asha)])
    expect(liveOf(ravi)).toHaveLength(begun.live + 1)
    expect((await sentTo(ravi)).filter((sent) => sent === 'sms payment.sent')).toHaveLength(1)
    const events = await platform.database.admin<{ data: { fields: string[] } }[]>`
      select data from notification.events where stream = ${ravi.userId} order by seq`
    expect(events.map(({ data }) => data.fields)).toEqual([['received'], ['live'], ['live']])
  })

  it('never stop a debit, a notice before one, or what concerns security, whatever is stored', async () => {
    const [asha, ravi] = [person(), person()]
    const all = ['live', 'push', 'sms', 'email'] as MessageChannel[]
    const everything = Object.fromEntries(messageKinds.map((kind) => [kind, all]))
    await platform.database.admin`
      insert into notification.people (user_id, muted)
      values (${asha.userId}, ${platform.database.admin.json(everything)})`
    const announced = {
      ...{
        mandateId: randomUUID(),
        name: 'Newspaper',
        amountPaise: 50_00,
        payer: asha,
        payee: ravi,
        sequence: 1,
      },
      ...{
        debitPaise: 40_00,
        dueOn: '2026-11-29',
        executeAt: new Date().toISOString(),
        needsApproval: false,
      },
    }
    const revoked = { ...announced, by: 'payer' as const }
    await bus.publish('payment', [
      settledEvent(asha, ravi),
      eventOf('payment.mandate-debit-announced', announced.mandateId, announced),
      eventOf('payment.mandate-revoked', announced.mandateId, revoked),
    ])
    await bus.publish('account', [
      eventOf('account.pin-set', asha.userId, {
        userId: asha.userId,
        accountId: randomUUID(),
        changed: false,
      }),
    ])
    expect((await sentTo(asha)).filter((sent) => sent.startsWith('sms'))).toEqual([
      'sms account.pin-set',
      'sms mandate.debit-announced',
      'sms payment.sent',
    ])
    expect(liveOf(asha)).toHaveLength(3)
    expect(await texts(asha)).toHaveLength(4)
  })

  it.each(
    messageKinds.flatMap((kind) =>
      (['live', 'push', 'sms', 'email'] as const)
        .filter((channel) => !mutingRules.at(-1)!.mutable[kind].includes(channel))
        .map((channel) => [channel, kind] as const),
    ),
  )('do not let %s of %s be switched off', async (channel, kind) => {
    const body = { ...on, muted: { [kind]: [channel] }, stepUp }
    expect(await refusal(change(person(), body))).toMatchObject({
      code: 'request-invalid',
      fields: [{ path: `/body/muted/${kind}` }],
    })
  })

  it('have no kind for security', async () => {
    const body = { ...on, muted: { security: ['sms'] }, stepUp } as never
    await expect(change(person(), body)).rejects.toMatchObject({ code: 'request-invalid' })
    expect(templateNames.filter((template) => kindOf(template) === undefined)).toEqual([
      ...['account.unlinked', 'account.pin-set', 'account.pin-changed', 'account.pin-locked'],
      ...['auth.new-device', 'auth.app-connected', 'auth.password-reset', 'auth.password-changed'],
      ...['auth.login-locked', 'auth.strangers-tried', 'auth.factor-enrolled'],
      ...['auth.passkey-added', 'auth.passkey-removed', 'auth.factor-locked'],
      ...['auth.recovery-code-used', 'auth.recovery-codes-renewed', 'auth.factor-reset'],
      'user.email-changed',
      ...['notification.preferences-changed', 'auth.phone-left', 'auth.phone-changed'],
      ...['released', 'revoked', 'proven'].map((what) => `auth.phone-${what}`),
      ...['auth.sign-in-restored', 'auth.email-code', 'auth.email-sign-in-code', 'user.email-code'],
      ...['frozen', 'unfrozen', 'signed-out'].map((what) => `auth.person-${what}`),
      ...['requested', 'cancelled', 'reminded', 'postponed'].map((what) => `privacy.erasure-${what}`),
      ...['privacy.export-requested', 'privacy.export-made', 'privacy.export-fetched'],
      ...['requested', 'granted', 'declined', 'ended'].map((what) => `role.${what}`),
      ...['requested', 'approved', 'declined', 'ended'].map((what) => `role.${what}-by-you`),
      ...['role.request-approved', 'role.request-declined'],
      ...['controls.tightened', 'controls.loosened', 'controls.stopped'],
      ...['account.vpa-released', 'account.number-set', 'account.number-released', 'otp'],
    ])
  })
})

describe('the language', () => {
  it('is that of the profile when it is read or sent, also of what was made before the profile changed', async () => {
    const [asha, ravi] = [person('Asha Rao'), person('Ravi Kumar')]
    const textIn = async (language: 'en' | 'hi') => {
      stubs.profiles.set(asha.userId, { ...stubs.profiles.get(asha.userId), language })
      await bus.publish('user', [
        eventOf('user.profile-changed', asha.userId, { userId: asha.userId, fields: ['language'] }),
      ])
      await vi.waitFor(async () => {
        const [row] = await platform.database.admin<{ language: string; current: boolean }[]>`
          select language, copied_profile_version = profile_version as current
          from notification.people where user_id = ${asha.userId}`
        expect(row).toEqual({ language, current: true })
      }, 5_000)
      await bus.publish('payment', [settledEvent(asha, ravi)])
      return (await texts(asha))[0]
    }
    const [hindi, english] = [
      'Ravi Kumar को ₹250.00 का भुगतान हुआ। RRN 632715000001।',
      '₹250.00 paid to Ravi Kumar. RRN 632715000001.',
    ]
    expect(await textIn('hi')).toBe(hindi)
    expect(await textIn('en')).toBe(english)
    expect(await texts(asha)).toEqual([english, english])
    const querystring = { userId: asha.userId, after: 0 }
    const missed = (await platform.as('gateway')(contracts.messagesAfter, { querystring })).messages
    expect(missed.map(({ text }) => text)).toEqual([english, english])
    const sent = liveOf(asha).map(({ data }) => (data['message'] as contracts.Message).text)
    expect(sent).toEqual([hindi, english])
    // A list that is asked for in another language, before the profile has it.
    const other = await list(asha, { language: 'hi' })
    expect(other.notifications.map(({ text }) => text)).toEqual([hindi, hindi])
  })

  it('of a message from before, which was stored as text, stays', async () => {
    const asha = person()
    await bus.publish('payment', [settledEvent(asha, person())])
    const said = { title: 'भुगतान हुआ', text: 'पैसे भेजे गए।' }
    const sealed = sealContent(
      createSeal('notification', testDataKeys),
      { userId: asha.userId, seq: 1, data: { paymentId: 'p1', rrn: '1' } },
      said,
    )
    await platform.database.admin`
      update notification.messages set template = null, content_sealed = ${sealed} where user_id = ${asha.userId}`
    expect((await list(asha)).notifications).toMatchObject([
      { ...said, data: { rrn: '1', direction: 'debit' } },
    ])
  })
})
