// Service tokens: only authenticated callers.
import { SignJWT, UnsecuredJWT, importJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Clock } from '../clock.ts'
import { thumbprintOf } from '../crypto/key-ids.ts'
import {
  createTrust,
  generateServiceKeys,
  keyFaults,
  publicKeysOf,
  type ServiceKeys,
  type Trust,
} from './service-token.ts'
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
  change: { iss?: string; aud?: string; exp?: number; typ?: string } = {},
  key = keys.private.user!,
  kid?: string,
) {
  const { iss = 'user', aud = 'audit', exp = nowMs / 1000 + 60, typ = 'bahi-service+jwt' } = change
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', typ, ...(kid ? { kid } : {}) })
    .setIssuer(iss)
    .setAudience(aud)
    .setIssuedAt(nowMs / 1000)
    .setExpirationTime(exp)
    .sign(await importJWK(key, 'EdDSA'))
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
    .sign(Buffer.from(publicKeysOf(keys, 'user')[0]!.x!, 'base64url'))
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

describe('a service key that is replaced, one process after the other', async () => {
  const [old, next] = await Promise.all([generateServiceKeys(['user']), generateServiceKeys(['user'])])
  const [oldKey, newKey] = [old.public.user as JWK, next.public.user as JWK]
  /** What a process has that was started in a step. */
  const started = {
    before: { private: old.private, public: { user: oldKey } },
    published: { private: old.private, public: { user: [oldKey, newKey] } },
    signing: { private: next.private, public: { user: [oldKey, newKey] } },
    removed: { private: next.private, public: { user: newKey } },
  }

  it.each([
    ['1. the new public key is published', 'before', 'published'],
    ['2. processes sign with the new one', 'published', 'signing'],
    ['3. the old public key is removed', 'signing', 'removed'],
  ] as const)(
    '%s: processes of before and after take the tokens of each other',
    async (_step, before, after) => {
      const [one, other] = [createTrust(started[before], clock), createTrust(started[after], clock)]
      for (const caller of [one, other]) {
        for (const callee of [one, other]) {
          expect(await callee.verify(await caller.mint('user', 'audit'), 'audit')).toBe('user')
        }
      }
    },
  )

  it('is refused once it is removed, and named by its id alone', async () => {
    const token = await createTrust(started.published, clock).mint('user', 'audit')
    await expect(createTrust(started.removed, clock).verify(token, 'audit')).rejects.toMatchObject({
      ...{ code: 'caller-unknown', message: `no key ${thumbprintOf(oldKey)} of user is known here` },
    })
  })

  it('is tried where a token of the version before names none, and no other is', async () => {
    const ofBefore = (jwk: JWK, kid?: string) => signed({}, jwk, kid)
    for (const key of [old, next]) {
      expect(
        await createTrust(started.signing, clock).verify(await ofBefore(key.private.user!), 'audit'),
      ).toBe('user')
    }
    const trust_ = createTrust(started.signing, clock)
    for (const token of [
      await ofBefore(keys.private.user!),
      await ofBefore(old.private.user!, thumbprintOf(newKey)),
      await ofBefore(old.private.user!, 'a sentence for whoever reads it'),
    ]) {
      const refused = await trust_.verify(token, 'audit').catch((error: Error) => error)
      expect(refused).toMatchObject({ code: 'caller-unknown' })
      expect((refused as Error).message).not.toContain('sentence')
    }
  })

  it.each([
    ['nothing', started.signing, []],
    ['one key in the form of before', started.before, []],
    ['no key to sign with', { ...started.before, private: {} }, ['BAHI_SIGNING_KEYS has no key for user']],
    [
      'a new key to sign with that nobody was told',
      { private: next.private, public: old.public },
      [`BAHI_SERVICE_KEYS does not list the key ${thumbprintOf(newKey)}, which user signs with`],
    ],
    ['no list', { ...old, public: { user: [] } }, ['BAHI_SERVICE_KEYS: user must have 1 to 4 Ed25519 JWKs']],
    ['null', { ...old, public: { user: null } }, ['BAHI_SERVICE_KEYS: user must have 1 to 4 Ed25519 JWKs']],
    [
      'a private key in public',
      { ...old, public: { user: [oldKey, next.private.user] } },
      ['BAHI_SERVICE_KEYS has a private key of user'],
    ],
    [
      'a public key to sign with',
      { ...old, private: { user: oldKey } },
      ['BAHI_SIGNING_KEYS: that of user must be a private Ed25519 JWK'],
    ],
  ])('%s is found at the start', (_what, given, faults) => {
    expect(keyFaults(['user'], given as ServiceKeys)).toEqual(faults)
  })
})
