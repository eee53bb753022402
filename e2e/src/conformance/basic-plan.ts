// Each module of the plan `oidcc-basic`: what a stranger's library sees of this provider.
import { UnsecuredJWT, type JWTPayload } from 'jose'
import * as client from 'openid-client'
import { expect, vi } from 'vitest'
import { basic, callback, errorOf, outcome } from '../relying-party.ts'
import type { basicPlan } from './plans.ts'
import type { Table, World } from './table.ts'

type Module = (typeof basicPlan)[number]
type More = Record<string, string>

export function basicTable(world: () => World): Table<Module> {
  const identity = { scope: 'openid profile phone' }

  /** From the app's link to its tokens, by a browser that may have been there before. */
  async function through(more: More = {}, browser = world().browserOf(world().asha), config = world().app) {
    const { url, checks } = await world().begin(config, more)
    return client.authorizationCodeGrant(config, await browser.connect(url), checks)
  }
  const succeedsWith = (more: More) => async () => {
    expect((await through(more)).claims()?.sub).toBe(world().asha.userId)
  }
  /** Two requests in one browser, the second without a question. */
  async function twice(second: More | ((idToken: string) => More), first: More = {}) {
    const browser = world().browserOf(world().asha)
    const before = await through(first, browser)
    const more = typeof second === 'function' ? second(before.id_token!) : second
    const { url, checks } = await world().begin(world().app, more)
    const back = new URL(await browser.open(url))
    const after = await client.authorizationCodeGrant(world().app, back, checks)
    expect(after.claims()?.sub).toBe(before.claims()?.sub)
    return { before: before.claims()!, after: after.claims()! }
  }
  /** The second request has the person prove that it is them, later than they signed in. */
  async function provenAgain(second: More, checkMore: client.AuthorizationCodeGrantChecks = {}) {
    const { asha, app, platform, browserOf, begin } = world()
    const browser = browserOf(asha)
    await browser.connect((await begin(app)).url)
    await platform.admin`update auth.sessions set created_at = created_at - interval '5 seconds'
      where user_id = ${asha.userId}`
    await platform.admin`update auth.oauth_records
      set payload = jsonb_set(payload, '{loginTs}', to_jsonb((payload ->> 'loginTs')::int - 5))
      where kind = 'Session' and payload ? 'loginTs'`
    const { url, checks } = await begin(app, second)
    const signedInS = Math.floor(Date.now() / 1000) - 3
    const at = await browser.open(url)
    expect((await browser.decide(at, true)).status).toBe(403)
    const decided = await browser.decide(at, true, { stepUp: { password: asha.password } })
    const { continueAt } = (await decided.json()) as { continueAt: string }
    const back = new URL(await browser.open(continueAt))
    const tokens = await client.authorizationCodeGrant(app, back, { ...checks, ...checkMore })
    return { authTime: tokens.claims()?.auth_time, signedInS }
  }
  /** How the app is told no; the person, where it is not told. */
  async function refusal(more: More, without?: string): Promise<string | null> {
    const { url } = await world().begin(world().app, more)
    if (without) url.searchParams.delete(without)
    const at = await world().browserOf(world().asha).open(url)
    return new URL(at, world().platform.url).searchParams.get('error')
  }
  const offered = () => world().app.serverMetadata()
  const scopeIsNotOffered = (...scopes: string[]) => ({
    because: `${scopes.join(' and ')} ${scopes.length > 1 ? 'are' : 'is'} not in \`scopes_supported\``,
    run: () =>
      Promise.resolve(scopes.forEach((scope) => expect(offered().scopes_supported).not.toContain(scope))),
  })
  const claimsOf = async (scope: string) => {
    const { access_token: token } = await through({ scope })
    return client.fetchUserInfo(world().app, token, world().asha.userId)
  }
  const userinfoBy = async (init: (token: string) => RequestInit) => {
    const { access_token: token } = await through(identity)
    const answer = await fetch(`${world().platform.url}/v1/oauth/userinfo`, {
      method: 'POST',
      ...init(token),
    })
    expect([answer.status, await answer.json()]).toMatchObject([200, { sub: world().asha.userId }])
  }
  async function codeTwice(between: () => Promise<unknown>) {
    const { app, asha, browserOf, begin, post, api } = world()
    const { url, checks } = await begin(app)
    const form = {
      grant_type: 'authorization_code',
      code: (await browserOf(asha).connect(url)).searchParams.get('code')!,
      redirect_uri: callback,
      code_verifier: checks.pkceCodeVerifier!,
    }
    const first = (await (await post('/v1/oauth/token', form, basic(app))).json()) as { access_token: string }
    expect((await api(first.access_token, '/v1/payments')).status).toBe(200)
    await between()
    expect(await errorOf(await post('/v1/oauth/token', form, basic(app)))).toBe('invalid_grant')
    await vi.waitFor(async () => expect((await api(first.access_token, '/v1/payments')).status).toBe(401))
  }
  const unsigned = (claims: JWTPayload) => new UnsecuredJWT(claims).encode()
  const noRequestObject = 'request objects are not offered; one is refused and not ignored'

  return {
    'oidcc-server': {
      sees: 'code, tokens and ID token by the library’s own checks, with `nonce`, `state` and `iss`',
      async run() {
        const tokens = await through(identity)
        expect([tokens.token_type, tokens.claims()]).toMatchObject([
          'bearer',
          { sub: world().asha.userId, nonce: expect.any(String) as string },
        ])
        expect(offered().authorization_response_iss_parameter_supported).toBe(true)
      },
    },
    'oidcc-response-type-missing': {
      sees: '`invalid_request`',
      run: async () => expect(await refusal({}, 'response_type')).toBe('invalid_request'),
    },
    'oidcc-idtoken-signature': {
      because:
        'for dynamic registration by strangers, which is not offered; an app gets RS256 if it is registered so',
      run: () => Promise.resolve(expect(offered().id_token_signing_alg_values_supported).toContain('EdDSA')),
    },
    'oidcc-idtoken-unsigned': {
      because: 'for dynamic registration; no app can be registered for `none`',
      run: () =>
        expect(world().registered({ id_token_signed_response_alg: 'none' as never })).rejects.toMatchObject({
          cause: { status: 400 },
        }),
    },
    'oidcc-userinfo-get': {
      sees: '`sub` and what was granted',
      run: async () => expect(await claimsOf('openid')).toEqual({ sub: world().asha.userId }),
    },
    'oidcc-userinfo-post-header': {
      sees: 'the same with the token in the header',
      run: () => userinfoBy((token) => ({ headers: { authorization: `Bearer ${token}` } })),
    },
    'oidcc-userinfo-post-body': {
      sees: 'the same with the token in the form',
      run: () => userinfoBy((token) => ({ body: new URLSearchParams({ access_token: token }) })),
    },
    'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': {
      sees: 'an ID token without `nonce`',
      async run() {
        const { app, asha, browserOf, begin } = world()
        const { url, checks } = await begin(app)
        url.searchParams.delete('nonce')
        const back = await browserOf(asha).connect(url)
        const { expectedNonce: _none, ...rest } = checks
        expect((await client.authorizationCodeGrant(app, back, rest)).claims()).not.toHaveProperty('nonce')
      },
    },
    'oidcc-scope-profile': {
      sees: '`name` at userinfo',
      run: async () => expect(await claimsOf('openid profile')).toMatchObject({ name: 'Asha Rao' }),
    },
    'oidcc-scope-email': scopeIsNotOffered('email'),
    'oidcc-scope-address': scopeIsNotOffered('address'),
    'oidcc-scope-phone': {
      sees: '`phone_number` and `phone_number_verified` at userinfo',
      run: async () =>
        expect(await claimsOf('openid phone')).toMatchObject({
          phone_number: world().asha.phone,
          phone_number_verified: true,
        }),
    },
    'oidcc-scope-all': scopeIsNotOffered('email', 'address'),
    'oidcc-alternate-happy-flow': {
      sees: 'scopes and parameters in another order',
      async run() {
        const { app, asha, browserOf, begin } = world()
        const { url, checks } = await begin(app, { scope: 'phone profile openid' })
        url.search = new URLSearchParams([...url.searchParams].reverse()).toString()
        const tokens = await client.authorizationCodeGrant(app, await browserOf(asha).connect(url), checks)
        expect(tokens.claims()?.sub).toBe(asha.userId)
      },
    },
    'oidcc-display-page': { sees: 'a code', run: succeedsWith({ display: 'page' }) },
    'oidcc-display-popup': { sees: 'a code', run: succeedsWith({ display: 'popup' }) },
    'oidcc-prompt-login': {
      sees: 'a proof by the person, and a later `auth_time` if there is one',
      async run() {
        const { authTime, signedInS } = await provenAgain({ prompt: 'login' })
        expect(authTime ?? Infinity).toBeGreaterThan(signedInS)
      },
    },
    'oidcc-prompt-none-not-logged-in': {
      sees: '`login_required`',
      run: async () => expect(await refusal({ prompt: 'none' })).toBe('login_required'),
    },
    'oidcc-prompt-none-logged-in': {
      sees: 'a code without a question',
      run: async () => void (await twice({ prompt: 'none' })),
    },
    'oidcc-max-age-1': {
      sees: 'a proof by the person, and a later `auth_time`',
      async run() {
        const { authTime, signedInS } = await provenAgain({ max_age: '1' }, { maxAge: 1 })
        expect(authTime).toBeGreaterThan(signedInS)
      },
    },
    'oidcc-max-age-10000': {
      sees: 'the same `auth_time`, and no question',
      async run() {
        const { before, after } = await twice({ max_age: '10000' }, { max_age: '15000' })
        expect(before.auth_time).toEqual(expect.any(Number))
        expect(after.auth_time).toBe(before.auth_time)
      },
    },
    'oidcc-ensure-request-with-unknown-parameter-succeeds': {
      sees: 'a code',
      run: succeedsWith({ extra: 'foobar' }),
    },
    'oidcc-id-token-hint': {
      sees: 'a code without a question',
      run: async () => void (await twice((idToken) => ({ prompt: 'none', id_token_hint: idToken }))),
    },
    'oidcc-login-hint': { sees: 'a code', run: succeedsWith({ login_hint: 'buffy@bahi.example' }) },
    'oidcc-ui-locales': { sees: 'a code', run: succeedsWith({ ui_locales: 'se' }) },
    'oidcc-claims-locales': { sees: 'a code', run: succeedsWith({ claims_locales: 'se' }) },
    'oidcc-ensure-request-with-acr-values-succeeds': {
      sees: 'a code; no `acr`, which is a warning there',
      run: succeedsWith({ acr_values: '1 2' }),
    },
    'oidcc-codereuse': { sees: '`invalid_grant`', run: () => codeTwice(() => Promise.resolve()) },
    'oidcc-codereuse-30seconds': {
      sees: '`invalid_grant`, and the access token ends',
      run: () =>
        codeTwice(
          () => world().platform.admin`update auth.oauth_records
            set consumed_at = consumed_at - interval '30 seconds' where kind = 'AuthorizationCode'`,
        ),
    },
    'oidcc-ensure-registered-redirect-uri': {
      sees: 'a screen that tells the person; the app is told nothing',
      run: async () =>
        expect(await refusal({ redirect_uri: 'https://app.example/callback/two' })).toBe(
          'invalid_redirect_uri',
        ),
    },
    'oidcc-ensure-post-request-succeeds': {
      sees: 'a code',
      async run() {
        const { app, asha, browserOf, begin } = world()
        const { url, checks } = await begin(app)
        const browser = browserOf(asha)
        const posted = { method: 'POST', body: url.searchParams }
        const link = await browser.open(`${url.origin}${url.pathname}`, posted)
        const back = await browser.connect(new URL(link, url))
        const long = { ...posted, body: new URLSearchParams({ state: 's'.repeat(8_192), client_id: 'x' }) }
        expect(await browser.open(`${url.origin}${url.pathname}`, long)).toMatch(/^400 .*invalid_request/)
        expect((await client.authorizationCodeGrant(app, back, checks)).claims()?.sub).toBe(asha.userId)
      },
    },
    'oidcc-server-client-secret-post': {
      sees: 'tokens for a secret in the form',
      async run() {
        const posting = await world().registered(
          { token_endpoint_auth_method: 'client_secret_post' },
          client.ClientSecretPost(),
        )
        expect((await through({}, undefined, posting)).claims()?.aud).toBe(posting.clientMetadata().client_id)
      },
    },
    'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': {
      because: noRequestObject,
      run: async () =>
        expect(await refusal({ request_uri: 'https://app.example/request.jwt' })).toBe(
          'request_uri_not_supported',
        ),
    },
    'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': {
      because: noRequestObject,
      run: async () =>
        expect(await refusal({ request: unsigned({ scope: 'openid' }) })).toBe('request_not_supported'),
    },
    'oidcc-claims-essential': {
      sees: 'a code; `claims` is not offered, and `name` is not given without its scope, which is a warning there',
      async run() {
        const claims = JSON.stringify({ userinfo: { name: { essential: true } } })
        const { access_token: token } = await through({ scope: 'openid', claims })
        expect(await client.fetchUserInfo(world().app, token, world().asha.userId)).toEqual({
          sub: world().asha.userId,
        })
        expect(offered().claims_parameter_supported).not.toBe(true)
      },
    },
    'oidcc-ensure-request-object-with-redirect-uri': {
      because: noRequestObject,
      run: async () =>
        expect(await refusal({ request: unsigned({ redirect_uri: callback }) })).toBe(
          'request_not_supported',
        ),
    },
    'oidcc-refresh-token': {
      sees: 'new tokens with the same `sub`; another app gets nothing for it',
      async run() {
        const { refresh_token: token } = await through({ scope: 'openid offline_access', prompt: 'consent' })
        const other = await world().registered({ client_name: 'Another' })
        expect(await outcome(client.refreshTokenGrant(other, token!))).toBe('invalid_grant')
        const refreshed = await client.refreshTokenGrant(world().app, token!)
        expect(refreshed.claims()?.sub).toBe(world().asha.userId)
        expect(offered().grant_types_supported).toContain('refresh_token')
      },
    },
    'oidcc-ensure-request-with-valid-pkce-succeeds': {
      sees: 'a code; without PKCE there is none',
      async run() {
        await succeedsWith({})()
        expect(await refusal({}, 'code_challenge')).toBe('invalid_request')
      },
    },
  }
}
