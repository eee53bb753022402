// Registration and login, with every way they refuse.
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { loginLockMs, loginTries } from './login.ts'
import { createPasswords } from '../passwords/password-hashes.ts'
import { authStage, goodPassword, otherThan } from '../testing.ts'

let stage: Awaited<ReturnType<typeof authStage>>
beforeAll(async () => void (stage = await authStage(inject('postgresUrl'))))
afterAll(() => stage.platform.stop())

type Change = Record<string, unknown>
const register = (phone: string, otp: string, change: Change = {}) =>
  stage.anybody(auth.register, { body: { ...stage.registration(phone, otp), ...change } })
const login = (phone: string, change: Change = {}) =>
  stage.anybody(auth.login, {
    body: { phone, password: goodPassword, device: { id: 'device-1', name: 'Pixel' }, ...change },
  })
const wrong = { password: 'not the password' }
const tablet = { device: { id: 'device-2', name: 'Tablet' } }

describe('acquaintances', () => {
  it('tell since when people and their devices are known, of many in one call', async () => {
    const [one, other] = [await stage.registered(), await stage.registered()]
    const people = [
      { userId: one.tokens.userId, deviceId: 'device-1' },
      { userId: other.tokens.userId, deviceId: 'never seen' },
      { userId: crypto.randomUUID(), deviceId: 'device-1' },
    ]
    const known = await stage.platform.as('payment')(auth.accountTenures, { body: { people } })
    const by = new Map(known.people.map((person) => [person.userId, person]))
    expect([...by.keys()].sort()).toEqual([one.tokens.userId, other.tokens.userId].sort())
    const { createdAt, deviceBoundAt } = by.get(one.tokens.userId)!
    expect(Date.parse(deviceBoundAt!)).toBeGreaterThanOrEqual(Date.parse(createdAt))
    expect(by.get(other.tokens.userId)!.deviceBoundAt).toBeUndefined()
  })
})

describe('registration', () => {
  it('makes person, profile, device and session, and tells of it', async () => {
    const { phone, tokens } = await stage.registered()
    expect(stage.profiles.at(-1)).toEqual({ userId: tokens.userId, name: 'Asha Rao', phone })
    expect(tokens.expiresInS).toBe(900)
    const params = { userId: tokens.userId }
    const person = await stage.platform.as('user')(auth.personOf, { params })
    expect(person).toMatchObject({ userId: tokens.userId, phone, role: 'person' })
    expect(await stage.told(tokens.userId)).toEqual([
      { type: 'auth.registered', data: { userId: tokens.userId } },
    ])
    const [session] = await stage.platform.database.admin<{ id: string }[]>`
      select id from auth.sessions where user_id = ${tokens.userId}`
    expect(await stage.told(session!.id)).toEqual([
      {
        type: 'auth.session-started',
        data: {
          userId: tokens.userId,
          sessionId: session!.id,
          deviceId: 'device-1',
          deviceName: 'Pixel',
          newDevice: false,
        },
      },
    ])
  })

  it('keeps the password as argon2id with the costs of the settings', async () => {
    const { tokens } = await stage.registered()
    const [row] = await stage.platform.database.admin<{ passwordHash: string }[]>`
      select password_hash from auth.people where id = ${tokens.userId}`
    expect(row!.passwordHash).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/)
  })

  it('refuses a weak password before it spends the code', async () => {
    const phone = stage.newPhone()
    const otp = await stage.codeFor(phone)
    expect((await refusal(register(phone, otp, { password: 'password1' }))).code).toBe('password-weak')
    expect((await refusal(register(phone, otp, { password: phone }))).code).toBe('password-weak')
    await register(phone, otp)
  })

  it('refuses a wrong code and says how many tries are left', async () => {
    const phone = stage.newPhone()
    const otp = await stage.codeFor(phone)
    expect(await refusal(register(phone, otherThan(otp)))).toEqual({ code: 'otp-wrong', triesLeft: 4 })
    expect(await refusal(register(stage.newPhone(), otp))).toEqual({ code: 'otp-wrong' })
    await register(phone, otp)
  })

  it('tells that a phone is taken only to who holds it', async () => {
    const { phone } = await stage.registered()
    expect((await refusal(register(phone, '000000'))).code).toBe('otp-wrong')
    expect((await refusal(register(phone, await stage.codeFor(phone)))).code).toBe('phone-taken')
    await login(phone)
  })

  it('stopped by a profile that could not be made, goes on as the same person with a new code', async () => {
    const phone = stage.newPhone()
    stage.fails.user = new Problem('timeout')
    const otp = await stage.codeFor(phone)
    expect(await refusal(register(phone, otp))).toEqual({ code: 'unavailable', retryAfterS: 1 })
    delete stage.fails.user
    const [half] = await stage.platform.database.admin<{ id: string; passwordHash: string | null }[]>`
      select id, password_hash from auth.people order by created_at desc limit 1`
    expect(half!.passwordHash).toBeNull()
    expect((await refusal(login(phone))).code).toBe('credentials-wrong')
    const tokens = await register(phone, await stage.codeFor(phone), { password: 'another-khata-2026' })
    expect(tokens.userId).toBe(half!.id)
    await login(phone, { password: 'another-khata-2026' })
  })

  it('makes one person of one code that is used many times at once', async () => {
    const phone = stage.newPhone()
    const otp = await stage.codeFor(phone)
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => register(phone, otp)))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(stage.profiles.filter((one) => one.phone === phone)).toHaveLength(1)
  })

  it.each<[string, Change]>([
    ['an unknown field', { role: 'operator' }],
    ['a code that is a number', { otp: 123456 }],
    ['a name of control characters', { name: 'A\u0000sha' }],
    ['a device id with a zero byte', { device: { id: 'a\u0000', name: 'x' } }],
    ['a device name with a line break', { device: { id: 'a', name: 'x\ny' } }],
    ['a password without end', { password: 'x'.repeat(129) }],
    ['a short password', { password: 'x'.repeat(7) }],
    ['a phone that is an object', { phone: { $gt: '' } }],
  ])('refuses %s', async (_what, change) => {
    const phone = stage.newPhone()
    expect((await refusal(register(phone, '123456', change))).code).toBe('request-invalid')
  })
})

describe('login', () => {
  it('on a known device needs the password alone, and every time is a session of its own', async () => {
    const { phone, tokens } = await stage.registered()
    const again = await login(phone)
    expect(again.userId).toBe(tokens.userId)
    expect(again.refreshToken).not.toBe(tokens.refreshToken)
  })

  it('takes the same password typed another way', async () => {
    const phone = stage.newPhone()
    await register(phone, await stage.codeFor(phone), { password: 'caf\u00e9-khata-2026' })
    await login(phone, { password: 'cafe\u0301-khata-2026' })
  })

  it('on a new device needs a code as well, and says so only when the password is right', async () => {
    const { phone, tokens } = await stage.registered()
    expect((await refusal(login(phone, { ...tablet, ...wrong }))).code).toBe('credentials-wrong')
    expect((await refusal(login(phone, tablet))).code).toBe('otp-required')
    const otp = await stage.codeFor(phone)
    const guess = login(phone, { ...tablet, otp: otherThan(otp) })
    expect(await refusal(guess)).toEqual({ code: 'otp-wrong', triesLeft: 4 })
    expect((await refusal(login(phone, { ...tablet, ...wrong, otp }))).code).toBe('credentials-wrong')
    await login(phone, { ...tablet, otp })
    await login(phone, tablet)
    const [row] = await stage.platform.database.admin<{ data: { newDevice: boolean } }[]>`
      select data from auth.events
      where type = 'auth.session-started' and data ->> 'userId' = ${tokens.userId}
        and data ->> 'deviceId' = 'device-2' order by seq limit 1`
    expect(row!.data.newDevice).toBe(true)
  })

  it('answers the same for a wrong password and for a phone that nobody registered', async () => {
    const { phone } = await stage.registered()
    const known: unknown[] = []
    const unknown: unknown[] = []
    const stranger = stage.newPhone()
    for (let i = 0; i <= loginTries; i++) {
      known.push(await refusal(login(phone, wrong)))
      unknown.push(await refusal(login(stranger, wrong)))
    }
    expect(unknown).toEqual(known)
  })

  it('is locked for 30 minutes by ten wrong passwords in a row, and tells of it once', async () => {
    const { phone, tokens } = await stage.registered()
    for (let i = 1; i < loginTries; i++) {
      expect((await refusal(login(phone, wrong))).code).toBe('credentials-wrong')
    }
    expect(await refusal(login(phone, wrong))).toEqual({ code: 'login-locked', retryAfterS: 1800 })
    const right = await refusal(login(phone))
    expect(right.code).toBe('login-locked')
    expect(right.retryAfterS).toBeGreaterThan(1700)
    const told = await stage.told(tokens.userId)
    expect(told.map((e) => e.type)).toEqual(['auth.registered', 'auth.login-locked'])
    const until = Date.parse((told[1]!.data as { until: string }).until)
    expect(until - stage.clock.now().getTime()).toBeGreaterThan(loginLockMs - 60_000)
    stage.clock.advance(loginLockMs)
    expect((await refusal(login(phone, wrong))).code).toBe('credentials-wrong')
    await login(phone)
  })

  it('forgets wrong passwords when the right one comes', async () => {
    const { phone } = await stage.registered()
    for (let round = 0; round < 2; round++) {
      for (let i = 1; i < loginTries; i++) await refusal(login(phone, wrong))
      await login(phone)
    }
  })

  it('lets no more than ten passwords be tried, however many come at once', async () => {
    const { phone, tokens } = await stage.registered()
    const answers = await Promise.all(Array.from({ length: 40 }, () => refusal(login(phone, wrong))))
    const codes = answers.map((a) => a.code)
    expect(codes.filter((code) => code === 'credentials-wrong')).toHaveLength(loginTries - 1)
    expect(codes.filter((code) => code === 'login-locked')).toHaveLength(40 - loginTries + 1)
    expect((await stage.told(tokens.userId)).filter((e) => e.type === 'auth.login-locked')).toHaveLength(1)
  })

  it('hashes a password anew when it was hashed with other costs', async () => {
    const { phone, tokens } = await stage.registered()
    const { admin } = stage.platform.database
    const older = await (await createPasswords(128)).hash(goodPassword)
    await admin`update auth.people set password_hash = ${older} where id = ${tokens.userId}`
    await login(phone)
    const [row] = await admin<{ passwordHash: string }[]>`
      select password_hash from auth.people where id = ${tokens.userId}`
    expect(row!.passwordHash).toContain('m=64,')
    await login(phone)
  })
})

describe('what other services ask', () => {
  it('is the person', async () => {
    const { tokens } = await stage.registered()
    const params = { userId: tokens.userId }
    const nobody = { params: { userId: crypto.randomUUID() } }
    expect((await refusal(stage.platform.as('user')(auth.personOf, nobody))).code).toBe('not-found')
    expect((await refusal(stage.anybody(auth.personOf, { params }))).code).toBe('caller-not-allowed')
  })

  it('is a role, granted by the sandbox alone', async () => {
    const { tokens, phone } = await stage.registered()
    const grant = { params: { userId: tokens.userId }, body: { role: 'operator' as const } }
    expect(await stage.platform.as('sandbox')(auth.setRole, grant)).toEqual({
      userId: tokens.userId,
      role: 'operator',
    })
    expect((await refusal(stage.anybody(auth.setRole, grant))).code).toBe('caller-not-allowed')
    const claims = JSON.parse(
      Buffer.from((await login(phone)).accessToken.split('.')[1]!, 'base64url').toString(),
    ) as Change
    expect(claims['role']).toBe('operator')
    const nobody = { ...grant, params: { userId: crypto.randomUUID() } }
    expect((await refusal(stage.platform.as('sandbox')(auth.setRole, nobody))).code).toBe('not-found')
  })
})

it('in production nobody is granted a role over the wire', async () => {
  const real = await authStage(inject('postgresUrl'), { mode: 'production' })
  const { tokens } = await real.registered()
  const grant = { params: { userId: tokens.userId }, body: { role: 'operator' as const } }
  expect((await refusal(real.platform.as('sandbox')(auth.setRole, grant))).code).toBe('not-found')
  await real.platform.stop()
})
