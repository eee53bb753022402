// Which access tokens are accepted, and which are refused.
import { Readable } from 'node:stream'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { JWTPayload } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  bearer,
  unreachable,
  eventOf,
  json,
  movableClock,
  newSigner,
  startGateway,
  type TestGateway,
  type TokenOptions,
} from '../testing.ts'

const clock = movableClock()
const cache = memoryCache({ clock })
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'), { clock, cache })
})
afterAll(() => gateway.stop())
afterEach(() => {
  gateway.stubs.keys = () => json({ keys: gateway.published.map((signer) => signer.public) })
})

const get = (token: string) => gateway.fetch('/v1/me', { headers: bearer(token) })
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

async function expectRefused(response: Response): Promise<void> {
  expect(response.status).toBe(401)
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"')
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  expect(await response.json()).toMatchObject({ code: 'unauthenticated' })
}

describe('a good token', () => {
  it('is accepted, and names the person to the service', async () => {
    const sub = uuidv7()
    const sid = uuidv7()
    const response = await get(await gateway.token({ sub, sid }))
    expect(response.status).toBe(200)
    const header = gateway.forwarded.at(-1)!.headers['x-bahi-principal']!
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      type: 'person',
      userId: sub,
      sessionId: sid,
      deviceId: 'phone-1',
      roles: ['customer'],
    })
  })

  it('is not forwarded', async () => {
    await get(await gateway.token())
    expect(gateway.forwarded.at(-1)!.headers).not.toHaveProperty('authorization')
  })

  it('is refused once it expires, also when it is cached', async () => {
    const token = await gateway.token({}, { lifeS: 60 })
    expect((await get(token)).status).toBe(200)
    clock.advance(70_000)
    await expectRefused(await get(token))
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
    ['with an unknown role', { roles: ['customer', 'root'] }, {}],
    ['without roles', { roles: undefined }, {}],
    ['without a key id', {}, { header: { kid: undefined } }],
    ['with an unknown key id', {}, { header: { kid: 'nobody' } }],
  ]
  it.each(cases)('%s', async (_name, claims, options) => {
    await expectRefused(await get(await gateway.token(claims, options)))
  })

  it('signed with another key under a known id', async () => {
    const forger = await newSigner(gateway.signer.kid)
    await expectRefused(await get(await gateway.token({}, { signer: forger })))
  })

  it('changed after it was signed', async () => {
    const [head, , signature] = (await gateway.token()).split('.')
    const claims = { iss: 'https://bahi.local', aud: 'bahi', sub: uuidv7(), exp: 9_999_999_999 }
    await expectRefused(await get(`${head}.${base64url(claims)}.${signature}`))
  })

  it('when it is not signed', async () => {
    const [, claims] = (await gateway.token()).split('.')
    await expectRefused(await get(`${base64url({ alg: 'none', typ: 'at+jwt' })}.${claims}.`))
  })

  it('signed by the public key used as a secret', async () => {
    const [, claims] = (await gateway.token()).split('.')
    const head = base64url({ alg: 'HS256', typ: 'at+jwt', kid: gateway.signer.kid })
    const { createHmac } = await import('node:crypto')
    const signature = createHmac('sha256', gateway.signer.public.x!)
      .update(`${head}.${claims}`)
      .digest('base64url')
    await expectRefused(await get(`${head}.${claims}.${signature}`))
  })

  it.each(['x', 'a.b.c', '...', 'a'.repeat(5_000)])('when it is malformed: %.10s', async (token) => {
    await expectRefused(await get(token))
  })

  it.each([undefined, 'Basic YTpi', 'Bearer', 'Bearer a b'])(
    'when it is missing: %s',
    async (authorization) => {
      const response = await gateway.fetch('/v1/me', { headers: authorization ? { authorization } : {} })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toBe('Bearer')
    },
  )
})

describe('a session that has ended', () => {
  it('makes its tokens invalid at once with its event', async () => {
    const sid = uuidv7()
    const token = await gateway.token({ sid })
    expect((await get(token)).status).toBe(200)
    const ended = eventOf('auth.session-ended', { userId: uuidv7(), sessionId: sid, reason: 'logout' })
    await gateway.bus.publish('auth', [ended])
    await expectRefused(await get(token))
    await expectRefused(await get(await gateway.token({ sid })))
  })

  it('has ended for a log-out through this gateway before the event arrives', async () => {
    const token = await gateway.token()
    gateway.stubs.service = () => ({ status: 204, headers: {}, body: Readable.from([]) })
    expect((await gateway.fetch('/v1/auth/logout', { method: 'POST', headers: bearer(token) })).status).toBe(
      204,
    )
    gateway.stubs.service = () => json({ fine: true })
    await expectRefused(await get(token))
  })

  it('has ended for a session that was ended through this gateway, in whatever case its id is written', async () => {
    const sid = uuidv7()
    const token = await gateway.token({ sid })
    gateway.stubs.service = () => ({ status: 204, headers: {}, body: Readable.from([]) })
    const init = { method: 'DELETE', headers: bearer(await gateway.token()) }
    expect((await gateway.fetch(`/v1/auth/sessions/${sid.toUpperCase()}`, init)).status).toBe(204)
    gateway.stubs.service = () => json({ fine: true })
    await expectRefused(await get(token))
  })

  it('is known from the mark in the cache when the event did not arrive', async () => {
    const sid = uuidv7()
    await cache.set(`session-ended:${sid}`, '1', 900_000)
    await expectRefused(await get(await gateway.token({ sid })))
  })

  it('is noticed within 30 s when the event was lost', async () => {
    const sid = uuidv7()
    const token = await gateway.token({ sid })
    expect((await get(token)).status).toBe(200)
    await cache.set(`session-ended:${sid}`, '1', 900_000)
    clock.advance(31_000)
    await expectRefused(await get(token))
  })
})

describe('roles', () => {
  const role = (...names: string[]) => gateway.token({ roles: ['customer', ...names] })
  const records = (token: string) => gateway.fetch('/v1/audit/records', { headers: bearer(token) })
  it.each([[[]], [['operator']]])(
    'a customer with the staff roles %j may not read the audit',
    async (names) => {
      const response = await records(await role(...names))
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ code: 'not-allowed' })
    },
  )
  it('an auditor may, with other roles too', async () => {
    expect((await records(await role('auditor'))).status).toBe(200)
    expect((await records(await role('auditor', 'operator'))).status).toBe(200)
  })
  it('that ended allow nothing from then on, and new ones are in effect, with the token as it was', async () => {
    const [sid, audited] = [uuidv7(), () => gateway.forwarded.length]
    const token = await gateway.token({ sid, roles: ['customer', 'auditor'] })
    expect((await records(token)).status).toBe(200)
    const before = audited()
    gateway.sessions.set(sid, ['customer'])
    expect((await records(token)).status).toBe(403)
    expect((await get(token)).status).toBe(200)
    gateway.sessions.set(sid, 'ended')
    await expectRefused(await records(token))
    gateway.sessions.set(sid, ['customer', 'auditor'])
    expect((await records(token)).status).toBe(200)
    expect(audited() - before).toBe(2)
    const principal = String(gateway.forwarded.at(-1)!.headers['x-bahi-principal'])
    expect(JSON.parse(Buffer.from(principal, 'base64url').toString())).toMatchObject({
      type: 'operator',
      roles: ['customer', 'auditor'],
    })
  })
})

describe('signing keys', () => {
  it('are refetched for an unknown key id, but not for every such token', async () => {
    clock.advance(10_000)
    const next = await newSigner()
    gateway.published.push(next)
    let fetches = 0
    gateway.stubs.keys = () => {
      fetches += 1
      return json({ keys: gateway.published.map((signer) => signer.public) })
    }
    expect((await get(await gateway.token({}, { signer: next }))).status).toBe(200)
    for (let i = 0; i < 5; i++) await get(await gateway.token({}, { header: { kid: `made-up-${i}` } }))
    expect(fetches).toBe(1)
  })

  it('stay in use while auth is unavailable', async () => {
    clock.advance(3_600_000)
    gateway.stubs.keys = unreachable
    expect((await get(await gateway.token())).status).toBe(200)
    expect((await get(await gateway.token())).status).toBe(200)
  })

  it('of another kind are ignored', async () => {
    clock.advance(3_600_000)
    gateway.stubs.keys = () =>
      json({
        keys: [
          { kty: 'oct', k: 'c2VjcmV0', kid: 'shared' },
          ...gateway.published.map((signer) => signer.public),
        ],
      })
    await expectRefused(await get(await gateway.token({}, { header: { kid: 'shared' } })))
  })
})

it('a gateway that never fetched keys answers unavailable, not unauthenticated', async () => {
  const early = await startGateway(inject('postgresUrl'))
  early.stubs.keys = unreachable
  const response = await early.fetch('/v1/me', { headers: bearer(await early.token()) })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('2')
  await early.stop()
})
