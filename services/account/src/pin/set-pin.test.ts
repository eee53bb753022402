// The UPI PIN and what it shows: setting, changing, forgetting it, cards and codes that are wrong, balances.
import { refusal } from '@bahi/testing/problems.ts'
import * as contracts from '@bahi/contracts/account.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openLedgerAccount, postTransfers } from '../ledger/store.ts'
import { accountStage, goodOtp, goodPin } from '../testing.ts'

let stage: Awaited<ReturnType<typeof accountStage>>
let asha: Awaited<ReturnType<typeof stage.linked>>
beforeAll(async () => {
  stage = await accountStage(inject('postgresUrl'))
})
afterAll(() => stage.platform.stop())
beforeEach(async () => {
  asha = await stage.linked(500_00)
})
afterEach(async () => {
  expect(await stage.bookFaults()).toEqual([])
})

const dayMs = 24 * 3_600_000
const wrongCard = (n = 0) => ({ last6: String(100_000 + n), expiry: '0130' })
const send = (body: object) =>
  stage.as(asha)(contracts.setPin, { params: { id: asha.accountId }, body: body as never })

describe('the first PIN', () => {
  it('is set with card and code, and published without itself', async () => {
    expect(await stage.setPin(asha)).toMatchObject({ id: asha.accountId, pinSet: true })
    expect(stage.otpsSpent).toContain(asha.userId)
    const events = (await stage.eventsOf(asha.accountId)).at(-1)
    const data = { userId: asha.userId, accountId: asha.accountId, changed: false }
    expect(events).toEqual({ type: 'account.pin-set', data })
    expect(await stage.showBalance(asha)).toBe(500_00)
  })

  it('takes the expiry with a stroke or without', async () => {
    await stage.setPin(asha, { card: { ...asha.card, expiry: asha.card.expiry.replace('/', '') } })
    expect(await stage.showBalance(asha)).toBe(500_00)
  })

  it('gives payment the time since when it is set', async () => {
    const one = await stage.customer()
    const { parties } = await stage.platform.as('payment')(resolveVpas, {
      body: { vpas: [one.vpa] },
    })
    expect(Math.abs(Date.parse(parties[0]!.pinSetAt!) - stage.clock.now().getTime())).toBeLessThan(10_000)
  })

  it('lies in the database as a verifier that differs for the same PIN', async () => {
    const [one, other] = [await stage.customer(), await stage.customer()]
    const rows = await stage.platform.database.admin<{ pinVerifier: Buffer }[]>`
      select pin_verifier from account.bank_accounts where id in ${stage.platform.database.admin([
        one.accountRef,
        other.accountRef,
      ])}`
    expect(rows[0]!.pinVerifier.equals(rows[1]!.pinVerifier)).toBe(false)
  })

  const refused: [why: string, code: string, run: () => Promise<unknown>][] = [
    ['without a card', 'request-invalid', () => stage.setPin(asha, { card: undefined as never })],
    ['without a code', 'request-invalid', () => stage.setPin(asha, { otp: undefined as never })],
    ['with another card', 'card-wrong', () => stage.setPin(asha, { card: wrongCard() })],
    [
      'with another expiry',
      'card-wrong',
      () => stage.setPin(asha, { card: { ...asha.card, expiry: '0129' } }),
    ],
    [
      'with a month that is none',
      'request-invalid',
      () => stage.setPin(asha, { card: { ...asha.card, expiry: '1330' } }),
    ],
    ['with a wrong code', 'otp-wrong', () => stage.setPin(asha, { otp: '000000' })],
    ['with a PIN too long', 'pin-weak', () => stage.setPin(asha, { pin: '482613' })],
    ['with a PIN of equal digits', 'pin-weak', () => stage.setPin(asha, { pin: '7777' })],
    ['with a PIN that counts', 'pin-weak', () => stage.setPin(asha, { pin: '4321' })],
    [
      'for another account',
      'pin-block-invalid',
      async () => stage.setPin(asha, { accountId: (await stage.linked()).accountId }),
    ],
    ['with an old PIN where none was', 'pin-not-set', () => stage.setPin(asha, { oldPin: '9301' })],
    ['with garbage', 'pin-block-invalid', () => send({ card: asha.card, otp: goodOtp, pin: 'a.b.c.d.e' })],
    [
      'with the block of a payment',
      'pin-block-invalid',
      async () =>
        send({
          card: asha.card,
          otp: goodOtp,
          pin: await stage.seal({ pin: goodPin, purpose: 'pay', accountId: asha.accountId }),
        }),
    ],
    ['with a PIN in clear', 'request-invalid', () => send({ card: asha.card, otp: goodOtp, pin: goodPin })],
  ]
  it.each(refused)('is refused %s: %s', async (_why, code, run) => {
    expect(await refusal(run())).toMatchObject({ code })
    expect(await refusal(stage.showBalance(asha))).toMatchObject({ code: 'pin-not-set' })
  })

  it('spends no code when the card is wrong', async () => {
    await refusal(stage.setPin(asha, { card: wrongCard() }))
    expect(stage.otpsSpent).not.toContain(asha.userId)
  })

  it('is not set by the same block again', async () => {
    const pin = await stage.seal({ pin: goodPin, purpose: 'set-pin', accountId: asha.accountId })
    const body = { card: asha.card, otp: goodOtp, pin }
    await send(body)
    expect(await refusal(send(body))).toMatchObject({ code: 'pin-block-invalid' })
    // The same bytes in another spelling: the last character of a tag carries two idle bits.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelt = pin.slice(0, -1) + alphabet[alphabet.indexOf(pin.at(-1)!) ^ 1]
    expect(await refusal(send({ ...body, pin: respelt }))).toMatchObject({ code: 'pin-block-invalid' })
  })

  it('is not set on a frozen account', async () => {
    await stage.platform.database.admin`
      update account.ledger_accounts a set status = 'frozen' from account.bank_accounts b
      where b.ledger_account_id = a.id and b.id = ${asha.accountRef}`
    expect(await refusal(stage.setPin(asha))).toMatchObject({ code: 'wrong-state' })
  })
})

describe('wrong cards', () => {
  it('are five at most, however many at once, and then the right one waits a day', async () => {
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => refusal(stage.setPin(asha, { card: wrongCard(i) }))),
    )
    expect(codes.every((r) => r.code === 'card-wrong')).toBe(true)
    expect(
      codes
        .map((r) => r.triesLeft)
        .filter((left) => left! > 0)
        .sort(),
    ).toEqual([1, 2, 3, 4])
    expect(await refusal(stage.setPin(asha))).toMatchObject({ code: 'card-wrong', triesLeft: 0 })
    stage.clock.advance(dayMs + 1_000)
    expect(await refusal(stage.setPin(asha, { card: wrongCard() }))).toMatchObject({ triesLeft: 4 })
    expect(await stage.setPin(asha)).toMatchObject({ pinSet: true })
  })
})

describe('the next PIN', () => {
  beforeEach(() => stage.setPin(asha))

  it('replaces the old one that was entered with it, without card and code', async () => {
    await stage.setPin(asha, { oldPin: goodPin, pin: '7391' })
    expect(await stage.showBalance(asha, '7391')).toBe(500_00)
    expect(await refusal(stage.showBalance(asha))).toEqual({ code: 'pin-wrong', triesLeft: 2 })
    const events = (await stage.eventsOf(asha.accountId)).filter((e) => e.type === 'account.pin-set')
    expect(events.map((e) => e.data['changed'])).toEqual([false, true])
  })

  it('is refused with a wrong old one, which costs tries up to the lock', async () => {
    const codes = []
    for (const oldPin of ['9301', '9302', '9303', goodPin]) {
      codes.push(await refusal(stage.setPin(asha, { oldPin, pin: '7391' })))
    }
    expect(codes).toEqual([
      { code: 'pin-wrong', triesLeft: 2 },
      { code: 'pin-wrong', triesLeft: 1 },
      { code: 'pin-wrong', triesLeft: 0 },
      { code: 'pin-locked', triesLeft: 0 },
    ])
    const data = { userId: asha.userId, accountId: asha.accountId }
    expect((await stage.eventsOf(asha.accountId)).at(-1)).toEqual({ type: 'account.pin-locked', data })
  })

  it('is not the old one', async () => {
    expect(await refusal(stage.setPin(asha, { oldPin: goodPin }))).toEqual({ code: 'pin-weak' })
  })

  it('comes by the old one or by card and code, never by both', async () => {
    const call = stage.setPin(asha, { oldPin: '9301', pin: '7391', card: asha.card, otp: goodOtp })
    expect(await refusal(call)).toMatchObject({ code: 'request-invalid' })
  })

  it('opens a locked one when it was forgotten', async () => {
    for (let i = 0; i < 3; i++) await refusal(stage.showBalance(asha, `930${i}`))
    expect(await refusal(stage.showBalance(asha))).toMatchObject({ code: 'pin-locked' })
    await stage.setPin(asha, { pin: '7391' })
    expect(await stage.showBalance(asha, '7391')).toBe(500_00)
  })
})

describe('the balance', () => {
  beforeEach(() => stage.setPin(asha))
  const ageS = (s: number) => ({ iat: Math.floor(stage.clock.now().getTime() / 1_000) - s })

  it('is what can be spent, and that it was shown is published without it', async () => {
    const sql = connect(stage.platform.database.url('account'), { max: 1 })
    const [account] = await sql<{ id: number }[]>`
      select ledger_account_id as id from bank_accounts where id = ${asha.accountRef}`
    const [debitAccount, creditAccount] = [account!.id, await openLedgerAccount(sql)]
    const hold = { id: uuidv7(), kind: 'hold', debitAccount, creditAccount, amountPaise: 100_00 } as const
    await postTransfers(sql, [{ ...hold, expiresInS: 600 }])
    await sql.end()
    expect(await stage.showBalance(asha)).toBe(400_00)
    const data = { userId: asha.userId, accountId: asha.accountId }
    expect((await stage.eventsOf(asha.accountId)).at(-1)).toEqual({ type: 'account.balance-shown', data })
  })

  it.each([
    ['for a payment', () => ({ purpose: 'pay' })],
    ['for another account', async () => ({ accountId: (await stage.linked()).accountId })],
    ['for no account', () => ({ accountId: undefined })],
    ['too long ago', () => ageS(11 * 60)],
    ['ahead of time', () => ageS(-90)],
  ] as [string, () => object | Promise<object>][])(
    'is not shown for a block made %s',
    async (_what, change) => {
      const call = stage.showBalance(asha, goodPin, await change())
      expect(await refusal(call)).toEqual({ code: 'pin-block-invalid' })
    },
  )

  it('is shown once for a block, however many bring it', async () => {
    const pin = await stage.seal({ pin: goodPin, purpose: 'balance', accountId: asha.accountId })
    const ask = () => stage.as(asha)(contracts.balance, { params: { id: asha.accountId }, body: { pin } })
    const answers = await Promise.allSettled(Array.from({ length: 10 }, ask))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(await refusal(ask())).toEqual({ code: 'pin-block-invalid' })
  })

  it('is shown 50 times a day at most', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => stage.showBalance(asha)))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(50)
    const refused = await refusal(stage.showBalance(asha))
    expect(refused.code).toBe('rate-limited')
    expect(refused.retryAfterS).toBeGreaterThan(60)
    stage.clock.advance(dayMs)
    expect(await stage.showBalance(asha)).toBe(500_00)
  })

  it('takes three wrong PINs of a hundred', async () => {
    const [one, other] = [asha, await stage.customer()]
    const refusals = await Promise.all(
      Array.from({ length: 40 }, (_, i) => refusal(stage.showBalance(one, String(9_000 + i)))),
    )
    expect(
      refusals
        .filter((r) => r.code === 'pin-wrong')
        .map((r) => r.triesLeft)
        .sort(),
    ).toEqual([0, 1, 2])
    expect(refusals.filter((r) => r.code === 'pin-locked')).toHaveLength(37)
    expect(await stage.showBalance(other)).toBe(1_000_00)
  })
})
