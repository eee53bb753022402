// Sessions of browsers: where the refresh token is, and where it never is.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { bearer, down, json, openDoor, type Door } from '../testing.ts'

const asBrowser = { 'x-bahi-session': 'cookie', 'content-type': 'application/json' }
const cookie = (token: string) => ({ cookie: `other=1; bahi_refresh=${token}` })
const person = { userId: '01994c00-0000-7000-8000-000000000001', accessToken: 'access', expiresInS: 600 }
const cleared = 'bahi_refresh=; Path=/v1/auth; Max-Age=0; HttpOnly; SameSite=Strict'

let door: Door
let given = 0
beforeAll(async () => {
  door = await openDoor(inject('postgresUrl'), { env: { BAHI_TRUSTED_PROXIES: '127.0.0.1' } })
})
beforeEach(() => {
  given = 0
  door.heard.length = 0
  door.answers.by = ({ path }) =>
    path.endsWith('/logout')
      ? { ...json(null, 204), body: json('').body }
      : json({ ...person, refreshToken: `token-${++given}` }, path.endsWith('/register') ? 201 : 200)
})
afterAll(() => door.stop())

function post(path: string, headers: Record<string, string>, body: unknown = {}) {
  return door.fetch(`/v1/auth/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
}
const heardBodies = () => door.heard.map(({ body }) => JSON.parse(String(body)) as unknown)
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

describe('a browser that signs in', () => {
  it.each(['register', 'login'])('by %s gets its refresh token in a cookie, and in no body', async (path) => {
    const response = await post(path, asBrowser, { phone: '+919876543210' })
    expect(response.status).toBe(path === 'register' ? 201 : 200)
    expect(response.headers.get('set-cookie')).toBe(
      'bahi_refresh=token-1; Path=/v1/auth; Max-Age=2592000; HttpOnly; SameSite=Strict',
    )
    expect(response.headers.get('cache-control')).toBe('no-store')
    const text = await response.text()
    expect(text).not.toContain('token-1')
    expect(JSON.parse(text)).toEqual({ ...person, refreshToken: 'cookie' })
    expect(heardBodies()).toEqual([{ phone: '+919876543210' }])
  })

  it('behind TLS gets it for TLS alone', async () => {
    const response = await post('login', { ...asBrowser, 'x-forwarded-proto': 'https' })
    expect(response.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  it('and is refused gets none, and the refusal as it is', async () => {
    door.answers.by = () => json({ code: 'credentials-wrong', title: 'x', status: 401 }, 401)
    const response = await post('login', asBrowser)
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
    expect(await codeOf(response)).toBe('credentials-wrong')
  })
})

describe('a browser that renews', () => {
  it('does so by its cookie, whatever its body says, and gets another one', async () => {
    const response = await post('refresh', { ...asBrowser, ...cookie('old') }, { refreshToken: 'cookie' })
    expect(await response.json()).toEqual({ ...person, refreshToken: 'cookie' })
    expect(response.headers.get('set-cookie')).toContain('bahi_refresh=token-1;')
    expect(heardBodies()).toEqual([{ refreshToken: 'old' }])
    expect(door.heard[0]!.headers).not.toHaveProperty('cookie')
  })

  it('from two tabs at once, or again before its answer came, renews once', async () => {
    const answer = door.answers.by
    door.answers.by = async (request) => {
      await sleep(30)
      return answer(request)
    }
    const ask = () => post('refresh', { ...asBrowser, ...cookie('shared') })
    const answers = [...(await Promise.all([ask(), ask()])), await ask()]
    const cookies = answers.map((one) => one.headers.get('set-cookie')!.split(';')[0])
    expect(cookies).toEqual(Array(3).fill('bahi_refresh=token-1'))
    expect(door.heard.length).toBe(1)
    await post('refresh', { ...asBrowser, ...cookie('token-1') })
    expect(door.heard.length).toBe(2)
  })

  it('without a cookie is signed out, and auth is not asked', async () => {
    const response = await post('refresh', asBrowser, { refreshToken: 'stolen' })
    expect([response.status, await codeOf(response)]).toEqual([401, 'refresh-token-invalid'])
    expect(response.headers.get('set-cookie')).toBe(cleared)
    expect(door.heard).toEqual([])
  })

  it('with one that is worth nothing loses it; what failed may be tried again', async () => {
    door.answers.by = down
    const failed = await post('refresh', { ...asBrowser, ...cookie('dead') })
    expect([failed.status, failed.headers.get('set-cookie')]).toEqual([503, null])
    door.answers.by = () => json({ code: 'refresh-token-invalid', title: 'x', status: 401 }, 401)
    const response = await post('refresh', { ...asBrowser, ...cookie('dead') })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, cleared])
  })

  it('cannot bring anything but a token in it', async () => {
    const response = await post('refresh', { ...asBrowser, cookie: 'bahi_refresh=a"b; x=bahi_refresh=c' })
    expect(response.status).toBe(401)
    expect(door.heard).toEqual([])
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
    expect(door.heard).toEqual([])
  })

  it('cannot send the header that it takes: no preflight allows it', async () => {
    const response = await door.fetch('/v1/auth/refresh', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(response.headers.get('access-control-allow-headers')).toBeNull()
  })

  it('our own pages can, behind a proxy that changes the host too', async () => {
    const ours: Record<string, string>[] = [
      { 'sec-fetch-site': 'same-origin', origin: 'https://pay.example' },
      { origin: door.url },
      { origin: 'https://pay.example', 'x-forwarded-host': 'pay.example' },
    ]
    for (const headers of ours) {
      const response = await post('login', { ...asBrowser, ...headers })
      expect(response.status).toBe(200)
    }
  })
})

describe('everybody else', () => {
  it('without the header is answered as ever, the cookie unread', async () => {
    const response = await post(
      'refresh',
      { ...cookie('browsers'), 'content-type': 'application/json' },
      {
        refreshToken: 'apps-own',
      },
    )
    expect(await response.json()).toEqual({ ...person, refreshToken: 'token-1' })
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(heardBodies()).toEqual([{ refreshToken: 'apps-own' }])
  })

  it('with the header elsewhere gets no cookie', async () => {
    const response = await post('otp', asBrowser, { phone: '+919876543210' })
    expect(response.headers.get('set-cookie')).toBeNull()
  })
})

describe('logging out', () => {
  it('clears the cookie of who has one', async () => {
    const out = await post('logout', { ...bearer(await door.token()), ...cookie('good') })
    expect([out.status, out.headers.get('set-cookie')]).toEqual([204, cleared])
    const app = await post('logout', bearer(await door.token()))
    expect([app.status, app.headers.get('set-cookie')]).toEqual([204, null])
  })
})
