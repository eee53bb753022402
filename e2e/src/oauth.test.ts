// OAuth 2.0 and OpenID Connect on the whole platform: a stranger's library as the app, and what attackers try.
import { resetPassword, stopMyPayments } from '@bahi/contracts/auth.ts'
import { disconnectApp, listConnectedApps } from '@bahi/contracts/oauth-apps.ts'
import { apiAt, freshOtp, login, type SignedInPerson } from '@bahi/platform/api-client.ts'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { describeConformance } from './conformance/conformance.ts'
import { describeHostileProofs } from './hostile-proofs.ts'
import { describeOwnersApps } from './owners-apps.ts'
import { browserAt } from './redirected-browser.ts'
import { basic, begin as beginFor, callback, errorOf, outcome, registerApp } from './relying-party.ts'
import { describeRs256 } from './rs256-apps.ts'
import { startPlatform, type RunningPlatform } from '@bahi/platform/testing-platform.ts'

let platform: RunningPlatform
let operator: SignedInPerson
let asha: SignedInPerson
let app: client.Configuration
beforeAll(async () => {
  platform = await startPlatform(inject('postgresUrl'))
  operator = await platform.staff(['operator'], { isKeyless: true })
  asha = await platform.person('Asha Rao')
  app = await registered()
})
afterAll(() => platform.stop())

const registered = (more?: Parameters<typeof registerApp>[1], auth?: client.ClientAuth) =>
  registerApp({ url: platform.url, token: operator.token() }, more, auth)
const begin = (config = app, more?: Record<string, string>) => beginFor(config, more)
const browserOf = (person: SignedInPerson) => browserAt(platform.url, person)

async function connected(config = app, person = asha, more: Record<string, string> = {}) {
  const { url, checks } = await begin(config, more)
  const back = await browserOf(person).connect(url)
  return client.authorizationCodeGrant(config, back, checks)
}

const api = (token: string, path: string) =>
  fetch(platform.url + path, { headers: { authorization: `Bearer ${token}` } })

async function cutOff(tokens: Awaited<ReturnType<typeof connected>>): Promise<void> {
  await vi.waitFor(async () => expect((await api(tokens.access_token, '/v1/payments')).status).toBe(401))
  await expect(client.refreshTokenGrant(app, tokens.refresh_token!)).rejects.toMatchObject({
    error: 'invalid_grant',
  })
}

describe('an app that a person connects', () => {
  it('learns who they are, does what they agreed to and nothing else, and refreshes', async () => {
    const tokens = await connected()
    expect(tokens.claims()).toMatchObject({ sub: asha.userId, name: 'Asha Rao' })
    expect(tokens.scope).toBe('payments:read')
    expect((await api(tokens.access_token, '/v1/payments')).status).toBe(200)
    expect((await api(tokens.access_token, '/v1/accounts')).status).toBe(403)
    expect((await api(tokens.access_token, '/v1/auth/sessions')).status).toBe(403)
    const refreshed = await client.refreshTokenGrant(app, tokens.refresh_token!)
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
    expect((await api(refreshed.access_token, '/v1/payments')).status).toBe(200)
  })

  it('asks who they are without permissions, at userinfo', async () => {
    const tokens = await connected(app, asha, { scope: 'openid profile phone' })
    expect(await client.fetchUserInfo(app, tokens.access_token, asha.userId)).toEqual({
      sub: asha.userId,
      name: 'Asha Rao',
      phone_number: asha.phone,
      phone_number_verified: true,
    })
    expect((await api(tokens.access_token, '/v1/payments')).status).toBe(401)
    expect(await client.tokenIntrospection(app, tokens.access_token)).toMatchObject({ active: true })
    await client.tokenRevocation(app, tokens.access_token)
    expect(await client.tokenIntrospection(app, tokens.access_token)).toEqual({ active: false })
  })

  it('is told of a no', async () => {
    const { url, checks } = await begin()
    const back = await browserOf(asha).connect(url, false)
    await expect(client.authorizationCodeGrant(app, back, checks)).rejects.toMatchObject({
      error: 'access_denied',
    })
  })

  it('is seen in the settings, and cut off there at once', async () => {
    const human = await platform.person('Ravi Iyer')
    const tokens = await connected(app, human)
    const { apps } = await human.call(listConnectedApps, {})
    expect(apps).toMatchObject([
      { name: 'Khata', host: 'app.example', scopes: ['openid', 'profile', 'payments:read'] },
    ])
    await human.call(disconnectApp, { params: { clientId: apps[0]!.clientId } })
    expect((await human.call(listConnectedApps, {})).apps).toEqual([])
    await cutOff(tokens)
  })

  it('is cut off too when its person stops all payments, or resets the password', async () => {
    const [stopping, resetting] = [await platform.person(), await platform.person()]
    const [first, second] = [await connected(app, stopping), await connected(app, resetting)]
    const device = { id: stopping.deviceId, name: 'A phone' }
    const asPublic = apiAt(platform.url, undefined, fetch, resetting.key)
    await asPublic(stopMyPayments, { body: { phone: stopping.phone, password: stopping.password, device } })
    await cutOff(first)
    const { phone, deviceId: id } = resetting
    const otp = await freshOtp(asPublic, phone, 'reset-password')
    const body = { phone, otp, newPassword: 'boats on the river', device: { ...device, id } }
    await asPublic(resetPassword, { body })
    await cutOff(second)
  })

  it('comes back without a question while the session of the app is open, and not after', async () => {
    const human = await login(platform.url, await platform.person())
    const browser = browserOf(human)
    await browser.connect((await begin()).url)
    const quiet = await begin(app, { prompt: 'none' })
    const back = new URL(await browser.open(quiet.url))
    expect(back.searchParams.get('error')).toBeNull()
    expect((await client.authorizationCodeGrant(app, back, quiet.checks)).claims()?.sub).toBe(human.userId)
    const { sid } = JSON.parse(Buffer.from(human.token().split('.')[1]!, 'base64url').toString()) as {
      sid: string
    }
    await platform.admin`update auth.sessions set ended_at = now() where id = ${sid}`
    const again = new URL(await browser.open((await begin(app, { prompt: 'none' })).url))
    expect(again.searchParams.get('error')).toBe('login_required')
  })

  it('that wants to be sure has the person prove it once more', async () => {
    const browser = browserOf(asha)
    const at = await browser.open((await begin(app, { prompt: 'login' })).url)
    expect((await browser.decide(at, true)).status).toBe(403)
    expect((await browser.decide(at, true, { stepUp: { password: 'guessed wrong' } })).status).toBe(403)
    const decided = await browser.decide(at, true, { stepUp: { password: asha.password } })
    expect(decided.status).toBe(200)
  })
})

/** The consent of a person to a request, up to the code in the address that the app gets back. */
async function codeFor(config = app, more: Record<string, string> = {}) {
  const { url, checks } = await begin(config, more)
  return { back: await browserOf(asha).connect(url), checks }
}

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(platform.url + path, { method: 'POST', body: new URLSearchParams(form), headers })

describeConformance(() => ({ platform, asha, app, registered, begin, browserOf, api, post }))

describeRs256(() => ({ url: platform.url, asha, registered, connected, api }))

describe('what the plans of the OpenID Foundation try', () => {
  it.each<[why: string, change: (url: URL) => void, error: string]>([
    [
      'a redirect_uri that is not registered',
      (url) => url.searchParams.set('redirect_uri', 'https://evil.example/'),
      'invalid_redirect_uri',
    ],
    [
      'one that begins like the registered one',
      (url) => url.searchParams.set('redirect_uri', `${callback}/more`),
      'invalid_redirect_uri',
    ],
    [
      'one with a query',
      (url) => url.searchParams.set('redirect_uri', `${callback}?to=evil`),
      'invalid_redirect_uri',
    ],
    ['no redirect_uri', (url) => url.searchParams.delete('redirect_uri'), 'invalid_request'],
    [
      'a client that nobody registered',
      (url) => url.searchParams.set('client_id', 'nobody'),
      'invalid_client',
    ],
    ['no client', (url) => url.searchParams.delete('client_id'), 'invalid_request'],
  ])('the person, and not the app, is told of %s', async (_why, change, error) => {
    const { url } = await begin()
    change(url)
    expect(await browserOf(asha).open(url)).toBe(`/connect/refused?error=${error}`)
  })

  it.each<[why: string, change: Record<string, string | undefined>, error: string]>([
    ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['PKCE in the clear', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['tokens in the address', { response_type: 'token' }, 'unsupported_response_type'],
    ['an ID token in the address', { response_type: 'code id_token' }, 'unsupported_response_type'],
    ['a permission that was not registered', { scope: 'openid requests:create' }, 'invalid_scope'],
    ['a resource of somebody else', { resource: 'https://evil.example/' }, 'invalid_target'],
    ['prompt none with another', { prompt: 'none login' }, 'invalid_request'],
    ['an ID token hint that is none', { id_token_hint: 'abc' }, 'invalid_request'],
    [
      'a pushed request that expired',
      { request_uri: 'urn:ietf:params:oauth:request_uri:gone' },
      'invalid_request_uri',
    ],
  ])('the app is told of %s', async (_why, change, error) => {
    const { url } = await begin()
    for (const [name, value] of Object.entries(change))
      if (value === undefined) url.searchParams.delete(name)
      else url.searchParams.set(name, value)
    const back = new URL(await browserOf(asha).open(url))
    // Where tokens were asked for in the address, the refusal is in its fragment.
    const answer = back.search === '' ? new URLSearchParams(back.hash.slice(1)) : back.searchParams
    expect([back.origin + back.pathname, answer.get('error')]).toEqual([callback, error])
    expect(answer.get('state')).toBe(url.searchParams.get('state'))
    expect(answer.get('iss')).toBe(app.serverMetadata().issuer)
  })

  it('a code works once, for its app, address and verifier; a second use takes back what it gave', async () => {
    const other = await registered({ client_name: 'Another' })
    const form = async () => {
      const { back, checks } = await codeFor()
      return {
        grant_type: 'authorization_code',
        code: back.searchParams.get('code')!,
        redirect_uri: callback,
        code_verifier: checks.pkceCodeVerifier!,
      }
    }
    const refused: [Record<string, string>, client.Configuration?][] = [
      [{ code_verifier: client.randomPKCECodeVerifier() }],
      [{ redirect_uri: 'https://app.example/other' }],
      [{ code: 'guessed' }],
      [{}, other],
    ]
    for (const [change, as = app] of refused) {
      const response = await post('/v1/oauth/token', { ...(await form()), ...change }, basic(as))
      expect([response.status, await errorOf(response)]).toEqual([400, 'invalid_grant'])
    }
    const { code_verifier: _none, ...without } = await form()
    expect(await errorOf(await post('/v1/oauth/token', without, basic(app)))).toBe('invalid_grant')
    const wrong = {
      authorization: `Basic ${Buffer.from(`${app.clientMetadata().client_id}:no`).toString('base64')}`,
    }
    expect((await post('/v1/oauth/token', await form(), wrong)).status).toBe(401)

    const good = await form()
    const first = await post('/v1/oauth/token', good, basic(app))
    expect(first.status).toBe(200)
    expect(await errorOf(await post('/v1/oauth/token', good, basic(app)))).toBe('invalid_grant')
    const { refresh_token: token } = (await first.json()) as { refresh_token: string }
    expect(await outcome(client.refreshTokenGrant(app, token))).toBe('invalid_grant')
  })

  it('of a hundred uses of one code at once, one gets a token', async () => {
    const { back, checks } = await codeFor()
    const form = {
      grant_type: 'authorization_code',
      code: back.searchParams.get('code')!,
      redirect_uri: callback,
      code_verifier: checks.pkceCodeVerifier!,
    }
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post('/v1/oauth/token', form, basic(app))),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 400)).toHaveLength(99)
  })

  it('of a hundred uses of one refresh token at once, by an app that cannot prove itself, at most one', async () => {
    const open = await registered({ token_endpoint_auth_method: 'none' }, client.None())
    const { refresh_token: token } = await connected(open)
    const { client_id } = open.clientMetadata()
    const form = { grant_type: 'refresh_token', refresh_token: token!, client_id }
    const answers = await Promise.all(Array.from({ length: 100 }, () => post('/v1/oauth/token', form)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    // Somebody has it who should not: the connection is over.
    expect(await outcome(client.refreshTokenGrant(open, token!))).toBe('invalid_grant')
  })

  it('a refresh token may be sent again at once by an app that proves itself, and by no other', async () => {
    const { refresh_token: token } = await connected()
    expect(await outcome(client.refreshTokenGrant(app, token!))).toBe('taken')
    expect(await outcome(client.refreshTokenGrant(app, token!))).toBe('taken')
    await platform.admin`update auth.oauth_records set consumed_at = consumed_at - interval '11 seconds'`
    expect(await outcome(client.refreshTokenGrant(app, token!))).toBe('invalid_grant')

    const open = await registered({ token_endpoint_auth_method: 'none' }, client.None())
    const stolen = (await connected(open)).refresh_token!
    const newer = await client.refreshTokenGrant(open, stolen)
    expect(await outcome(client.refreshTokenGrant(open, stolen))).toBe('invalid_grant')
    expect(await outcome(client.refreshTokenGrant(open, newer.refresh_token!))).toBe('invalid_grant')
  })

  it('another browser can neither see nor answer a request, nor end one that it did not begin', async () => {
    const victim = browserOf(asha)
    const attacker = browserOf(await platform.person())
    const at = await attacker.open((await begin()).url)
    expect((await victim.decide(at, true)).status).toBe(404)
    const own = await victim.open((await begin()).url)
    expect((await attacker.decide(own, true)).status).toBe(404)
    const resumed = await victim.open(at.replace('/connect/', '/v1/oauth/authorize/'))
    expect(resumed).toBe('/connect/refused?error=invalid_request')
  })

  it('a token is good for what it was made for', async () => {
    const tokens = await connected()
    expect((await api(tokens.id_token!, '/v1/payments')).status).toBe(401)
    expect((await api(tokens.refresh_token!, '/v1/payments')).status).toBe(401)
    const [head, body] = tokens.access_token.split('.')
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${body}.`
    expect((await api(none, '/v1/payments')).status).toBe(401)
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as object
    const more = Buffer.from(JSON.stringify({ ...claims, scope: 'accounts:read' })).toString('base64url')
    expect((await api(`${head}.${more}.${tokens.access_token.split('.')[2]}`, '/v1/accounts')).status).toBe(
      401,
    )
    const userinfo = await fetch(`${platform.url}/v1/oauth/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(userinfo.status).toBe(401)
    const other = await registered({ client_name: 'Another' })
    expect(await client.tokenIntrospection(other, tokens.refresh_token!)).toEqual({ active: false })
    await client.tokenRevocation(other, tokens.refresh_token!).catch(() => undefined)
    expect(await client.tokenIntrospection(app, tokens.refresh_token!)).toMatchObject({ active: true })
  })
})

describe('an app that proves a key', () => {
  it('has tokens that are worth nothing without it, and no proof is taken twice', async () => {
    const bound = await registered({ dpop_bound_access_tokens: true })
    const key = await client.randomDPoPKeyPair('ES256')
    const { url, checks } = await begin(bound)
    const back = await browserOf(asha).connect(url)
    expect(await outcome(client.authorizationCodeGrant(bound, back, checks))).toBe('invalid_grant')
    const again = await begin(bound)
    const DPoP = client.getDPoPHandle(bound, key)
    const answered = await browserOf(asha).connect(again.url)
    const tokens = await client.authorizationCodeGrant(bound, answered, again.checks, undefined, { DPoP })
    const token = tokens.access_token
    const address = new URL('/v1/payments', platform.url)
    const asked = (handle: client.DPoPHandle) =>
      client.fetchProtectedResource(bound, token, address, 'GET', null, undefined, { DPoP: handle })
    expect((await asked(DPoP)).status).toBe(200)
    expect((await api(token, '/v1/payments')).status).toBe(401)
    const stranger = client.getDPoPHandle(bound, await client.randomDPoPKeyPair('ES256'))
    expect(await outcome(asked(stranger))).not.toBe('taken')

    let proof = ''
    bound[client.customFetch] = (to, options) => {
      proof = new Headers(options.headers as HeadersInit).get('dpop') ?? ''
      return fetch(to, options as RequestInit)
    }
    expect((await asked(DPoP)).status).toBe(200)
    const headers = { authorization: `DPoP ${token}`, dpop: proof }
    for (const path of ['/v1/payments', '/v1/accounts'])
      expect((await fetch(platform.url + path, { headers })).status).toBe(401)
  })

  it('may push its request, which is used once, and not after its time', async () => {
    const pushing = await registered({ require_pushed_authorization_requests: true })
    const { url, checks } = await begin(pushing)
    const refused = new URL(await browserOf(asha).open(url))
    expect(refused.searchParams.get('error')).toBe('invalid_request')
    const push = () => client.buildAuthorizationUrlWithPAR(pushing, Object.fromEntries(url.searchParams))
    const pushed = await push()
    const back = await browserOf(asha).connect(pushed)
    expect((await client.authorizationCodeGrant(pushing, back, checks)).claims()?.sub).toBe(asha.userId)
    const late = await push()
    await platform.admin`
      update auth.oauth_records set expires_at = now() where kind = 'PushedAuthorizationRequest'`
    for (const used of [pushed, late])
      expect(await browserOf(asha).open(used)).toMatch(/error=invalid_request_uri/)
  })
})

describeHostileProofs(() => {
  const { issuer } = app.serverMetadata()
  return { issuer, registered, post }
})

describeOwnersApps(() => ({ platform, operator, registered, connected, api, post }))

describe('the database', () => {
  it('holds nothing that an app could be impersonated with', async () => {
    const tokens = await connected()
    const { back } = await codeFor()
    const rows = await platform.admin`select r::text as row from auth.oauth_records r union all
      select c::text from auth.oauth_clients c`
    const all = JSON.stringify(rows)
    const secrets = [
      tokens.refresh_token!,
      back.searchParams.get('code')!,
      app.clientMetadata().client_secret!,
    ]
    for (const secret of secrets) expect(all).not.toContain(secret)
  })
})
