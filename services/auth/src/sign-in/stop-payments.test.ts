// Stopping payments without a session: by the password or a code, by nobody else, and counted as at sign-in.
import * as auth from '@bahi/contracts/auth.ts'
import type { Call } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { goodPassword, otherThan, startAuth } from '../testing.ts'
import { codeTries, passwordTries } from '../tries/tries.ts'

let harness: Awaited<ReturnType<typeof startAuth>>
beforeAll(async () => {
  harness = await startAuth(inject('postgresUrl'))
})
afterAll(() => harness.platform.stop())

const anywhere = { id: 'a-friend', name: "A friend's phone" }
const byPassword = (phone: string, password = goodPassword, call: Call = harness.anybody) =>
  call(auth.stopMyPayments, { body: { phone, password, device: anywhere } })
const byCode = (phone: string, otp: string, call: Call = harness.anybody) =>
  call(auth.stopMyPayments, { body: { phone, otp } })
/** Undefined: it was not refused. */
const codeOf = (call: Promise<unknown>): Promise<string | undefined> =>
  call.then(
    () => undefined,
    (error: Problem) => error.code,
  )
const stopsOf = (userId: string) => harness.stopped.filter((one) => one === userId).length

describe('payments are stopped from the sign-in screen', () => {
  it('by the password, from any device, and every device is signed out', async () => {
    const { phone, tokens } = await harness.registered()
    await byPassword(phone)
    expect(stopsOf(tokens.userId)).toBe(1)
    const { refreshToken } = tokens
    expect(await codeOf(harness.anybody(auth.refresh, { body: { refreshToken } }))).toBe(
      'refresh-token-invalid',
    )
    const again = { phone, password: goodPassword, device: { id: 'device-1', name: 'Pixel' } }
    expect(await codeOf(harness.anybody(auth.login, { body: again }))).toBe('otp-required')
    await byPassword(phone)
    expect(stopsOf(tokens.userId)).toBe(2)
  })

  it('by a code, which works once', async () => {
    const { phone, tokens } = await harness.registered()
    const otp = await harness.codeFor(phone, 'stop-payments')
    expect(await codeOf(byCode(phone, otherThan(otp)))).toBe('otp-wrong')
    await byCode(phone, otp)
    expect(await codeOf(byCode(phone, otp))).toBe('otp-wrong')
    expect(stopsOf(tokens.userId)).toBe(1)
  })

  it('again, when payment could not be reached: nobody is signed out before', async () => {
    const { phone, tokens } = await harness.registered()
    harness.fails.payment = new Problem('unavailable')
    expect(await codeOf(byPassword(phone))).toBe('unavailable')
    delete harness.fails.payment
    expect(stopsOf(tokens.userId)).toBe(0)
    await byPassword(phone)
    expect(stopsOf(tokens.userId)).toBe(1)
  })

  it('by the same code, when payment could not be reached; wrong ones are counted all the same', async () => {
    const { phone, tokens } = await harness.registered()
    const otp = await harness.codeFor(phone, 'stop-payments')
    harness.fails.payment = new Problem('unavailable')
    expect(await refusal(byCode(phone, otherThan(otp)))).toMatchObject({ triesLeft: codeTries.asker.max - 1 })
    expect(await codeOf(byCode(phone, otp))).toBe('unavailable')
    expect(await refusal(byCode(phone, otherThan(otp)))).toMatchObject({ triesLeft: codeTries.asker.max - 2 })
    delete harness.fails.payment
    expect(stopsOf(tokens.userId)).toBe(0)
    await byCode(phone, otp)
    expect(stopsOf(tokens.userId)).toBe(1)
    expect(await codeOf(byCode(phone, otp))).toBe('otp-wrong')
  })

  it('by nobody’s code: nothing is stopped, and the code is used up', async () => {
    const phone = harness.newPhone()
    const otp = await harness.codeFor(phone, 'stop-payments')
    expect(await codeOf(byCode(phone, otp))).toBe('credentials-wrong')
    expect(await codeOf(byCode(phone, otp))).toBe('otp-wrong')
  })
})

describe('a stranger', () => {
  it('stops nobody, and learns no more than at sign-in', async () => {
    const { phone, tokens } = await harness.registered()
    const other = harness.newPhone()
    const [known, unknown] = [harness.from('203.0.113.7'), harness.from('203.0.113.8')]
    for (let i = 0; i <= passwordTries.network.max; i++)
      expect(await codeOf(byPassword(phone, 'wrong', known))).toBe(
        await codeOf(byPassword(other, 'wrong', unknown)),
      )
    // The tries are those of signing in.
    expect(await codeOf(byPassword(phone, goodPassword, known))).toBe('login-locked')
    const body = { phone, password: goodPassword, device: anywhere }
    expect(await codeOf(known(auth.login, { body }))).toBe('login-locked')
    expect(stopsOf(tokens.userId)).toBe(0)
    // The owner is not held up.
    await byPassword(phone, goodPassword, harness.from('198.51.100.9'))
    expect(stopsOf(tokens.userId)).toBe(1)
  })

  it('with many networks has no password looked at any more; the owner uses a code', async () => {
    const { phone, tokens } = await harness.registered()
    for (let i = 0; i < passwordTries.phone.max; i++)
      await codeOf(byPassword(phone, 'wrong', harness.from(`203.2.${i}.1`)))
    const next = harness.from('203.2.200.1')
    expect(await codeOf(byPassword(phone, goodPassword, next))).toBe('otp-required')
    expect(await codeOf(byPassword(phone, 'wrong', next))).toBe('otp-required')
    expect(stopsOf(tokens.userId)).toBe(0)
    await byCode(phone, await harness.codeFor(phone, 'stop-payments'), next)
    expect(stopsOf(tokens.userId)).toBe(1)
  })

  it('has neither password nor code: nothing is asked', async () => {
    const { phone } = await harness.registered()
    expect(await codeOf(harness.anybody(auth.stopMyPayments, { body: { phone } as never }))).toBe(
      'request-invalid',
    )
  })
})
