// Proofs of a device's key: what a bound token needs, and every way in which a proof is not one.
import { createHash } from 'node:crypto'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { FastifyRequest } from '@bahi/kit/http/http.ts'
import { deviceKeyHeaderName } from '@bahi/kit/http/principal.ts'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { GatewayDeps } from '../deps.ts'
import { movableClock, startGateway, type TestGateway } from '../testing.ts'
import { createVerifyProof } from './device-proofs.ts'

type Key = { key: CryptoKey; jwk: JWK; jkt: string }

const clock = movableClock()
let gateway: TestGateway
let [mine, thiefs]: [Key, Key] = [undefined as never, undefined as never]
beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'), { clock, env: { BAHI_RATE_DEVICE: '20:1' } })
  mine = await newKey()
  thiefs = await newKey()
})
afterAll(() => gateway.stop())

async function newKey(alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(publicKey)
  return { key: privateKey, jwk, jkt: await calculateJwkThumbprint(jwk) }
}

const path = '/v1/auth/logout'
const nowS = () => Math.floor(clock.now().getTime() / 1000)
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

type Changes = { claims?: object; header?: object; by?: Key }
function proofFor(token: string | undefined, { claims = {}, header = {}, by = mine }: Changes = {}) {
  const ath = token === undefined ? {} : { ath: hashOf(token) }
  const all = { htm: 'POST', htu: gateway.url + path, jti: uuidv7(), iat: nowS(), ...ath, ...claims }
  return new SignJWT(all)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: by.jwk, ...header } as never)
    .sign(by.key)
}
const boundToken = () => gateway.token({ cnf: { jkt: mine.jkt } })
async function logout(token: string, proof?: string, scheme = 'DPoP') {
  const headers = { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) }
  const response = await gateway.fetch(path, { method: 'POST', headers })
  return [response.status, response.headers.get('www-authenticate')] as const
}
const refused = [401, 'DPoP error="invalid_dpop_proof", algs="ES256"']

describe('a token that is bound to a key', () => {
  it('changes something only with a proof of that key, whatever the scheme', async () => {
    const token = await boundToken()
    expect(await logout(token)).toEqual(refused)
    expect(await logout(token, undefined, 'Bearer')).toEqual(refused)
    expect(await logout(token, await proofFor(token, { by: thiefs }))).toEqual(refused)
    expect((await logout(token, await proofFor(token)))[0]).toBe(200)
    expect((await logout(await gateway.token()))[0]).toBe(200)
  })

  it('is limited by bad proofs as by good ones', async () => {
    const token = await boundToken()
    const one = await proofFor(token, { by: thiefs })
    const statuses = await Promise.all(Array.from({ length: 21 }, async () => (await logout(token, one))[0]))
    expect(statuses.toSorted()).toEqual([...Array.from({ length: 20 }, () => 401), 429])
  })

  it('reads with the token alone', async () => {
    const headers = { authorization: `DPoP ${await boundToken()}` }
    expect((await gateway.fetch('/v1/me', { headers })).status).toBe(200)
  })

  it('is not proven twice by one proof', async () => {
    const token = await boundToken()
    const proof = await proofFor(token)
    expect((await logout(token, proof))[0]).toBe(200)
    expect(await logout(token, proof)).toEqual(refused)
    // Nor once it could be forgotten.
    clock.advance(61_000)
    expect(await logout(token, proof)).toEqual(refused)
  })
})

it('two gateways that share a cache take a proof once, and each alone while the cache is away', async () => {
  const cache = memoryCache({ clock })
  const config = { BAHI_ISSUER: gateway.url, BAHI_ALLOWED_ORIGINS: '' } as GatewayDeps['config']
  const [one, other] = [0, 1].map(() => createVerifyProof({ cache, clock, config }))
  const token = await boundToken()
  const use = async (verify = one!, method = 'POST', proof?: string) => {
    const dpop = proof ?? (await proofFor(token, { claims: { htm: method } }))
    const request = { method, url: path, host: new URL(gateway.url).host, headers: { dpop } }
    return verify(request as unknown as FastifyRequest, token)
  }
  const proof = await proofFor(token)
  const answers = await Promise.allSettled([one, other].map((verify) => use(verify, 'POST', proof)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  // Whoever repeats a PUT changes nothing.
  const put = await proofFor(token, { claims: { htm: 'PUT' } })
  for (const verify of [one, other]) expect(await use(verify, 'PUT', put)).toBe(mine.jkt)
  await cache.close()
  const later = await proofFor(token)
  expect(await use(one, 'POST', later)).toBe(mine.jkt)
  await expect(use(one, 'POST', later)).rejects.toMatchObject({ code: 'device-proof-invalid' })
})

describe('a proof is refused', () => {
  it.each<[string, (token: string) => Promise<string>]>([
    ['for another method', (token) => proofFor(token, { claims: { htm: 'PUT' } })],
    [
      'for another address',
      (token) => proofFor(token, { claims: { htu: `${gateway.url}/v1/auth/sessions` } }),
    ],
    ['for another host', (token) => proofFor(token, { claims: { htu: `https://evil.example${path}` } })],
    ['for no address', (token) => proofFor(token, { claims: { htu: path } })],
    ['of a minute ago', (token) => proofFor(token, { claims: { iat: nowS() - 62 } })],
    ['of the next minute', (token) => proofFor(token, { claims: { iat: nowS() + 62 } })],
    ['without a time', (token) => proofFor(token, { claims: { iat: undefined } })],
    ['without an id', (token) => proofFor(token, { claims: { jti: undefined } })],
    ['for another token', async (token) => proofFor(token, { claims: { ath: hashOf(await boundToken()) } })],
    ['for no token', (token) => proofFor(token, { claims: { ath: undefined } })],
    ['of another type', (token) => proofFor(token, { header: { typ: 'JWT' } })],
    [
      'with a key that did not sign it',
      (token) => proofFor(token, { header: { jwk: mine.jwk }, by: thiefs }),
    ],
    ['without a key', (token) => proofFor(token, { header: { jwk: undefined } })],
    [
      'with its private key',
      async (token) => proofFor(token, { header: { jwk: { ...mine.jwk, ...(await exportJWK(mine.key)) } } }),
    ],
    [
      'with another algorithm',
      async (token) => proofFor(token, { header: { alg: 'EdDSA' }, by: await newKey('EdDSA') }),
    ],
    ['that is none', () => Promise.resolve('a.b.c')],
    ['that is too long', () => Promise.resolve('x'.repeat(3_000))],
  ])('%s', async (_why, make) => {
    const token = await boundToken()
    expect(await logout(token, await make(token))).toEqual(refused)
  })
})

it('a service learns the key of who signs in from the gateway alone', async () => {
  const login = async (headers: Record<string, string>) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' }
    const response = await gateway.fetch('/v1/auth/login', init)
    return [response.status, gateway.forwarded.at(-1)?.headers[deviceKeyHeaderName]]
  }
  const htu = `https://bahi.local/v1/auth/login`
  const proof = await proofFor(undefined, { claims: { htu } })
  expect(await login({ dpop: proof })).toEqual([200, mine.jkt])
  expect(await login({ [deviceKeyHeaderName]: thiefs.jkt })).toEqual([200, undefined])
  const before = gateway.forwarded.length
  expect((await login({ dpop: proof }))[0]).toBe(401)
  expect(gateway.forwarded).toHaveLength(before)
})
