// Rate limits: who gets how much, what a refused client is answered, and what happens without the cache.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Cache } from '@bahi/kit/cache/cache.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { networkOf } from '@bahi/kit/http/addresses.ts'
import { bearer, movableClock, startGateway, type TestGateway } from '../testing.ts'

const clock = movableClock()
const working = memoryCache({ clock })
let cacheIsDown = false
let cacheCalls = 0
const cache: Cache = {
  ...working,
  take(...args) {
    cacheCalls += 1
    return cacheIsDown ? Promise.reject(new Error('down')) : working.take(...args)
  },
  get: (key) => (cacheIsDown ? Promise.reject(new Error('down')) : working.get(key)),
}
const proxy = { BAHI_TRUSTED_PROXIES: '127.0.0.1' }
let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'), {
    clock,
    cache,
    env: {
      ...proxy,
      BAHI_RATE_PERSON: '6:1',
      BAHI_RATE_DEVICE: '4:1',
      BAHI_RATE_ADDRESS: '8:1',
      BAHI_RATE_SIGN_IN: '5:0.1',
      BAHI_RATE_FILES: '6:0.1',
    },
  })
})
afterAll(() => gateway.stop())
afterEach(() => {
  cacheIsDown = false
  clock.advance(60_000)
})

const me = async (token: string, from = '203.0.113.1') => {
  const response = await gateway.fetch('/v1/me', { headers: { ...bearer(token), 'x-forwarded-for': from } })
  await response.arrayBuffer()
  return response
}
async function statuses(times: number, send: () => Promise<Response>): Promise<number[]> {
  const seen: number[] = []
  for (let i = 0; i < times; i++) seen.push((await send()).status)
  return seen
}
const login = (from: string) =>
  gateway.fetch('/v1/auth/login', { method: 'POST', body: '{}', headers: { 'x-forwarded-for': from } })

describe('a person', () => {
  it('has a bucket that refills with time', async () => {
    const token = await gateway.token()
    expect(await statuses(5, () => me(token))).toEqual([200, 200, 200, 200, 429])
    clock.advance(2_000)
    expect(await statuses(3, () => me(token))).toEqual([200, 200, 429])
  })

  it('gets the remaining requests and the wait in headers', async () => {
    const token = await gateway.token()
    const first = await me(token)
    expect(first.headers.get('ratelimit-limit')).toBe('4')
    expect(first.headers.get('ratelimit-remaining')).toBe('3')
    await statuses(3, () => me(token))
    const response = await gateway.fetch('/v1/me', { headers: bearer(token) })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('ratelimit-remaining')).toBe('0')
    expect(response.headers.get('ratelimit-reset')).toBe('4')
    expect(await response.json()).toMatchObject({ code: 'rate-limited', retryAfterS: 1 })
  })

  it('has one bucket for all devices and sessions, apart from other people', async () => {
    const sub = uuidv7()
    const [one, two] = [await gateway.token({ sub, did: 'one' }), await gateway.token({ sub, did: 'two' })]
    expect(await statuses(4, () => me(one))).toEqual([200, 200, 200, 200])
    expect(await statuses(3, () => me(two))).toEqual([200, 200, 429])
    const other = await gateway.token({ did: 'one' })
    expect((await me(other, '203.0.113.9')).status).toBe(200)
  })
})

describe('an address', () => {
  it('is limited without a verified token, also with forged ones', async () => {
    const from = '198.51.100.1'
    expect(await statuses(9, () => me('forged', from))).toEqual([...Array<number>(8).fill(401), 429])
    const jwks = await gateway.fetch('/v1/auth/jwks', { headers: { 'x-forwarded-for': from } })
    expect(jwks.status).toBe(429)
    expect((await me('forged', '198.51.100.2')).status).toBe(401)
  })

  it('does not limit people with a verified token: many share one address', async () => {
    const from = '198.51.100.3'
    const token = await gateway.token()
    expect((await me(token, from)).status).toBe(200)
    await statuses(9, () => me('forged', from))
    expect((await me(token, from)).status).toBe(200)
  })

  it('has a lower limit for signing in, per path, at the cost of the contract', async () => {
    const from = '198.51.100.4'
    expect(await statuses(3, () => login(from))).toEqual([200, 200, 429])
    const refresh = await gateway.fetch('/v1/auth/refresh', {
      method: 'POST',
      body: '{}',
      headers: { 'x-forwarded-for': from },
    })
    expect(refresh.status).toBe(200)
    expect((await login('198.51.100.5')).status).toBe(200)
  })

  it('refuses no refresh for strangers who sign in at the same address', async () => {
    const refresh = () =>
      gateway.fetch('/v1/auth/refresh', {
        method: 'POST',
        body: '{}',
        headers: { 'x-forwarded-for': '198.51.100.6' },
      })
    expect(await statuses(8, refresh)).toEqual(Array(8).fill(200))
    expect((await refresh()).status).toBe(429)
  })

  it('cannot be set by a client that is no trusted proxy', async () => {
    const open = await startGateway(inject('postgresUrl'), { env: { BAHI_RATE_SIGN_IN: '2:0.1' } })
    const seen: number[] = []
    for (let i = 0; i < 3; i++) {
      const headers = { 'x-forwarded-for': `192.0.2.${i}` }
      seen.push((await open.fetch('/v1/auth/login', { method: 'POST', body: '{}', headers })).status)
    }
    expect(seen).toEqual([200, 429, 429])
    await open.stop()
  })

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('%s counts as %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network)
  })
})

describe('what no contract limits', () => {
  const preflight = { origin: 'https://x.example', 'access-control-request-method': 'PUT' }
  it.each([
    ['/docs', {}],
    ['/docs/static/swagger-ui-bundle.js', {}],
    ['/v1/openapi.json', {}],
    ['/problems/internal', {}],
    ['/nowhere', {}],
    ['/livez', {}],
    ['/', {}],
    ['/v1/me', { method: 'OPTIONS', headers: preflight }],
    ['/v1/auth/login', { method: 'GET' }],
  ])('%s has a bucket of its address, in this process', async (path, init: RequestInit) => {
    const send = (from: string) =>
      gateway.fetch(path, { ...init, headers: { ...init.headers, 'x-forwarded-for': from } })
    cacheCalls = 0
    const seen = await statuses(7, () => send('198.51.100.20'))
    expect(seen.slice(0, 6)).not.toContain(429)
    expect(seen[6]).toBe(429)
    expect(cacheCalls).toBe(0)
    expect((await send('198.51.100.21')).status).toBe(seen[0])
    expect((await me(await gateway.token(), '198.51.100.20')).status).toBe(200)
  })
})

describe('without the cache', () => {
  it('the gateway counts by itself', async () => {
    cacheIsDown = true
    const token = await gateway.token()
    expect(await statuses(5, () => me(token))).toEqual([200, 200, 200, 200, 429])
    clock.advance(1_500)
    expect(await statuses(2, () => me(token))).toEqual([200, 429])
  })

  it('requests do not wait for it, and it is tried again after a second', async () => {
    cacheIsDown = true
    const token = await gateway.token()
    await me(token)
    cacheCalls = 0
    await statuses(3, () => me(token))
    expect(cacheCalls).toBe(0)
    cacheIsDown = false
    clock.advance(1_500)
    await me(token)
    expect(cacheCalls).toBeGreaterThan(0)
  })
})
