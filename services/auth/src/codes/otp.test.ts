// One-time codes: the waiting rules as a table, and what strangers and crowds can do with the real thing.
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  maxUnspentSends,
  newCode,
  otpLifeMs,
  otpTries,
  otpWaitS,
  resendAfterMs,
  sendsWindowMs,
} from './otp.ts'
import { authStage, otherThan } from '../testing.ts'

describe('the wait for the next code', () => {
  const now = new Date('2026-11-23T09:30:00.000Z')
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const ends = new Date(now.getTime() + otpLifeMs)
  const ten = Array.from({ length: maxUnspentSends }, (_, i) => ago((i + 1) * 60_000))
  it.each([
    { why: 'a live code of now cools in full', live: true, sentAgoMs: 0, sends: [now], waitS: 30 },
    { why: 'a live code cools for the rest', live: true, sentAgoMs: 20_500, sends: [ago(20_500)], waitS: 10 },
    { why: 'no code is out, so nothing cools', live: false, sentAgoMs: 0, sends: [], waitS: 1 },
    { why: 'ten in an hour wait for the oldest', live: true, sentAgoMs: 60_000, sends: ten, waitS: 50 * 60 },
    {
      why: 'older sends than an hour count no more',
      live: true,
      sentAgoMs: 60_000,
      sends: [ago(sendsWindowMs), ...ten.slice(1)],
      waitS: 1,
    },
  ])('$why: $waitS s', ({ live, sentAgoMs, sends, waitS }) => {
    expect(otpWaitS({ live, sentAt: ago(sentAgoMs), expiresAt: ends, unspentSends: sends }, now)).toBe(waitS)
  })
  it('is asked of codes that have six digits, leading zeros included', () => {
    const codes = Array.from({ length: 500 }, newCode)
    expect(codes.every((code) => /^[0-9]{6}$/.test(code))).toBe(true)
    expect(new Set(codes).size).toBeGreaterThan(490)
  })
})

describe('one-time codes', () => {
  let stage: Awaited<ReturnType<typeof authStage>>
  beforeAll(async () => void (stage = await authStage(inject('postgresUrl'))))
  afterAll(() => stage.platform.stop())
  const ask = (phone: string) => stage.anybody(auth.requestOtp, { body: { phone } })
  const spend = (userId: string, otp: string) =>
    stage.platform.as('account')(auth.spendOtp, { body: { userId, otp } })

  it('are sent in the same words to registered phones and to others', async () => {
    const { phone } = await stage.registered()
    const other = stage.newPhone()
    expect(await ask(phone)).toEqual(await ask(other))
    expect(stage.sent.slice(-2).map((one) => [one.phone, one.template, one.values['minutes']])).toEqual([
      [phone, 'otp', '5'],
      [other, 'otp', '5'],
    ])
  })

  it('are kept nowhere in clear, nor is the phone', async () => {
    const phone = stage.newPhone()
    const code = await stage.codeFor(phone)
    const rows = JSON.stringify(
      await stage.platform.database.admin`
      select o::text as otp from auth.otps o union all select e::text from auth.events e
      union all select p::text from auth.people p`,
    )
    expect(rows).not.toContain(code)
    expect(rows).not.toContain(phone.slice(3))
    expect(rows).not.toContain(Buffer.from(phone).toString('hex'))
  })

  it('cool for 30 seconds while an unspent one is out', async () => {
    const phone = stage.newPhone()
    await ask(phone)
    const refused = await refusal(ask(phone))
    expect(refused.code).toBe('otp-too-soon')
    expect(refused.retryAfterS).toBeGreaterThan(25)
    expect(refused.retryAfterS).toBeLessThanOrEqual(30)
    stage.clock.advance(resendAfterMs)
    await ask(phone)
  })

  it('can be asked for at once after one was spent', async () => {
    const { phone, tokens } = await stage.registered()
    expect(await spend(tokens.userId, await stage.codeFor(phone))).toEqual({ phone })
    expect(await spend(tokens.userId, await stage.codeFor(phone))).toEqual({ phone })
  })

  it('are sent once when asked for many times at the same moment', async () => {
    const phone = stage.newPhone()
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => ask(phone)))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(stage.sent.filter((one) => one.phone === phone)).toHaveLength(1)
  })

  it('stop after ten in an hour that nobody spent', async () => {
    const phone = stage.newPhone()
    for (let i = 0; i < maxUnspentSends; i++) {
      await ask(phone)
      stage.clock.advance(resendAfterMs)
    }
    const refused = await refusal(ask(phone))
    expect(refused.code).toBe('otp-too-soon')
    expect(refused.retryAfterS).toBeGreaterThan(3000)
    stage.clock.advance(sendsWindowMs)
    await ask(phone)
  })

  it('can be asked for at once when notification was down, and the unsent one is worth nothing', async () => {
    const phone = stage.newPhone()
    stage.fails.notification = new Problem('timeout')
    for (let i = 0; i <= maxUnspentSends; i++) {
      expect(await refusal(ask(phone))).toEqual({ code: 'unavailable', retryAfterS: 1 })
    }
    delete stage.fails.notification
    expect(await stage.codeFor(phone)).toMatch(/^[0-9]{6}$/)
  })

  it.each(['12345', 'abcdef', '+919876543210x', '+915876543210', '+91987654321', '', 'x'.repeat(5000)])(
    'are refused for what is no phone: %.20s',
    async (phone) => {
      expect((await refusal(ask(phone))).code).toBe('request-invalid')
    },
  )

  it('work once', async () => {
    const { phone, tokens } = await stage.registered()
    const code = await stage.codeFor(phone)
    await spend(tokens.userId, code)
    expect(await refusal(spend(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('are spent by one of many who have them at the same time', async () => {
    const { phone, tokens } = await stage.registered()
    const code = await stage.codeFor(phone)
    const answers = await Promise.allSettled(Array.from({ length: 4 }, () => spend(tokens.userId, code)))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
  })

  it('are gone after five minutes', async () => {
    const { phone, tokens } = await stage.registered()
    const code = await stage.codeFor(phone)
    stage.clock.advance(otpLifeMs)
    expect(await refusal(spend(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('are worth nothing once a newer one was sent', async () => {
    const { phone, tokens } = await stage.registered()
    const old = await stage.codeFor(phone)
    stage.clock.advance(resendAfterMs)
    const young = await stage.codeFor(phone)
    if (old !== young) expect(await refusal(spend(tokens.userId, old))).toMatchObject({ code: 'otp-wrong' })
    await spend(tokens.userId, young)
  })

  it('are worth nothing for another phone', async () => {
    const asha = await stage.registered()
    const ravi = await stage.registered()
    const code = await stage.codeFor(asha.phone)
    if (code === (await stage.codeFor(ravi.phone))) return
    expect((await refusal(spend(ravi.tokens.userId, code))).code).toBe('otp-wrong')
  })

  it('count the tries down, and even the right code comes too late after five', async () => {
    const { phone, tokens } = await stage.registered()
    const code = await stage.codeFor(phone)
    for (let left = otpTries - 1; left >= 0; left--) {
      const wrong = spend(tokens.userId, otherThan(code))
      expect(await refusal(wrong)).toEqual({ code: 'otp-wrong', triesLeft: left })
    }
    expect(await refusal(spend(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('never let fifty guesses at the same time have more than five tries', async () => {
    const { phone, tokens } = await stage.registered()
    const code = await stage.codeFor(phone)
    const guesses = Array.from({ length: 50 }, (_, i) =>
      String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'),
    )
    const answers = await Promise.all(guesses.map((guess) => refusal(spend(tokens.userId, guess))))
    expect(new Set(answers.map((a) => a.code))).toEqual(new Set(['otp-wrong']))
    const counted = answers.flatMap((a) => a.triesLeft ?? []).sort()
    expect(counted).toEqual([0, 1, 2, 3, 4])
    expect(await refusal(spend(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('are spent for account alone', async () => {
    const body = { userId: crypto.randomUUID(), otp: '123456' }
    expect((await refusal(stage.platform.as('account')(auth.spendOtp, { body }))).code).toBe('not-found')
    expect((await refusal(stage.platform.as('payment')(auth.spendOtp, { body }))).code).toBe(
      'caller-not-allowed',
    )
    expect((await refusal(stage.anybody(auth.spendOtp, { body }))).code).toBe('caller-not-allowed')
  })
})
