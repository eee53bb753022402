// Signing keys: the claims of an access token, and its verification against the JWKS through a rotation.
import * as auth from '@bahi/contracts/auth.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { testDataKeys } from '@bahi/testing/platform.ts'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import {
  createSigningKeys,
  idTokenKeys,
  tokenKeys,
  nextSignsFrom,
  publishAheadMs,
  retireAfterMs,
  signerAt,
} from './signing-keys.ts'
import { startAuth } from '../testing.ts'
import { accessTokenLifeS } from '../sessions/lifetimes.ts'

const dayMs = 24 * 60 * 60_000

describe('the rotation schedule', () => {
  const now = new Date('2026-11-23T09:30:00.000Z')
  const at = (ms: number) => ({ signsFrom: new Date(now.getTime() + ms) })
  it.each([
    { why: 'the first key signs at once', newest: undefined, signsInMs: 0 },
    { why: 'a recent key stays in use', newest: at(-29 * dayMs), signsInMs: undefined },
    {
      why: 'the next key is published before it signs',
      newest: at(publishAheadMs - 30 * dayMs),
      signsInMs: publishAheadMs,
    },
    {
      why: 'after a long pause too',
      newest: at(-90 * dayMs),
      signsInMs: publishAheadMs,
    },
    {
      why: 'no key is added while the next one is published',
      newest: at(publishAheadMs / 2),
      signsInMs: undefined,
    },
  ])('$why', ({ newest, signsInMs }) => {
    const next = nextSignsFrom(newest, now, 30)
    expect(next && next.getTime() - now.getTime()).toBe(signsInMs)
  })
  it('the newest key that may sign by now signs, else the first one', () => {
    const [a, b, c] = [at(-dayMs), at(-1), at(1)]
    expect(signerAt([a, b, c], now)).toBe(b)
    expect(signerAt([c], now)).toBe(c)
    expect(signerAt([], now)).toBeUndefined()
  })
})

describe('access tokens', () => {
  let harness: Awaited<ReturnType<typeof startAuth>>
  beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
  afterAll(() => harness.platform.stop())
  const published = async () => (await harness.anybody(auth.jwks, {})) as unknown as JSONWebKeySet
  const verified = async (token: string, keys?: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(keys ?? (await published())), {
      issuer: 'https://bahi.local',
      audience: 'bahi',
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
      currentDate: harness.clock.now(),
    })
  const login = async (phone: string) => {
    const { password, device } = harness.registration(phone, '')
    return (await harness.anybody(auth.login, { body: { phone, password, device } })).accessToken
  }
  const kidOf = async (token: string) => (await verified(token)).protectedHeader.kid

  it('verify against the JWKS and name person, session, device and role', async () => {
    const { tokens } = await harness.registered()
    const { payload, protectedHeader } = await verified(tokens.accessToken)
    expect(payload).toMatchObject({ sub: tokens.userId, did: 'device-1', roles: ['customer'] })
    expect(payload.exp! - payload.iat!).toBe(accessTokenLifeS)
    expect(Object.keys(payload).sort()).toEqual([
      'amr',
      'aud',
      'cnf',
      'did',
      'exp',
      'iat',
      'iss',
      'jti',
      'roles',
      'sid',
      'sub',
    ])
    expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid', 'typ'])
  })

  it('are signed with keys whose private part is not published or stored in clear text', async () => {
    for (const key of (await published()).keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    }
    const rows = await harness.platform.database.admin`select k::text as key from auth.signing_keys k`
    expect(JSON.stringify(rows)).not.toMatch(/\\"d\\"/)
  })

  it('verify through a rotation: with a JWKS fetched before it, and until they expire after it', async () => {
    const { phone } = await harness.registered()
    const first = await kidOf(await login(phone))
    harness.clock.advance(30 * dayMs - publishAheadMs)
    await vi.waitFor(async () => {
      harness.clock.advance(31_000)
      expect((await published()).keys).toHaveLength(2)
    })
    const cachedJwks = await published()
    const older = await login(phone)
    expect(await kidOf(older)).toBe(first)

    harness.clock.advance(publishAheadMs)
    const newer = await login(phone)
    const second = (await verified(newer, cachedJwks)).protectedHeader.kid
    expect(second).not.toBe(first)
    expect((await published()).keys.map((key) => key.kid)).toEqual([first, second])

    harness.clock.advance(retireAfterMs)
    await vi.waitFor(async () => {
      harness.clock.advance(31_000)
      expect((await published()).keys.map((key) => key.kid)).toEqual([second])
    })
    expect(await kidOf(await login(phone))).toBe(second)
  })

  it.each([tokenKeys, idTokenKeys])(
    'of $algorithm have one next key when replicas rotate concurrently',
    async (kind) => {
      const sql = connect(harness.platform.database.url('auth'), { max: 4 })
      await harness.platform.database.admin`delete from auth.${harness.platform.database.admin(kind.table)}`
      const seams = { sql, seal: createSeal('auth', testDataKeys), clock: harness.clock }
      const replicas = Array.from({ length: 6 }, () => createSigningKeys(seams, 30, kind))
      // Nothing rotates before the first one is there.
      await replicas[0]!.rotate()
      expect(await replicas[0]!.signers()).toEqual([])
      await Promise.all(replicas.map((keys) => keys.begin()))
      const kids = await Promise.all(replicas.map(async (keys) => (await keys.current()).kid))
      expect(new Set(kids).size).toBe(1)
      harness.clock.advance(30 * dayMs)
      await Promise.all(replicas.map((keys) => keys.rotate()))
      const sets = await Promise.all(replicas.map((keys) => keys.published()))
      expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
      expect(sets[0]).toHaveLength(2)
      await sql.end()
    },
  )
})
