// Sessions of browsers: the refresh token is in the cookie and in no body.
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { bearer, unreachable, json, startGateway, type TestGateway } from '../testing.ts'

const asBrowser = { 'x-bahi-session': 'cookie', 'content-type': 'application/json' }
const cookie = (token: string) => ({ cookie: `other=1; bahi_refresh=${token}` })
const person = { userId: '01994c00-0000-7000-8000-000000000001', accessToken: 'access', expiresInS: 600 }
const cleared = 'bahi_refresh=; Path=/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict'

let gateway: TestGateway
let issued = 0
beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'), { env: { BAHI_TRUSTED_PROXIES: '127.0.0.1' } })
})
beforeEach(() => {
  issued = 0
  gateway.forwarded.length = 0
  gateway.stubs.service = ({ path }) =>
    path.endsWith('/logout')
      ? { ...json(null, 204), body: json('').body }
      : json({ ...person, refreshToken: `token-${++issued}` }, path.endsWith('/register') ? 201 : 200)
})
afterAll(() => gateway.stop())

function post(path: string, headers: Record<string, string>, body: unknown = {}) {
  return gateway.fetch(`/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}
const forwardedBodies = () => gateway.forwarded.map(({ body }) => JSON.parse(String(body)) as unknown)
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

describe('a browser that signs in', () => {
  it.each(['register', 'login', 'password/reset'])(
    'with %s gets its refresh token in a cookie, and in no body',
    async (path) => {
      const response = await post(path, asBrowser, { phone: '+919876543210' })
      expect(response.status).toBe(path === 'register' ? 201 : 200)
      expect(response.headers.get('set-cookie')).toBe(
        'bahi_refresh=token-1; Path=/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict',
      )
      expect(response.headers.get('cache-control')).toBe('no-store')
      const text = await response.text()
      expect(text).not.toContain('token-1')
      expect(JSON.parse(text)).toEqual({ ...person, refreshToken: 'cookie' })
      expect(forwardedBodies()).toEqual([{ phone: '+919876543210' }])
    },
  )

  it('over TLS gets a secure cookie', async () => {
    const overTls = { ...asBrowser, 'x-forwarded-proto': 'https' }
    const response = await post('login', overTls)
    expect(response.headers.get('set-cookie')).toBe(
      '__Host-bahi_refresh=token-1; Path=/; Secure; Max-Age=2592000; HttpOnly; SameSite=Strict',
    )
    // One without the prefix may be a neighbouring host's.
    const planted = await post('refresh', { ...overTls, ...cookie('planted') })
    expect([planted.status, await codeOf(planted)]).toEqual([401, 'refresh-token-invalid'])
    const own = await post('refresh', { ...overTls, cookie: '__Host-bahi_refresh=own; bahi_refresh=planted' })
    expect(own.status).toBe(200)
    expect(forwardedBodies().at(-1)).toEqual({ refreshToken: 'own' })
  })

  it('and is refused gets no cookie, and the unchanged problem', async () => {
    gateway.stubs.service = () => json({ code: 'credentials-wrong', title: 'x', status: 401 }, 401)
    const response = await post('login', asBrowser)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
    expect(await codeOf(response)).toBe('credentials-wrong')
  })
})

describe('a browser that renews', () => {
  it('uses its cookie, whatever the body says, and gets a new one', async () => {
    const response = await post('refresh', { ...asBrowser, ...cookie('old') }, { refreshToken: 'cookie' })
    expect(await response.json()).toEqual({ ...person, refreshToken: 'cookie' })
    expect(response.headers.get('set-cookie')).toContain('bahi_refresh=token-1;')
    expect(forwardedBodies()).toEqual([{ refreshToken: 'old' }])
    expect(gateway.forwarded[0]!.headers).not.toHaveProperty('cookie')
  })

  it.each([
    ['no other field', { refreshToken: 'x', more: 1, deviceId: 'd1' }, { refreshToken: 'old' }],
    ['nothing of a list', ['d1'], { refreshToken: 'old' }],
    ['nothing of null', null, { refreshToken: 'old' }],
  ])('names %s to auth, which repeats a lost answer for it', async (_what, body, forwarded) => {
    await post('refresh', { ...asBrowser, ...cookie('old') }, body)
    expect(forwardedBodies()).toEqual([forwarded])
  })

  it('without a cookie is signed out without a request to auth', async () => {
    const response = await post('refresh', asBrowser, { refreshToken: 'stolen' })
    expect([response.status, await codeOf(response)]).toEqual([401, 'refresh-token-invalid'])
    expect(response.headers.get('set-cookie')).toBe(cleared)
    expect(gateway.forwarded).toEqual([])
  })

  it('loses a cookie that auth refuses, and keeps it when auth is unavailable', async () => {
    gateway.stubs.service = unreachable
    const failed = await post('refresh', { ...asBrowser, ...cookie('dead') })
    expect([failed.status, failed.headers.get('set-cookie')]).toEqual([503, null])
    gateway.stubs.service = () => json({ code: 'refresh-token-invalid', title: 'x', status: 401 }, 401)
    const response = await post('refresh', { ...asBrowser, ...cookie('dead') })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, cleared])
  })

  it('with a malformed cookie is refused', async () => {
    const response = await post('refresh', { ...asBrowser, cookie: 'bahi_refresh=a"b; x=bahi_refresh=c' })
    expect(response.status).toBe(401)
    expect(gateway.forwarded).toEqual([])
  })
})

describe('other sites', () => {
  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another origin of this site', { 'sec-fetch-site': 'same-site' }],
    ['another origin, in an older browser', { origin: 'https://evil.example' }],
    ['a frame without origin, in an older browser', { origin: 'null' }],
  ])('%s cannot use the cookie', async (_, headers: Record<string, string>) => {
    for (const path of ['refresh', 'login', 'register']) {
      const response = await post(path, { ...asBrowser, ...cookie('good'), ...headers })
      expect([response.status, await codeOf(response)]).toEqual([403, 'not-allowed'])
      expect(response.headers.get('set-cookie')).toBeNull()
    }
    expect(gateway.forwarded).toEqual([])
  })

  it('cannot send the header: no preflight allows it', async () => {
    const response = await gateway.fetch('/v1/auth/refresh', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(response.headers.get('access-control-allow-headers')).toBeNull()
  })

  it('pages of our own origin can, also behind a proxy that changes the host', async () => {
    const sameOrigin: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin', origin: 'https://pay.example' },
      { origin: gateway.url },
      { origin: 'https://pay.example', 'x-forwarded-host': 'pay.example' },
    ]
    for (const headers of sameOrigin) {
      const response = await post('login', { ...asBrowser, ...headers })
      expect(response.status).toBe(200)
    }
  })
})

describe('other clients', () => {
  it('without the header get tokens in the body, and the cookie is ignored', async () => {
    const response = await post(
      'refresh',
      { ...cookie('browsers'), 'content-type': 'application/json' },
      {
        refreshToken: 'apps-own',
      },
    )
    expect(await response.json()).toEqual({ ...person, refreshToken: 'token-1' })
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(forwardedBodies()).toEqual([{ refreshToken: 'apps-own' }])
  })

  it('with the header on other routes get no cookie', async () => {
    const response = await post('otp', asBrowser, { phone: '+919876543210' })
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})

describe('logging out', () => {
  it('clears the cookie if there is one', async () => {
    const out = await post('logout', { ...bearer(await gateway.token()), ...cookie('good') })
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, cleared])
    const app = await post('logout', bearer(await gateway.token()))
    expect([app.status, app.headers.get('set-cookie')]).toEqual([204, null])
  })
})
