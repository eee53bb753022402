// Sessions: how they are refreshed, what a stolen token does, how they end, and what is left of them.
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest'
import { keepEndedMs } from '../purge.ts'
import { authStage, goodPassword } from '../testing.ts'
import { refreshTokenLifeMs } from './lifetimes.ts'

let stage: Awaited<ReturnType<typeof authStage>>
beforeAll(async () => void (stage = await authStage(inject('postgresUrl'))))
afterAll(() => stage.platform.stop())

type Tokens = { userId: string; accessToken: string; refreshToken: string }
const sessionOf = ({ accessToken }: Tokens) =>
  (JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid
const as = (tokens: Tokens) =>
  stage.platform.person({ userId: tokens.userId, sessionId: sessionOf(tokens), deviceId: 'device-1' })
const refresh = (refreshToken: string) => stage.anybody(auth.refresh, { body: { refreshToken } })
const login = (phone: string) =>
  stage.anybody(auth.login, {
    body: { phone, password: goodPassword, device: { id: 'device-1', name: 'Pixel' } },
  })
const openSessions = async (tokens: Tokens) =>
  (await as(tokens)(auth.listSessions, {})).sessions.map((s) => s.id)
const endings = async (tokens: Tokens) =>
  (await stage.told(sessionOf(tokens)))
    .filter((e) => e.type === 'auth.session-ended')
    .map((e) => e.data['reason'])
const marked = async (tokens: Tokens) =>
  (await stage.cache.get(`session-ended:${sessionOf(tokens)}`)) !== undefined
const invalid = { code: 'refresh-token-invalid' }

it('a refresh token gives new tokens of the same session', async () => {
  const { tokens } = await stage.registered()
  const next = await refresh(tokens.refreshToken)
  expect(next.userId).toBe(tokens.userId)
  expect(sessionOf(next)).toBe(sessionOf(tokens))
  expect(next.refreshToken).not.toBe(tokens.refreshToken)
  await refresh(next.refreshToken)
})

it('a refresh token is kept as a hash only', async () => {
  const { tokens } = await stage.registered()
  const rows = JSON.stringify(
    await stage.platform.database.admin`select t::text as token from auth.refresh_tokens t`,
  )
  expect(rows).not.toContain(tokens.refreshToken)
  expect(rows).not.toContain(Buffer.from(tokens.refreshToken).toString('hex'))
})

it('a refresh token used again ends the session, its newest tokens and access with it', async () => {
  const { tokens } = await stage.registered()
  const next = await refresh(tokens.refreshToken)
  expect(await marked(tokens)).toBe(false)
  expect(await refusal(refresh(tokens.refreshToken))).toEqual(invalid)
  expect(await refusal(refresh(next.refreshToken))).toEqual(invalid)
  expect(await openSessions(tokens)).toEqual([])
  expect(await endings(tokens)).toEqual(['reuse'])
  expect(await marked(tokens)).toBe(true)
})

it('reuse of one session leaves the others of the person open', async () => {
  const { phone, tokens } = await stage.registered()
  const other = await login(phone)
  await refresh(tokens.refreshToken)
  await refusal(refresh(tokens.refreshToken))
  expect(await openSessions(other)).toEqual([sessionOf(other)])
  await refresh(other.refreshToken)
})

it('of many who use one refresh token at once exactly one wins, and the session ends once', async () => {
  for (let round = 0; round < 5; round++) {
    const { tokens } = await stage.registered()
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => refresh(tokens.refreshToken)))
    const won = answers.flatMap((a) => (a.status === 'fulfilled' ? [a.value] : []))
    expect(won).toHaveLength(1)
    expect(await refusal(refresh(won[0]!.refreshToken))).toEqual(invalid)
    expect(await endings(tokens)).toEqual(['reuse'])
  }
})

it.each(['', 'x', 'a'.repeat(43), 'a'.repeat(256), '\u0001', "' or true --"])(
  'a made-up refresh token is refused: %.20s',
  async (token) => {
    expect(await refusal(refresh(token))).toEqual(invalid)
  },
)

it('a refresh token works for 30 days, each new one again', async () => {
  const { tokens } = await stage.registered()
  stage.clock.advance(refreshTokenLifeMs - 60_000)
  const next = await refresh(tokens.refreshToken)
  stage.clock.advance(refreshTokenLifeMs - 60_000)
  const last = await refresh(next.refreshToken)
  stage.clock.advance(refreshTokenLifeMs)
  expect(await refusal(refresh(last.refreshToken))).toEqual(invalid)
})

it('logout ends this session alone, may be repeated, and is told once', async () => {
  const { phone, tokens } = await stage.registered()
  const other = await login(phone)
  await as(tokens)(auth.logout, {} as { body: object })
  await as(tokens)(auth.logout, { body: {} })
  expect(await openSessions(other)).toEqual([sessionOf(other)])
  expect(await refusal(refresh(tokens.refreshToken))).toEqual(invalid)
  expect(await endings(tokens)).toEqual(['logout'])
  expect(await marked(tokens)).toBe(true)
  expect(await marked(other)).toBe(false)
})

it('logout of all ends every session of this person and nobody else', async () => {
  const { phone, tokens } = await stage.registered()
  const other = await login(phone)
  const stranger = await stage.registered()
  await as(tokens)(auth.logout, { body: { all: true } })
  expect(await openSessions(tokens)).toEqual([])
  expect([await endings(tokens), await endings(other)]).toEqual([['logout'], ['logout']])
  expect([await marked(tokens), await marked(other)]).toEqual([true, true])
  expect(await openSessions(stranger.tokens)).toHaveLength(1)
})

it('the list shows open sessions with their devices, the one in use marked', async () => {
  const { phone, tokens } = await stage.registered()
  stage.clock.advance(1000)
  const other = await login(phone)
  stage.clock.advance(1000)
  await refresh(tokens.refreshToken)
  const { sessions } = await as(other)(auth.listSessions, {})
  expect(sessions.map(({ id, device, current }) => ({ id, device, current }))).toEqual([
    { id: sessionOf(tokens), device: { id: 'device-1', name: 'Pixel' }, current: false },
    { id: sessionOf(other), device: { id: 'device-1', name: 'Pixel' }, current: true },
  ])
  expect(Date.parse(sessions[0]!.lastUsedAt)).toBeGreaterThan(Date.parse(sessions[0]!.createdAt))
})

it('a person ends one session, but not one of somebody else, nor twice', async () => {
  const { phone, tokens } = await stage.registered()
  const other = await login(phone)
  const stranger = await stage.registered()
  const end = (who: Tokens, id: string) => as(who)(auth.endSession, { params: { id } })
  expect((await refusal(end(stranger.tokens, sessionOf(other)))).code).toBe('not-found')
  await end(tokens, sessionOf(other))
  expect((await refusal(end(tokens, sessionOf(other)))).code).toBe('not-found')
  expect(await endings(other)).toEqual(['ended-by-person'])
  expect(await marked(other)).toBe(true)
  expect((await refusal(end(tokens, 'no-uuid'))).code).toBe('request-invalid')
})

it('sessions belong to people: without one the routes are closed', async () => {
  expect((await refusal(stage.anybody(auth.listSessions, {}))).code).toBe('unauthenticated')
  expect((await refusal(stage.anybody(auth.logout, { body: {} }))).code).toBe('unauthenticated')
})

it('what is past its time is deleted: tokens, sessions, codes and tries', async () => {
  const { phone, tokens } = await stage.registered()
  await stage.codeFor(phone)
  const body = { phone, password: 'wrong', device: { id: 'device-1', name: 'Pixel' } }
  await refusal(stage.anybody(auth.login, { body }))
  await as(tokens)(auth.logout, { body: {} })
  const kept = (await stage.registered()).tokens
  stage.clock.advance(keepEndedMs)
  const count = async () => {
    const [row] = await stage.platform.database.admin<Record<string, number>[]>`
      select (select count(*) from auth.otps) as otps, (select count(*) from auth.login_tries) as tries,
        (select count(*) from auth.sessions where id = ${sessionOf(tokens)}) as ended,
        (select count(*) from auth.sessions where id = ${sessionOf(kept)}) as open`
    return row
  }
  await vi.waitFor(async () => expect(await count()).toEqual({ otps: 0, tries: 0, ended: 0, open: 1 }), 5_000)
  stage.clock.advance(refreshTokenLifeMs)
  const rest = async () => {
    const [row] = await stage.platform.database.admin<{ count: number }[]>`
      select (select count(*) from auth.sessions) + (select count(*) from auth.refresh_tokens) as count`
    return row!.count
  }
  await vi.waitFor(async () => expect(await rest()).toBe(0), 5_000)
})
