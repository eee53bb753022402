// Sessions: refresh, reuse of tokens, how they end, and what is deleted.
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import type { CallOptions } from '@bahi/contracts/call.ts'
import { deviceKeyHeaderName } from '@bahi/kit/http/principal.ts'
import { Value } from 'typebox/value'
import { Config } from '../deps.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { goodPassword, provenBy, startAuth } from '../testing.ts'
import { passwordTries } from '../tries/tries.ts'
import { refreshRetryMs } from './lifetimes.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
afterAll(() => harness.platform.stop())

type Tokens = { userId: string; accessToken: string; refreshToken: string }
const sessionOf = ({ accessToken }: Tokens) =>
  (JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid
const as = (tokens: Tokens) =>
  harness.platform.person({ userId: tokens.userId, sessionId: sessionOf(tokens), deviceId: 'device-1' })
/** With the key of the token's device, or of another one. */
const refresh = (refreshToken: string, more?: CallOptions) =>
  harness.anybody(auth.refresh, { body: { refreshToken } }, more)
/** So long after a refresh that its answer is not repeated. */
const stepUp = { password: goodPassword }
const later = () => harness.clock.advance(refreshRetryMs + 1_000)
const login = (phone: string) =>
  harness.anybody(auth.login, {
    body: { phone, password: goodPassword, device: { id: 'device-1', name: 'Pixel' } },
  })
const openSessions = async (tokens: Tokens) =>
  (await as(tokens)(auth.listSessions, {})).sessions.map((s) => s.id)
const endReasons = async (tokens: Tokens) =>
  (await harness.published(sessionOf(tokens)))
    .filter((e) => e.type === 'auth.session-ended')
    .map((e) => e.data['reason'])
const marked = async (tokens: Tokens) =>
  (await harness.cache.get(`session-ended:${sessionOf(tokens)}`)) !== undefined
const invalid = { code: 'refresh-token-invalid' }

it('a refresh token gives new tokens of the same session', async () => {
  const { tokens } = await harness.registered()
  const next = await refresh(tokens.refreshToken)
  expect(next.userId).toBe(tokens.userId)
  expect(sessionOf(next)).toBe(sessionOf(tokens))
  expect(next.refreshToken).not.toBe(tokens.refreshToken)
  await refresh(next.refreshToken)
})

it('a refresh token is stored as a hash only', async () => {
  const { tokens } = await harness.registered()
  const rows = JSON.stringify(
    await harness.platform.database.admin`select t::text as token from auth.refresh_tokens t`,
  )
  expect(rows).not.toContain(tokens.refreshToken)
  expect(rows).not.toContain(Buffer.from(tokens.refreshToken).toString('hex'))
})

it('a second use of a refresh token ends the session and its newest tokens', async () => {
  const { tokens } = await harness.registered()
  const next = await refresh(tokens.refreshToken)
  expect(await marked(tokens)).toBe(false)
  later()
  expect(await refusal(refresh(tokens.refreshToken))).toEqual(invalid)
  expect(await refusal(refresh(next.refreshToken))).toEqual(invalid)
  expect(await openSessions(tokens)).toEqual([])
  expect(await endReasons(tokens)).toEqual(['reuse'])
  expect(await marked(tokens)).toBe(true)
})

it('reuse of one session leaves the others of the person open', async () => {
  const { phone, tokens } = await harness.registered()
  const other = await login(phone)
  await refresh(tokens.refreshToken)
  later()
  await refusal(refresh(tokens.refreshToken))
  expect(await openSessions(other)).toEqual([sessionOf(other)])
  await refresh(other.refreshToken)
})

describe('a stolen refresh token', () => {
  it.each([
    ['the key of another device', provenBy('thief')],
    ['no key', { headers: { [deviceKeyHeaderName]: '' } }],
  ])('is worth nothing with %s, used or not, and its session goes on', async (_which, thief) => {
    const { tokens } = await harness.registered()
    expect(await refusal(refresh(tokens.refreshToken, thief))).toEqual(invalid)
    const next = await refresh(tokens.refreshToken)
    // Not even the owner is signed out by it.
    expect(await refusal(refresh(tokens.refreshToken, thief))).toEqual(invalid)
    later()
    expect(await refusal(refresh(tokens.refreshToken, thief))).toEqual(invalid)
    await refresh(next.refreshToken)
    expect(await endReasons(tokens)).toEqual([])
  })
})

describe('a refresh whose answer was lost', () => {
  it('is repeated for the same device: the same new token, and the session stays', async () => {
    const { tokens } = await harness.registered()
    const lost = await refresh(tokens.refreshToken)
    harness.clock.advance(refreshRetryMs - 1_000)
    const again = await refresh(tokens.refreshToken)
    expect(again.refreshToken).toBe(lost.refreshToken)
    expect(again.userId).toBe(tokens.userId)
    expect(sessionOf(again)).toBe(sessionOf(tokens))
    await refresh(again.refreshToken)
    expect(await endReasons(tokens)).toEqual([])
  })

  it('is repeated many times at once', async () => {
    for (let round = 0; round < 5; round++) {
      const { tokens } = await harness.registered()
      const all = await Promise.all(Array.from({ length: 10 }, () => refresh(tokens.refreshToken)))
      expect(new Set(all.map(({ refreshToken }) => refreshToken)).size).toBe(1)
      await refresh(all[0]!.refreshToken)
      expect(await endReasons(tokens)).toEqual([])
    }
  })

  it.each([
    [
      'later',
      async (token: string) => {
        later()
        return refresh(token)
      },
    ],
    [
      'once its new token was used',
      async (token: string, next: string) => {
        await refresh(next)
        return refresh(token)
      },
    ],
  ])('is a theft when it is repeated %s: the session ends', async (_when, repeat) => {
    const { tokens } = await harness.registered()
    const next = await refresh(tokens.refreshToken)
    expect(await refusal(repeat(tokens.refreshToken, next.refreshToken))).toEqual(invalid)
    expect(await refusal(refresh(next.refreshToken))).toEqual(invalid)
    expect(await openSessions(tokens)).toEqual([])
    expect(await endReasons(tokens)).toEqual(['reuse'])
  })

  it('is not repeated after logging out', async () => {
    const { tokens } = await harness.registered()
    await refresh(tokens.refreshToken)
    await as(tokens)(auth.logout, { body: {} })
    expect(await refusal(refresh(tokens.refreshToken))).toEqual(invalid)
  })
})

it('refresh tokens of different sessions differ, and none follows from another one', async () => {
  const [one, two] = [await harness.registered(), await harness.registered()]
  const next = [await refresh(one.tokens.refreshToken), await refresh(two.tokens.refreshToken)]
  expect(new Set(next.map(({ refreshToken }) => refreshToken)).size).toBe(2)
  for (const { refreshToken } of next) expect(refreshToken).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

it.each(['', 'x', 'a'.repeat(43), 'a'.repeat(256), '\u0001', "' or true --"])(
  'an unknown refresh token is refused: %.20s',
  async (token) => {
    expect(await refusal(refresh(token))).toEqual(invalid)
  },
)

it('a session ends when it was not used for its idle days, and after its whole life however it was used', async () => {
  const { BAHI_SESSION_IDLE_DAYS: idle, BAHI_SESSION_MAX_DAYS: most } = Value.Default(Config, {}) as {
    BAHI_SESSION_IDLE_DAYS: number
    BAHI_SESSION_MAX_DAYS: number
  }
  const dayMs = 86_400_000
  const idled = await harness.registered()
  const { tokens } = await harness.registered()
  harness.clock.advance(idle * dayMs - 60_000)
  let { refreshToken } = await refresh(tokens.refreshToken)
  harness.clock.advance(60_000)
  expect(await refusal(refresh(idled.tokens.refreshToken))).toEqual(invalid)
  for (let used = idle; used + idle <= most; used += idle) {
    harness.clock.advance(idle * dayMs - 2 * 60_000)
    ;({ refreshToken } = await refresh(refreshToken))
  }
  // Minutes later its whole life is over, though it was used just now.
  harness.clock.advance(2 * 60_000 * (most / idle))
  expect(await refusal(refresh(refreshToken))).toEqual(invalid)
})

it('logout ends this session only, is idempotent, and publishes one event', async () => {
  const { phone, tokens } = await harness.registered()
  const other = await login(phone)
  await as(tokens)(auth.logout, {} as { body: object })
  await as(tokens)(auth.logout, { body: {} })
  expect(await openSessions(other)).toEqual([sessionOf(other)])
  expect(await refusal(refresh(tokens.refreshToken))).toEqual(invalid)
  expect(await endReasons(tokens)).toEqual(['logout'])
  expect(await marked(tokens)).toBe(true)
  expect(await marked(other)).toBe(false)
})

it('logout of all ends every session of this person only', async () => {
  const { phone, tokens } = await harness.registered()
  const other = await login(phone)
  const otherPerson = await harness.registered()
  await as(tokens)(auth.logout, { body: { all: true, stepUp } })
  expect(await openSessions(tokens)).toEqual([])
  expect([await endReasons(tokens), await endReasons(other)]).toEqual([['logout'], ['logout']])
  expect([await marked(tokens), await marked(other)]).toEqual([true, true])
  expect(await openSessions(otherPerson.tokens)).toHaveLength(1)
})

it('logging out everywhere, or elsewhere, makes the next sign-in of those devices need a code', async () => {
  const { phone, tokens } = await harness.registered()
  const device = (id: string) => ({ id, name: id })
  const signIn = (id: string, otp?: string) =>
    harness.anybody(auth.login, {
      body: { phone, password: goodPassword, device: device(id), ...(otp === undefined ? {} : { otp }) },
    })
  const thief = await signIn('thief', await harness.codeFor(phone))
  await signIn('thief')
  const tablet = await signIn('tablet', await harness.codeFor(phone))

  await as(tokens)(auth.endOtherSessions, { body: { stepUp } })
  expect(await openSessions(tokens)).toEqual([sessionOf(tokens)])
  expect(await endReasons(thief)).toEqual(['ended-by-person'])
  expect([await marked(thief), await marked(tablet), await marked(tokens)]).toEqual([true, true, false])
  expect((await refusal(signIn('thief'))).code).toBe('otp-required')
  await signIn('device-1')

  // A device that is bound again counts as new.
  harness.clock.advance(60_000)
  const again = harness.clock.now().getTime()
  await signIn('tablet', await harness.codeFor(phone))
  const people = [
    { userId: tokens.userId, deviceId: 'tablet' },
    { userId: tokens.userId, deviceId: 'thief' },
  ]
  const tenures = await harness.platform.as('payment')(auth.accountTenures, { body: { people } })
  const boundAt = tenures.people.map((one) => [one.deviceId, one.deviceBoundAt])
  expect(boundAt).toContainEqual(['thief', undefined])
  expect(Date.parse(boundAt.find(([id]) => id === 'tablet')![1]!)).toBeGreaterThanOrEqual(again)

  await as(tokens)(auth.logout, { body: { all: true, stepUp } })
  for (const id of ['device-1', 'tablet', 'thief'])
    expect((await refusal(signIn(id))).code).toBe('otp-required')
})

it('a session that is ended from another device leaves that device unbound, and not its own one', async () => {
  const { phone, tokens } = await harness.registered()
  const body = { phone, password: goodPassword, device: { id: 'thief', name: 'x' } }
  const otp = await harness.codeFor(phone)
  const first = await harness.anybody(auth.login, { body: { ...body, otp } })
  const second = await harness.anybody(auth.login, { body })
  await as(tokens)(auth.endSession, { params: { id: sessionOf(first) } })
  expect(await openSessions(tokens)).toEqual([sessionOf(tokens)])
  expect(await marked(second)).toBe(true)
  expect((await refusal(harness.anybody(auth.login, { body }))).code).toBe('otp-required')
  const other = await login(phone)
  await as(tokens)(auth.endSession, { params: { id: sessionOf(other) } })
  await login(phone)
})

it('the list has the open sessions with their devices, and marks the current one', async () => {
  const { phone, tokens } = await harness.registered()
  harness.clock.advance(1000)
  const other = await login(phone)
  harness.clock.advance(1000)
  await refresh(tokens.refreshToken)
  const { sessions } = await as(other)(auth.listSessions, {})
  expect(sessions.map(({ id, device, current }) => ({ id, device, current }))).toEqual([
    { id: sessionOf(tokens), device: { id: 'device-1', name: 'Pixel' }, current: false },
    { id: sessionOf(other), device: { id: 'device-1', name: 'Pixel' }, current: true },
  ])
  expect(Date.parse(sessions[0]!.lastUsedAt)).toBeGreaterThan(Date.parse(sessions[0]!.createdAt))
})

it('a person can end a session of their own once, and none of somebody else', async () => {
  const { phone, tokens } = await harness.registered()
  const other = await login(phone)
  const otherPerson = await harness.registered()
  const end = (who: Tokens, id: string) => as(who)(auth.endSession, { params: { id } })
  expect((await refusal(end(otherPerson.tokens, sessionOf(other)))).code).toBe('not-found')
  await end(tokens, sessionOf(other))
  expect((await refusal(end(tokens, sessionOf(other)))).code).toBe('not-found')
  expect(await endReasons(other)).toEqual(['ended-by-person'])
  expect(await marked(other)).toBe(true)
  expect((await refusal(end(tokens, 'no-uuid'))).code).toBe('request-invalid')
})

it('the routes need a person', async () => {
  expect((await refusal(harness.anybody(auth.listSessions, {}))).code).toBe('unauthenticated')
  expect((await refusal(harness.anybody(auth.logout, { body: {} }))).code).toBe('unauthenticated')
})

it('expired tokens, sessions, codes and login attempts are deleted', async () => {
  const { phone, tokens } = await harness.registered()
  await harness.codeFor(phone)
  const body = { phone, password: 'wrong', device: { id: 'device-1', name: 'Pixel' } }
  await refusal(harness.anybody(auth.login, { body }))
  await as(tokens)(auth.logout, { body: {} })
  const open = (await harness.registered()).tokens
  harness.clock.advance(2 * 24 * 60 * 60_000)
  const count = async () => {
    const [row] = await harness.platform.database.admin<Record<string, number>[]>`
      select (select count(*) from auth.one_time_codes) as codes, (select count(*) from auth.tries) as tries,
        (select count(*) from auth.sessions where id = ${sessionOf(tokens)}) as ended,
        (select count(*) from auth.sessions where id = ${sessionOf(open)}) as open`
    return row
  }
  await vi.waitFor(
    async () => expect(await count()).toEqual({ codes: 0, tries: 0, ended: 0, open: 1 }),
    5_000,
  )
  harness.clock.advance(30 * 86_400_000)
  const remaining = async () => {
    const [row] = await harness.platform.database.admin<{ count: number }[]>`
      select (select count(*) from auth.sessions) + (select count(*) from auth.refresh_tokens) as count`
    return row!.count
  }
  await vi.waitFor(async () => expect(await remaining()).toBe(0), 5_000)
  expect([await endReasons(open), await endReasons(tokens)]).toEqual([['expired'], ['logout']])
})

describe('a device is its key', () => {
  const copy = { headers: { ...provenBy('a thief').headers } }
  const signIn = (phone: string, more: object = {}, proof: CallOptions = copy) =>
    harness.anybody(
      auth.login,
      { body: { phone, password: goodPassword, device: { id: 'device-1', name: 'Pixel' }, ...more } },
      proof,
    )
  const boundAt = async (userId: string) => {
    const body = { people: [{ userId, deviceId: 'device-1' }] }
    return (await harness.platform.as('payment')(auth.accountTenures, { body })).people[0]!.deviceBoundAt!
  }

  it('not the string that names it: a copy of that is a new device, which needs the code', async () => {
    const { phone } = await harness.registered()
    expect((await refusal(signIn(phone))).code).toBe('otp-required')
    expect((await refusal(signIn(phone, {}, { headers: { [deviceKeyHeaderName]: '' } }))).code).toBe(
      'otp-required',
    )
    await login(phone)
  })

  it('with another key it is bound anew: cooling begins again, and what the old key had open ends', async () => {
    const { phone, tokens } = await harness.registered()
    const since = await boundAt(tokens.userId)
    harness.clock.advance(86_400_000)
    await login(phone)
    expect(await boundAt(tokens.userId)).toBe(since)
    const replaced = await signIn(phone, { otp: await harness.codeFor(phone) })
    expect(Date.parse(await boundAt(tokens.userId))).toBeGreaterThanOrEqual(Date.parse(since) + 86_400_000)
    const { refreshToken } = tokens
    expect((await refusal(harness.anybody(auth.refresh, { body: { refreshToken } }))).code).toBe(
      'refresh-token-invalid',
    )
    expect((await refusal(login(phone))).code).toBe('otp-required')
    await harness.anybody(auth.refresh, { body: { refreshToken: replaced.refreshToken } }, copy)
  })

  it('and its tries are its own: a stranger who knows the string locks nobody', async () => {
    const { phone } = await harness.registered()
    for (let i = 0; i <= passwordTries.device.max; i++)
      await refusal(signIn(phone, { password: 'not the password' }))
    expect((await refusal(signIn(phone))).code).toBe('login-locked')
    await login(phone)
  })
})

it('in production nobody signs in without a key', async () => {
  const real = await startAuth(inject('postgresUrl'), { mode: 'production' })
  const phone = real.newPhone()
  const body = real.registration(phone, await real.codeFor(phone, 'register'))
  const keyless = { headers: { [deviceKeyHeaderName]: undefined as never } }
  const { device, password } = body
  const calls = [
    real.platform.anybody(auth.register, { body }, keyless),
    real.platform.anybody(auth.login, { body: { phone, password, device } }, keyless),
    real.platform.anybody(auth.refresh, { body: { refreshToken: 'x' } }, keyless),
  ]
  for (const call of calls) expect((await refusal(call)).code).toBe('device-proof-invalid')
  await real.platform.stop()
})
