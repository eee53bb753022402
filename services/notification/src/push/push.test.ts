// Web push, against a push service that is a real HTTP server: who gets messages, what they say, and when it ends.
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createECDH, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { memoryBus } from '@bahi/kit/bus/memory-bus.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as push from '@bahi/contracts/push.ts'
import { testPlatform, type TestPlatform } from '@bahi/testing/platform.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { service } from '../app.ts'
import { templateNames } from '../messages/templates.ts'
import { eventOf, newPerson, settledEvent, stubServices, type TestPerson } from '../testing.ts'
import { pushText } from './push-text.ts'
import { maxSubscriptions } from './store.ts'

type Received = { path: string; headers: IncomingMessage['headers']; body: Buffer }
const received: Received[] = []
/** What the push service answers, by path. */
const statuses = new Map<string, number>()
let server: Server
let origin: string
let platform: TestPlatform
const vapidKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
const bus = memoryBus()
const stubs = stubServices()

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ path: request.url!, headers: request.headers, body: Buffer.concat(chunks) })
      response.writeHead(statuses.get(request.url!) ?? 201, { location: `${origin}/elsewhere` }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  platform = await testPlatform(inject('postgresUrl'), {
    services: [service],
    bus,
    stubs: stubs.transport,
    env: {
      BAHI_VAPID_KEY: JSON.stringify(vapidKey),
      BAHI_PUSH_HOSTS: `${origin},push.example,*.push.example`,
    },
  })
})
beforeEach(() => {
  received.length = 0
  statuses.clear()
})
afterAll(async () => {
  await platform.stop()
  server.close()
})

const person = () => {
  const made = newPerson()
  stubs.register(made)
  return made
}
/** Each session is newer than the one before, also within a millisecond. */
let startedMs = Date.now()
function browser(who: TestPerson, endpoint = `${origin}/${randomUUID()}`) {
  const sessionId = uuidv7(startedMs++)
  const as = platform.person({ userId: who.userId, sessionId })
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  const keys = {
    p256dh: pair.getPublicKey().toString('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
  return {
    sessionId,
    path: endpoint.slice(origin.length),
    subscribe: () => as(push.subscribeToPush, { body: { endpoint, keys } }),
    unsubscribe: () => as(push.unsubscribeFromPush, {}),
  }
}
const hybrid = () => {
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  return pair.getPublicKey('base64url', 'hybrid')
}
const pay = (from: TestPerson, to: TestPerson) => bus.publish('payment', [settledEvent(from, to)])
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, 5_000)
/** Of what these browsers have got: those of other tests may be tried again meanwhile. */
const receivedBy = (...browsers: { path: string }[]) =>
  received.filter((one) => browsers.some(({ path }) => path === one.path))
const pathsOf = (...browsers: { path: string }[]) => receivedBy(...browsers).map(({ path }) => path)
const rowsOf = (who: TestPerson) => platform.database.admin<{ status: string; tries: number }[]>`
  select status, tries from notification.deliveries where user_id = ${who.userId} and channel = 'push'`
const subscriptions = async (who: TestPerson) => {
  const rows = await platform.database.admin`
    select session_id, subscription_sealed from notification.push_subscriptions where user_id = ${who.userId}`
  return rows.length
}

describe('a push message', () => {
  it('reaches every browser that subscribed, encrypted and signed, and nobody else', async () => {
    const [asha, ravi] = [person(), person()]
    const [one, two] = [browser(asha), browser(asha)]
    await one.subscribe()
    await two.subscribe()
    await two.subscribe()
    await pay(ravi, asha)
    await eventually(() => expect(pathsOf(one, two).sort()).toEqual([one.path, two.path].sort()))
    const [{ headers, body }] = receivedBy(one, two) as [Received]
    expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high' })
    expect(headers.authorization).toMatch(/^vapid t=.+, k=.+$/)
    expect(headers['topic']).toMatch(/^[0-9a-f]{32}$/)
    expect(body.toString('latin1')).not.toMatch(/bahi|Asha|250/)
    await eventually(async () => expect((await rowsOf(asha)).map(({ status }) => status)).toEqual(['sent']))
    expect(await rowsOf(ravi)).toHaveLength(0)
  })

  it.each(templateNames)('of %s says neither amounts nor names', (template) => {
    for (const language of ['en', 'hi'] as const) {
      const subject = randomUUID()
      const { title, text, path } = pushText(template, language, subject)
      expect(title + text).not.toMatch(/[₹{}0-9०-९]/)
      if (template.startsWith('payment.')) expect(path).toBe(`/payments/${subject}`)
      else expect(path).toMatch(/^\/[a-z/]*$/)
    }
  })

  it.each([404, 410])('that a browser is gone for (%i) ends its subscription quietly', async (status) => {
    const [asha, ravi] = [person(), person()]
    const gone = browser(asha)
    await gone.subscribe()
    statuses.set(gone.path, status)
    await pay(ravi, asha)
    await eventually(async () => expect(await subscriptions(asha)).toBe(0))
    await eventually(async () => expect(await rowsOf(asha)).toHaveLength(0))
    await pay(ravi, asha)
    await platform.settle()
    expect(receivedBy(gone)).toHaveLength(1)
  })

  it.each([302, 408, 429, 500])(
    'that is not taken now (%i) is tried again, and follows no redirect',
    async (status) => {
      const [asha, ravi] = [person(), person()]
      const away = browser(asha)
      await away.subscribe()
      statuses.set(away.path, status)
      await pay(ravi, asha)
      await eventually(async () =>
        expect(await rowsOf(asha)).toMatchObject([{ status: 'waiting', tries: 1 }]),
      )
      await eventually(() => expect(pathsOf(away)).toEqual([away.path]))
      expect(await subscriptions(asha)).toBe(1)
    },
  )
})

describe('a push message that is refused for good', () => {
  it.each([400, 401, 403, 413])('(%i) is not tried again, and keeps its subscription', async (status) => {
    const [asha, ravi] = [person(), person()]
    const refusing = browser(asha)
    await refusing.subscribe()
    statuses.set(refusing.path, status)
    await pay(ravi, asha)
    await eventually(async () => expect(await rowsOf(asha)).toMatchObject([{ status: 'failed', tries: 1 }]))
    expect(await subscriptions(asha)).toBe(1)
  })

  it('by one browser is tried again for another one', async () => {
    const [asha, ravi] = [person(), person()]
    const browsers = [400, 503, 400].map((status) => ({ ...browser(asha), status }))
    for (const each of browsers) {
      await each.subscribe()
      statuses.set(each.path, each.status)
    }
    await pay(ravi, asha)
    await eventually(async () => expect(await rowsOf(asha)).toMatchObject([{ status: 'waiting', tries: 1 }]))
  })
})

describe('a subscription', () => {
  it('ends with its session, and when the person wants it', async () => {
    const asha = person()
    const [one, two, three] = [browser(asha), browser(asha), browser(asha)]
    for (const each of [one, two, three]) await each.subscribe()
    await one.unsubscribe()
    const ended = { userId: asha.userId, sessionId: two.sessionId, reason: 'logout' as const }
    await bus.publish('auth', [eventOf('auth.session-ended', two.sessionId, ended)])
    await eventually(async () => expect(await subscriptions(asha)).toBe(1))
  })

  it('ends when the person has too many newer ones', async () => {
    const [asha, ravi] = [person(), person()]
    const browsers = Array.from({ length: maxSubscriptions + 2 }, () => browser(asha))
    for (const each of browsers) await each.subscribe()
    // To subscribe again is no further one.
    await browsers.at(-1)!.subscribe()
    expect(await subscriptions(asha)).toBe(maxSubscriptions)
    await pay(ravi, asha)
    const newest = browsers.slice(2).map(({ path }) => path)
    await eventually(() => expect(pathsOf(...browsers).sort()).toEqual(newest.sort()))
  })

  it('is sealed', async () => {
    const asha = person()
    await browser(asha).subscribe()
    const [row] = await platform.database.admin<{ subscriptionSealed: string }[]>`
      select subscription_sealed from notification.push_subscriptions where user_id = ${asha.userId}`
    expect(row!.subscriptionSealed).not.toContain('127.0.0.1')
  })

  it.each([
    'http://push.example/a',
    'https://push.example:8443/a',
    'https://push.example.evil.example/a',
    'https://evilpush.example/a',
    'https://user:secret@push.example/a',
    'https://169.254.169.254/latest',
    'http://127.0.0.1:1/a',
    'file:///etc/passwd',
  ])('at %s is refused: we would send wherever it points', async (endpoint) => {
    expect(await refusal(browser(person(), endpoint).subscribe())).toMatchObject({ code: 'request-invalid' })
  })

  it.each([
    ['no point of the curve', `B${'A'.repeat(86)}`],
    ['a point in another form', hybrid()],
  ])('with a key that is %s is refused: nothing can be encrypted for it', async (_what, p256dh) => {
    const keys = { p256dh, auth: randomBytes(16).toString('base64url') }
    const body = { endpoint: `${origin}/${randomUUID()}`, keys }
    expect(await refusal(platform.person({ userId: randomUUID() })(push.subscribeToPush, { body }))).toEqual({
      code: 'request-invalid',
      fields: [{ path: '/body/keys/p256dh', message: 'is no point of P-256' }],
    })
  })

  it.each(['https://push.example/a', 'https://eu.push.example/a'])('at %s is taken', async (endpoint) => {
    await browser(person(), endpoint).subscribe()
  })
})

it('the public key is that of the private one in the settings', async () => {
  const { key } = await platform.person({ userId: randomUUID() })(push.pushKey, {})
  expect(Buffer.from(key, 'base64url')).toHaveLength(65)
})
