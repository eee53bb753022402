// Dormant people, whose phone may be somebody else's: what its holder can do, and what is theirs still.
import * as auth from '@bahi/contracts/auth.ts'
import { dormancyRules } from '@bahi/contracts/dormancy-rules.ts'
import { eraseInAuth } from '@bahi/contracts/erasure.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as measures from '@bahi/contracts/measures.ts'
import { showPersonSignIn } from '@bahi/contracts/person-look-up.ts'
import { grantRole } from '@bahi/contracts/roles.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { goodPassword, otherThan, startAuth } from '../testing.ts'
import { codeTries } from '../tries/tries.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
afterAll(() => harness.platform.stop())

const dayMs = 86_400_000
const { dormantDays, restoreDays } = dormancyRules.at(-1)!
const hers = { id: 'device-1', name: 'Pixel' }
const stranger = { id: 'stranger', name: 'Nokia' }
const newPassword = 'nadi-kinare-ped'

async function dormant(email?: string) {
  const { phone, tokens } = await harness.registered()
  if (email !== undefined) harness.emails.set(tokens.userId, email)
  harness.clock.advance(dormantDays * dayMs)
  return { phone, userId: tokens.userId, tokens }
}
const resetCode = (phone: string) => harness.codeFor(phone, 'reset-password')
const reset = (phone: string, otp: string, more: object = {}) =>
  harness.anybody(auth.resetPassword, { body: { phone, otp, newPassword, device: stranger, ...more } })
const login = (phone: string, more: object = {}) =>
  harness.anybody(auth.login, { body: { phone, password: goodPassword, device: hers, ...more } })
const register = async (phone: string, more: object = { numberIsNew: true }) => {
  const otp = await harness.codeFor(phone, 'register')
  const given = { ...harness.registration(phone, otp), password: newPassword, device: stranger, ...more }
  return harness.anybody(auth.register, { body: given })
}
const typesOf = async (stream: string) => (await harness.published(stream)).map(({ type }) => type)
const mailedCode = () => harness.mails.at(-1)!.values!['otp']!

describe('the password of a dormant person', () => {
  it('is reset by the phone alone until the day, and not from then on', async () => {
    const { phone } = await harness.registered()
    harness.clock.advance(dormantDays * dayMs - 60_000)
    await reset(phone, await resetCode(phone))
    harness.clock.advance(dormantDays * dayMs)
    expect(await refusal(reset(phone, await resetCode(phone), { device: hers }))).toMatchObject({
      ...{ code: 'account-dormant', stepUp: { purpose: 'reset-password', proofs: [] } },
    })
    // A stranger without the code learns nothing of it.
    expect((await refusal(reset(phone, '000000'))).code).toBe('otp-wrong')
  })

  it('is reset on a device that is bound, and kept by every use of it', async () => {
    const { phone, tokens } = await harness.registered()
    let refreshToken = tokens.refreshToken
    for (let month = 0; month < 4; month++) {
      harness.clock.advance(29 * dayMs)
      refreshToken = (await harness.anybody(auth.refresh, { body: { refreshToken } })).refreshToken
    }
    await reset(phone, await resetCode(phone))
    const other = await dormant()
    await reset(other.phone, await resetCode(other.phone), { device: hers })
  })

  it('takes a code from the e-mail, and the code from the phone stays good until then', async () => {
    const { phone, userId } = await dormant('asha@bahi.example')
    const otp = await resetCode(phone)
    const mailed = harness.mails.length
    const asked = { code: 'account-dormant', stepUp: { purpose: 'reset-password', proofs: ['email'] } }
    expect(await refusal(reset(phone, otp))).toMatchObject(asked)
    expect(await refusal(reset(phone, otp))).toMatchObject(asked)
    expect(harness.mails.slice(mailed)).toMatchObject([
      { email: 'asha@bahi.example', template: 'auth.email-code', language: 'en' },
    ])
    const emailOtp = mailedCode()
    const triesLeft = codeTries.email.max - 1
    expect(await refusal(reset(phone, otp, { emailOtp: otherThan(emailOtp) }))).toMatchObject({
      ...asked,
      triesLeft,
    })
    // Neither code is good for the other's place, and the one from the mail needs the one from the phone.
    expect((await refusal(reset(phone, emailOtp, { emailOtp }))).code).toBe('otp-wrong')
    expect((await refusal(login(phone, { otp: emailOtp, device: stranger }))).code).toBe('otp-wrong')
    expect((await reset(phone, otp, { emailOtp })).userId).toBe(userId)
    expect((await refusal(reset(phone, otp, { emailOtp }))).code).toBe('otp-wrong')
    expect(await typesOf(userId)).toContain('auth.password-changed')
  })

  it('is not guessed: few codes from the mail are tried, however many are asked for', async () => {
    const { phone } = await dormant('ravi@bahi.example')
    const otp = await resetCode(phone)
    await refusal(reset(phone, otp))
    const first = mailedCode()
    for (let tries = 1; tries <= codeTries.email.max; tries++)
      expect((await refusal(reset(phone, otp, { emailOtp: otherThan(first) }))).code).toBe('account-dormant')
    harness.clock.advance(60_000)
    await refusal(reset(phone, otp))
    expect(await refusal(reset(phone, otp, { emailOtp: mailedCode() }))).toMatchObject({
      code: 'login-locked',
    })
    harness.clock.advance(dayMs)
    const next = await resetCode(phone)
    await refusal(reset(phone, next))
    // The one that was mailed before is worth nothing once another one is.
    harness.clock.advance(60_000)
    const older = mailedCode()
    await refusal(reset(phone, next))
    expect(older).not.toBe(mailedCode())
    expect((await refusal(reset(phone, next, { emailOtp: older }))).code).toBe('account-dormant')
    await reset(phone, next, { emailOtp: mailedCode() })
  })

  it('serves with a code, as before: that is two proofs', async () => {
    const { phone, userId } = await dormant()
    expect((await login(phone, { device: stranger, otp: await harness.codeFor(phone) })).userId).toBe(userId)
    await reset(phone, await resetCode(phone))
  })
})

describe('a number that is new to its holder', () => {
  it('is theirs, and the dormant person before has everything else and no way in', async () => {
    const old = await dormant()
    expect((await refusal(register(old.phone, {}))).code).toBe('phone-taken')
    const next = await register(old.phone)
    expect(next.userId).not.toBe(old.userId)
    expect(await typesOf(old.userId)).toContain('auth.phone-released')
    await vi.waitFor(() =>
      expect(harness.moved.slice(-2)).toEqual([`user ${old.userId} null`, `account ${old.userId} null`]),
    )
    expect(await typesOf(old.userId)).not.toContain('auth.phone-changed')
    // Neither the password nor the device of before opens anything, and nobody else sees the old person by the phone.
    expect((await refusal(login(old.phone))).code).toBe('credentials-wrong')
    const find = { body: { phone: old.phone } }
    expect(await harness.platform.as('account')(auth.findPerson, find)).toEqual({ userId: next.userId })
    const ofOld = { params: { userId: old.userId } }
    expect((await refusal(harness.platform.as('account')(auth.personOf, ofOld))).code).toBe('not-found')
    expect(
      (await harness.platform.person({ userId: next.userId })(auth.listSessions, {})).sessions,
    ).toHaveLength(1)
    expect((await refusal(register(old.phone))).code).toBe('phone-taken')
  })

  it('is not taken from who uses it, who works here, nor by a guess', async () => {
    const asha = await harness.registered()
    expect((await refusal(register(asha.phone))).code).toBe('phone-taken')
    const staff = await harness.registered()
    const grant = { params: { userId: staff.tokens.userId }, body: { role: 'support' as const } }
    await harness.platform.as('sandbox')(grantRole, grant)
    const idle = await dormant()
    expect((await refusal(register(staff.phone))).code).toBe('phone-taken')
    const wrong = { ...harness.registration(idle.phone, '000000'), numberIsNew: true }
    expect((await refusal(harness.anybody(auth.register, { body: wrong }))).code).toBe('otp-wrong')
    expect((await login(idle.phone)).userId).toBe(idle.userId)
  })

  it('is taken once, or not at all: who signs in at that moment keeps it', async () => {
    const idle = await dormant()
    const otp = await harness.codeFor(idle.phone, 'register')
    const body = { ...harness.registration(idle.phone, otp), device: stranger, numberIsNew: true }
    const [entered, ...taken] = await Promise.allSettled([
      login(idle.phone),
      harness.anybody(auth.register, { body }),
      harness.anybody(auth.register, { body: { ...body, device: { id: 'third', name: 'Third' } } }),
    ])
    const outcomes = [entered, ...taken].filter(({ status }) => status === 'fulfilled')
    expect(outcomes).toHaveLength(1)
    const { userId } = await harness.platform.as('account')(auth.findPerson, { body: { phone: idle.phone } })
    expect(userId === idle.userId).toBe(entered.status === 'fulfilled')
  })

  it('also when somebody moves to it who is registered', async () => {
    const old = await dormant()
    const asha = await harness.registered()
    const as = await login(asha.phone)
    const { sid } = JSON.parse(Buffer.from(as.accessToken.split('.')[1]!, 'base64url').toString()) as {
      sid: string
    }
    const call = harness.platform.person({ userId: as.userId, sessionId: sid, deviceId: hers.id })
    const move = async (more: object) => {
      const otp = await harness.codeFor(old.phone, 'new-phone')
      const stepUp = { password: goodPassword }
      return call(auth.changePhone, { body: { newPhone: old.phone, otp, stepUp, ...more } })
    }
    expect((await refusal(move({}))).code).toBe('phone-taken')
    await move({ numberIsNew: true })
    const find = { body: { phone: old.phone } }
    expect(await harness.platform.as('account')(auth.findPerson, find)).toEqual({ userId: as.userId })
    expect(await typesOf(old.userId)).toContain('auth.phone-released')
  })
})

describe('two of the staff', () => {
  let maker: string
  let checker: string
  beforeAll(async () => void ([maker, checker] = [await analyst(), await analyst()]))
  async function analyst(): Promise<string> {
    const { userId } = (await harness.registered()).tokens
    const grant = { params: { userId }, body: { role: 'risk-analyst' as const } }
    await harness.platform.as('sandbox')(grantRole, grant)
    return userId
  }
  const as = (userId: string) => harness.platform.person({ userId, roles: ['customer', 'risk-analyst'] })
  const ask = (userId: string, kind: measures.MeasureKind, more: object = {}, id = uuidv7()) =>
    as(maker)(measures.requestMeasure, {
      params: { id },
      body: { userId, kind, note: 'Seen with their passport', ...more },
    })
  const approve = (id: string) => as(checker)(measures.approveMeasure, { params: { id } })
  const seen = (userId: string) => as(checker)(showPersonSignIn, { params: { userId } })

  it('let a dormant person in again with the phone of theirs, for some days and once', async () => {
    const { phone, userId } = await dormant()
    const asked = await ask(userId, 'restore-sign-in', { phone })
    expect(asked).toMatchObject({ state: 'requested', phoneEnding: phone.slice(-4) })
    expect(JSON.stringify(asked)).not.toContain(phone)
    expect(await ask(userId, 'restore-sign-in', { phone }, asked.id)).toEqual(asked)
    const other = { phone: harness.newPhone() }
    expect((await refusal(ask(userId, 'restore-sign-in', other, asked.id))).code).toBe('id-reused')
    const otp = await resetCode(phone)
    expect((await refusal(reset(phone, otp))).code).toBe('account-dormant')
    await approve(asked.id)
    expect(await typesOf(asked.id)).toEqual(['auth.measure-requested', 'auth.sign-in-restored'])
    // Nobody takes the number from them now.
    expect((await refusal(register(phone))).code).toBe('phone-taken')
    expect((await reset(phone, otp)).userId).toBe(userId)
    harness.clock.advance(dormantDays * dayMs)
    expect((await refusal(reset(phone, await resetCode(phone), { device: hers }))).code).toBe(
      'account-dormant',
    )
    await approve((await ask(userId, 'restore-sign-in', { phone })).id)
    harness.clock.advance(restoreDays * dayMs)
    expect((await refusal(reset(phone, await resetCode(phone), { device: hers }))).code).toBe(
      'account-dormant',
    )
  })

  it('take a number from who uses it, and give that person another one', async () => {
    const { phone, tokens } = await harness.registered()
    await approve((await ask(tokens.userId, 'release-phone')).id)
    expect(
      (await refusal(harness.anybody(auth.refresh, { body: { refreshToken: tokens.refreshToken } }))).code,
    ).toBe('refresh-token-invalid')
    const next = await register(phone, {})
    expect(next.userId).not.toBe(tokens.userId)
    expect((await seen(tokens.userId)).sessions).toEqual([])
    const again = await ask(tokens.userId, 'release-phone')
    expect((await refusal(approve(again.id))).code).toBe('wrong-state')

    const taken = await ask(tokens.userId, 'restore-sign-in', { phone })
    expect((await refusal(approve(taken.id))).code).toBe('wrong-state')
    await as(checker)(measures.declineMeasure, {
      params: { id: taken.id },
      body: { note: 'Not their number' },
    })
    const newPhone = harness.newPhone()
    await approve((await ask(tokens.userId, 'restore-sign-in', { phone: newPhone })).id)
    expect((await reset(newPhone, await resetCode(newPhone))).userId).toBe(tokens.userId)
    await vi.waitFor(() => expect(harness.moved.at(-1)).toBe(`account ${tokens.userId} ${newPhone}`))
  })

  it.each([
    ['restore-sign-in', {}],
    ['freeze', { phone: '+919000000001' }],
  ] as const)('ask for %s with a phone where it needs one, and nowhere else', async (kind, more) => {
    const { userId } = (await harness.registered()).tokens
    expect((await refusal(ask(userId, kind, more))).code).toBe('request-invalid')
  })

  it('cannot do so about staff, nor about who has closed their account', async () => {
    const staff = await analyst()
    for (const [kind, more] of [
      ['release-phone', {}],
      ['restore-sign-in', { phone: harness.newPhone() }],
    ] as const)
      expect((await refusal(approve((await ask(staff, kind, more)).id))).code).toBe('wrong-state')
    const { userId } = (await harness.registered()).tokens
    const { id } = await ask(userId, 'restore-sign-in', { phone: harness.newPhone() })
    const close = { params: { userId }, body: { stage: 'close' as const, vpas: [] } }
    await harness.platform.as('user')(eraseInAuth, close)
    expect((await refusal(approve(id))).code).toBe('wrong-state')
  })
})
