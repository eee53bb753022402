// An app as FAPI 2.0 wants it: it pushes its requests, proves who it is by a key, and binds its tokens to another one
// (`private_key_jwt`, DPoP, OpenID Connect, requests that are not signed). What it sends can be spoilt.
import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import * as client from 'openid-client'
import { expect } from 'vitest'
import { outcome } from '../relying-party.ts'
import type { World } from './table.ts'

type More = Record<string, string | undefined>
type Claims = Record<string, unknown>
type KeyPair = Awaited<ReturnType<typeof client.randomDPoPKeyPair>>

export type App = {
  config: client.Configuration
  /** That its tokens are bound to. */
  key: KeyPair
  DPoP: client.DPoPHandle
  auth: client.ClientAuth
  /** By a key of its own too, which is registered. */
  byRs256: client.ClientAuth
  /** As it is seen by its own library, with another way to prove who it is. */
  by(auth: client.ClientAuth): client.Configuration
  /** Its assertions, and its proofs at our own endpoints, until it is taken away. */
  spoilt: { assertion?: (claims: Claims) => void; proof?: (claims: Claims) => void }
}

export const nowS = () => Math.floor(Date.now() / 1000)
/** Of a client that is not known by what it sent. */
export const unusable = /^invalid_(client|request)$/
/** Of a token that the API does not take. */
export const challenged = /^WWWAuthenticateChallengeError/
export const anOwnPlan = (whose: string) => ({ because: `of the profile of ${whose} alone` })
export const path = '/v1/payments'

export type Fapi2App = ReturnType<typeof fapi2App>

export function fapi2App(world: () => World) {
  const apps = new Map<string, Promise<App>>()
  async function registered(): Promise<App> {
    const own = await generateKeyPair('ES256')
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }
    const rsa = await generateKeyPair('RS256')
    const rsaJwk = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', use: 'sig' }
    const keys = [jwk, rsaJwk] as Record<string, unknown>[]
    const spoilt: App['spoilt'] = {}
    const auth = client.PrivateKeyJwt(
      { key: own.privateKey, kid: 'own' },
      { [client.modifyAssertion]: (_header, claims) => spoilt.assertion?.(claims) },
    )
    const config = await world().registered(
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys },
        dpop_bound_access_tokens: true,
        require_pushed_authorization_requests: true,
      },
      auth,
    )
    const key = await client.randomDPoPKeyPair('ES256')
    const by = (other: client.ClientAuth) => {
      const { client_id: id, ...metadata } = config.clientMetadata()
      const made = new client.Configuration(config.serverMetadata(), id, metadata, other)
      client.allowInsecureRequests(made)
      return made
    }
    const DPoP = client.getDPoPHandle(config, key, {
      [client.modifyAssertion]: (_header, claims) => spoilt.proof?.(claims),
    })
    const byRs256 = client.PrivateKeyJwt({ key: rsa.privateKey, kid: 'rsa' })
    return { config, key, DPoP, auth, byRs256, by, spoilt }
  }
  /** Registered once, and clean. */
  async function app(name = 'first'): Promise<App> {
    const known = apps.get(name) ?? registered()
    apps.set(name, known)
    const found = await known
    delete found.spoilt.assertion
    delete found.spoilt.proof
    return found
  }

  async function push(as: App, more: More = {}, DPoP?: client.DPoPHandle, config = as.config) {
    const { url, checks } = await world().begin(as.config)
    const parameters = new URLSearchParams(url.search)
    for (const [name, value] of Object.entries(more))
      if (value === undefined) parameters.delete(name)
      else parameters.set(name, value)
    const link = await client.buildAuthorizationUrlWithPAR(config, parameters, DPoP ? { DPoP } : {})
    return { url: link, checks }
  }
  type Pushed = Awaited<ReturnType<typeof push>>
  const refusedPush = async (more: More, as?: App) => outcome(push(as ?? (await app()), more))
  const consent = ({ url }: Pushed, allow = true) => world().browserOf(world().asha).connect(url, allow)

  const exchange = (as: App, back: URL, checks: Pushed['checks'], DPoP = as.DPoP, config = as.config) =>
    client.authorizationCodeGrant(config, back, checks, undefined, { DPoP })
  async function tokensOf(
    as: App,
    more: More = {},
    checkMore: Partial<Pushed['checks']> = {},
    DPoP?: client.DPoPHandle,
  ) {
    const pushed = await push(as, more, DPoP)
    return exchange(as, await consent(pushed), { ...pushed.checks, ...checkMore })
  }
  /** A good code, and what became of using it otherwise. */
  async function codeUsed(
    use: (as: App, back: URL, checks: Pushed['checks']) => Promise<unknown>,
    more: More = {},
  ) {
    const as = await app()
    const pushed = await push(as, more)
    return outcome(use(as, await consent(pushed), pushed.checks))
  }
  const usedBy = (auth: client.ClientAuth) =>
    codeUsed((as, back, checks) => exchange(as, back, checks, as.DPoP, as.by(auth)))
  const usedWithAssertion = (spoil: (claims: Claims) => void) =>
    codeUsed((as, back, checks) => {
      as.spoilt.assertion = spoil
      return exchange(as, back, checks)
    })
  async function pushedWithAssertion(spoil: (claims: Claims) => void) {
    const as = await app()
    as.spoilt.assertion = spoil
    return outcome(push(as))
  }
  const resource = ({ config, DPoP }: App, token: string, headers?: Headers) =>
    client.fetchProtectedResource(config, token, new URL(path, world().platform.url), 'GET', null, headers, {
      DPoP,
    })
  const works = async (as: App, token: string) => expect((await resource(as, token)).status).toBe(200)

  async function proof(
    { key, token }: { key: KeyPair; token: string },
    { claims = {}, header = {}, without = '', sign = key.privateKey }: ProofChange,
  ): Promise<string> {
    const ath = createHash('sha256').update(token).digest('base64url')
    const all = {
      htm: 'GET',
      htu: world().platform.url + path,
      iat: nowS(),
      jti: randomUUID(),
      ath,
      ...claims,
    }
    const payload = Object.fromEntries(Object.entries(all).filter(([name]) => name !== without))
    const jwk = await exportJWK(key.publicKey)
    return new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
      .sign(sign)
  }

  const jktOf = async (key: KeyPair) => calculateJwkThumbprint(await exportJWK(key.publicKey))
  const strangersKey = () => client.randomDPoPKeyPair('ES256')
  const claimsWith = async (more: More, checkMore: Partial<Pushed['checks']> = {}) =>
    (await tokensOf(await app(), more, checkMore)).claims()!
  const withIat = (by: number) => async () => {
    const as = await app()
    as.spoilt.proof = (claims) => (claims['iat'] = nowS() + by)
    const { access_token: token } = await tokensOf(as, {}, {}, as.DPoP)
    await works(as, token)
  }
  /** With a parameter in the link besides the pushed request: nothing of it is used. */
  async function besides(name: string, more: More) {
    const pushed = await push(await app(), more)
    pushed.url.searchParams.set(name, 'of-the-link')
    return { pushed, back: await consent(pushed) }
  }

  return {
    ...{ app, push, refusedPush, consent, exchange, tokensOf, codeUsed, usedBy, usedWithAssertion },
    ...{ pushedWithAssertion, resource, works, proof, jktOf, strangersKey, claimsWith, withIat, besides },
  }
}

export type ProofChange = {
  claims?: JWTPayload
  header?: Record<string, unknown>
  without?: string
  sign?: CryptoKey
}
