// Lists of disconnected numbers: who takes them, whom they hit, and how a number is proven again.
import * as auth from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { lookUpPerson } from '@bahi/contracts/person-look-up.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import * as contracts from '@bahi/contracts/revoked-numbers.ts'
import { sendStepUpCode } from '@bahi/contracts/step-up.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { maxUnusedSends, otpLifeMs, resendAfterMs } from '../codes/otp.ts'
import { goodPassword, otherThan, startAuth, testEnv } from '../testing.ts'
import { codeTries, passwordTries } from '../tries/tries.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
let operatorId: string
beforeAll(async () => {
  harness = await startAuth(inject('postgresUrl'))
  operatorId = (await harness.registered()).tokens.userId
})
afterAll(() => harness.platform.stop())

const dayMs = 86_400_000
const hers = { id: 'device-1', name: 'Pixel' }
const stranger = { id: 'stranger', name: 'Nokia' }
const newPassword = 'nadi-kinare-ped'

const today = () => istDateOf(harness.clock.now())
const file = (text: string) => ({ type: 'text/csv', bytes: new Uint8Array(Buffer.from(text)) })
const operator = () => harness.platform.person({ userId: operatorId, roles: ['customer', 'operator'] })
const upload = (text: string, listedOn = today(), id = uuidv7(harness.clock.now().getTime()), more = {}) =>
  operator()(contracts.uploadRevokedNumbers, {
    ...{ params: { id }, querystring: { listedOn, ...more }, file: file(text) },
  })
async function person() {
  const { phone, tokens } = await harness.registered()
  const { sid } = JSON.parse(Buffer.from(tokens.accessToken.split('.')[1]!, 'base64url').toString()) as {
    sid: string
  }
  const principal = { userId: tokens.userId, sessionId: sid, deviceId: hers.id }
  return { phone, userId: tokens.userId, as: harness.platform.person(principal) }
}
type Person = Awaited<ReturnType<typeof person>>
/** Registered, and on a list of a day since. */
async function revoked() {
  const asha = await person()
  harness.clock.advance(2 * dayMs)
  const revokedOn = today()
  const list = await upload(`${asha.phone},${revokedOn},Surrendered`)
  expect(list.revoked).toBe(1)
  harness.clock.advance(dayMs)
  return { ...asha, revokedOn }
}
const proofCode = async ({ phone, as }: Pick<Person, 'phone' | 'as'>) => {
  await as(contracts.sendPhoneCode, { body: {} })
  return harness.sent.findLast((secret) => secret.phone === phone)!.values['otp']!
}
const prove = async (asha: Pick<Person, 'phone' | 'as'>) =>
  asha.as(contracts.provePhone, { body: { otp: await proofCode(asha) } })
const reset = async (phone: string, device = stranger, more: object = {}) => {
  const otp = await harness.codeFor(phone, 'reset-password')
  return harness.anybody(auth.resetPassword, { body: { phone, otp, newPassword, device, ...more } })
}
const signIn = (phone: string, more: object = {}) =>
  harness.anybody(auth.login, { body: { phone, password: goodPassword, device: stranger, ...more } })
const typesOf = async (stream: string) => (await harness.published(stream)).map(({ type }) => type)
const followed = (userId: string, phone: string | null) =>
  vi.waitFor(() => expect(harness.moved.at(-1)).toBe(`account ${userId} ${phone}`))
const payee = (phone: string) => harness.platform.as('account')(auth.findPerson, { body: { phone } })

describe('a list', () => {
  it('says what became of its rows, and what it does is on record', async () => {
    const [asha, ravi] = [await person(), await person()]
    harness.clock.advance(2 * dayMs)
    const day = today()
    const text = `number,date\n${asha.phone},${day}\n${asha.phone.slice(3)}\n9999999999\nnobody\nxy34,${day}\n`
    const list = await upload(text)
    expect(list).toMatchObject({
      ...{ listedOn: day, by: 'staff', uploadedBy: operatorId, part: 1, parts: 1 },
      ...{ rows: 3, revoked: 1, alreadyRevoked: 0, provenSince: 0, refused: 2 },
      refusedLines: [
        { line: 5, ending: '••', why: 'number' },
        { line: 6, ending: '••34', why: 'number' },
      ],
    })
    expect(await harness.published(list.id)).toMatchObject([
      {
        type: 'auth.revoked-numbers-uploaded',
        data: { actorId: operatorId, rows: 3, revoked: 1, refused: 2 },
      },
    ])
    const event = { type: 'auth.phone-revoked', data: { listId: list.id, revokedOn: day } }
    expect((await harness.published(asha.userId)).at(-1)).toMatchObject(event)
    expect(await typesOf(ravi.userId)).not.toContain('auth.phone-revoked')
    const auditor = harness.platform.person({ userId: uuidv7(), roles: ['auditor'] })
    const { lists } = await auditor(contracts.listRevokedNumbers, { querystring: { limit: 1 } })
    expect(lists).toEqual([list])
    // Neither a number nor its fingerprint is kept of who is none of ours.
    const rows = await harness.platform.database.admin`
      select to_jsonb(l) as row from auth.revoked_number_lists l`
    expect(JSON.stringify(rows)).not.toMatch(/9999999999|xy34/)
  })

  it('does nothing the second time, whatever day it is said to be of then', async () => {
    const asha = await revoked()
    const text = `${asha.phone},${asha.revokedOn},Surrendered`
    await prove(asha)
    const again = await upload(text, today())
    expect(again).toMatchObject({ revoked: 1, listedOn: asha.revokedOn })
    expect(await asha.as(contracts.showPhone, {})).toEqual({ phone: asha.phone })
    expect((await refusal(upload('9876543210', today(), again.id))).code).toBe('id-reused')
    // Nor does an older one with another line, since the number was proven after its day.
    const older = await upload(`${text}\n9999999998`)
    expect(older).toMatchObject({ revoked: 0, alreadyRevoked: 0, provenSince: 1 })
    // One of a day since does, and the next one says so.
    harness.clock.advance(dayMs)
    expect(await upload(`${asha.phone}\n`)).toMatchObject({ revoked: 1 })
    expect(await upload(`${asha.phone}`)).toMatchObject({ revoked: 0, alreadyRevoked: 1 })
  })

  it.each([
    ['nothing in it', '', () => ({})],
    [
      'a day to come',
      '9876543210',
      () => ({ listedOn: istDateOf(new Date(harness.clock.now().getTime() + dayMs)) }),
    ],
    ['a part of none', '9876543210', () => ({ part: 3, parts: 2 })],
    ['too many rows', '9876543210\n'.repeat(contracts.revocationRules.at(-1)!.maxRows + 1), () => ({})],
  ])('with %s is refused', async (_, text, more) => {
    expect((await refusal(upload(text, today(), undefined, more()))).code).toBe('request-invalid')
  })

  it('is taken from operators, and from the feed by its key', async () => {
    const feed = (key: string, text: string) =>
      harness.platform.anybody(
        contracts.feedRevokedNumbers,
        { querystring: { listedOn: today(), part: 2, parts: 2 }, file: file(text) },
        { headers: { authorization: key } },
      )
    const bearer = `Bearer ${testEnv.BAHI_REVOKED_NUMBERS_KEY}`
    for (const key of ['', 'Bearer ', `${bearer}x`, bearer.replace('Bearer', 'Basic')])
      expect((await refusal(feed(key, '9876500001'))).code).toBe('unauthenticated')
    const taken = await feed(bearer, '9876500001')
    expect(taken).toMatchObject({ by: 'feed', rows: 1, part: 2, parts: 2 })
    expect(taken.uploadedBy).toBeUndefined()
    expect((await feed(bearer, '9876500001')).id).toBe(taken.id)
    for (const role of ['support', 'risk-analyst', 'auditor', 'administrator'] as const) {
      const call = harness.platform.person({ userId: uuidv7(), roles: [role] })
      const asked = { params: { id: uuidv7() }, querystring: { listedOn: today() }, file: file('9876543210') }
      expect((await refusal(call(contracts.uploadRevokedNumbers, asked))).code).toBe('not-allowed')
    }
  })
})

describe('a person whose number is on a list', () => {
  it('stays signed in, and a code to the number proves nothing', async () => {
    const asha = await revoked()
    await followed(asha.userId, null)
    expect(await asha.as(contracts.showPhone, {})).toMatchObject({
      ...{ phone: asha.phone, revokedOn: asha.revokedOn, deviceProves: true },
    })
    expect((await asha.as(auth.listSessions, {})).sessions).toHaveLength(1)
    expect((await refusal(reset(asha.phone))).code).toBe('account-dormant')
    const code = { purpose: 'change-email' as const }
    expect((await refusal(asha.as(sendStepUpCode, { body: code }))).code).toBe('phone-revoked')
    const otp = await harness.codeFor(asha.phone, 'set-pin')
    const setPin = harness.platform.as('account')(auth.verifyOtp, { body: { userId: asha.userId, otp } })
    expect((await refusal(setPin)).code).toBe('phone-revoked')
    // Nobody pays them by it, and staff finds them by it still.
    expect((await refusal(payee(asha.phone))).code).toBe('not-found')
    const support = harness.platform.person({ userId: uuidv7(), roles: ['support'] })
    expect(await support(lookUpPerson, { querystring: { phone: asha.phone } })).toEqual({
      userId: asha.userId,
    })
    const of = { params: { userId: asha.userId } }
    expect(await harness.platform.as('account')(auth.personOf, of)).toMatchObject({ phoneRevoked: true })
  })

  it('proves it by a code from the next day on, and everybody learns that', async () => {
    const asha = await person()
    harness.clock.advance(2 * dayMs)
    await upload(`${asha.phone}, ${today()}`)
    await followed(asha.userId, null)
    expect(await refusal(prove(asha))).toMatchObject({ code: 'wrong-state' })
    harness.clock.advance(dayMs)
    expect((await refusal(asha.as(contracts.provePhone, { body: { otp: '000000' } }))).code).toBe('otp-wrong')
    await prove(asha)
    await followed(asha.userId, asha.phone)
    expect(await typesOf(asha.userId)).toEqual([
      ...['auth.registered', 'auth.phone-revoked', 'auth.phone-proven'],
    ])
    expect(await payee(asha.phone)).toEqual({ userId: asha.userId })
    await reset(asha.phone)
    expect(await refusal(prove(asha))).toMatchObject({ code: 'wrong-state' })
  })

  it('does not prove it on a device that came after it was disconnected', async () => {
    const asha = await revoked()
    harness.emails.set(asha.userId, 'asha@bahi.example')
    await refusal(signIn(asha.phone))
    const { accessToken } = await signIn(asha.phone, { emailOtp: harness.mails.at(-1)!.values!['otp']! })
    const { sid } = JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as {
      sid: string
    }
    const principal = { userId: asha.userId, sessionId: sid, deviceId: stranger.id }
    const as = harness.platform.person(principal)
    expect(await as(contracts.showPhone, {})).toMatchObject({ deviceProves: false })
    expect(await refusal(prove({ phone: asha.phone, as }))).toMatchObject({ code: 'wrong-state' })
    await prove(asha)
  })

  it('signs in on another device by the password and a code from the e-mail, none from the number', async () => {
    const asha = await revoked()
    // Whoever has the number and the password by now has nothing more than that.
    const otp = await harness.codeFor(asha.phone)
    const refused = { code: 'phone-revoked', stepUp: { purpose: 'sign-in', proofs: [] as string[] } }
    for (const more of [{}, { otp }]) expect(await refusal(signIn(asha.phone, more))).toMatchObject(refused)
    expect((await refusal(signIn(asha.phone, { password: 'guessed', otp }))).code).toBe('credentials-wrong')
    harness.emails.set(asha.userId, 'asha@bahi.example')
    const mailed = harness.mails.length
    refused.stepUp.proofs = ['email']
    expect(await refusal(signIn(asha.phone, { otp }))).toMatchObject(refused)
    expect(harness.mails.slice(mailed)).toMatchObject([
      { email: 'asha@bahi.example', template: 'auth.email-sign-in-code', language: 'en' },
    ])
    const emailOtp = harness.mails.at(-1)!.values!['otp']!
    const triesLeft = codeTries.provenEmail.max - 1
    const wrong = { emailOtp: otherThan(emailOtp) }
    expect(await refusal(signIn(asha.phone, wrong))).toMatchObject({ ...refused, triesLeft })
    // It is for signing in alone, and once.
    expect((await refusal(reset(asha.phone, stranger, { emailOtp }))).code).toBe('account-dormant')
    expect((await signIn(asha.phone, { emailOtp })).userId).toBe(asha.userId)
    const elsewhere = { device: { id: 'another', name: 'Moto' } }
    expect((await refusal(signIn(asha.phone, { emailOtp, ...elsewhere }))).code).toBe('phone-revoked')
    // Their own device needs none of it, and with the number proven a code to it is enough again.
    await signIn(asha.phone, { device: hers })
    await prove(asha)
    expect((await refusal(signIn(asha.phone, elsewhere))).code).toBe('otp-required')
    harness.clock.advance(60_000)
    await signIn(asha.phone, { otp: await harness.codeFor(asha.phone), ...elsewhere })
  })

  it('has both codes to enter while strangers try passwords, and is told of none that is wrong', async () => {
    const asha = await revoked()
    harness.emails.set(asha.userId, 'asha@bahi.example')
    for (let tries = 0; tries <= passwordTries.phone.max; tries++)
      await refusal(
        harness.from(`203.0.113.${tries}`)(auth.login, {
          body: { phone: asha.phone, password: 'guessed', device: stranger },
        }),
      )
    expect((await refusal(signIn(asha.phone))).code).toBe('otp-required')
    const otp = await harness.codeFor(asha.phone)
    expect((await refusal(signIn(asha.phone, { otp: otherThan(otp) }))).code).toBe('credentials-wrong')
    expect((await refusal(signIn(asha.phone, { otp }))).code).toBe('phone-revoked')
    const emailOtp = harness.mails.at(-1)!.values!['otp']!
    expect((await signIn(asha.phone, { otp, emailOtp })).userId).toBe(asha.userId)
    // With password and code right, that there are no more tries is no hint.
    const right = { otp: await harness.codeFor(asha.phone), device: { id: 'another', name: 'Moto' } }
    expect((await refusal(signIn(asha.phone, right))).code).toBe('phone-revoked')
    const next = harness.mails.at(-1)!.values!['otp']!
    for (let tries = 1; tries <= codeTries.provenEmail.max; tries++)
      expect((await refusal(signIn(asha.phone, { ...right, emailOtp: otherThan(next) }))).code).toBe(
        'phone-revoked',
      )
    expect((await refusal(signIn(asha.phone, { ...right, emailOtp: next }))).code).toBe('login-locked')
  })

  it('has tries of their own to sign in, which whoever has the number now cannot use up', async () => {
    const asha = await revoked()
    harness.emails.set(asha.userId, 'asha@bahi.example')
    const otp = await harness.codeFor(asha.phone, 'reset-password')
    const byHolder = (more: object = {}) =>
      harness.anybody(auth.resetPassword, {
        body: { phone: asha.phone, otp, newPassword, device: stranger, ...more },
      })
    await refusal(byHolder())
    const wrong = { emailOtp: otherThan(harness.mails.at(-1)!.values!['otp']!) }
    for (let tries = 1; tries <= codeTries.email.max; tries++)
      expect((await refusal(byHolder(wrong))).code).toBe('account-dormant')
    expect((await refusal(byHolder(wrong))).code).toBe('login-locked')
    await refusal(signIn(asha.phone))
    const emailOtp = harness.mails.at(-1)!.values!['otp']!
    expect((await signIn(asha.phone, { emailOtp })).userId).toBe(asha.userId)
  })

  it('is told to wait when no further code is mailed and none is good any more', async () => {
    const asha = await revoked()
    harness.emails.set(asha.userId, 'asha@bahi.example')
    const mailed = harness.mails.length
    const codeOf = async () => (await refusal(signIn(asha.phone))).code
    for (let sent = 1; sent <= maxUnusedSends; sent++) {
      harness.clock.advance(otpLifeMs)
      expect(await codeOf()).toBe('phone-revoked')
    }
    harness.clock.advance(resendAfterMs)
    expect(await codeOf()).toBe('phone-revoked')
    harness.clock.advance(otpLifeMs)
    expect(await refusal(signIn(asha.phone))).toMatchObject({
      code: 'otp-too-soon',
      retryAfterS: expect.any(Number) as number,
    })
    expect(harness.mails.length - mailed).toBe(maxUnusedSends)
  })

  it('has it as theirs again with another number, and the old one is its next holder’s', async () => {
    const asha = await revoked()
    const newPhone = harness.newPhone()
    const moved = { newPhone, otp: await harness.codeFor(newPhone, 'new-phone') }
    await asha.as(auth.changePhone, { body: { ...moved, stepUp: { password: goodPassword } } })
    await followed(asha.userId, newPhone)
    expect(await asha.as(contracts.showPhone, {})).toEqual({ phone: newPhone })
    expect((await harness.registered(asha.phone)).tokens.userId).not.toBe(asha.userId)
  })

  it('loses it to who has proven it and declares it new', async () => {
    const asha = await revoked()
    const otp = await harness.codeFor(asha.phone, 'register')
    const body = { ...harness.registration(asha.phone, otp), device: stranger }
    expect((await refusal(harness.anybody(auth.register, { body }))).code).toBe('phone-taken')
    const again = { ...body, otp: await harness.codeFor(asha.phone, 'register'), numberIsNew: true }
    expect((await harness.anybody(auth.register, { body: again })).userId).not.toBe(asha.userId)
    expect(await typesOf(asha.userId)).toContain('auth.phone-released')
  })

  it('is hit by none of a day before they proved it by a code and their password, device or PIN', async () => {
    const asha = await person()
    harness.clock.advance(3 * dayMs)
    const revokedOn = istDateOf(new Date(harness.clock.now().getTime() - dayMs))
    const otp = await harness.codeFor(asha.phone, 'set-pin')
    await harness.platform.as('account')(auth.verifyOtp, { body: { userId: asha.userId, otp } })
    expect(await upload(`${asha.phone},${revokedOn}`)).toMatchObject({ revoked: 0, provenSince: 1 })
    // A code alone is no proof: whoever got the number has it too.
    const ravi = await person()
    harness.clock.advance(3 * dayMs)
    await reset(ravi.phone)
    const before = istDateOf(new Date(harness.clock.now().getTime() - dayMs))
    expect(await upload(`${ravi.phone},${before}`)).toMatchObject({ revoked: 1, provenSince: 0 })
    const mina = await person()
    harness.clock.advance(3 * dayMs)
    await reset(mina.phone, hers)
    expect(
      await upload(`${mina.phone},${istDateOf(new Date(harness.clock.now().getTime() - dayMs))}`),
    ).toMatchObject({ revoked: 0, provenSince: 1 })
  })

  it('who proves it while lists are taken ends in one of both states, and others are told which', async () => {
    const asha = await revoked()
    const otp = await proofCode(asha)
    const newer = today()
    const [proof, ...lists] = await Promise.allSettled([
      asha.as(contracts.provePhone, { body: { otp } }),
      ...[1, 2, 3].map((n) => upload(`${asha.phone},${newer}\n987650000${n}`)),
    ])
    expect(lists.every(({ status }) => status === 'fulfilled')).toBe(true)
    const hits = lists.filter((one) => one.status === 'fulfilled' && one.value.revoked === 1)
    const { revokedOn } = await asha.as(contracts.showPhone, {})
    // Proven on the day of the list: that day's list says that it was disconnected later that day.
    expect([proof.status, hits.length <= 1]).toEqual(['fulfilled', true])
    expect(revokedOn).toBe(hits.length === 1 ? newer : undefined)
    await followed(asha.userId, hits.length === 1 ? null : asha.phone)
  })
})

it('the age of the newest list is a metric, beside how old it may be', async () => {
  await upload('9876511111', today(), undefined, { part: 1, parts: 2 })
  harness.clock.advance(3 * dayMs)
  const seconds = async () =>
    Number(
      /^bahi_revoked_numbers_age_seconds\{service="auth"\} (\S+)$/m.exec(
        await harness.platform.metrics(),
      )?.[1],
    )
  // The first of two parts is no list.
  expect(await seconds()).toBeGreaterThanOrEqual(3 * 86_400)
  await upload('9876522222', today(), undefined, { part: 2, parts: 2 })
  expect(await seconds()).toBeLessThan(3_600)
  const old = istDateOf(new Date(harness.clock.now().getTime() - 4 * dayMs))
  harness.clock.advance(7_200_000)
  await upload('9876533333', old)
  expect(Math.floor((await seconds()) / 3_600)).toBe(2)
  // The same content again is no news, and no alert either; of an old day, or as a first part, it says nothing.
  harness.clock.advance(5 * dayMs)
  const parts = { part: 1, parts: 2 }
  await upload('9876522222', old)
  await upload('9876522222', today(), undefined, parts)
  expect(await seconds()).toBeGreaterThanOrEqual(5 * 86_400)
  const again = await upload('9876522222', today())
  expect(again).toMatchObject({ part: 2, parts: 2, sentAgainOf: today() })
  expect(await seconds()).toBeLessThan(60)
  // Nor does an older one afterwards make it older.
  expect((await upload('9876522222', old)).sentAgainOf).toBe(today())
  expect(await seconds()).toBeLessThan(60)
  expect(await harness.platform.metrics()).toContain(
    'bahi_revoked_numbers_max_age_seconds{service="auth"} 604800',
  )
})
