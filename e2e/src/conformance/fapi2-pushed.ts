// What the plan `fapi2-security-profile` tries with pushed requests (PAR) and PKCE, and what is of single countries.
import * as client from 'openid-client'
import { expect } from 'vitest'
import { anOwnPlan, type Fapi2App, nowS, unusable } from './fapi2-app.ts'
import type { Row, World } from './table.ts'

export function fapi2Pushed(world: () => World, tools: Fapi2App) {
  const { app, push, refusedPush, consent, exchange, codeUsed, pushedWithAssertion } = tools
  return {
    'ensure-server-handles-non-matching-intent-id': anOwnPlan('Open Banking UK'),
    'test-essential-acr-sca-claim': anOwnPlan('Open Banking UK'),
    'brazil-ensure-bad-payment-signature-fails': anOwnPlan('Open Finance Brazil'),
    'australia-connectid-test-claims-parameter-idtoken-identity-claims': anOwnPlan('ConnectID Australia'),
    'par-ensure-reused-request-uri-prior-to-auth-completion-succeeds': {
      sees: 'the consent screen twice, and one code',
      async run() {
        const as = await app()
        const { url, checks } = await push(as)
        const browser = world().browserOf(world().asha)
        expect(await browser.open(url)).toMatch(/^\/connect\/(?!refused)/)
        await exchange(as, await browser.connect(url), checks)
      },
    },
    'par-attempt-reuse-request_uri': {
      sees: '`invalid_request_uri`',
      async run() {
        const pushed = await push(await app())
        await consent(pushed)
        expect(await world().browserOf(world().asha).open(pushed.url)).toMatch(/error=invalid_request_uri/)
      },
    },
    'par-attempt-to-use-expired-request_uri': {
      sees: '`invalid_request_uri`',
      async run() {
        const { url } = await push(await app())
        await world().platform.admin`
          update auth.oauth_records set expires_at = now() where kind = 'PushedAuthorizationRequest'`
        expect(await world().browserOf(world().asha).open(url)).toMatch(/error=invalid_request_uri/)
      },
    },
    'par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted': {
      sees: 'the pushed request is taken',
      run: async () =>
        expect(
          await pushedWithAssertion((claims) => Object.assign(claims, { iat: nowS() + 8, nbf: nowS() + 8 })),
        ).toBe('taken'),
    },
    'par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails': {
      sees: '`invalid_client`',
      async run() {
        const at = nowS() + 90
        expect(
          await pushedWithAssertion((claims) => Object.assign(claims, { iat: at, nbf: at, exp: at + 60 })),
        ).toMatch(unusable)
      },
    },
    'par-attempt-to-use-request_uri-for-different-client': {
      sees: 'it is refused',
      async run() {
        const { url } = await push(await app())
        url.searchParams.set('client_id', (await app('second')).config.clientMetadata().client_id)
        expect(await world().browserOf(world().asha).open(url)).toMatch(/error=invalid_request/)
      },
    },
    'par-authorization-request-containing-request_uri-form-param': {
      sees: '`request_uri_not_supported`',
      run: async () =>
        expect(await refusedPush({ request_uri: 'urn:ietf:params:oauth:request_uri:random' })).toBe(
          'request_uri_not_supported',
        ),
    },
    'par-attempt-invalid-http-method': {
      sees: '405 for GET and PUT',
      async run() {
        for (const method of ['GET', 'PUT'])
          expect((await fetch(`${world().platform.url}/v1/oauth/par`, { method })).status).toBe(405)
      },
    },
    'par-ensure-pkce-required': {
      sees: '`invalid_request` for the pushed request',
      run: async () =>
        expect(await refusedPush({ code_challenge: undefined, code_challenge_method: undefined })).toBe(
          'invalid_request',
        ),
    },
    'ensure-pkce-code-verifier-required': {
      sees: '`invalid_grant`',
      run: async () =>
        expect(
          await codeUsed((as, back, { pkceCodeVerifier: _none, ...rest }) => exchange(as, back, rest)),
        ).toBe('invalid_grant'),
    },
    'incorrect-pkce-code-verifier-rejected': {
      sees: '`invalid_grant`',
      run: async () =>
        expect(
          await codeUsed((as, back, checks) =>
            exchange(as, back, { ...checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }),
          ),
        ).toBe('invalid_grant'),
    },
    'par-plain-pkce-rejected': {
      sees: '`invalid_request` for the pushed request',
      run: async () => expect(await refusedPush({ code_challenge_method: 'plain' })).toBe('invalid_request'),
    },
    'par-without-duplicate-parameters': {
      sees: 'tokens for a link with `client_id` and `request_uri` alone',
      async run() {
        const as = await app()
        const pushed = await push(as)
        expect([...pushed.url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
        await exchange(as, await consent(pushed), pushed.checks)
      },
    },
    'par-test-array-as-audience-fails': {
      sees: '`invalid_client`',
      run: async () =>
        expect(await pushedWithAssertion((claims) => (claims['aud'] = [claims['aud']]))).toMatch(unusable),
    },
    'par-test-par-endpoint-url-as-audience-fails': {
      sees: '`invalid_client`',
      run: async () =>
        expect(
          await pushedWithAssertion((claims) => (claims['aud'] = `${String(claims['aud'])}/v1/oauth/par`)),
        ).toMatch(unusable),
    },
    'par-test-token-endpoint-url-as-audience-fails': {
      sees: '`invalid_client`',
      run: async () =>
        expect(
          await pushedWithAssertion((claims) => (claims['aud'] = `${String(claims['aud'])}/v1/oauth/token`)),
        ).toMatch(unusable),
    },
  } satisfies Record<string, Row>
}
