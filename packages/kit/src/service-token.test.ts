// Calls between services: proven callers only.
import { SignJWT, UnsecuredJWT, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { createTrust, generateServiceKeys, type ServiceKeys, type Trust } from './service-token.ts'

let nowMs = Date.UTC(2026, 10, 1)
const clock: Clock = { now: () => new Date(nowMs), sleep: () => Promise.resolve() }
let keys: ServiceKeys
let trust: Trust
beforeAll(async () => {
  keys = await generateServiceKeys(['user', 'auth', 'audit'])
  trust = createTrust(keys, clock)
})

async function signed(
  change: { iss?: string; aud?: string; exp?: number; typ?: string; by?: 'user' | 'auth' } = {},
) {
  const {
    iss = 'user',
    aud = 'audit',
    exp = nowMs / 1000 + 60,
    typ = 'bahi-service+jwt',
    by = 'user',
  } = change
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', typ })
    .setIssuer(iss)
    .setAudience(aud)
    .setIssuedAt(nowMs / 1000)
    .setExpirationTime(exp)
    .sign(await importJWK(keys.private[by]!, 'EdDSA'))
}

describe('a service token', () => {
  it('names its caller, and is minted anew only now and then', async () => {
    const token = await trust.mint('user', 'audit')
    expect(await trust.verify(token, 'audit')).toBe('user')
    expect(await trust.verify(token, 'audit')).toBe('user')
    expect(await trust.mint('user', 'audit')).toBe(token)
    nowMs += 5 * 60_000
    expect(await trust.mint('user', 'audit')).not.toBe(token)
    nowMs += 60_000
    await expect(trust.verify(token, 'audit')).rejects.toMatchObject({ code: 'caller-unknown' })
  })

  it.each([
    ['for another audience', () => signed({ aud: 'auth' })],
    ['in the name of another service', () => signed({ iss: 'auth' })],
    ['of a service that nobody knows', () => signed({ iss: 'stranger' })],
    ['that ran out', () => signed({ exp: nowMs / 1000 - 60 })],
    ['of another type', () => signed({ typ: 'at+jwt' })],
    ['without a signature', () => Promise.resolve(new UnsecuredJWT({ iss: 'user', aud: 'audit' }).encode())],
    ['that is none', () => Promise.resolve('rubbish')],
  ])('%s is refused', async (_what, make) => {
    await expect(trust.verify(await make(), 'audit')).rejects.toMatchObject({ code: 'caller-unknown' })
  })
})
