// Resetting and changing a password: what each needs, what it ends, and what a stranger makes of it.
import * as auth from '@bahi/contracts/auth.ts'
import { minStaffPasswordLength } from '@bahi/contracts/password-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { personHeader } from '@bahi/kit/http/principal.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { codeTries } from '../tries/tries.ts'
import { goodPassword, otherThan, startAuth } from '../testing.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
afterAll(() => harness.platform.stop())

const newPassword = 'nadi-kinare-ped'
const phoneOfHers = { id: 'device-1', name: 'Pixel' }
const tablet = { id: 'device-2', name: 'Tablet' }
const reset = (phone: string, otp: string, more: object = {}) =>
  harness.anybody(auth.resetPassword, { body: { phone, otp, newPassword, device: tablet, ...more } })
const login = (phone: string, password: string, device = phoneOfHers) =>
  harness.anybody(auth.login, { body: { phone, password, device } })
const refresh = ({ refreshToken }: auth.Tokens) => harness.anybody(auth.refresh, { body: { refreshToken } })
const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: Problem) => error.code,
  )
const claimsOf = ({ accessToken }: auth.Tokens) =>
  JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sid: string; did: string }
const personOf = (tokens: auth.Tokens) => {
  const { sid: sessionId, did: deviceId } = claimsOf(tokens)
  return { headers: personHeader({ userId: tokens.userId, sessionId, deviceId, roles: ['customer'] }) }
}
const change = (tokens: auth.Tokens, body: { stepUp: { password: string }; newPassword: string }) =>
  harness.anybody(auth.changePassword, { body }, personOf(tokens))
const changesOf = async (userId: string) =>
  (await harness.published(userId)).filter((e) => e.type === 'auth.password-changed').map((e) => e.data)
const boundAt = async (userId: string, deviceId: string) => {
  const body = { people: [{ userId, deviceId }] }
  return (await harness.platform.as('payment')(auth.accountTenures, { body })).people[0]!.deviceBoundAt
}

describe('a forgotten password', () => {
  it('is reset by a code: all sessions end, other devices are new again, and the person is notified', async () => {
    const { phone, tokens } = await harness.registered()
    const since = await boundAt(tokens.userId, phoneOfHers.id)
    harness.clock.advance(86_400_000)
    const fresh = await reset(phone, await harness.codeFor(phone, 'reset-password'))
    expect(fresh.userId).toBe(tokens.userId)
    expect(await codeOf(refresh(tokens))).toBe('refresh-token-invalid')
    expect(await codeOf(login(phone, goodPassword))).toBe('credentials-wrong')
    expect(await codeOf(login(phone, newPassword))).toBe('otp-required')
    expect(await changesOf(tokens.userId)).toEqual([{ userId: tokens.userId, how: 'reset' }])
    // The device that was used for it begins to cool; it is bound from now on.
    expect(Date.parse((await boundAt(tokens.userId, tablet.id))!)).toBeGreaterThan(Date.parse(since!))
    expect(await boundAt(tokens.userId, phoneOfHers.id)).toBeUndefined()
    await login(phone, newPassword, tablet)
  })

  it('on a device that is known leaves it as long known as it was', async () => {
    const { phone, tokens } = await harness.registered()
    const since = await boundAt(tokens.userId, phoneOfHers.id)
    harness.clock.advance(86_400_000)
    await reset(phone, await harness.codeFor(phone, 'reset-password'), { device: phoneOfHers })
    expect(await boundAt(tokens.userId, phoneOfHers.id)).toBe(since)
    expect(await codeOf(refresh(tokens))).toBe('refresh-token-invalid')
  })

  it('is not reset without the code for just that', async () => {
    const { phone, tokens } = await harness.registered()
    for (const purpose of ['sign-in', 'set-pin', 'register', 'stop-payments'] as const) {
      const otp = await harness.codeFor(phone, purpose)
      expect([purpose, await codeOf(reset(phone, otp))]).toEqual([purpose, 'otp-wrong'])
    }
    const otp = await harness.codeFor(phone, 'reset-password')
    expect(await codeOf(reset(phone, otherThan(otp)))).toBe('otp-wrong')
    await refresh(tokens)
    await login(phone, goodPassword)
    expect(await changesOf(tokens.userId)).toEqual([])
  })

  it('is neither guessed by strangers, nor kept from being reset by their guesses', async () => {
    const { phone, tokens } = await harness.registered()
    const body = { phone, purpose: 'reset-password' as const }
    const { id: otpId } = await harness.anybody(auth.requestOtp, { body })
    const otp = harness.sent.at(-1)!.values['otp']!
    for (let i = 0; i < codeTries.registering.max; i++) {
      const stranger = harness.from(`203.0.113.${i}`)
      const guess = { phone, otp: otherThan(otp), newPassword, device: tablet }
      expect(await codeOf(stranger(auth.resetPassword, { body: guess }))).toBe('otp-wrong')
    }
    // Even a right guess would now be worth nothing.
    const right = { body: { phone, otp, newPassword, device: tablet } }
    expect(await codeOf(harness.from('203.0.114.1')(auth.resetPassword, right))).toBe('otp-wrong')
    await login(phone, goodPassword)
    expect((await reset(phone, otp, { otpId })).userId).toBe(tokens.userId)
  })

  it('is told from one that was never set only to whoever holds the phone', async () => {
    const phone = harness.newPhone()
    const otp = await harness.codeFor(phone, 'reset-password')
    expect(await codeOf(reset(phone, otherThan(otp)))).toBe('otp-wrong')
    expect(await codeOf(reset(phone, otp))).toBe('credentials-wrong')
  })

  it('may be reset again with the same code when the new one is weak, or user is away', async () => {
    const { phone, tokens } = await harness.registered()
    const otp = await harness.codeFor(phone, 'reset-password')
    expect(await codeOf(reset(phone, otp, { newPassword: 'Asha Rao 1' }))).toBe('password-weak')
    harness.fails.user = new Problem('unavailable')
    expect(await codeOf(reset(phone, otp))).toBe('unavailable')
    delete harness.fails.user
    expect((await refresh(tokens)).userId).toBe(tokens.userId)
    await reset(phone, otp)
    expect(await codeOf(reset(phone, otp))).toBe('otp-wrong')
  })

  it('is reset once by concurrent requests', async () => {
    const { phone, tokens } = await harness.registered()
    const otp = await harness.codeFor(phone, 'reset-password')
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(reset(phone, otp))))
    expect(codes.filter((code) => code === undefined)).toHaveLength(1)
    expect(await changesOf(tokens.userId)).toHaveLength(1)
  })
})

describe('a known password', () => {
  it('is changed by itself: this session stays, all others end and their devices are new again', async () => {
    const { phone, tokens } = await harness.registered()
    const otp = await harness.codeFor(phone)
    const body = { phone, password: goodPassword, device: tablet, otp }
    const thief = await harness.anybody(auth.login, { body })
    await change(tokens, { stepUp: { password: goodPassword }, newPassword })
    expect(await codeOf(refresh(thief))).toBe('refresh-token-invalid')
    await refresh(tokens)
    expect(await codeOf(login(phone, goodPassword))).toBe('credentials-wrong')
    expect(await codeOf(login(phone, newPassword, tablet))).toBe('otp-required')
    await login(phone, newPassword)
    expect(await changesOf(tokens.userId)).toEqual([{ userId: tokens.userId, how: 'changed' }])
  })

  it('is not changed by an access token alone, nor to a weak one', async () => {
    const { phone, tokens } = await harness.registered()
    const wrong = { stepUp: { password: 'not the password' }, newPassword }
    expect(await codeOf(change(tokens, wrong))).toBe('password-wrong')
    for (const weak of ['password123', 'asharao1234', phone.slice(3), 'bahi1234'])
      expect([
        weak,
        await codeOf(change(tokens, { stepUp: { password: goodPassword }, newPassword: weak })),
      ]).toEqual([weak, 'password-weak'])
    await login(phone, goodPassword)
  })
})

/** So many transactions of auth wait for another one. */
const waiting = (count: number) =>
  expect
    .poll(async () => {
      const [row] = await harness.platform.database.admin<{ count: number }[]>`
          select count(*)::int from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`
      return row!.count
    })
    .toBe(count)

describe('a thief who is in the middle of something', () => {
  /** What the thief gets who begins while all has ended but the session, and nothing of it is committed. */
  async function meanwhile(
    { sid }: { sid: string },
    end: () => Promise<unknown>,
    ...thiefs: (() => Promise<unknown>)[]
  ): Promise<(string | undefined)[]> {
    const begun: Promise<string | undefined>[] = []
    await harness.platform.database.admin.begin(async (tx) => {
      await tx`select from auth.sessions where id = ${sid} for update`
      for (const begin of [end, ...thiefs]) {
        begun.push(codeOf(begin()))
        await waiting(begun.length)
      }
    })
    const [ended, ...refusals] = await Promise.all(begun)
    expect(ended).toBeUndefined()
    return refusals
  }

  it('does not undo a reset of the password', async () => {
    const { phone, tokens } = await harness.registered()
    const otp = await harness.codeFor(phone, 'reset-password')
    const asked = { stepUp: { password: goodPassword }, newPassword: 'the thief knows this' }
    const refusals = await meanwhile(
      claimsOf(tokens),
      () => reset(phone, otp),
      () => login(phone, goodPassword),
      () => change(tokens, asked),
    )
    expect(refusals).toEqual(['credentials-wrong', 'unauthenticated'])
    await login(phone, newPassword, tablet)
  })

  it('does not bind a device again that was signed out with all others', async () => {
    const { phone, tokens } = await harness.registered()
    const refusals = await meanwhile(
      claimsOf(tokens),
      () =>
        harness.anybody(
          auth.logout,
          { body: { all: true, stepUp: { password: goodPassword } } },
          personOf(tokens),
        ),
      () => login(phone, goodPassword),
    )
    expect(refusals).toEqual(['otp-required'])
  })
})

it('staff need twelve characters, also when they were granted the role later', async () => {
  const phone = harness.newPhone()
  const short = 'xk4-qv9z'
  const otp = await harness.codeFor(phone, 'register')
  const body = { ...harness.registration(phone, otp), password: short }
  const { userId } = await harness.anybody(auth.register, { body })
  await login(phone, short)
  const role = { params: { userId }, body: { role: 'support' as const } }
  await harness.platform.as('sandbox')(grantRole, role)
  expect(await codeOf(login(phone, short))).toBe('password-weak')
  const code = await harness.codeFor(phone, 'reset-password')
  expect(await codeOf(reset(phone, code, { newPassword: 'zq7-wm2x' }))).toBe('password-weak')
  expect(newPassword.length).toBeGreaterThanOrEqual(minStaffPasswordLength)
  await reset(phone, code)
})
