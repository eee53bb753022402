// One-time codes: the waiting rules as a table, and the service under repeated and concurrent requests.
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  maxUnusedSends,
  newCode,
  otpLifeMs,
  maxOtpAttempts,
  otpWaitS,
  resendAfterMs,
  sendWindowMs,
} from './otp.ts'
import { startAuth, otherThan } from '../testing.ts'

describe('the wait for the next code', () => {
  const now = new Date('2026-11-23T09:30:00.000Z')
  const ago = (ms: number) => new Date(now.getTime() - ms)
  const ends = new Date(now.getTime() + otpLifeMs)
  const ten = Array.from({ length: maxUnusedSends }, (_, i) => ago((i + 1) * 60_000))
  it.each([
    { why: 'an active code of now', active: true, sentAgoMs: 0, sends: [now], waitS: 30 },
    { why: 'an active code of 20.5 s ago', active: true, sentAgoMs: 20_500, sends: [ago(20_500)], waitS: 10 },
    { why: 'no active code', active: false, sentAgoMs: 0, sends: [], waitS: 1 },
    {
      why: 'ten unused within an hour wait for the oldest',
      active: true,
      sentAgoMs: 60_000,
      sends: ten,
      waitS: 50 * 60,
    },
    {
      why: 'sends older than an hour do not count',
      active: true,
      sentAgoMs: 60_000,
      sends: [ago(sendWindowMs), ...ten.slice(1)],
      waitS: 1,
    },
  ])('$why: $waitS s', ({ active, sentAgoMs, sends, waitS }) => {
    expect(otpWaitS({ active, sentAt: ago(sentAgoMs), expiresAt: ends, unusedSends: sends }, now)).toBe(waitS)
  })
  it('concerns codes of six digits, leading zeros included', () => {
    const codes = Array.from({ length: 500 }, newCode)
    expect(codes.every((code) => /^[0-9]{6}$/.test(code))).toBe(true)
    expect(new Set(codes).size).toBeGreaterThan(490)
  })
})

describe('one-time codes', () => {
  let harness: Awaited<ReturnType<typeof startAuth>>
  beforeAll(async () => void (harness = await startAuth(inject('postgresUrl'))))
  afterAll(() => harness.platform.stop())
  const request = (phone: string) => harness.anybody(auth.requestOtp, { body: { phone } })
  const verify = (userId: string, otp: string) =>
    harness.platform.as('account')(auth.verifyOtp, { body: { userId, otp } })

  it('are sent with the same text to registered and unregistered phones', async () => {
    const { phone } = await harness.registered()
    const other = harness.newPhone()
    expect(await request(phone)).toEqual(await request(other))
    expect(
      harness.sent.slice(-2).map(({ phone, template, values }) => [phone, template, values['minutes']]),
    ).toEqual([
      [phone, 'otp', '5'],
      [other, 'otp', '5'],
    ])
  })

  it('are not stored in clear text, nor is the phone', async () => {
    const phone = harness.newPhone()
    const code = await harness.codeFor(phone)
    const rows = JSON.stringify(
      await harness.platform.database.admin`
      select o::text as otp from auth.otps o union all select e::text from auth.events e
      union all select p::text from auth.people p`,
    )
    expect(rows).not.toContain(code)
    expect(rows).not.toContain(phone.slice(3))
    expect(rows).not.toContain(Buffer.from(phone).toString('hex'))
  })

  it('are sent again only after 30 s while an unused one is active', async () => {
    const phone = harness.newPhone()
    await request(phone)
    const refused = await refusal(request(phone))
    expect(refused.code).toBe('otp-too-soon')
    expect(refused.retryAfterS).toBeGreaterThan(25)
    expect(refused.retryAfterS).toBeLessThanOrEqual(30)
    harness.clock.advance(resendAfterMs)
    await request(phone)
  })

  it('can be requested at once after one was used', async () => {
    const { phone, tokens } = await harness.registered()
    expect(await verify(tokens.userId, await harness.codeFor(phone))).toEqual({ phone })
    expect(await verify(tokens.userId, await harness.codeFor(phone))).toEqual({ phone })
  })

  it('are sent once for concurrent requests', async () => {
    const phone = harness.newPhone()
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => request(phone)))
    expect(results.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(harness.sent.filter((secret) => secret.phone === phone)).toHaveLength(1)
  })

  it('are refused after ten unused ones in an hour', async () => {
    const phone = harness.newPhone()
    for (let i = 0; i < maxUnusedSends; i++) {
      await request(phone)
      harness.clock.advance(resendAfterMs)
    }
    const refused = await refusal(request(phone))
    expect(refused.code).toBe('otp-too-soon')
    expect(refused.retryAfterS).toBeGreaterThan(3000)
    harness.clock.advance(sendWindowMs)
    await request(phone)
  })

  it('can be requested at once when notification was unavailable', async () => {
    const phone = harness.newPhone()
    harness.fails.notification = new Problem('timeout')
    for (let i = 0; i <= maxUnusedSends; i++) {
      expect(await refusal(request(phone))).toEqual({ code: 'unavailable', retryAfterS: 1 })
    }
    delete harness.fails.notification
    expect(await harness.codeFor(phone)).toMatch(/^[0-9]{6}$/)
  })

  it.each(['12345', 'abcdef', '+919876543210x', '+915876543210', '+91987654321', '', 'x'.repeat(5000)])(
    'are refused for an invalid phone: %.20s',
    async (phone) => {
      expect((await refusal(request(phone))).code).toBe('request-invalid')
    },
  )

  it('work once', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await harness.codeFor(phone)
    await verify(tokens.userId, code)
    expect(await refusal(verify(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('work once for concurrent requests', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await harness.codeFor(phone)
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => verify(tokens.userId, code)))
    expect(results.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
  })

  it('expire after five minutes', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await harness.codeFor(phone)
    harness.clock.advance(otpLifeMs)
    expect(await refusal(verify(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('are invalid once a newer one was sent', async () => {
    const { phone, tokens } = await harness.registered()
    const older = await harness.codeFor(phone)
    harness.clock.advance(resendAfterMs)
    const newer = await harness.codeFor(phone)
    if (older !== newer)
      expect(await refusal(verify(tokens.userId, older))).toMatchObject({ code: 'otp-wrong' })
    await verify(tokens.userId, newer)
  })

  it('are invalid for another phone', async () => {
    const asha = await harness.registered()
    const ravi = await harness.registered()
    const code = await harness.codeFor(asha.phone)
    if (code === (await harness.codeFor(ravi.phone))) return
    expect((await refusal(verify(ravi.tokens.userId, code))).code).toBe('otp-wrong')
  })

  it('are invalid after five wrong attempts, which are counted down', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await harness.codeFor(phone)
    for (let left = maxOtpAttempts - 1; left >= 0; left--) {
      const wrong = verify(tokens.userId, otherThan(code))
      expect(await refusal(wrong)).toEqual({ code: 'otp-wrong', triesLeft: left })
    }
    expect(await refusal(verify(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('allow five attempts of fifty concurrent ones', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await harness.codeFor(phone)
    const guesses = Array.from({ length: 50 }, (_, i) =>
      String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'),
    )
    const results = await Promise.all(guesses.map((guess) => refusal(verify(tokens.userId, guess))))
    expect(new Set(results.map((a) => a.code))).toEqual(new Set(['otp-wrong']))
    const counted = results.flatMap((a) => a.triesLeft ?? []).sort()
    expect(counted).toEqual([0, 1, 2, 3, 4])
    expect(await refusal(verify(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('are verified for account only', async () => {
    const body = { userId: crypto.randomUUID(), otp: '123456' }
    expect((await refusal(harness.platform.as('account')(auth.verifyOtp, { body }))).code).toBe('not-found')
    expect((await refusal(harness.platform.as('payment')(auth.verifyOtp, { body }))).code).toBe(
      'caller-not-allowed',
    )
    expect((await refusal(harness.anybody(auth.verifyOtp, { body }))).code).toBe('caller-not-allowed')
  })
})
