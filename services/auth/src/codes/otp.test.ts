// One-time codes: the waiting rules as a table, and the service under repeated and concurrent requests.
import { clearTextOf } from '@bahi/testing/clear-text.ts'
import { refusal } from '@bahi/testing/problems.ts'
import * as auth from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { codeTries } from '../tries/tries.ts'
import {
  maxStrangerSends,
  maxUnusedSends,
  newCode,
  otpLifeMs,
  otpWaitMs,
  resendAfterMs,
  sendWindowMs,
  strangerEveryMs,
  type UnusedSend,
} from './otp.ts'
import { goodPassword, otherThan, provenBy, startAuth } from '../testing.ts'

describe('the wait for the next code', () => {
  const now = new Date('2026-11-23T09:30:00.000Z')
  const send = (agoMs: number, whose: Partial<UnusedSend> = {}): UnusedSend => {
    const sentAt = new Date(now.getTime() - agoMs)
    return {
      own: true,
      same: true,
      boundDevice: false,
      sentAt,
      expiresAt: new Date(sentAt.getTime() + otpLifeMs),
      ...whose,
    }
  }
  const minute = 60_000
  const minutesAgo = (count: number, whose?: Partial<UnusedSend>) =>
    Array.from({ length: count }, (_, i) => send((count - i) * minute, whose))
  const stranger = { own: false }
  it.each<[why: string, sends: UnusedSend[], boundDevice: boolean, waitMs: number]>([
    ['none was sent', [], false, 0],
    ['one of now', [send(0)], false, resendAfterMs],
    ['one of 20.5 s ago', [send(20_500)], false, 9_500],
    ['one of now for another purpose', [send(0, { same: false })], false, 0],
    ['one of now for somebody else', [send(0, stranger)], false, 0],
    ['five within the hour wait for the oldest', minutesAgo(maxUnusedSends), false, 55 * minute],
    ['one of them is older than an hour', [send(sendWindowMs), ...minutesAgo(4)], false, 0],
    ['strangers had ten, one of a minute ago', minutesAgo(maxStrangerSends, stranger), false, 14 * minute],
    [
      'strangers had ten, the last one for this a quarter of an hour ago',
      [...minutesAgo(9, { ...stranger, same: false }), send(15 * minute, stranger)],
      false,
      0,
    ],
    [
      'strangers had ten for another purpose',
      minutesAgo(maxStrangerSends, { ...stranger, same: false }),
      false,
      0,
    ],
    ['strangers had ten, and a bound device asks', minutesAgo(maxStrangerSends, stranger), true, 0],
    ['bound devices had ten', minutesAgo(10, { ...stranger, boundDevice: true }), false, 0],
  ])('%s', (_why, sends, boundDevice, waitMs) => {
    expect(otpWaitMs(sends, boundDevice, now)).toBe(waitMs)
  })
  it('keeps whoever asks for everything from many networks within thirty an hour', () => {
    const sent: { purpose: number; atMs: number }[] = []
    const until = now.getTime() + 3 * sendWindowMs
    for (let atMs = now.getTime(); atMs < until; atMs += minute)
      for (let purpose = 0; purpose < auth.codePurposes.length; purpose++) {
        const at = new Date(atMs)
        const sends = sent.map((one) =>
          send(now.getTime() - one.atMs, { own: false, same: one.purpose === purpose }),
        )
        if (otpWaitMs(sends, false, at) === 0) sent.push({ purpose, atMs })
      }
    const mostWithin = Math.max(
      ...sent.map(
        ({ atMs: from }) => sent.filter(({ atMs }) => atMs >= from && atMs < from + sendWindowMs).length,
      ),
    )
    expect(mostWithin).toBeLessThanOrEqual(30)
    // Each purpose goes on being served.
    for (const purpose of [0, 4])
      expect(
        sent.filter((one) => one.purpose === purpose && one.atMs >= until - sendWindowMs).length,
      ).toBeGreaterThan(2)
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
  const purpose = 'set-pin' as const
  const request = (phone: string) => harness.anybody(auth.requestOtp, { body: { phone, purpose } })
  const codeOf = (phone: string) => harness.codeFor(phone, purpose)
  const verify = (userId: string, otp: string) =>
    harness.platform.as('account')(auth.verifyOtp, { body: { userId, otp } })

  it('are sent with the same text to registered and unregistered phones', async () => {
    const { phone } = await harness.registered()
    const other = harness.newPhone()
    expect(await request(phone)).toEqual({ ...(await request(other)), id: expect.any(String) as string })
    expect(
      harness.sent
        .slice(-2)
        .map(({ phone, template, values, ...sent }) => [phone, template, sent.purpose, values['minutes']]),
    ).toEqual([
      [phone, 'otp', purpose, '5'],
      [other, 'otp', purpose, '5'],
    ])
  })

  it('are not stored in clear text, nor is the phone', async () => {
    const phone = harness.newPhone()
    const code = await codeOf(phone)
    const rows = await harness.platform.database.admin`
      select o::text as otp from auth.one_time_codes o union all select e::text from auth.events e
      union all select p::text from auth.people p`
    expect(clearTextOf(rows)).not.toContain(code)
    expect(clearTextOf(rows)).not.toContain(phone.slice(3))
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(phone).toString('hex'))
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
    expect(await verify(tokens.userId, await codeOf(phone))).toEqual({ phone })
    expect(await verify(tokens.userId, await codeOf(phone))).toEqual({ phone })
  })

  it('are sent once for concurrent requests', async () => {
    const phone = harness.newPhone()
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => request(phone)))
    expect(results.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(harness.sent.filter((secret) => secret.phone === phone)).toHaveLength(1)
  })

  it('are refused to one asker after five unused ones in an hour', async () => {
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

  it('cannot be used up by strangers: a bound device has its own, and a new one gets one soon', async () => {
    const { phone } = await harness.registered()
    for (let i = 0; i < 40; i++)
      await harness
        .from(`203.0.113.${i}`)(auth.requestOtp, { body: { phone, purpose: 'sign-in' } })
        .catch(() => undefined)
    const ofStrangers = harness.sent.filter((secret) => secret.phone === phone).length
    // One is of the registration, and used.
    expect(ofStrangers - 1).toBe(maxStrangerSends)
    await harness.from('198.51.100.1')(
      auth.requestOtp,
      { body: { phone, purpose: 'sign-in' } },
      provenBy('device-1'),
    )
    const tablet = { id: 'device-9', name: 'Tablet' }
    expect(
      (await refusal(harness.from('198.51.100.2')(auth.requestOtp, { body: { phone, purpose: 'sign-in' } })))
        .code,
    ).toBe('otp-too-soon')
    // The newest code that a stranger asked for came to the owner's phone, and is good.
    const otp = harness.sent.findLast((secret) => secret.phone === phone)!.values['otp']!
    const body = { phone, password: goodPassword, device: tablet, otp }
    await harness.from('198.51.100.2')(auth.login, { body })
    // Under the flood that goes on, one is sent in each quarter of an hour, whoever asks first.
    const signIns = () =>
      harness.sent.filter((one) => one.phone === phone && one.purpose === 'sign-in').length
    for (let quarter = 0; quarter < 3; quarter++) {
      for (let i = 0; i < 20; i++)
        await harness
          .from(`203.0.${114 + quarter}.${i}`)(auth.requestOtp, { body: { phone, purpose: 'sign-in' } })
          .catch(() => undefined)
      harness.clock.advance(strangerEveryMs)
      const before = signIns()
      await harness.from(`198.51.101.${quarter}`)(auth.requestOtp, { body: { phone, purpose: 'sign-in' } })
      expect(signIns()).toBe(before + 1)
    }
  })

  it('are sent in the language that the app asks for', async () => {
    const phone = harness.newPhone()
    await harness.anybody(auth.requestOtp, { body: { phone, purpose, language: 'hi' } })
    expect(harness.sent.at(-1)).toMatchObject({ phone, language: 'hi' })
  })

  it('can be requested at once when notification was unavailable', async () => {
    const phone = harness.newPhone()
    harness.fails.notification = new Problem('timeout')
    for (let i = 0; i <= maxUnusedSends; i++) {
      expect(await refusal(request(phone))).toEqual({ code: 'unavailable', retryAfterS: 1 })
    }
    delete harness.fails.notification
    expect(await codeOf(phone)).toMatch(/^[0-9]{6}$/)
  })

  it.each(['12345', 'abcdef', '+919876543210x', '+915876543210', '+91987654321', '', 'x'.repeat(5000)])(
    'are refused for an invalid phone: %.20s',
    async (phone) => {
      expect((await refusal(request(phone))).code).toBe('request-invalid')
    },
  )

  it('are good for the purpose that their message names, and no other', async () => {
    const { phone, tokens } = await harness.registered()
    const toSignIn = await harness.codeFor(phone, 'sign-in')
    const toSetPin = await codeOf(phone)
    if (toSignIn === toSetPin) return
    expect((await refusal(verify(tokens.userId, toSignIn))).code).toBe('otp-wrong')
    const body = { phone, password: goodPassword, device: { id: 'device-5', name: 'Tablet' } }
    expect((await refusal(harness.anybody(auth.login, { body: { ...body, otp: toSetPin } }))).code).toBe(
      'otp-wrong',
    )
    // Using one leaves those of other purposes alive.
    await verify(tokens.userId, toSetPin)
    await harness.anybody(auth.login, { body: { ...body, otp: toSignIn } })
  })

  it('that are named by their id have guesses of their own, which neighbours cannot use up', async () => {
    const { phone } = await harness.registered()
    const body = { phone, password: goodPassword, device: { id: 'device-6', name: 'Tablet' } }
    const asked = { body: { phone, purpose: 'sign-in' as const } }
    const { id: otpId } = await harness.anybody(auth.requestOtp, asked)
    const otp = harness.sent.at(-1)!.values['otp']!
    const login = (more: { otp: string; otpId?: string }) =>
      harness.anybody(auth.login, { body: { ...body, ...more } })
    for (let i = 0; i <= codeTries.asker.max; i++) await refusal(login({ otp: otherThan(otp) }))
    expect(await refusal(login({ otp }))).toMatchObject({ code: 'otp-wrong', triesLeft: 0 })
    expect(await refusal(login({ otp: otherThan(otp), otpId }))).toMatchObject({
      triesLeft: codeTries.asker.max - 1,
    })
    // An id that somebody made up gives no new tries, and only the named code counts.
    const madeUp = { otp, otpId: crypto.randomUUID() }
    expect(await refusal(login(madeUp))).toMatchObject({ code: 'otp-wrong', triesLeft: 0 })
    await login({ otp, otpId })
  })

  it('work once', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await codeOf(phone)
    await verify(tokens.userId, code)
    expect(await refusal(verify(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('work once for concurrent requests', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await codeOf(phone)
    const results = await Promise.allSettled(Array.from({ length: 4 }, () => verify(tokens.userId, code)))
    expect(results.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
  })

  it('expire after five minutes', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await codeOf(phone)
    harness.clock.advance(otpLifeMs)
    expect(await refusal(verify(tokens.userId, code))).toEqual({ code: 'otp-wrong' })
  })

  it('live side by side, and are all dead once one was used', async () => {
    const { phone, tokens } = await harness.registered()
    const older = await codeOf(phone)
    harness.clock.advance(resendAfterMs)
    const newer = await codeOf(phone)
    await verify(tokens.userId, older)
    expect(await refusal(verify(tokens.userId, newer))).toEqual({ code: 'otp-wrong' })
  })

  it('that are used or expired cost no try', async () => {
    const { phone, tokens } = await harness.registered()
    const used = await codeOf(phone)
    await verify(tokens.userId, used)
    const expired = await codeOf(phone)
    harness.clock.advance(otpLifeMs)
    const alive = await codeOf(phone)
    for (let i = 0; i < 2 * codeTries.asker.max; i++) {
      for (const dead of [used, expired])
        expect(await refusal(verify(tokens.userId, dead))).toEqual({ code: 'otp-wrong' })
    }
    const guess = await refusal(verify(tokens.userId, otherThan(alive)))
    expect(guess).toEqual({ code: 'otp-wrong', triesLeft: codeTries.asker.max - 1 })
    await verify(tokens.userId, alive)
  })

  it('are invalid for another phone', async () => {
    const asha = await harness.registered()
    const ravi = await harness.registered()
    const code = await codeOf(asha.phone)
    if (code === (await codeOf(ravi.phone))) return
    expect((await refusal(verify(ravi.tokens.userId, code))).code).toBe('otp-wrong')
  })

  it('are not tried after five wrong ones until a new one was asked for', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await codeOf(phone)
    for (let left = codeTries.asker.max - 1; left >= 0; left--) {
      const wrong = verify(tokens.userId, otherThan(code))
      expect(await refusal(wrong)).toEqual({ code: 'otp-wrong', triesLeft: left })
    }
    expect(await refusal(verify(tokens.userId, code))).toMatchObject({ code: 'otp-wrong', triesLeft: 0 })
    harness.clock.advance(resendAfterMs)
    await harness.anybody(auth.requestOtp, { body: { phone, purpose } }, provenBy('device-1'))
    // The first one is still alive.
    await verify(tokens.userId, code)
  })

  it('allow five attempts of fifty concurrent ones', async () => {
    const { phone, tokens } = await harness.registered()
    const code = await codeOf(phone)
    const guesses = Array.from({ length: 50 }, (_, i) =>
      String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0'),
    )
    const results = await Promise.all(guesses.map((guess) => refusal(verify(tokens.userId, guess))))
    expect(new Set(results.map((a) => a.code))).toEqual(new Set(['otp-wrong']))
    const counted = results.filter((a) => a.retryAfterS === undefined).map((a) => a.triesLeft)
    expect(counted.sort()).toEqual([0, 1, 2, 3, 4])
  })

  it('are not killed by the wrong codes of strangers, whose tries are bounded', async () => {
    const { phone } = await harness.registered()
    const code = await harness.codeFor(phone)
    const registration = harness.registration(phone, otherThan(code))
    for (let network = 0; network < 20; network++) {
      for (let i = 0; i <= codeTries.asker.max; i++)
        expect(
          (await refusal(harness.from(`203.0.113.${network}`)(auth.register, { body: registration }))).code,
        ).toBe('otp-wrong')
    }
    const body = { phone, password: goodPassword, device: { id: 'device-7', name: 'Tablet' }, otp: code }
    await harness.from('198.51.100.7')(auth.login, { body })
  })

  it('are good only for the network that asked, once strangers guessed too many of an unregistered phone', async () => {
    const phone = harness.newPhone()
    const owner = harness.from('198.51.100.8')
    await owner(auth.requestOtp, { body: { phone, purpose: 'register' } })
    const code = harness.sent.at(-1)!.values['otp']!
    for (let i = 0; i < codeTries.registering.max; i++) {
      const guess = harness.registration(phone, otherThan(code))
      await refusal(harness.from(`203.0.115.${i}`)(auth.register, { body: guess }))
    }
    const right = harness.registration(phone, code)
    expect((await refusal(harness.from('203.0.115.99')(auth.register, { body: right }))).code).toBe(
      'otp-wrong',
    )
    await owner(auth.register, { body: right })
  })

  it('of somebody who knew the password are bounded for all networks together', async () => {
    const { phone } = await harness.registered()
    const code = await harness.codeFor(phone)
    const device = { id: 'device-8', name: 'Tablet' }
    const guess = { phone, password: goodPassword, device, otp: otherThan(code) }
    for (let i = 0; i < codeTries.proven.max; i++)
      await refusal(harness.from(`203.0.116.${i}`)(auth.login, { body: guess }))
    const right = harness.from('203.0.116.99')(auth.login, { body: { ...guess, otp: code } })
    expect(await refusal(right)).toMatchObject({ code: 'otp-wrong', triesLeft: 0 })
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
