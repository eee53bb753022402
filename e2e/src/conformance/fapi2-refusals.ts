// What the plan `fapi2-security-profile` has an app do wrong with its requests, codes, assertions and proofs.
import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, UnsecuredJWT } from 'jose'
import * as client from 'openid-client'
import { expect, vi } from 'vitest'
import { callback, outcome } from '../relying-party.ts'
import { anOwnPlan, challenged, type Fapi2App, nowS, path, unusable, type ProofChange } from './fapi2-app.ts'
import type { Row, World } from './table.ts'

export function fapi2Refusals(world: () => World, tools: Fapi2App) {
  const {
    app,
    push,
    refusedPush,
    consent,
    exchange,
    tokensOf,
    codeUsed,
    usedBy,
    usedWithAssertion,
    resource,
    works,
    proof,
    strangersKey,
  } = tools
  return {
    'ensure-request-object-without-redirect-uri-fails': {
      sees: '`invalid_request` for the pushed request',
      run: async () => expect(await refusedPush({ redirect_uri: undefined })).toBe('invalid_request'),
    },
    'ensure-registered-redirect-uri': {
      sees: 'the pushed request is refused',
      run: async () =>
        expect(await refusedPush({ redirect_uri: 'https://app.example/two' })).toMatch(/^invalid_/),
    },
    'plain-fapi-tolerate-unregistered-redirect-uri': {
      sees: 'the pushed request is refused: only what is registered is taken',
      run: async () =>
        expect(await refusedPush({ redirect_uri: `${callback}?dummy=1` })).toMatch(/^invalid_/),
    },
    'ensure-unsigned-authorization-request-without-using-par-fails': {
      sees: '`invalid_request`',
      async run() {
        const { url } = await world().begin((await app()).config)
        const back = await world().browserOf(world().asha).open(url)
        expect(new URL(back).searchParams.get('error')).toBe('invalid_request')
      },
    },
    'ensure-redirect-uri-in-authorization-request': {
      sees: '`invalid_request` for the pushed request',
      run: async () => expect(await refusedPush({ redirect_uri: undefined })).toBe('invalid_request'),
    },
    'ensure-response-type-code-idtoken-fails': {
      sees: '`unsupported_response_type` for the pushed request',
      run: async () =>
        expect(await refusedPush({ response_type: 'code id_token' })).toBe('unsupported_response_type'),
    },
    'australia-connectid-ensure-invalid-purpose-fails': anOwnPlan('ConnectID Australia'),
    'ensure-response-type-token-fails': {
      sees: '`unsupported_response_type` for the pushed request',
      run: async () =>
        expect(await refusedPush({ response_type: 'token' })).toBe('unsupported_response_type'),
    },
    'ensure-client-id-in-token-endpoint': {
      sees: 'the `client_id` of another app is refused',
      async run() {
        const { client_id: id } = (await app('second')).config.clientMetadata()
        const used = codeUsed((as, back, checks) => {
          const config = as.by(as.auth)
          config[client.customFetch] = (url, { body, ...options }) => {
            const form = new URLSearchParams(String(body))
            form.set('client_id', id)
            return fetch(url, { ...options, body: form } as RequestInit)
          }
          return exchange(as, back, checks, as.DPoP, config)
        })
        expect(await used).toMatch(unusable)
      },
    },
    'ensure-holder-of-key-required': {
      sees: 'no tokens without a proof of the key; TLS is for whoever runs the platform (`deploy/`)',
      run: async () =>
        expect(
          await codeUsed((as, back, checks) => client.authorizationCodeGrant(as.config, back, checks)),
        ).toMatch(/^invalid_(grant|request|dpop_proof)$/),
    },
    'ensure-authorization-code-is-bound-to-client': {
      sees: '`invalid_grant`',
      async run() {
        const second = await app('second')
        expect(await codeUsed((_as, back, checks) => exchange(second, back, checks))).toBe('invalid_grant')
      },
    },
    'attempt-reuse-authorization-code-after-one-second': {
      sees: '`invalid_grant`, and the access token ends',
      async run() {
        const as = await app()
        const pushed = await push(as)
        const back = await consent(pushed)
        const { access_token: token } = await exchange(as, back, pushed.checks)
        expect(await outcome(exchange(as, back, pushed.checks))).toBe('invalid_grant')
        await vi.waitFor(async () => expect(await outcome(resource(as, token))).toMatch(challenged))
      },
    },
    'ensure-token-endpoint-fails-with-expired-auth-code': {
      sees: '`invalid_grant`',
      run: async () =>
        expect(
          await codeUsed(async (as, back, checks) => {
            await world().platform.admin`
              update auth.oauth_records set expires_at = now() where kind = 'AuthorizationCode'`
            return exchange(as, back, checks)
          }),
        ).toBe('invalid_grant'),
    },
    'ensure-signed-client-assertion-with-RS256-fails': {
      sees: '`invalid_client`',
      async run() {
        expect(await usedBy((await app()).byRs256)).toBe('invalid_client')
      },
    },
    'ensure-client-assertion-in-token-endpoint': {
      sees: '`invalid_client` or `invalid_request`',
      run: async () => expect(await usedBy(client.None())).toMatch(unusable),
    },
    'ensure-client-assertion-with-exp-is-5-minutes-in-past-fails': {
      sees: '`invalid_client`',
      run: async () =>
        expect(await usedWithAssertion((claims) => (claims['exp'] = nowS() - 300))).toBe('invalid_client'),
    },
    'ensure-client-assertion-with-wrong-aud-fails': {
      sees: '`invalid_client`',
      run: async () =>
        expect(await usedWithAssertion((claims) => (claims['aud'] = 'https://other.example'))).toBe(
          'invalid_client',
        ),
    },
    'ensure-client-assertion-with-no-sub-fails': {
      sees: '`invalid_client`',
      run: async () => expect(await usedWithAssertion((claims) => delete claims['sub'])).toMatch(unusable),
    },
    'dpop-negative-tests': {
      sees: 'the API refuses every proof with something wrong, and goes on taking good ones',
      async run() {
        const as = await app()
        const { access_token: token } = await tokensOf(as)
        const call = async (headers: Record<string, string>) =>
          (await fetch(world().platform.url + path, { headers })).status
        const answer = async (change: ProofChange | string) => {
          const dpop = typeof change === 'string' ? change : await proof({ key: as.key, token }, change)
          return [change, await call({ authorization: `DPoP ${token}`, dpop })]
        }
        const url = world().platform.url
        const jti = randomUUID()
        for (const good of [
          {},
          { claims: { htu: `${url}${path}?a=b#c` } },
          { claims: { htu: `${url.replace('http', 'HTTP')}${path}`, more: 'x' }, header: { more: 'x' } },
          { claims: { jti } },
        ])
          expect(await answer(good)).toEqual([good, 200])
        const { jwk, ...header } = { jwk: await exportJWK(as.key.publicKey), alg: 'none', typ: 'dpop+jwt' }
        const encoded = [{ ...header, jwk }, {}].map((part) =>
          Buffer.from(JSON.stringify(part)).toString('base64url'),
        )
        const other = await strangersKey()
        for (const bad of [
          ...['jti', 'htm', 'htu', 'iat', 'ath'].map((without) => ({ without })),
          { header: { typ: 'JWT' } },
          { header: { typ: undefined } },
          { header: { jwk: undefined } },
          { header: { jwk: { ...jwk, d: 'x'.repeat(43) } } },
          { sign: other.privateKey },
          { sign: other.privateKey, header: { jwk: await exportJWK(other.publicKey) } },
          { claims: { htm: 'PUT' } },
          { claims: { htu: `${url}/v1/accounts` } },
          { claims: { iat: nowS() + 3_600 } },
          { claims: { iat: nowS() - 3_600 } },
          { claims: { ath: createHash('sha256').update('other').digest('base64url') } },
          { claims: { jti } },
          new UnsecuredJWT({}).encode(),
          `${encoded.join('.')}.`,
          'no proof',
        ])
          expect(await answer(bad)).toEqual([bad, 401])
        for (const scheme of ['DPoP', 'Bearer'])
          expect(await call({ authorization: `${scheme} ${token}` })).toBe(401)
        expect(await answer({})).toEqual([{}, 200])
      },
    },
    'refresh-token': {
      sees: 'new tokens; none for another app, without an assertion, or by another key',
      async run() {
        const as = await app()
        const second = await app('second')
        const { refresh_token: token } = await tokensOf(as)
        const refresh = (config: client.Configuration, DPoP?: client.DPoPHandle) =>
          client.refreshTokenGrant(config, token!, undefined, DPoP ? { DPoP } : {})
        expect(await outcome(refresh(second.config, second.DPoP))).toBe('invalid_grant')
        expect(await outcome(refresh(as.by(client.None()), as.DPoP))).toMatch(unusable)
        await works(as, (await refresh(as.config, as.DPoP)).access_token)
      },
    },
  } satisfies Record<string, Row>
}
