// Step-up: what proves that it is the person, for which change, how often, and what a thief can do with it.
import * as auth from '@bahi/contracts/auth.ts'
import { sendStepUpCode, proveStepUp, verifyStepUp } from '@bahi/contracts/step-up.ts'
import type { StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPassword, otherThan, startAuth } from '../testing.ts'
import { stepUpTries } from '../tries/tries.ts'

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
    const needed = { code: 'step-up-required', stepUp: { purpose, proofs: ['password', 'code'] } }
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
