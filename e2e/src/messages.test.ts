// Messages end to end: notification sends SMS and real SMTP mail to the sandbox, whose inbox shows them.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { deliveriesOf, sendNotice, sendSecret } from '@bahi/contracts/notification.ts'
import { readInbox } from '@bahi/contracts/sandbox.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { freePort } from '@bahi/kit/port.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { service as notification } from '@bahi/notification/app.ts'
import { service as sandbox } from '@bahi/sandbox/app.ts'
import { makeSecrets } from '@bahi/platform/secrets.ts'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'

const createdAt = new Date().toISOString()
const asha: Profile = {
  userId: randomUUID(),
  name: 'Asha Rao',
  phone: '+919876543210',
  email: 'asha@example.org',
  language: 'hi',
  createdAt,
}
const ravi: Profile = {
  userId: randomUUID(),
  name: 'Ravi Kumar',
  phone: '+919876543211',
  language: 'en',
  createdAt,
}

const bus = memoryBus()
let platform: TestPlatform

beforeAll(async () => {
  const port = String(await freePort())
  const { BAHI_SANDBOX_NETWORK_KEY, BAHI_SANDBOX_MEMBER_KEY } = (await makeSecrets()).env
  platform = await testPlatform(inject('postgresUrl'), {
    services: [sandbox, notification],
    bus,
    env: {
      BAHI_SANDBOX_SMTP_PORT: port,
      BAHI_SMTP_URL: `smtp://127.0.0.1:${port}`,
      BAHI_SANDBOX_NETWORK_KEY,
      BAHI_SANDBOX_MEMBER_KEY,
    },
    // User knows both of them.
    stubs: () =>
      Promise.resolve({
        status: 200,
        headers: {},
        body: Readable.from([JSON.stringify({ profiles: [asha, ravi] })]),
      }),
  })
})
afterAll(() => platform.stop())

const inbox = async (to: string) =>
  (await platform.anybody(readInbox, { querystring: { to } })).messages.map(({ channel, subject, text }) => ({
    channel,
    ...(subject === undefined ? {} : { subject }),
    text,
  }))

it('a payment is reported by SMS to both, by mail to those with an address, each in their language', async () => {
  const paymentId = uuidv7()
  const party = ({ userId, name }: Profile, vpa: string) => ({ userId, name, vpa })
  await bus.publish('payment', [
    {
      specversion: '1.0',
      id: uuidv7(),
      source: '/payment',
      type: 'payment.settled',
      subject: paymentId,
      time: createdAt,
      datacontenttype: 'application/json',
      bahiversion: 2,
      bahiseq: 2,
      data: {
        paymentId,
        txnId: `BHI${paymentId.replaceAll('-', '')}`,
        rrn: '632715000001',
        amountPaise: 1_23_456_00,
        payer: party(asha, 'asha@bahi'),
        payee: party(ravi, 'ravi@bahi'),
        settledAt: createdAt,
      },
    },
  ])
  const hindi = 'Ravi Kumar को ₹1,23,456.00 का भुगतान हुआ। RRN 632715000001।'
  await vi.waitFor(async () => {
    expect(await inbox(asha.phone)).toEqual([{ channel: 'sms', text: hindi }])
    expect(await inbox('asha@example.org')).toEqual([
      { channel: 'email', subject: '₹1,23,456.00 का भुगतान हुआ', text: hindi },
    ])
    expect(await inbox(ravi.phone)).toEqual([
      { channel: 'sms', text: '₹1,23,456.00 received from Asha Rao. RRN 632715000001.' },
    ])
  })
  await vi.waitFor(async () => {
    const operator = platform.person({ userId: randomUUID(), roles: ['support'] })
    const { deliveries } = await operator(deliveriesOf, { querystring: { subject: paymentId } })
    expect(deliveries.map(({ channel, to, status }) => `${channel} ${to} ${status}`).sort()).toEqual([
      'email a•••@example.org sent',
      'sms +91••••••3210 sent',
      'sms +91••••••3211 sent',
    ])
  })
})

it('a password reset is reported by SMS and by mail, also to who switched every channel off', async () => {
  await platform.database.admin`
    update notification.people set sms = false, email = false, live = false where user_id = ${asha.userId}`
  await bus.publish('auth', [
    {
      ...{ specversion: '1.0', id: uuidv7(), source: '/auth', subject: asha.userId, time: createdAt },
      ...{ type: 'auth.password-changed', datacontenttype: 'application/json', bahiversion: 2, bahiseq: 2 },
      data: { userId: asha.userId, how: 'reset' },
    },
  ])
  await vi.waitFor(async () => {
    for (const to of [asha.phone, 'asha@example.org'])
      expect((await inbox(to)).map(({ text }) => text).join()).toContain('पासवर्ड वन-टाइम कोड से रीसेट हुआ')
  })
})

it('a notice to an address that is given up is sent at once, once, and stored nowhere', async () => {
  const email = 'before@example.org'
  const body = { id: randomUUID(), email, language: 'en' as const, template: 'user.email-changed' as const }
  for (let i = 0; i < 2; i++) await platform.as('user')(sendNotice, { body })
  await vi.waitFor(async () =>
    expect(await inbox(email)).toMatchObject([{ channel: 'email', subject: 'Email changed' }]),
  )
  const rows = await platform.database.admin`
    select to_jsonb(d)::text as row from notification.deliveries d where id = ${body.id}`
  expect(JSON.stringify(rows)).toContain('b•••@example.org')
  expect(JSON.stringify(rows)).not.toContain(email)
  await expect(platform.as('payment')(sendNotice, { body })).rejects.toMatchObject({
    code: 'caller-not-allowed',
  })
})

it('a one-time code is in the inbox when the answer is there', async () => {
  const body = {
    id: randomUUID(),
    phone: '+919876543219',
    template: 'otp' as const,
    purpose: 'sign-in' as const,
    values: { otp: '482913', minutes: '5' },
  }
  await platform.as('auth')(sendSecret, { body })
  expect(await inbox(body.phone)).toMatchObject([
    { channel: 'sms', text: expect.stringContaining('482913') as string },
  ])
})
