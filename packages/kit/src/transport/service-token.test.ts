// Service tokens: only authenticated callers.
import { SignJWT, UnsecuredJWT, importJWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from '../clock.ts'
import { createTrust, generateServiceKeys, type ServiceKeys, type Trust } from './service-token.ts'
import { deviceKeyHeaderName, identityIn, principalHeaderName } from '../http/principal.ts'

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

/** Another caller's name put into a token that was signed for one. */
function tampered(token: string): string {
  const [head, body, signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as object
  const other = Buffer.from(JSON.stringify({ ...claims, iss: 'auth' })).toString('base64url')
  return [head, other, signature].join('.')
}

/** HS256, with the public key for a secret. */
function shared(): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'bahi-service+jwt' })
    .setIssuer('user')
    .setAudience('audit')
    .setIssuedAt(nowMs / 1000)
    .setExpirationTime(nowMs / 1000 + 60)
    .sign(Buffer.from(keys.public.user!.x!, 'base64url'))
}

describe('a service token', () => {
  it('names its caller, and is reused until shortly before it expires', async () => {
    const token = await trust.mint('user', 'audit')
    expect(await trust.verify(token, 'audit')).toBe('user')
    expect(await trust.verify(token, 'audit')).toBe('user')
    expect(await trust.mint('user', 'audit')).toBe(token)
    nowMs += 5 * 60_000
    expect(await trust.mint('user', 'audit')).not.toBe(token)
    nowMs += 60_000
    await expect(trust.verify(token, 'audit')).rejects.toMatchObject({ code: 'caller-unknown' })
  })

  it('that was signed for one person is good for nobody else, and for nobody only without one', async () => {
    const [asha, ravi] = ['["asha",null]', '["ravi",null]']
    const token = await trust.mint('user', 'audit', asha)
    expect(token).not.toBe(await trust.mint('user', 'audit', ravi))
    expect(await trust.verify(token, 'audit', asha)).toBe('user')
    const anonymous = await trust.mint('user', 'audit')
    for (const [one, who] of [
      [token, ravi],
      [token, undefined],
      [anonymous, asha],
    ] as const)
      await expect(trust.verify(one, 'audit', who)).rejects.toMatchObject({ code: 'caller-unknown' })
    // Of the version before, which signed for nobody in particular.
    expect(await trust.verify(await signed(), 'audit', asha)).toBe('user')
    // Of the one after that, which did not cover the device of who has not signed in yet.
    const device = identityIn({ [deviceKeyHeaderName]: 'key' })
    expect(await trust.verify(anonymous, 'audit', device)).toBe('user')
    expect(identityIn({ [principalHeaderName]: 'asha', [deviceKeyHeaderName]: 'key' })).not.toMatch(/^.null/)
    await expect(trust.verify(token, 'audit', device)).rejects.toMatchObject({ code: 'caller-unknown' })
    nowMs += 3 * 60_000
    await expect(trust.verify(token, 'audit', asha)).rejects.toMatchObject({ code: 'caller-unknown' })
    nowMs -= 3 * 60_000
  })

  it.each([
    ['for another audience', () => signed({ aud: 'auth' })],
    ['in the name of another service', () => signed({ iss: 'auth' })],
    ['of an unknown service', () => signed({ iss: 'stranger' })],
    ['that ran out', () => signed({ exp: nowMs / 1000 - 60 })],
    ['of another type', () => signed({ typ: 'at+jwt' })],
    ['without a signature', () => Promise.resolve(new UnsecuredJWT({ iss: 'user', aud: 'audit' }).encode())],
    ['in the name of a prototype', () => signed({ iss: '__proto__' })],
    ['in the name of a method', () => signed({ iss: 'toString' })],
    ['whose claims were changed', async () => tampered(await signed())],
    ['whose claims are null', () => Promise.resolve(`e30.${Buffer.from('null').toString('base64url')}.x`)],
    ['with a shared secret', () => shared()],
    ['that is none', () => Promise.resolve('rubbish')],
  ])('%s is refused', async (_what, make) => {
    await expect(trust.verify(await make(), 'audit')).rejects.toMatchObject({ code: 'caller-unknown' })
  })
})
