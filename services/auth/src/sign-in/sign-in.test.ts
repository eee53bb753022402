// Registration and login, with every way they refuse.
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { maskNetwork } from '../sessions/session-network.ts'
import { passwordTries } from '../tries/tries.ts'
import { createPasswords } from '../passwords/password-hashes.ts'
import { goodPassword, otherThan, startAuth } from '../testing.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
afterAll(() => harness.platform.stop())

type Change = Record<string, unknown>
const register = (phone: string, otp: string, change: Change = {}) =>
  harness.anybody(auth.register, { body: { ...harness.registration(phone, otp), ...change } })
const login = (phone: string, change: Change = {}) =>
  harness.anybody(auth.login, {
    body: { phone, password: goodPassword, device: { id: 'device-1', name: 'Pixel' }, ...change },
  })
const wrong = { password: 'not the password' }
const tablet = { device: { id: 'device-2', name: 'Tablet' } }

describe('account tenures', () => {
  it('say since when people and devices are known, for many in one call', async () => {
    const [asha, ravi] = [await harness.registered(), await harness.registered()]
    const people = [
      { userId: asha.tokens.userId, deviceId: 'device-1' },
      { userId: ravi.tokens.userId, deviceId: 'never seen' },
      { userId: crypto.randomUUID(), deviceId: 'device-1' },
    ]
    const tenures = await harness.platform.as('payment')(auth.accountTenures, { body: { people } })
    const by = new Map(tenures.people.map((person) => [person.userId, person]))
    expect([...by.keys()].sort()).toEqual([asha.tokens.userId, ravi.tokens.userId].sort())
    const { createdAt, deviceBoundAt } = by.get(asha.tokens.userId)!
    expect(Date.parse(deviceBoundAt!)).toBeGreaterThanOrEqual(Date.parse(createdAt))
    expect(by.get(ravi.tokens.userId)!.deviceBoundAt).toBeUndefined()
  })
})

describe('registration', () => {
  it('creates person, profile, device and session, and publishes events', async () => {
    const { phone, tokens } = await harness.registered()
    expect(harness.profiles.at(-1)).toEqual({ userId: tokens.userId, name: 'Asha Rao', phone })
    expect(tokens.expiresInS).toBe(900)
    const params = { userId: tokens.userId }
    const person = await harness.platform.as('user')(auth.personOf, { params })
    expect(person).toMatchObject({ userId: tokens.userId, phone, roles: ['customer'] })
    expect(await harness.published(tokens.userId)).toEqual([
      { type: 'auth.registered', data: { userId: tokens.userId } },
    ])
    const [session] = await harness.platform.database.admin<{ id: string }[]>`
      select id from auth.sessions where user_id = ${tokens.userId}`
    expect(await harness.published(session!.id)).toEqual([
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

  it('stores the password as argon2id with the configured costs', async () => {
    const { tokens } = await harness.registered()
    const [row] = await harness.platform.database.admin<{ passwordHash: string }[]>`
      select password_hash from auth.people where id = ${tokens.userId}`
    expect(row!.passwordHash).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/)
  })

  it('refuses a weak password before it uses the code', async () => {
    const phone = harness.newPhone()
    const otp = await harness.codeFor(phone, 'register')
    expect((await refusal(register(phone, otp, { password: 'password1' }))).code).toBe('password-weak')
    expect((await refusal(register(phone, otp, { password: phone }))).code).toBe('password-weak')
    await register(phone, otp)
  })

  it('refuses a wrong code and answers the attempts left', async () => {
    const phone = harness.newPhone()
    const otp = await harness.codeFor(phone, 'register')
    expect(await refusal(register(phone, otherThan(otp)))).toEqual({ code: 'otp-wrong', triesLeft: 4 })
    // As for a phone that no code was sent to.
    expect(await refusal(register(harness.newPhone(), otp))).toEqual({ code: 'otp-wrong', triesLeft: 4 })
    await register(phone, otp)
  })

  it('answers phone-taken only after a correct code', async () => {
    const { phone } = await harness.registered()
    expect((await refusal(register(phone, '000000'))).code).toBe('otp-wrong')
    expect((await refusal(register(phone, await harness.codeFor(phone, 'register')))).code).toBe(
      'phone-taken',
    )
    await login(phone)
  })

  it('continues as the same person with a new code after the profile could not be created', async () => {
    const phone = harness.newPhone()
    harness.fails.user = new Problem('timeout')
    const otp = await harness.codeFor(phone, 'register')
    expect(await refusal(register(phone, otp))).toEqual({ code: 'unavailable', retryAfterS: 1 })
    delete harness.fails.user
    const [unfinished] = await harness.platform.database.admin<{ id: string; passwordHash: string | null }[]>`
      select id, password_hash from auth.people order by created_at desc limit 1`
    expect(unfinished!.passwordHash).toBeNull()
    expect((await refusal(login(phone))).code).toBe('credentials-wrong')
    const tokens = await register(phone, await harness.codeFor(phone, 'register'), {
      password: 'another-khata-2026',
    })
    expect(tokens.userId).toBe(unfinished!.id)
    await login(phone, { password: 'another-khata-2026' })
  })

  it('creates one person when one code is used concurrently', async () => {
    const phone = harness.newPhone()
    const otp = await harness.codeFor(phone, 'register')
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => register(phone, otp)))
    expect(results.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(harness.profiles.filter((profile) => profile.phone === phone)).toHaveLength(1)
  })

  it.each<[string, Change]>([
    ['an unknown field', { role: 'operator' }],
    ['a code that is a number', { otp: 123456 }],
    ['a name of control characters', { name: 'A\u0000sha' }],
    ['a device id with a zero byte', { device: { id: 'a\u0000', name: 'x' } }],
    ['a device name with a line break', { device: { id: 'a', name: 'x\ny' } }],
    ['a password that is too long', { password: 'x'.repeat(129) }],
    ['a short password', { password: 'x'.repeat(7) }],
    ['a phone that is an object', { phone: { $gt: '' } }],
  ])('refuses %s', async (_what, change) => {
    const phone = harness.newPhone()
    expect((await refusal(register(phone, '123456', change))).code).toBe('request-invalid')
  })
})

describe('login', () => {
  it('on a bound device needs the password only, and starts a new session each time', async () => {
    const { phone, tokens } = await harness.registered()
    const second = await login(phone)
    expect(second.userId).toBe(tokens.userId)
    expect(second.refreshToken).not.toBe(tokens.refreshToken)
  })

  it('accepts another Unicode encoding of the same password', async () => {
    const phone = harness.newPhone()
    await register(phone, await harness.codeFor(phone, 'register'), { password: 'caf\u00e9-khata-2026' })
    await login(phone, { password: 'cafe\u0301-khata-2026' })
  })

  it('on a new device needs a code as well, and says so only after a correct password', async () => {
    const { phone, tokens } = await harness.registered()
    expect((await refusal(login(phone, { ...tablet, ...wrong }))).code).toBe('credentials-wrong')
    expect((await refusal(login(phone, tablet))).code).toBe('otp-required')
    const otp = await harness.codeFor(phone)
    const guess = login(phone, { ...tablet, otp: otherThan(otp) })
    expect(await refusal(guess)).toEqual({ code: 'otp-wrong', triesLeft: 4 })
    expect((await refusal(login(phone, { ...tablet, ...wrong, otp }))).code).toBe('credentials-wrong')
    await login(phone, { ...tablet, otp })
    await login(phone, tablet)
    const [row] = await harness.platform.database.admin<{ data: { newDevice: boolean } }[]>`
      select data from auth.events
      where type = 'auth.session-started' and data ->> 'userId' = ${tokens.userId}
        and data ->> 'deviceId' = 'device-2' order by seq limit 1`
    expect(row!.data.newDevice).toBe(true)
  })

  it('answers the same for a wrong password and for an unregistered phone', async () => {
    const { phone, tokens } = await harness.registered()
    const registered: unknown[] = []
    const unregistered: unknown[] = []
    const other = harness.newPhone()
    for (let i = 0; i <= passwordTries.device.max; i++) {
      registered.push(await refusal(login(phone, wrong)))
      unregistered.push(await refusal(login(other, wrong)))
    }
    expect(unregistered).toEqual(registered)
    // Each is on record for the person, and nothing for a phone that nobody has.
    const failures = await harness.platform.database.admin<{ userId: string }[]>`
      select data ->> 'userId' as user_id from auth.events where type = 'auth.login-failed'`
    const own = failures.filter(({ userId }) => userId === tokens.userId)
    expect(own).toHaveLength(passwordTries.device.max)
    const people = await harness.platform.database.admin<{ id: string }[]>`select id from auth.people`
    const ids = people.map(({ id }) => id)
    expect(failures.filter(({ userId }) => !ids.includes(userId))).toEqual([])
  })

  it('is locked for 30 minutes by ten wrong passwords in a row, with one event', async () => {
    const { phone, tokens } = await harness.registered()
    for (let i = 1; i < passwordTries.device.max; i++) {
      expect((await refusal(login(phone, wrong))).code).toBe('credentials-wrong')
    }
    expect(await refusal(login(phone, wrong))).toEqual({ code: 'login-locked', retryAfterS: 1800 })
    const correct = await refusal(login(phone))
    expect(correct.code).toBe('login-locked')
    expect(correct.retryAfterS).toBeGreaterThan(1700)
    const events = await harness.published(tokens.userId)
    expect(events.map((e) => e.type)).toEqual(['auth.registered', 'auth.login-locked'])
    const until = Date.parse((events[1]!.data as { until: string }).until)
    expect(until - harness.clock.now().getTime()).toBeGreaterThan(passwordTries.device.windowMs - 60_000)
    harness.clock.advance(passwordTries.device.windowMs)
    expect((await refusal(login(phone, wrong))).code).toBe('credentials-wrong')
    await login(phone)
  })

  it('clears the count of wrong passwords with a correct one', async () => {
    const { phone } = await harness.registered()
    for (let round = 0; round < 2; round++) {
      for (let i = 1; i < passwordTries.device.max; i++) await refusal(login(phone, wrong))
      await login(phone)
    }
  })

  it('compares at most ten passwords of concurrent attempts', async () => {
    const { phone, tokens } = await harness.registered()
    const results = await Promise.all(Array.from({ length: 40 }, () => refusal(login(phone, wrong))))
    const codes = results.map((a) => a.code)
    expect(codes.filter((code) => code === 'credentials-wrong')).toHaveLength(passwordTries.device.max - 1)
    expect(codes.filter((code) => code === 'login-locked')).toHaveLength(40 - passwordTries.device.max + 1)
    expect(
      (await harness.published(tokens.userId)).filter((e) => e.type === 'auth.login-locked'),
    ).toHaveLength(1)
  })

  it('replaces a hash with other costs', async () => {
    const { phone, tokens } = await harness.registered()
    const { admin } = harness.platform.database
    const older = await (await createPasswords(128)).hash(goodPassword)
    await admin`update auth.people set password_hash = ${older} where id = ${tokens.userId}`
    await login(phone)
    const [row] = await admin<{ passwordHash: string }[]>`
      select password_hash from auth.people where id = ${tokens.userId}`
    expect(row!.passwordHash).toContain('m=64,')
    await login(phone)
  })
})

describe('strangers', () => {
  const { network, phone: perPhone } = passwordTries

  it('lock themselves out and not a bound device, nor another network, and send no message', async () => {
    const { phone, tokens } = await harness.registered()
    const body = { phone, password: goodPassword, device: { id: 'guessed', name: 'x' } }
    const stranger = harness.from('203.0.113.1')
    for (let i = 0; i < network.max; i++)
      await refusal(stranger(auth.login, { body: { ...body, password: 'wrong' } }))
    expect(await refusal(stranger(auth.login, { body }))).toMatchObject({ code: 'login-locked' })
    await harness.from('203.0.113.1')(auth.login, {
      body: { ...body, device: { id: 'device-1', name: 'Pixel' } },
    })
    const elsewhere = harness.from('198.51.100.1')
    expect((await refusal(elsewhere(auth.login, { body }))).code).toBe('otp-required')
    expect((await harness.published(tokens.userId)).map((e) => e.type)).toEqual(['auth.registered'])
    harness.clock.advance(network.windowMs)
    expect((await refusal(stranger(auth.login, { body }))).code).toBe('otp-required')
  })

  it('of many networks get no more passwords looked at without the code, and cannot keep the owner out', async () => {
    const { phone, tokens } = await harness.registered()
    const body = { phone, password: goodPassword, device: { id: 'new', name: 'x' } }
    const wrong = { ...body, password: 'wrong' }
    for (let i = 0; i < perPhone.max; i++)
      await refusal(harness.from(`203.0.${i}.1`)(auth.login, { body: wrong }))
    // The right password is answered as a wrong one: with a demand for the code.
    const next = harness.from('203.0.113.200')
    expect(await refusal(next(auth.login, { body }))).toEqual({ code: 'otp-required' })
    expect(await refusal(next(auth.login, { body: wrong }))).toEqual({ code: 'otp-required' })
    const otp = await harness.codeFor(phone)
    const both = { ...body, otp: otherThan(otp) }
    expect(await refusal(next(auth.login, { body: both }))).toEqual({ code: 'credentials-wrong' })
    expect(await refusal(next(auth.login, { body: { ...wrong, otp } }))).toEqual({
      code: 'credentials-wrong',
    })
    await harness.from('198.51.100.2')(auth.login, { body: { ...body, otp } })
    const locks = (await harness.published(tokens.userId)).filter((e) => e.type === 'auth.login-locked')
    expect(locks.map((e) => e.data)).toMatchObject([{ scope: 'new-devices' }])
  })

  it('see no difference between a registered phone and another', async () => {
    const { phone } = await harness.registered()
    const other = harness.newPhone()
    const answers = async (of: string) => {
      const body = { phone: of, password: 'wrong', device: { id: 'new', name: 'x' } }
      const all = []
      for (let i = 0; i < perPhone.max + 5; i++)
        all.push(await refusal(harness.from(`203.1.${i}.1`)(auth.login, { body })))
      return all
    }
    expect(await answers(phone)).toEqual(await answers(other))
  })
})

it.each([
  ['203.0.113.7', '203.0.113.•'],
  ['2001:db8:1:2::/64', '2001:db8:1:•'],
  ['unknown', null],
  ['::1', null],
])('the network %s is shown as %s', (network, shown) => expect(maskNetwork(network)).toBe(shown))

it('the list says how each session began, and where it was used last', async () => {
  const phone = harness.newPhone()
  const body = harness.registration(phone, await harness.codeFor(phone, 'register'))
  const tokens = await harness.from('203.0.113.7')(auth.register, { body })
  const tablet = { phone, password: goodPassword, device: { id: 'tablet', name: 'Tablet' } }
  const otp = await harness.codeFor(phone)
  await harness.from('2001:db8:1:2::/64')(auth.login, { body: { ...tablet, otp } })
  await harness.from('198.51.100.9')(auth.login, { body: tablet })
  await harness.from('192.0.2.44')(auth.refresh, { body: { refreshToken: tokens.refreshToken } })
  const { sessions } = await harness.platform.person({ userId: tokens.userId })(auth.listSessions, {})
  expect(sessions.map(({ begunBy, network }) => [begunBy, network]).toSorted()).toEqual([
    ['password', '198.51.100.•'],
    ['password-and-code', '2001:db8:1:•'],
    ['registration', '192.0.2.•'],
  ])
  const rows = await harness.platform.database.admin`
    select s::text as row from auth.sessions s where user_id = ${tokens.userId}`
  expect(JSON.stringify(rows)).not.toMatch(/203\.0\.113\.7|192\.0\.2\.44/)
})

describe('what other services read', () => {
  it('is the person', async () => {
    const { tokens } = await harness.registered()
    const params = { userId: tokens.userId }
    const nobody = { params: { userId: crypto.randomUUID() } }
    expect((await refusal(harness.platform.as('user')(auth.personOf, nobody))).code).toBe('not-found')
    expect((await refusal(harness.anybody(auth.personOf, { params }))).code).toBe('caller-not-allowed')
  })

  it('is a role, granted by the sandbox only', async () => {
    const { tokens, phone } = await harness.registered()
    const grant = { params: { userId: tokens.userId }, body: { role: 'operator' as const } }
    expect(await harness.platform.as('sandbox')(grantRole, grant)).toEqual({
      userId: tokens.userId,
      role: 'operator',
    })
    expect((await refusal(harness.anybody(grantRole, grant))).code).toBe('caller-not-allowed')
    const claims = JSON.parse(
      Buffer.from((await login(phone)).accessToken.split('.')[1]!, 'base64url').toString(),
    ) as Change
    expect(claims['roles']).toEqual(['customer', 'operator'])
    const nobody = { ...grant, params: { userId: crypto.randomUUID() } }
    expect((await refusal(harness.platform.as('sandbox')(grantRole, nobody))).code).toBe('not-found')
  })
})

it('in production roles cannot be granted by a call', async () => {
  const real = await startAuth(inject('postgresUrl'), { mode: 'production' })
  const { tokens } = await real.registered()
  const grant = { params: { userId: tokens.userId }, body: { role: 'operator' as const } }
  expect((await refusal(real.platform.as('sandbox')(grantRole, grant))).code).toBe('not-found')
  await real.platform.stop()
})
