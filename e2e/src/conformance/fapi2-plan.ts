// Each module of the plan `fapi2-security-profile`: those that succeed are here, those that are refused beside it.
import * as client from 'openid-client'
import { expect } from 'vitest'
import { outcome } from '../relying-party.ts'
import { challenged, fapi2App, nowS, path } from './fapi2-app.ts'
import type { fapi2Plan } from './plans.ts'
import type { Table, World } from './table.ts'
import { fapi2Refusals } from './fapi2-refusals.ts'
import { fapi2Pushed } from './fapi2-pushed.ts'

type Module = (typeof fapi2Plan)[number]

export function fapi2Table(world: () => World): Table<Module> {
  const tools = fapi2App(world)
  const {
    app,
    push,
    consent,
    exchange,
    tokensOf,
    codeUsed,
    resource,
    works,
    proof,
    jktOf,
    strangersKey,
    claimsWith,
    withIat,
    besides,
  } = tools
  return {
    'discovery-end-point-verification': {
      sees: 'what the profile demands of the discovery document; no RS256 for assertions',
      async run() {
        const server = (await app()).config.serverMetadata()
        expect(server).toMatchObject({
          ...{ response_types_supported: ['code'], code_challenge_methods_supported: ['S256'] },
          ...{
            authorization_response_iss_parameter_supported: true,
            dpop_signing_alg_values_supported: ['ES256'],
          },
          ...{
            pushed_authorization_request_endpoint: `${server.issuer}/v1/oauth/par`,
            subject_types_supported: ['public'],
          },
        })
        expect(server.token_endpoint_auth_methods_supported).toContain('private_key_jwt')
        expect(server.token_endpoint_auth_signing_alg_values_supported).not.toContain('RS256')
      },
    },
    'happy-flow': {
      sees: 'tokens of two apps, by `dpop_jkt` alone too; the key of one is worth nothing for the token of the other',
      async run() {
        const [first, second] = [await app(), await app('second')]
        const tokens = await tokensOf(first, {}, {}, first.DPoP)
        expect([tokens.token_type, tokens.claims()?.sub]).toEqual(['dpop', world().asha.userId])
        await works(first, tokens.access_token)
        const others = await tokensOf(second, { dpop_jkt: await jktOf(second.key) })
        await works(second, others.access_token)
        expect(await outcome(resource({ ...first, DPoP: second.DPoP }, tokens.access_token))).toMatch(
          challenged,
        )
      },
    },
    'user-rejects-authentication': {
      sees: '`access_denied`',
      async run() {
        const as = await app()
        const pushed = await push(as)
        expect(await outcome(exchange(as, await consent(pushed, false), pushed.checks))).toBe('access_denied')
      },
    },
    'ensure-authorization-request-without-state-success': {
      sees: 'tokens, and no `state`',
      async run() {
        const as = await app()
        const { url, checks } = await push(as, { state: undefined })
        const back = await consent({ url, checks })
        expect(back.searchParams.has('state')).toBe(false)
        const { expectedState: _none, ...rest } = checks
        expect((await exchange(as, back, rest)).claims()).not.toHaveProperty('s_hash')
      },
    },
    'ensure-authorization-request-without-nonce-success': {
      sees: 'tokens, and no `nonce`',
      run: async () =>
        expect(await claimsWith({ nonce: undefined }, { expectedNonce: undefined })).not.toHaveProperty(
          'nonce',
        ),
    },
    'ensure-authorization-request-with-64-char-nonce-success': {
      sees: 'the same `nonce`',
      run: async () => void (await claimsWith({ nonce: 'n'.repeat(64) }, { expectedNonce: 'n'.repeat(64) })),
    },
    'ensure-other-scope-order-succeeds': {
      sees: 'tokens',
      run: async () => void (await claimsWith({ scope: 'payments:read profile openid' })),
    },
    'test-claims-parameter-identity-claims': {
      because: '`claims_parameter_supported` is not true',
      run: async () =>
        expect((await app()).config.serverMetadata().claims_parameter_supported).not.toBe(true),
    },
    'access-token-type-header-case-sensitivity': {
      sees: '`dpop` and `DPOP` are taken as `DPoP` is',
      async run() {
        const as = await app()
        const { access_token: token } = await tokensOf(as)
        for (const scheme of ['dpop', 'DPOP']) {
          const headers = {
            authorization: `${scheme} ${token}`,
            dpop: await proof({ key: as.key, token }, {}),
          }
          expect((await fetch(world().platform.url + path, { headers })).status).toBe(200)
        }
      },
    },
    'check-dpop-proof-nbf-exp': {
      sees: 'tokens for proofs that have both',
      async run() {
        const as = await app()
        as.spoilt.proof = (claims) => Object.assign(claims, { nbf: nowS() - 5, exp: nowS() + 60 })
        await works(as, (await tokensOf(as)).access_token)
      },
    },
    'ensure-dpopproof-with-iat-10seconds-before-succeeds': { sees: 'tokens', run: withIat(-10) },
    'ensure-dpopproof-with-iat-10seconds-after-succeeds': { sees: 'tokens', run: withIat(10) },
    'ensure-mismatched-dpop-jkt-fails': {
      sees: 'the pushed request is refused',
      async run() {
        const as = await app()
        const pushing = push(as, { dpop_jkt: await jktOf(await strangersKey()) }, as.DPoP)
        expect(await outcome(pushing)).toBe('invalid_request')
      },
    },
    'ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt': {
      sees: '`invalid_grant`',
      async run() {
        const as = await app()
        const pushed = await push(as, {}, client.getDPoPHandle(as.config, await strangersKey()))
        expect(await outcome(exchange(as, await consent(pushed), pushed.checks))).toBe('invalid_grant')
      },
    },
    'ensure-token-endpoint-fails-with-mismatched-dpop-jkt': {
      sees: '`invalid_grant`',
      async run() {
        const more = { dpop_jkt: await jktOf(await strangersKey()) }
        expect(await codeUsed((as, back, checks) => exchange(as, back, checks), more)).toBe('invalid_grant')
      },
    },
    'ensure-dpopproof-at-par-endpoint-binding-success': {
      sees: 'tokens for the key that pushed the request',
      async run() {
        const as = await app()
        await works(as, (await tokensOf(as, {}, {}, as.DPoP)).access_token)
      },
    },
    'ensure-dpop-auth-code-binding-success': {
      sees: 'tokens for the key of `dpop_jkt`',
      async run() {
        const as = await app()
        await works(as, (await tokensOf(as, { dpop_jkt: await jktOf(as.key) }, {}, as.DPoP)).access_token)
      },
    },
    'ensure-different-nonce-inside-and-outside-request-object': {
      sees: 'the `nonce` that was pushed',
      async run() {
        const { pushed, back } = await besides('nonce', {})
        await exchange(await app(), back, pushed.checks)
      },
    },
    'ensure-different-state-inside-and-outside-request-object': {
      sees: 'the `state` that was pushed',
      async run() {
        const { pushed, back } = await besides('state', {})
        expect(back.searchParams.get('state')).toBe(pushed.checks.expectedState)
      },
    },
    'ensure-authorization-request-with-long-nonce': {
      sees: 'the same `nonce`, of 384 characters',
      run: async () =>
        void (await claimsWith({ nonce: 'n'.repeat(384) }, { expectedNonce: 'n'.repeat(384) })),
    },
    'ensure-authorization-request-with-long-state': {
      sees: 'the same `state`, of 384 characters',
      run: async () =>
        void (await claimsWith({ state: 's'.repeat(384) }, { expectedState: 's'.repeat(384) })),
    },
    'state-only-outside-request-object-not-used': {
      sees: 'no `state`',
      run: async () =>
        expect((await besides('state', { state: undefined })).back.searchParams.has('state')).toBe(false),
    },
    ...fapi2Refusals(world, tools),
    ...fapi2Pushed(world, tools),
  }
}
