// The UPI PIN: setting, changing and resetting it, wrong cards and codes, balances.
import { refusal } from '@bahi/testing/problems.ts'
import * as contracts from '@bahi/contracts/account.ts'
import { resolveVpas } from '@bahi/contracts/transfers.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { openLedgerAccount, postTransfers } from '../ledger/store.ts'
import { createAccountTestSetup, goodOtp, goodPin } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Awaited<ReturnType<typeof setup.linked>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  asha = await setup.linked(500_00)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

const dayMs = 24 * 3_600_000
const wrongCard = (n = 0) => ({ last6: String(100_000 + n), expiry: '0130' })
const send = (body: object) =>
  setup.as(asha)(contracts.setPin, { params: { id: asha.accountId }, body: body as never })

describe('the first PIN', () => {
  it('is set with card and code, and published without itself', async () => {
    expect(await setup.setPin(asha)).toMatchObject({ id: asha.accountId, pinSet: true })
    expect(setup.otpsSpent).toContain(asha.userId)
    const events = (await setup.eventsOf(asha.accountId)).at(-1)
    const data = { userId: asha.userId, accountId: asha.accountId, changed: false }
    expect(events).toEqual({ type: 'account.pin-set', data })
    expect(await setup.showBalance(asha)).toBe(500_00)
  })

  it('accepts the expiry with or without a slash', async () => {
    await setup.setPin(asha, { card: { ...asha.card, expiry: asha.card.expiry.replace('/', '') } })
    expect(await setup.showBalance(asha)).toBe(500_00)
  })

  it('gives payment the time at which it was set', async () => {
    const one = await setup.customer()
    const { parties } = await setup.platform.as('payment')(resolveVpas, {
      body: { vpas: [one.vpa] },
    })
    expect(Math.abs(Date.parse(parties[0]!.pinSetAt!) - setup.clock.now().getTime())).toBeLessThan(10_000)
  })

  it('is stored as a verifier that differs for the same PIN', async () => {
    const [one, other] = [await setup.customer(), await setup.customer()]
    const rows = await setup.platform.database.admin<{ pinVerifier: Buffer }[]>`
      select pin_verifier from account.bank_accounts where id in ${setup.platform.database.admin([
        one.accountRef,
        other.accountRef,
      ])}`
    expect(rows[0]!.pinVerifier.equals(rows[1]!.pinVerifier)).toBe(false)
  })

  const refused: [why: string, code: string, run: () => Promise<unknown>][] = [
    ['without a card', 'request-invalid', () => setup.setPin(asha, { card: undefined as never })],
    ['without a code', 'request-invalid', () => setup.setPin(asha, { otp: undefined as never })],
    ['with another card', 'card-wrong', () => setup.setPin(asha, { card: wrongCard() })],
    [
      'with another expiry',
      'card-wrong',
      () => setup.setPin(asha, { card: { ...asha.card, expiry: '0129' } }),
    ],
    [
      'with an invalid month',
      'request-invalid',
      () => setup.setPin(asha, { card: { ...asha.card, expiry: '1330' } }),
    ],
    ['with a wrong code', 'otp-wrong', () => setup.setPin(asha, { otp: '000000' })],
    ['with a PIN too long', 'pin-weak', () => setup.setPin(asha, { pin: '482613' })],
    ['with a PIN of equal digits', 'pin-weak', () => setup.setPin(asha, { pin: '7777' })],
    ['with a PIN in sequence', 'pin-weak', () => setup.setPin(asha, { pin: '4321' })],
    [
      'for another account',
      'pin-block-invalid',
      async () => setup.setPin(asha, { accountId: (await setup.linked()).accountId }),
    ],
    ['with an old PIN where none was', 'pin-not-set', () => setup.setPin(asha, { oldPin: '9301' })],
    ['with garbage', 'pin-block-invalid', () => send({ card: asha.card, otp: goodOtp, pin: 'a.b.c.d.e' })],
    [
      'with the block of a payment',
      'pin-block-invalid',
      async () =>
        send({
          card: asha.card,
          otp: goodOtp,
          pin: await setup.seal({ pin: goodPin, purpose: 'pay', accountId: asha.accountId }),
        }),
    ],
    ['with a PIN in clear', 'request-invalid', () => send({ card: asha.card, otp: goodOtp, pin: goodPin })],
  ]
  it.each(refused)('is refused %s: %s', async (_why, code, run) => {
    expect(await refusal(run())).toMatchObject({ code })
    expect(await refusal(setup.showBalance(asha))).toMatchObject({ code: 'pin-not-set' })
  })

  it('spends no code when the card is wrong', async () => {
    await refusal(setup.setPin(asha, { card: wrongCard() }))
    expect(setup.otpsSpent).not.toContain(asha.userId)
  })

  it('is not set by the same block again', async () => {
    const pin = await setup.seal({ pin: goodPin, purpose: 'set-pin', accountId: asha.accountId })
    const body = { card: asha.card, otp: goodOtp, pin }
    await send(body)
    expect(await refusal(send(body))).toMatchObject({ code: 'pin-block-invalid' })
    // The same bytes in another spelling: the last character of a tag has two unused bits.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const respelt = pin.slice(0, -1) + alphabet[alphabet.indexOf(pin.at(-1)!) ^ 1]
    expect(await refusal(send({ ...body, pin: respelt }))).toMatchObject({ code: 'pin-block-invalid' })
  })

  it('is not set on a frozen account', async () => {
    await setup.platform.database.admin`
      update account.ledger_accounts a set status = 'frozen' from account.bank_accounts b
      where b.ledger_account_id = a.id and b.id = ${asha.accountRef}`
    expect(await refusal(setup.setPin(asha))).toMatchObject({ code: 'wrong-state' })
  })
})

describe('wrong cards', () => {
  it('are five at most, also concurrently, then the card is locked for a day', async () => {
    const codes = await Promise.all(
      Array.from({ length: 30 }, (_, i) => refusal(setup.setPin(asha, { card: wrongCard(i) }))),
    )
    expect(codes.every((r) => r.code === 'card-wrong')).toBe(true)
    expect(
      codes
        .map((r) => r.triesLeft)
        .filter((left) => left! > 0)
        .sort(),
    ).toEqual([1, 2, 3, 4])
    expect(await refusal(setup.setPin(asha))).toMatchObject({ code: 'card-wrong', triesLeft: 0 })
    setup.clock.advance(dayMs + 1_000)
    expect(await refusal(setup.setPin(asha, { card: wrongCard() }))).toMatchObject({ triesLeft: 4 })
    expect(await setup.setPin(asha)).toMatchObject({ pinSet: true })
  })
})

describe('the next PIN', () => {
  beforeEach(() => setup.setPin(asha))

  it('replaces the old one that was entered with it, without card and code', async () => {
    await setup.setPin(asha, { oldPin: goodPin, pin: '7391' })
    expect(await setup.showBalance(asha, '7391')).toBe(500_00)
    expect(await refusal(setup.showBalance(asha))).toEqual({ code: 'pin-wrong', triesLeft: 2 })
    const events = (await setup.eventsOf(asha.accountId)).filter((e) => e.type === 'account.pin-set')
    expect(events.map((e) => e.data['changed'])).toEqual([false, true])
  })

  it('is refused with a wrong old one, which costs tries up to the lock', async () => {
    const codes = []
    for (const oldPin of ['9301', '9302', '9303', goodPin]) {
      codes.push(await refusal(setup.setPin(asha, { oldPin, pin: '7391' })))
    }
    expect(codes).toEqual([
      { code: 'pin-wrong', triesLeft: 2 },
      { code: 'pin-wrong', triesLeft: 1 },
      { code: 'pin-wrong', triesLeft: 0 },
      { code: 'pin-locked', triesLeft: 0 },
    ])
    const data = { userId: asha.userId, accountId: asha.accountId }
    expect((await setup.eventsOf(asha.accountId)).at(-1)).toEqual({ type: 'account.pin-locked', data })
  })

  it('is not the old one', async () => {
    expect(await refusal(setup.setPin(asha, { oldPin: goodPin }))).toEqual({ code: 'pin-weak' })
  })

  it('is set with the old one or with card and code, never both', async () => {
    const call = setup.setPin(asha, { oldPin: '9301', pin: '7391', card: asha.card, otp: goodOtp })
    expect(await refusal(call)).toMatchObject({ code: 'request-invalid' })
  })

  it('replaces a locked one with card and code', async () => {
    for (let i = 0; i < 3; i++) await refusal(setup.showBalance(asha, `930${i}`))
    expect(await refusal(setup.showBalance(asha))).toMatchObject({ code: 'pin-locked' })
    await setup.setPin(asha, { pin: '7391' })
    expect(await setup.showBalance(asha, '7391')).toBe(500_00)
  })
})

describe('the balance', () => {
  beforeEach(() => setup.setPin(asha))
  const ageS = (s: number) => ({ iat: Math.floor(setup.clock.now().getTime() / 1_000) - s })

  it('is what can be spent, and that it was shown is published without it', async () => {
    const sql = connect(setup.platform.database.url('account'), { max: 1 })
    const [account] = await sql<{ id: number }[]>`
      select ledger_account_id as id from bank_accounts where id = ${asha.accountRef}`
    const [debitAccount, creditAccount] = [account!.id, await openLedgerAccount(sql)]
    const hold = { id: uuidv7(), kind: 'hold', debitAccount, creditAccount, amountPaise: 100_00 } as const
    await postTransfers(sql, [{ ...hold, expiresInS: 600 }])
    await sql.end()
    expect(await setup.showBalance(asha)).toBe(400_00)
    const data = { userId: asha.userId, accountId: asha.accountId }
    expect((await setup.eventsOf(asha.accountId)).at(-1)).toEqual({ type: 'account.balance-shown', data })
  })

  it.each([
    ['for a payment', () => ({ purpose: 'pay' })],
    ['for another account', async () => ({ accountId: (await setup.linked()).accountId })],
    ['for no account', () => ({ accountId: undefined })],
    ['too long ago', () => ageS(11 * 60)],
    ['by a clock far ahead', () => ageS(-11 * 60)],
  ] as [string, () => object | Promise<object>][])(
    'is not shown for a block made %s',
    async (_what, change) => {
      const call = setup.showBalance(asha, goodPin, await change())
      expect(await refusal(call)).toEqual({ code: 'pin-block-invalid' })
    },
  )

  it.each([-590, -120, 0, 590])('is shown for a block of %i seconds ago', async (age) => {
    expect(await setup.showBalance(asha, goodPin, ageS(age))).toBe(500_00)
  })

  it.each([
    [ageS, 25 * 60, '25 minutes ago'],
    [ageS, -25 * 60, '25 minutes in the future'],
  ])('is refused for another time by saying which', async (at, age, when) => {
    await expect(setup.showBalance(asha, goodPin, at(age))).rejects.toThrow(when)
  })

  it('is not shown again for the block of a clock that is ahead, however long it is kept', async () => {
    const block = { pin: goodPin, purpose: 'balance', accountId: asha.accountId, ...ageS(-9 * 60) }
    const pin = await setup.seal(block)
    const ask = () => setup.as(asha)(contracts.balance, { params: { id: asha.accountId }, body: { pin } })
    await ask()
    setup.clock.advance(18 * 60_000)
    expect(await refusal(ask())).toEqual({ code: 'pin-block-invalid' })
  })

  it('is shown once per block, also under concurrency', async () => {
    const pin = await setup.seal({ pin: goodPin, purpose: 'balance', accountId: asha.accountId })
    const ask = () => setup.as(asha)(contracts.balance, { params: { id: asha.accountId }, body: { pin } })
    const answers = await Promise.allSettled(Array.from({ length: 10 }, ask))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(1)
    expect(await refusal(ask())).toEqual({ code: 'pin-block-invalid' })
  })

  it('is shown 50 times a day at most', async () => {
    const answers = await Promise.allSettled(Array.from({ length: 60 }, () => setup.showBalance(asha)))
    expect(answers.filter((a) => a.status === 'fulfilled')).toHaveLength(50)
    const refused = await refusal(setup.showBalance(asha))
    expect(refused.code).toBe('rate-limited')
    expect(refused.retryAfterS).toBeGreaterThan(60)
    setup.clock.advance(dayMs)
    expect(await setup.showBalance(asha)).toBe(500_00)
  })

  it('takes three wrong PINs of a hundred', async () => {
    const [one, other] = [asha, await setup.customer()]
    const refusals = await Promise.all(
      Array.from({ length: 40 }, (_, i) => refusal(setup.showBalance(one, String(9_000 + i)))),
    )
    expect(
      refusals
        .filter((r) => r.code === 'pin-wrong')
        .map((r) => r.triesLeft)
        .sort(),
    ).toEqual([0, 1, 2])
    expect(refusals.filter((r) => r.code === 'pin-locked')).toHaveLength(37)
    expect(await setup.showBalance(other)).toBe(1_000_00)
  })
})
