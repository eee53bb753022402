// Fair shares: who gets how much, what is said to who wants more, and what happens without the cache.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Cache } from '@bahi/kit/cache/cache.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { networkOf } from './rate-limit.ts'
import { bearer, movableClock, openDoor, type Door } from '../testing.ts'

const clock = movableClock()
const kept = memoryCache({ clock })
let cacheIsDown = false
let asked = 0
const cache: Cache = {
  ...kept,
  take(...args) {
    asked += 1
    return cacheIsDown ? Promise.reject(new Error('down')) : kept.take(...args)
  },
  get: (key) => (cacheIsDown ? Promise.reject(new Error('down')) : kept.get(key)),
}
const proxy = { BAHI_TRUSTED_PROXIES: '127.0.0.1' }
let door: Door
beforeAll(async () => {
  door = await openDoor(inject('postgresUrl'), {
    clock,
    cache,
    env: {
      ...proxy,
      BAHI_RATE_PERSON: '6:1',
      BAHI_RATE_DEVICE: '4:1',
      BAHI_RATE_ADDRESS: '8:1',
      BAHI_RATE_SIGN_IN: '5:0.1',
    },
  })
})
afterAll(() => door.stop())
afterEach(() => {
  cacheIsDown = false
  clock.move(60_000)
})

const me = async (token: string, from = '203.0.113.1') => {
  const response = await door.fetch('/v1/me', { headers: { ...bearer(token), 'x-forwarded-for': from } })
  await response.arrayBuffer()
  return response
}
async function statuses(times: number, ask: () => Promise<Response>): Promise<number[]> {
  const seen: number[] = []
  for (let i = 0; i < times; i++) seen.push((await ask()).status)
  return seen
}
const login = (from: string) =>
  door.fetch('/v1/auth/login', { method: 'POST', body: '{}', headers: { 'x-forwarded-for': from } })

describe('a person', () => {
  it('has a share that refills with time', async () => {
    const token = await door.token()
    expect(await statuses(5, () => me(token))).toEqual([200, 200, 200, 200, 429])
    clock.move(2_000)
    expect(await statuses(3, () => me(token))).toEqual([200, 200, 429])
  })

  it('is told how much is left, and when to come back', async () => {
    const token = await door.token()
    const first = await me(token)
    expect(first.headers.get('ratelimit-limit')).toBe('4')
    expect(first.headers.get('ratelimit-remaining')).toBe('3')
    await statuses(3, () => me(token))
    const response = await door.fetch('/v1/me', { headers: bearer(token) })
    expect(response.status).toBe(429)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(response.headers.get('ratelimit-remaining')).toBe('0')
    expect(response.headers.get('ratelimit-reset')).toBe('4')
    expect(await response.json()).toMatchObject({ code: 'rate-limited', retryAfterS: 1 })
  })

  it('shares one bucket among devices and sessions, and takes nothing from others', async () => {
    const sub = uuidv7()
    const [one, two] = [await door.token({ sub, did: 'one' }), await door.token({ sub, did: 'two' })]
    expect(await statuses(4, () => me(one))).toEqual([200, 200, 200, 200])
    expect(await statuses(3, () => me(two))).toEqual([200, 200, 429])
    const other = await door.token({ did: 'one' })
    expect((await me(other, '203.0.113.9')).status).toBe(200)
  })
})

describe('an address', () => {
  it('is limited where nothing is proved, and forged tokens count', async () => {
    const from = '198.51.100.1'
    expect(await statuses(9, () => me('forged', from))).toEqual([...Array<number>(8).fill(401), 429])
    const jwks = await door.fetch('/v1/auth/jwks', { headers: { 'x-forwarded-for': from } })
    expect(jwks.status).toBe(429)
    expect((await me('forged', '198.51.100.2')).status).toBe(401)
  })

  it('does not limit people who are known here already: many share one', async () => {
    const from = '198.51.100.3'
    const token = await door.token()
    expect((await me(token, from)).status).toBe(200)
    await statuses(9, () => me('forged', from))
    expect((await me(token, from)).status).toBe(200)
  })

  it('may sign in less often than anything else, each path by itself, at the cost of its contract', async () => {
    const from = '198.51.100.4'
    expect(await statuses(3, () => login(from))).toEqual([200, 200, 429])
    const refresh = await door.fetch('/v1/auth/refresh', {
      method: 'POST',
      body: '{}',
      headers: { 'x-forwarded-for': from },
    })
    expect(refresh.status).toBe(200)
    expect((await login('198.51.100.5')).status).toBe(200)
  })

  it('cannot be made up by who does not come through a trusted proxy', async () => {
    const open = await openDoor(inject('postgresUrl'), { env: { BAHI_RATE_SIGN_IN: '2:0.1' } })
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

describe('without the cache', () => {
  it('the door limits by itself', async () => {
    cacheIsDown = true
    const token = await door.token()
    expect(await statuses(5, () => me(token))).toEqual([200, 200, 200, 200, 429])
    clock.move(1_500)
    expect(await statuses(2, () => me(token))).toEqual([200, 429])
  })

  it('nobody waits for it again and again, and it is asked again soon', async () => {
    cacheIsDown = true
    const token = await door.token()
    await me(token)
    asked = 0
    await statuses(3, () => me(token))
    expect(asked).toBe(0)
    cacheIsDown = false
    clock.move(1_500)
    await me(token)
    expect(asked).toBeGreaterThan(0)
  })
})
