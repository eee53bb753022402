// Step-up: what proves that it is the person, for which change, how often, and what a thief can do with it.
import * as auth from '@bahi/contracts/auth.ts'
import { eraseInAuth } from '@bahi/contracts/erasure.ts'
import { sendStepUpCode, proveStepUp, verifyStepUp } from '@bahi/contracts/step-up.ts'
import type { StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { goodPassword, otherThan, startAuth } from '../testing.ts'
import { codeTries, stepUpTries } from '../tries/tries.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
afterAll(() => harness.platform.stop())

const stolen = crypto.randomUUID()
const sessionOf = ({ accessToken }: auth.Tokens) =>
  (JSON.parse(Buffer.from(accessToken.split('.')[1]!, 'base64url').toString()) as { sid: string }).sid

type Who = { userId: string; sessionId: string }
const verify = (who: Who, stepUp: { password: string } | { proof: string }, purpose: StepUpPurpose) =>
  harness.platform.as('user')(verifyStepUp, { body: { ...who, stepUp, purpose } })

describe('a password', () => {
  const prove = (userId: string, password: string, sessionId = stolen) =>
    verify({ userId, sessionId }, { password }, 'change-email')

  it('is bounded, and locks neither person nor device', async () => {
    const { phone, tokens } = await harness.registered()
    expect(await prove(tokens.userId, goodPassword)).toEqual({ userId: tokens.userId })
    for (let i = 0; i < stepUpTries.max; i++)
      expect(await refusal(prove(tokens.userId, 'wrong'))).toEqual({ code: 'password-wrong' })
    expect(await refusal(prove(tokens.userId, goodPassword))).toMatchObject({ code: 'login-locked' })
    const device = { id: 'device-1', name: 'Pixel' }
    await harness.anybody(auth.login, { body: { phone, password: goodPassword, device } })
    // The tries of one session are not those of another: the owner signs in again.
    await prove(tokens.userId, goodPassword, crypto.randomUUID())
    expect(await refusal(prove(tokens.userId, goodPassword))).toMatchObject({ code: 'login-locked' })
    harness.clock.advance(stepUpTries.windowMs)
    await prove(tokens.userId, goodPassword)
  })

  it('is verified for services only', async () => {
    const who = { userId: crypto.randomUUID(), sessionId: stolen }
    const body = { ...who, stepUp: { password: 'x' }, purpose: 'change-email' as const }
    expect((await refusal(harness.anybody(verifyStepUp, { body }))).code).toBe('caller-not-allowed')
    expect((await refusal(harness.platform.as('user')(verifyStepUp, { body }))).code).toBe('not-found')
  })
})

describe('a code', () => {
  const purpose = 'change-email' as const
  async function someone() {
    const { phone, tokens } = await harness.registered()
    const who = { userId: tokens.userId, sessionId: sessionOf(tokens) }
    const call = harness.platform.person({ ...who, deviceId: 'device-1' })
    const send = async (for_: StepUpPurpose = purpose) => {
      const { id } = await call(sendStepUpCode, { body: { purpose: for_ } })
      return { otpId: id, otp: harness.sent.findLast((one) => one.phone === phone)!.values['otp']! }
    }
    return { phone, who, call, send }
  }

  it('is exchanged for a proof: for one purpose, from one session, once, for some minutes', async () => {
    const { who, call, send, phone } = await someone()
    const code = await send()
    expect(harness.sent.at(-1)).toMatchObject({ phone, purpose })
    const { proof } = await call(proveStepUp, { body: { purpose, ...code } })
    const needed = { code: 'step-up-required', stepUp: { purpose, proofs: ['password', 'code', 'passkey'] } }
    expect(await refusal(verify({ ...who, sessionId: stolen }, { proof }, purpose))).toMatchObject(needed)
    expect(await refusal(verify({ ...who, userId: stolen }, { proof }, purpose))).toMatchObject(needed)
    expect((await refusal(verify(who, { proof }, 'end-sessions'))).code).toBe('step-up-required')
    const uses = await Promise.allSettled(Array.from({ length: 5 }, () => verify(who, { proof }, purpose)))
    expect(uses.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const rows = await harness.platform.database.admin`select p::text as row from auth.step_up_proofs p`
    expect(JSON.stringify(rows)).not.toContain(proof)

    // The code has served, and another proof is over after a while.
    expect((await refusal(call(proveStepUp, { body: { purpose, ...code } }))).code).toBe('otp-wrong')
    const late = await call(proveStepUp, { body: { purpose, ...(await send()) } })
    harness.clock.advance(late.expiresInS * 1000)
    expect((await refusal(verify(who, { proof: late.proof }, purpose))).code).toBe('step-up-required')
  })

  it('of another purpose, or a wrong one, proves nothing', async () => {
    const { phone, call, send } = await someone()
    const code = await send('change-notices')
    expect(await refusal(call(proveStepUp, { body: { purpose, ...code } }))).toMatchObject({
      code: 'otp-wrong',
    })
    const wrong = { ...code, otp: otherThan(code.otp) }
    const body = { purpose: 'change-notices' as const, ...wrong }
    expect(await refusal(call(proveStepUp, { body }))).toMatchObject({ code: 'otp-wrong', triesLeft: 3 })
    const device = { id: 'thief', name: 'Thief' }
    const signIn = { phone, password: goodPassword, device, otp: code.otp }
    expect((await refusal(harness.anybody(auth.login, { body: signIn }))).code).toBe('otp-wrong')
  })

  it('is no proof for a new password', async () => {
    const { call } = await someone()
    const body = { purpose: 'change-password' as const }
    expect((await refusal(call(sendStepUpCode, { body }))).code).toBe('wrong-state')
    const asked = { newPassword: 'boats on the river' }
    expect(await refusal(call(auth.changePassword, { body: asked }))).toMatchObject({
      ...{ code: 'step-up-required', stepUp: { purpose: 'change-password', proofs: ['password'] } },
    })
  })

  it('lets a person sign out all devices, which a stolen access token alone cannot', async () => {
    const { call, send } = await someone()
    const asks = [
      () => call(auth.endOtherSessions, { body: {} }),
      () => call(auth.logout, { body: { all: true } }),
    ]
    for (const ask of asks) expect((await refusal(ask())).code).toBe('step-up-required')
    const proof = await call(proveStepUp, {
      body: { purpose: 'end-sessions', ...(await send('end-sessions')) },
    })
    await call(auth.endOtherSessions, { body: { stepUp: { proof: proof.proof } } })
  })
})

describe('another phone', () => {
  const stepUp = { password: goodPassword }
  const asOn = (tokens: auth.Tokens, deviceId = 'device-1') =>
    harness.platform.person({ userId: tokens.userId, sessionId: sessionOf(tokens), deviceId })
  const login = (phone: string, deviceId: string, more: object = {}) => {
    const device = { id: deviceId, name: deviceId }
    return harness.anybody(auth.login, { body: { phone, password: goodPassword, device, ...more } })
  }

  it('takes the password and a code to it; the old one, other sessions and other devices are out', async () => {
    const { phone, tokens } = await harness.registered()
    const newPhone = harness.newPhone()
    const tablet = await login(phone, 'tablet', { otp: await harness.codeFor(phone) })
    harness.clock.advance(20 * 24 * 3_600_000)
    const mine = await login(phone, 'device-1')
    const change = (body: object) =>
      asOn(mine)(auth.changePhone, { body: { newPhone, otp: '000000', ...body } as never })
    expect(await refusal(change({}))).toMatchObject({
      ...{ code: 'step-up-required', stepUp: { purpose: 'change-phone', proofs: ['password'] } },
    })
    // A code for something else, or to the old phone, is none.
    const other = { stepUp, otp: await harness.codeFor(newPhone, 'register') }
    expect((await refusal(change(other))).code).toBe('otp-wrong')
    const toOld = { stepUp, otp: await harness.codeFor(phone, 'new-phone') }
    expect((await refusal(change(toOld))).code).toBe('otp-wrong')

    const otp = await harness.codeFor(newPhone, 'new-phone')
    harness.fails.notification = new Problem('unavailable')
    expect((await refusal(change({ stepUp, otp }))).code).toBe('unavailable')
    delete harness.fails.notification
    const changedAt = harness.clock.now().toISOString()
    await change({ stepUp, otp })
    expect(harness.oldPhones).toContain(phone)
    expect((await refusal(change({ stepUp, otp }))).code).toBe('request-invalid')

    expect((await refusal(login(phone, 'device-1'))).code).toBe('credentials-wrong')
    expect((await refusal(login(newPhone, 'tablet'))).code).toBe('otp-required')
    await login(newPhone, 'device-1')
    const reasons = async (of: auth.Tokens) =>
      (await harness.published(sessionOf(of))).map(({ data }) => data['reason']).filter(Boolean)
    expect(await reasons(mine)).toEqual([])
    expect(await reasons(tablet)).toEqual(['phone-changed'])
    // Limits are those of a new device.
    const people = [{ userId: tokens.userId, deviceId: 'device-1' }]
    const tenures = await harness.platform.as('payment')(auth.accountTenures, { body: { people } })
    expect(tenures.people[0]!.deviceBoundAt! >= changedAt).toBe(true)
    await vi.waitFor(async () => {
      const types = (await harness.published(tokens.userId)).map(({ type }) => type)
      expect(types).toContain('auth.phone-changed')
    }, 20_000)
    expect(harness.moved.slice(-2)).toEqual([
      `user ${tokens.userId} ${newPhone}`,
      `account ${tokens.userId} ${newPhone}`,
    ])
  })

  it('is told to the old one once, when the transaction is run again', async () => {
    const { admin } = harness.platform.database
    const { phone, tokens } = await harness.registered()
    const newPhone = harness.newPhone()
    const sessionId = sessionOf(await login(phone, 'tablet', { otp: await harness.codeFor(phone) }))
    const otp = await harness.codeFor(newPhone, 'new-phone')
    // What another transaction has appended to a stream to which the change appends after that call.
    const append = (tx: Tx) => tx`
      insert into auth.events (id, stream, version, type, data, at)
      select gen_random_uuid(), stream, version + 1, type, data, at from auth.events where stream = ${sessionId}`
    const change = () => [asOn(tokens)(auth.changePhone, { body: { newPhone, otp, stepUp } })]
    await Promise.all((await harness.meanwhile(append, change)).all)
    expect(harness.oldPhones.filter((one) => one === phone)).toHaveLength(1)
    const [last] = await admin`
      select type, version from auth.events where stream = ${sessionId} order by version desc limit 1`
    expect(last).toMatchObject({ type: 'auth.session-ended', version: 3 })
  })

  it('is not that of somebody else, who alone learns of it; its next holder begins afresh', async () => {
    const [asha, ravi] = [await harness.registered(), await harness.registered()]
    const newPhone = harness.newPhone()
    const move = async (who: typeof asha, to: string) =>
      asOn(who.tokens)(auth.changePhone, {
        body: { newPhone: to, otp: await harness.codeFor(to, 'new-phone'), stepUp },
      })
    expect((await refusal(move(asha, ravi.phone))).code).toBe('phone-taken')
    const wrong = { newPhone: ravi.phone, otp: '000000', stepUp }
    expect((await refusal(asOn(asha.tokens)(auth.changePhone, { body: wrong }))).code).toBe('otp-wrong')
    await move(asha, newPhone)
    // Whoever gets the number that asha had is another person, with nothing of hers.
    const next = await harness.registered(asha.phone)
    expect(next.tokens.userId).not.toBe(asha.tokens.userId)
    expect((await asOn(next.tokens)(auth.listSessions, {})).sessions).toHaveLength(1)
    const { phone } = await harness.platform.as('user')(auth.personOf, {
      params: { userId: asha.tokens.userId },
    })
    expect(phone).toBe(newPhone)
  })

  it('can be guessed at by many, and the codes of whose it is stay good', async () => {
    const ravi = await harness.registered()
    for (let people = 0; people < codeTries.proven.max / codeTries.asker.max; people++) {
      const { tokens } = await harness.registered()
      const wrong = { newPhone: ravi.phone, otp: '000000', stepUp }
      for (let tries = 0; tries < codeTries.asker.max; tries++)
        expect((await refusal(asOn(tokens)(auth.changePhone, { body: wrong }))).code).toBe('otp-wrong')
    }
    await login(ravi.phone, 'tablet', { otp: await harness.codeFor(ravi.phone) })
  })

  it('is not had by an account that closes meanwhile', async () => {
    const { tokens } = await harness.registered()
    const newPhone = harness.newPhone()
    const otp = await harness.codeFor(newPhone, 'new-phone')
    const close = { params: { userId: tokens.userId }, body: { stage: 'close' as const, vpas: [] } }
    const [moved] = await Promise.allSettled([
      asOn(tokens)(auth.changePhone, { body: { newPhone, otp, stepUp } }),
      harness.platform.as('user')(eraseInAuth, close),
    ])
    const next = await harness.registered(newPhone)
    expect([moved.status, next.tokens.userId === tokens.userId]).toEqual([moved.status, false])
  })

  it('of many who move to one number at once, one has it', async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => harness.registered()))
    const newPhone = harness.newPhone()
    const otp = await harness.codeFor(newPhone, 'new-phone')
    const body = { newPhone, otp, stepUp }
    const moves = await Promise.allSettled(
      people.map(({ tokens }) => asOn(tokens)(auth.changePhone, { body })),
    )
    expect(moves.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})
