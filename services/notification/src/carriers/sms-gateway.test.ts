// The SMS gateway, against a real HTTP server: what it is sent, what its answers mean, its reports, and bad settings.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deliveriesOf, sendSecret } from '@bahi/contracts/notification.ts'
import { reportSms } from '@bahi/contracts/sms-reports.ts'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { smsTemplates } from '../messages/templates.ts'
import { eventOf, newPerson, stubServices, type TestPerson } from '../testing.ts'
import { createSmsGateway } from './sms-gateway.ts'

type Sms = { id: string; to: string; text: string; templateId: string; encoding: string }
const received: { headers: IncomingHttpHeaders; sms: Sms }[] = []
/** What the gateway answers, one after the other; then 202. 0: it hangs up. */
let answers: number[] = []
let server: Server
let url: string
let platform: TestPlatform
const bus = memoryBus()
const stubs = stubServices()
const reportKey = 'report-key-of-the-carrier'
const idOf = (i: number, language: 'en' | 'hi') =>
  `11071600000000${language === 'en' ? 1 : 2}${String(i).padStart(4, '0')}`
const templates = Object.fromEntries(
  smsTemplates.map((name, i) => [name, { en: idOf(i, 'en'), hi: idOf(i, 'hi') }]),
)
const settings = () => ({
  ...{ url, key: 'gateway-key', entityId: '1101000000000000001', header: 'BAHIPY' },
  templates: JSON.stringify(templates),
})

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')))
    request.on('end', () => {
      received.push({ headers: request.headers, sms: JSON.parse(body) as Sms })
      const status = answers.shift() ?? 202
      if (status === 0) return void request.socket.destroy()
      response.writeHead(status, { location: `${url}/elsewhere` }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/sms`
  const { key, entityId, header, templates: ids } = settings()
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    mode: 'production',
    bus,
    stubs: stubs.transport,
    env: {
      ...{ BAHI_SMS_URL: url, BAHI_SMS_KEY: key, BAHI_SMS_ENTITY_ID: entityId, BAHI_SMS_HEADER: header },
      ...{ BAHI_SMS_TEMPLATES: ids, BAHI_SMS_REPORT_KEY: reportKey },
    },
  })
})
beforeEach(() => {
  received.length = 0
  answers = []
})
afterAll(async () => {
  await platform.stop()
  server.close()
})

const person = (language: 'en' | 'hi' = 'en') => {
  const made = newPerson()
  stubs.register(made)
  stubs.profiles.set(made.userId, { ...stubs.profiles.get(made.userId), language })
  return made
}
const lockPin = ({ userId }: TestPerson) => {
  const accountId = randomUUID()
  return bus.publish('account', [eventOf('account.pin-locked', accountId, { userId, accountId })])
}
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, 8_000)
const smsTo = ({ phone }: TestPerson) => received.filter(({ sms }) => sms.to === phone)
const rowOf = async ({ userId }: TestPerson) => {
  const [row] = await platform.database.admin<
    { id: string; subject: string; status: string; tries: number }[]
  >`
    select id, subject, status, tries from notification.deliveries where user_id = ${userId}`
  return row
}

describe('the gateway', () => {
  it.each(['en', 'hi'] as const)('is sent sender, header and the id of the text (%s)', async (language) => {
    const asha = person(language)
    await lockPin(asha)
    await eventually(() => expect(smsTo(asha)).toHaveLength(1))
    const [{ headers, sms }] = smsTo(asha) as [(typeof received)[number]]
    expect(headers).toMatchObject({ authorization: 'Bearer gateway-key', 'idempotency-key': sms.id })
    expect(sms).toMatchObject({
      ...{ entityId: '1101000000000000001', header: 'BAHIPY' },
      templateId: templates['account.pin-locked']![language],
      encoding: language === 'en' ? 'gsm' : 'unicode',
    })
    await eventually(async () => expect(await rowOf(asha)).toMatchObject({ status: 'sent' }))
  })

  it('is sent one-time codes at once', async () => {
    const asha = person()
    const values = { otp: '482913', minutes: '5' }
    const body = { id: randomUUID(), phone: asha.phone, purpose: 'sign-in' as const, values }
    await platform.as('auth')(sendSecret, { body: { ...body, template: 'otp' } })
    expect(smsTo(asha)[0]!.sms).toMatchObject({ id: body.id, templateId: templates['otp']!.en })
    answers = [500]
    const again = platform.as('auth')(sendSecret, { body: { ...body, id: randomUUID(), template: 'otp' } })
    expect(await refusal(again)).toMatchObject({ code: 'unavailable' })
  })

  it.each([0, 302, 401, 429, 500])('that answers %i is asked again, with the same id', async (status) => {
    const asha = person()
    answers = [status]
    await lockPin(asha)
    await eventually(async () => expect(await rowOf(asha)).toMatchObject({ status: 'sent', tries: 2 }))
    expect(new Set(smsTo(asha).map(({ sms }) => sms.id)).size).toBe(1)
    expect(smsTo(asha)).toHaveLength(2)
  })

  it.each([400, 422])('that answers %i is not asked again', async (status) => {
    const asha = person()
    answers = [status]
    await lockPin(asha)
    await eventually(async () => expect(await rowOf(asha)).toMatchObject({ status: 'failed', tries: 1 }))
  })
})

describe('its reports', () => {
  const report = (key: string, ...reports: object[]) =>
    platform.anybody(reportSms, { body: { key, reports: reports as never } })
  const at = '2026-11-23T09:30:00.000Z'

  it('are taken once, from the carrier alone, and shown to operators', async () => {
    const asha = person()
    await lockPin(asha)
    await eventually(async () => expect(await rowOf(asha)).toMatchObject({ status: 'sent' }))
    const { id, subject } = (await rowOf(asha))!
    const delivered = { id, status: 'delivered', code: 'DELIVRD 000', at }
    expect(await refusal(report('wrong-key-of-somebody', delivered))).toEqual({ code: 'unauthenticated' })
    expect(await report(reportKey, delivered, { id: randomUUID(), status: 'failed', at })).toEqual({
      taken: 1,
    })
    expect(await report(reportKey, { ...delivered, status: 'failed', code: 'absent' })).toEqual({ taken: 0 })
    const operator = platform.person({ userId: randomUUID(), roles: ['support'] })
    const { deliveries } = await operator(deliveriesOf, { querystring: { subject } })
    expect(deliveries).toMatchObject([{ id, report: 'delivered', reportCode: 'DELIVRD 000', reportedAt: at }])
  })

  it('are taken by the three hundred, and refused by their number beyond', async () => {
    const reports = (count: number) =>
      Array.from({ length: count }, () => ({
        id: randomUUID(),
        status: 'delivered',
        code: 'x'.repeat(40),
        at,
      }))
    expect(await report(reportKey, ...reports(300))).toEqual({ taken: 0 })
    expect(await refusal(report(reportKey, ...reports(301)))).toMatchObject({
      code: 'request-invalid',
      fields: [{ path: '/body/reports' }],
    })
  })
})

describe('a start', () => {
  it.each([
    ['an address without TLS', { url: 'http://sms.example/send' }, 'https://'],
    ['an address that is none', { url: 'sms.example' }, 'https://'],
    ['no key', { key: '' }, 'BAHI_SMS_KEY'],
    ['no entity id', { entityId: '' }, 'entity id'],
    ['a header that is none', { header: 'TOOLONGHEADER' }, 'header'],
    ['templates that are no JSON', { templates: '{' }, 'no JSON'],
    ['templates that are null', { templates: 'null' }, 'BAHI_SMS_TEMPLATES is no JSON object'],
    [
      'a template missing',
      { templates: JSON.stringify({ ...templates, otp: undefined }) },
      'otp (en), otp (hi)',
    ],
    [
      'a language missing',
      { templates: JSON.stringify({ ...templates, otp: { en: idOf(1, 'en') } }) },
      'otp (hi)',
    ],
  ])('with %s is refused', (_what, change, why) => {
    expect(() => createSmsGateway({ ...settings(), ...change })).toThrow(why)
  })

  it('with everything is not', () => {
    expect(createSmsGateway({ ...settings(), url: 'https://sms.example/send' })).toBeTypeOf('function')
  })
})
