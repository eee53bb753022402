// Signing keys: what an access token says, and that it verifies against the JWKS through a rotation.
import * as auth from '@bahi/contracts/auth.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { testDataKey } from '@bahi/testing/platform.ts'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { createSigningKeys, nextSignsFrom, publishAheadMs, retireAfterMs, signerAt } from './signing-keys.ts'
import { authStage } from '../testing.ts'
import { accessTokenLifeS } from '../sessions/lifetimes.ts'

const dayMs = 24 * 60 * 60_000

describe('the plan of rotation', () => {
  const now = new Date('2026-11-23T09:30:00.000Z')
  const at = (ms: number) => ({ signsFrom: new Date(now.getTime() + ms) })
  it.each([
    { why: 'the first key signs at once', newest: undefined, signsInMs: 0 },
    { why: 'a young key goes on', newest: at(-29 * dayMs), signsInMs: undefined },
    {
      why: 'the next is published ahead of its time',
      newest: at(publishAheadMs - 30 * dayMs),
      signsInMs: publishAheadMs,
    },
    {
      why: 'after a long pause it is published ahead all the same',
      newest: at(-90 * dayMs),
      signsInMs: publishAheadMs,
    },
    {
      why: 'with the next one waiting no other is made',
      newest: at(publishAheadMs / 2),
      signsInMs: undefined,
    },
  ])('$why', ({ newest, signsInMs }) => {
    const next = nextSignsFrom(newest, now, 30)
    expect(next && next.getTime() - now.getTime()).toBe(signsInMs)
  })
  it('the newest key whose time has come signs, and the first one in any case', () => {
    const [a, b, c] = [at(-dayMs), at(-1), at(1)]
    expect(signerAt([a, b, c], now)).toBe(b)
    expect(signerAt([c], now)).toBe(c)
    expect(signerAt([], now)).toBeUndefined()
  })
})

describe('access tokens', () => {
  let stage: Awaited<ReturnType<typeof authStage>>
  beforeAll(async () => void (stage = await authStage(inject('postgresUrl'))))
  afterAll(() => stage.platform.stop())
  const published = async () => (await stage.anybody(auth.jwks, {})) as unknown as JSONWebKeySet
  const verified = async (token: string, keys?: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(keys ?? (await published())), {
      issuer: 'https://bahi.local',
      audience: 'bahi',
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
      currentDate: stage.clock.now(),
    })
  const login = async (phone: string) => {
    const { password, device } = stage.registration(phone, '')
    return (await stage.anybody(auth.login, { body: { phone, password, device } })).accessToken
  }
  const kidOf = async (token: string) => (await verified(token)).protectedHeader.kid

  it('verify against the JWKS and say who, which session and which device', async () => {
    const { tokens } = await stage.registered()
    const { payload, protectedHeader } = await verified(tokens.accessToken)
    expect(payload).toMatchObject({ sub: tokens.userId, did: 'device-1', role: 'person' })
    expect(payload.exp! - payload.iat!).toBe(accessTokenLifeS)
    expect(Object.keys(payload).sort()).toEqual([
      'aud',
      'did',
      'exp',
      'iat',
      'iss',
      'jti',
      'role',
      'sid',
      'sub',
    ])
    expect(Object.keys(protectedHeader).sort()).toEqual(['alg', 'kid', 'typ'])
  })

  it('are signed with keys of which only the public half is shown', async () => {
    for (const key of (await published()).keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
    }
    const rows = await stage.platform.database.admin`select k::text as key from auth.signing_keys k`
    expect(JSON.stringify(rows)).not.toMatch(/\\"d\\"/)
  })

  it('verify through a rotation: with keys read before it, and as long as they live after it', async () => {
    const { phone } = await stage.registered()
    const first = await kidOf(await login(phone))
    stage.clock.advance(30 * dayMs - publishAheadMs)
    await vi.waitFor(async () => {
      stage.clock.advance(31_000)
      expect((await published()).keys).toHaveLength(2)
    })
    const readBefore = await published()
    const old = await login(phone)
    expect(await kidOf(old)).toBe(first)

    stage.clock.advance(publishAheadMs)
    const young = await login(phone)
    const second = (await verified(young, readBefore)).protectedHeader.kid
    expect(second).not.toBe(first)
    expect((await published()).keys.map((key) => key.kid)).toEqual([first, second])

    stage.clock.advance(retireAfterMs)
    await vi.waitFor(async () => {
      stage.clock.advance(31_000)
      expect((await published()).keys.map((key) => key.kid)).toEqual([second])
    })
    expect(await kidOf(await login(phone))).toBe(second)
  })

  it('have one next key, however many replicas rotate at once', async () => {
    const sql = connect(stage.platform.database.url('auth'), { max: 4 })
    await stage.platform.database.admin`delete from auth.signing_keys`
    const seams = { sql, seal: createSeal(testDataKey), clock: stage.clock }
    const replicas = await Promise.all(Array.from({ length: 6 }, () => createSigningKeys(seams, 30)))
    const kids = await Promise.all(replicas.map(async (keys) => (await keys.current()).kid))
    expect(new Set(kids).size).toBe(1)
    stage.clock.advance(30 * dayMs)
    await Promise.all(replicas.map((keys) => keys.rotate()))
    const sets = await Promise.all(replicas.map((keys) => keys.published()))
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1)
    expect(sets[0]).toHaveLength(2)
    await sql.end()
  })
})
