// Who is let in by an access token, and who is not.
import { Readable } from 'node:stream'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { JWTPayload } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  bearer,
  down,
  eventOf,
  json,
  movableClock,
  newSigner,
  openDoor,
  type Door,
  type TokenOptions,
} from '../testing.ts'

const clock = movableClock()
const cache = memoryCache({ clock })
let door: Door
beforeAll(async () => {
  door = await openDoor(inject('postgresUrl'), { clock, cache })
})
afterAll(() => door.stop())
afterEach(() => {
  door.answers.keys = () => json({ keys: door.published.map((one) => one.public) })
})

const ask = (token: string) => door.fetch('/v1/me', { headers: bearer(token) })
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function expectRefused(response: Response): Promise<void> {
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
}

describe('a good token', () => {
  it('lets a person in, who is named to the service', async () => {
    const sub = uuidv7()
    const sid = uuidv7()
    const response = await ask(await door.token({ sub, sid }))
    expect(response.status).toBe(200)
    const header = door.heard.at(-1)!.headers['x-bahi-person']!
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      userId: sub,
      sessionId: sid,
      deviceId: 'phone-1',
      role: 'person',
    })
  })

  it('is not passed on', async () => {
    await ask(await door.token())
    expect(door.heard.at(-1)!.headers).not.toHaveProperty('authorization')
  })

  it('stops working when it expires, although it was seen before', async () => {
    const token = await door.token({}, { lifeS: 60 })
    expect((await ask(token)).status).toBe(200)
    clock.move(70_000)
    await expectRefused(await ask(token))
  })
})

describe('a token is refused', () => {
  const cases: [string, JWTPayload, TokenOptions][] = [
    ['expired', {}, { lifeS: -60 }],
    ['for another audience', { aud: 'elsewhere' }, {}],
    ['of another issuer', { iss: 'https://evil.example' }, {}],
    ['of another type', {}, { header: { typ: 'bahi-service+jwt' } }],
    ['without a type', {}, { header: { typ: undefined } }],
    ['not valid yet', { nbf: Math.floor(Date.now() / 1000) + 3_600 }, {}],
    ['without expiry', { exp: undefined }, {}],
    ['without subject', { sub: undefined }, {}],
    ['with a subject that is no id', { sub: 'robert' }, {}],
    ['without session', { sid: undefined }, {}],
    ['without device', { did: '' }, {}],
    ['with a role that does not exist', { role: 'root' }, {}],
    ['without a key id', {}, { header: { kid: undefined } }],
    ['with an unknown key id', {}, { header: { kid: 'nobody' } }],
  ]
  it.each(cases)('%s', async (_name, claims, options) => {
    await expectRefused(await ask(await door.token(claims, options)))
  })

  it('signed with another key under a known id', async () => {
    const forger = await newSigner(door.signer.kid)
    await expectRefused(await ask(await door.token({}, { signer: forger })))
  })

  it('changed after it was signed', async () => {
    const [head, , signature] = (await door.token()).split('.')
    const claims = { iss: 'https://bahi.local', aud: 'bahi', sub: uuidv7(), exp: 9_999_999_999 }
    await expectRefused(await ask(`${head}.${base64url(claims)}.${signature}`))
  })

  it('that is not signed at all', async () => {
    const [, claims] = (await door.token()).split('.')
    await expectRefused(await ask(`${base64url({ alg: 'none', typ: 'at+jwt' })}.${claims}.`))
  })

  it('signed by the public key used as a secret', async () => {
    const [, claims] = (await door.token()).split('.')
    const head = base64url({ alg: 'HS256', typ: 'at+jwt', kid: door.signer.kid })
    const { createHmac } = await import('node:crypto')
    const signature = createHmac('sha256', door.signer.public.x!)
      .update(`${head}.${claims}`)
      .digest('base64url')
    await expectRefused(await ask(`${head}.${claims}.${signature}`))
  })

  it.each(['x', 'a.b.c', '...', 'a'.repeat(5_000)])('that is none: %.10s', async (token) => {
    await expectRefused(await ask(token))
  })

  it.each([undefined, 'Basic YTpi', 'Bearer', 'Bearer a b'])(
    'when there is none: %s',
    async (authorization) => {
      const response = await door.fetch('/v1/me', { headers: authorization ? { authorization } : {} })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    },
  )
})

describe('a session that has ended', () => {
  it('ends its tokens at once when the event is heard', async () => {
    const sid = uuidv7()
    const token = await door.token({ sid })
    expect((await ask(token)).status).toBe(200)
    const ended = eventOf('auth.session-ended', { userId: uuidv7(), sessionId: sid, reason: 'logout' })
    await door.bus.publish('auth', [ended])
    await expectRefused(await ask(token))
    await expectRefused(await ask(await door.token({ sid })))
  })

  it('is over for who logs out here, before any event is heard', async () => {
    const token = await door.token()
    door.answers.by = () => ({ status: 204, headers: {}, body: Readable.from([]) })
    expect((await door.fetch('/v1/auth/logout', { method: 'POST', headers: bearer(token) })).status).toBe(204)
    door.answers.by = () => json({ fine: true })
    await expectRefused(await ask(token))
  })

  it('is known from its mark when the event was not heard here', async () => {
    const sid = uuidv7()
    await cache.set(`session-ended:${sid}`, '1', 900_000)
    await expectRefused(await ask(await door.token({ sid })))
  })

  it('is noticed within half a minute when the event was lost', async () => {
    const sid = uuidv7()
    const token = await door.token({ sid })
    expect((await ask(token)).status).toBe(200)
    await cache.set(`session-ended:${sid}`, '1', 900_000)
    clock.move(31_000)
    await expectRefused(await ask(token))
  })
})

describe('roles', () => {
  const role = (name: string) => door.token({ role: name })
  const records = (token: string) => door.fetch('/v1/audit/records', { headers: bearer(token) })
  it.each(['person', 'operator'])('a %s may not read the audit', async (name) => {
    const response = await records(await role(name))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'not-allowed' })
  })
  it('an auditor may', async () => {
    expect((await records(await role('auditor'))).status).toBe(200)
  })
})

describe('keys of auth', () => {
  it('are fetched anew when a token names one that is not known, but not for each such token', async () => {
    clock.move(10_000)
    const next = await newSigner()
    door.published.push(next)
    let asked = 0
    door.answers.keys = () => {
      asked += 1
      return json({ keys: door.published.map((one) => one.public) })
    }
    expect((await ask(await door.token({}, { signer: next }))).status).toBe(200)
    for (let i = 0; i < 5; i++) await ask(await door.token({}, { header: { kid: `made-up-${i}` } }))
    expect(asked).toBe(1)
  })

  it('are kept while auth is down', async () => {
    clock.move(3_600_000)
    door.answers.keys = down
    expect((await ask(await door.token())).status).toBe(200)
    expect((await ask(await door.token())).status).toBe(200)
  })

  it('of another kind are left aside', async () => {
    clock.move(3_600_000)
    door.answers.keys = () =>
      json({
        keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'shared' }, ...door.published.map((one) => one.public)],
      })
    await expectRefused(await ask(await door.token({}, { header: { kid: 'shared' } })))
  })
})

it('a door that never reached auth says so, instead of blaming the token', async () => {
  const early = await openDoor(inject('postgresUrl'))
  early.answers.keys = down
  const response = await early.fetch('/v1/me', { headers: bearer(await early.token()) })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('2')
  await early.stop()
})
