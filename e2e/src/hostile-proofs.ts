// What the plans `oidcc-basic` and `fapi2-security-profile` have an app send as its proofs: each has one thing wrong.
import { generateKeyPairSync, randomUUID } from 'node:crypto'
import { exportJWK, SignJWT, type JWK, type JWTPayload } from 'jose'
import type * as client from 'openid-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { basic, errorOf, type registerApp } from './relying-party.ts'

type World = {
  /** The address that it has for itself. */
  issuer: string
  registered(more: Parameters<typeof registerApp>[1], auth?: client.ClientAuth): Promise<client.Configuration>
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>
}

const nowS = () => Math.floor(Date.now() / 1000)
const keyPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const own = keyPair()
const stranger = keyPair()
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
/** A code that nobody gave: who gets as far as being told so has proved what there was to prove. */
const guess = {
  grant_type: 'authorization_code',
  code: 'guessed',
  redirect_uri: 'https://app.example/callback',
}
const parts = (token: string) => token.split('.') as [string, string, string]
const unsigned = (header: object, token: string) =>
  `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${parts(token)[1]}.`

export function describeHostileProofs(world: () => World): void {
  describe('the proof of a key (DPoP)', () => {
    let app: client.Configuration
    beforeAll(async () => void (app = await world().registered({ dpop_bound_access_tokens: true })))
    const answer = async (proof: string) => {
      const form = { ...guess, code_verifier: 'v'.repeat(43) }
      return errorOf(await world().post('/v1/oauth/token', form, { ...basic(app), dpop: proof }))
    }

    type Change = {
      claims?: JWTPayload
      header?: Record<string, unknown>
      without?: string
      key?: typeof own
    }
    async function proof({
      claims = {},
      header = {},
      without = '',
      key = own,
    }: Change = {}): Promise<string> {
      const all = {
        htm: 'POST',
        htu: `${world().issuer}/v1/oauth/token`,
        iat: nowS(),
        jti: randomUUID(),
        ...claims,
      }
      const payload = Object.fromEntries(Object.entries(all).filter(([name]) => name !== without))
      const jwk = await exportJWK(own.publicKey)
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
        .sign(key.privateKey)
    }

    it('is taken when nothing is wrong', async () => {
      expect(await answer(await proof())).toBe('invalid_grant')
    })

    it.each<[why: string, change: () => Change | Promise<Change>]>([
      ['of ten minutes ago', () => ({ claims: { iat: nowS() - 600 } })],
      ['of ten minutes from now', () => ({ claims: { iat: nowS() + 600 } })],
      ['without a time', () => ({ without: 'iat' })],
      ['without an id', () => ({ without: 'jti' })],
      ['for another method', () => ({ claims: { htm: 'GET' } })],
      ['for another address', () => ({ claims: { htu: `${world().issuer}/v1/oauth/par` } })],
      ['for another platform', () => ({ claims: { htu: 'https://evil.example/v1/oauth/token' } })],
      ['by another key than it names', () => ({ key: stranger })],
      ['of another type', () => ({ header: { typ: 'JWT' } })],
      ['that names no key', () => ({ header: { jwk: undefined } })],
      ['that gives its private key away', async () => ({ header: { jwk: await exportJWK(own.privateKey) } })],
      [
        'by an algorithm that is not taken',
        async () => ({ key: rsa, header: { alg: 'RS256', jwk: await exportJWK(rsa.publicKey) } }),
      ],
    ])('%s is refused', async (_why, change) => {
      expect(await answer(await proof(await change()))).toBe('invalid_dpop_proof')
    })

    it('that nobody signed is refused', async () => {
      const jwk = await exportJWK(own.publicKey)
      const token = unsigned({ alg: 'none', typ: 'dpop+jwt', jwk }, await proof())
      expect(await answer(token)).toBe('invalid_dpop_proof')
      expect(await answer('no proof at all')).toBe('invalid_dpop_proof')
    })
  })

  describe('the assertion of an app that proves who it is by a key (private_key_jwt)', () => {
    let id: string
    beforeAll(async () => {
      const jwk: JWK = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }
      const metadata = {
        token_endpoint_auth_method: 'private_key_jwt' as const,
        jwks: { keys: [jwk] as object[] },
      }
      id = (await world().registered(metadata as never)).clientMetadata().client_id
    })
    const assertion = (claims: JWTPayload = {}, key = own.privateKey, header: object = {}) =>
      new SignJWT({
        ...{ iss: id, sub: id, aud: world().issuer, jti: randomUUID(), iat: nowS(), exp: nowS() + 60 },
        ...claims,
      })
        .setProtectedHeader({ alg: 'ES256', kid: 'own', ...header })
        .sign(key)
    const answer = async (token: string, clientId = id) => {
      const by = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      const form = { ...guess, code_verifier: 'v'.repeat(43), client_id: clientId }
      return errorOf(
        await world().post('/v1/oauth/token', {
          ...form,
          client_assertion_type: by,
          client_assertion: token,
        }),
      )
    }

    it('is taken when nothing is wrong, and not twice', async () => {
      const good = await assertion()
      expect(await answer(good)).toBe('invalid_grant')
      expect(await answer(good)).toBe('invalid_client')
    })

    it.each<[why: string, token: () => Promise<string>]>([
      ['for another platform', () => assertion({ aud: 'https://evil.example' })],
      ['whose time is over', () => assertion({ iat: nowS() - 600, exp: nowS() - 540 })],
      ['without an end', () => assertion({ exp: undefined })],
      ['of somebody else', () => assertion({ iss: 'another' })],
      ['without an id', () => assertion({ jti: undefined })],
      ['by another key', () => assertion({}, stranger.privateKey)],
      ['that nobody signed', async () => unsigned({ alg: 'none' }, await assertion())],
    ])('%s is refused', async (_why, token) => {
      expect(await answer(await token())).toBe('invalid_client')
    })

    it('of an app says nothing of another one', async () => {
      const other = (await world().registered({})).clientMetadata().client_id
      for (const token of [await assertion(), await assertion({ sub: other, iss: other })])
        expect(await answer(token, other)).toMatch(/^invalid_(client|request)$/)
      expect(await answer(await assertion({ sub: other }))).toBe('invalid_request')
    })
  })
}
