// Mandates at the payer's bank: authorised with the PIN, changed once by number, and debited within their terms alone.
import { operateMandate, resolveMandateOperation, type BankOperation } from '@bahi/contracts/bank-mandates.ts'
import { umnOf } from '@bahi/contracts/umn.ts'
import { releaseVpa } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { obstaclesInAccount } from '@bahi/contracts/erasure.ts'
import { unlinkAccount } from '@bahi/contracts/linked-accounts.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { closeHolds } from '@bahi/contracts/transfers.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPassword, goodPin, type Customer } from '../testing.ts'

type TestSetup = Awaited<ReturnType<typeof createAccountTestSetup>>
let setup: TestSetup
let asha: Customer
let ravi: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
  asha = await setup.customer(10_000_00)
  ravi = await setup.customer(0)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})
afterAll(() => setup.platform.stop())

const day = (after = 0) => addDays(istDateOf(setup.clock.now()), after)
const termsOf = (more: Partial<MandateTerms> = {}): MandateTerms => ({
  amountRule: 'MAX',
  amountPaise: 500_00,
  recurrence: 'ASPRESENTED',
  validFrom: day(),
  validTo: day(90),
  revocable: true,
  blockFunds: false,
  ...more,
})
type Payer = { userId: string; accountId: string }
type Mandate = { id: string; umn: string; terms: MandateTerms; operations: number; payer?: Payer }
type Wanted = { terms?: Partial<MandateTerms>; pin?: string; block?: object; payer?: Payer }

async function asked(mandate: Mandate, operation: BankOperation, pin?: string) {
  const { umn, payer = asha } = mandate
  const body = { umn, nth: ++mandate.operations, accountId: payer.accountId, operation }
  return pin === undefined ? { body } : { body: { ...body, pin } }
}
const operate = async (mandate: Mandate, operation: BankOperation, pin?: string) =>
  setup.platform.as('payment')(operateMandate, await asked(mandate, operation, pin))
const seal = (id: string, amountPaise: number, pin = goodPin, more: object = {}) =>
  setup.seal({ pin, purpose: 'mandate', mandateId: id, amountPaise, payeeVpa: ravi.vpa, ...more })

async function create({ terms: some, pin = goodPin, block, payer = asha }: Wanted = {}) {
  const id = uuidv7(setup.clock.now().getTime())
  const terms = termsOf(some)
  const mandate: Mandate = { id, umn: umnOf(id, 'bahi'), terms, operations: 0, payer }
  const held = { payeeAccountId: ravi.accountId, holdId: uuidv7(setup.clock.now().getTime()) }
  const operation: BankOperation = {
    ...{ type: 'create', mandateId: id, userId: payer.userId, payeeVpa: ravi.vpa, terms },
    ...(terms.blockFunds ? { block: held } : {}),
  }
  const outcome = await operate(mandate, operation, await seal(id, terms.amountPaise, pin, block))
  return { ...mandate, outcome }
}
const debit = async (mandate: Mandate, sequence: number, more: object = {}) => {
  const authorisation = { kind: 'mandate', umn: mandate.umn, sequence } as const
  return setup.transfer(asha, ravi, { authorisation, amountPaise: 100_00, ...more })
}
const codeOf = async (mandate: Mandate, sequence: number, more: object = {}) =>
  (await setup.post(await debit(mandate, sequence, more)))[0]!.code

/** With an account and a PIN, and no UPI ID that leads to the account. */
async function withPin() {
  const who = await setup.linked(1_000_00)
  await setup.setPin(who)
  return { ...who, vpa: '' }
}
const unlink = (who: Payer) =>
  setup.as(who)(unlinkAccount, {
    ...{ params: { id: who.accountId }, body: { stepUp: { password: goodPassword } } },
  })

/** The network declined it. */
async function voidHold(id: string) {
  const txnId = `BHI${id.replaceAll('-', '')}`
  const closings = [{ id, outcome: 'void' as const, txnId, rrn: '632715000001' }]
  await setup.platform.as('payment')(closeHolds, { body: { closings } })
}

describe('a mandate', () => {
  it('is authorised with the PIN that was entered for it, once', async () => {
    expect((await create()).outcome).toEqual({ code: '00' })
    expect((await create({ pin: '9999' })).outcome).toEqual({ code: 'ZM', triesLeft: 2 })
    expect((await create()).outcome).toEqual({ code: '00' })
    for (const block of [
      { purpose: 'pay' },
      { amountPaise: 1 },
      { payeeVpa: asha.vpa },
      { mandateId: uuidv7() },
      { iat: 1 },
    ])
      expect((await create({ block })).outcome).toEqual({ code: 'U54' })
    const again = await create()
    const { umn } = again
    const pin = await seal(again.id, 500_00)
    const used = await operate(again, { type: 'update', amountPaise: 500_00, validTo: day(90) }, pin)
    expect(used).toEqual({ code: '00' })
    const replayed = await operate(again, { type: 'unpause' }, pin)
    expect(replayed).toEqual({ code: 'U54' })
    expect(await operate(again, { type: 'unpause' })).toEqual({ code: 'U11' })
    expect(umn).toMatch(/^[0-9a-f]{32}@bahi$/)
  })

  it('is operated on once by number, whatever is asked at the same time', async () => {
    const mandate = await create()
    const first = await asked(mandate, { type: 'pause', from: day(), until: day(3) })
    const all = await Promise.all(
      Array.from({ length: 8 }, () => setup.platform.as('payment')(operateMandate, first)),
    )
    expect(new Set(all.map(({ code }) => code))).toEqual(new Set(['00']))
    const { umn } = mandate
    const about = { umn, nth: 3, accountId: asha.accountId }
    const resolve = () => setup.platform.as('payment')(resolveMandateOperation, { body: about })
    expect(await resolve()).toEqual({ code: 'XB' })
    const late = { ...about, operation: { type: 'revoke' } as const }
    expect(await setup.platform.as('payment')(operateMandate, { body: late })).toEqual({ code: 'XB' })
    const done = await setup.platform.as('payment')(resolveMandateOperation, { body: { ...about, nth: 2 } })
    expect(done).toEqual({ code: '00' })
  })

  it('moves to another account of its person with the PIN, and takes the numbers it debited with it', async () => {
    const mandate = await create()
    const to = { ...(await setup.linked(1_000_00, asha)), vpa: '' }
    const port = async (accountId: string, of: Mandate = mandate) =>
      operate(of, { type: 'port', accountId }, await seal(of.id, 500_00))
    const byNew = async (sequence: number) => {
      const authorisation = { kind: 'mandate', umn: mandate.umn, sequence } as const
      const moved = await setup.transfer(to, ravi, { authorisation, amountPaise: 100_00 })
      return (await setup.post(moved))[0]!.code
    }
    expect(await codeOf(mandate, 1)).toBe('00')
    expect(await port(to.accountId)).toEqual({ code: 'AM' })
    await setup.setPin(to)
    expect(await port(ravi.accountId)).toEqual({ code: 'XH' })
    const two = await Promise.all([port(to.accountId), codeOf(mandate, 2), byNew(2)])
    expect(two[0]).toEqual({ code: '00' })
    expect(two.slice(1).filter((code) => code === '00').length).toBeLessThan(2)
    expect([await byNew(1), await byNew(3), await codeOf(mandate, 4)]).toEqual(['QB', '00', 'VF'])
    mandate.payer = to
    expect(await operate(mandate, { type: 'revoke' })).toEqual({ code: '00' })
    const held = await create({ terms: { recurrence: 'ONETIME', blockFunds: true } })
    expect(await port(to.accountId, held)).toEqual({ code: 'XB' })
    await operate(held, { type: 'revoke' })
  })

  it('of somebody else’s account is not authorised', async () => {
    const mandate = await create()
    mandate.umn = umnOf(uuidv7(), 'bahi')
    const operation: BankOperation = {
      ...{ type: 'create', mandateId: uuidv7(), userId: ravi.userId, payeeVpa: ravi.vpa, terms: termsOf() },
    }
    expect(await operate(mandate, operation, 'a.b.c.d.e')).toEqual({ code: 'XH' })
    expect(await operate(mandate, { type: 'revoke' })).toEqual({ code: 'VF' })
  })

  it('of an account that was unlinked is not authorised, also when both happen at once', async () => {
    const gone = await withPin()
    await unlink(gone)
    expect((await create({ payer: gone })).outcome).toEqual({ code: 'XH' })
    for (let round = 0; round < 5; round++) {
      const who = await withPin()
      const [unlinked, authorised] = await Promise.allSettled([unlink(who), create({ payer: who })])
      const isUnlinked = unlinked.status === 'fulfilled'
      expect(authorised).toMatchObject({ value: { outcome: { code: isUnlinked ? 'XH' : '00' } } })
    }
  })
})

describe('a debit', () => {
  it('is posted without a PIN, and its number never again', async () => {
    const mandate = await create()
    const before = await setup.showBalance(asha)
    const first = await debit(mandate, 1)
    expect((await setup.post(first))[0]).toMatchObject({ status: 'posted', code: '00' })
    expect((await setup.post(first))[0]).toMatchObject({ status: 'posted', code: '00' })
    expect((await setup.resolve(first))[0]).toMatchObject({ status: 'posted', code: '00' })
    expect(await codeOf(mandate, 1)).toBe('QB')
    expect(await codeOf(mandate, 2)).toBe('00')
    expect(await setup.showBalance(asha)).toBe(before - 200_00)
  })

  it('100 at the same time of one number debit once', async () => {
    const mandate = await create()
    const before = await setup.showBalance(asha)
    const all = await Promise.all(Array.from({ length: 100 }, () => debit(mandate, 1)))
    const half = await Promise.all([
      setup.post(...all.slice(0, 50)),
      ...all.slice(50).map((one) => setup.post(one)),
    ])
    const codes = half.flat().map(({ code }) => code)
    expect(codes.filter((code) => code === '00')).toHaveLength(1)
    expect(codes.filter((code) => code === 'QB')).toHaveLength(99)
    expect(await setup.showBalance(asha)).toBe(before - 100_00)
  })

  it('and a revocation: what was debited before it stays, and nothing is debited after it', async () => {
    for (let round = 0; round < 8; round++) {
      const mandate = await create()
      const one = await debit(mandate, 1)
      const [posted, revoked] = await Promise.all([setup.post(one), operate(mandate, { type: 'revoke' })])
      expect(revoked).toEqual({ code: '00' })
      expect(['00', 'QC']).toContain(posted[0]!.code)
      expect(await codeOf(mandate, 2)).toBe('QC')
    }
  })

  it.each<[string, string, Partial<MandateTerms>, object]>([
    ['of more than the most', 'QH', {}, { amountPaise: 500_01 }],
    ['of the most', '00', {}, { amountPaise: 500_00 }],
    ['of another amount than the exact one', 'QH', { amountRule: 'EXACT' }, { amountPaise: 499_99 }],
    ['of the exact amount', '00', { amountRule: 'EXACT' }, { amountPaise: 500_00 }],
    ['before the first day', 'QD', { validFrom: '2199-01-01', validTo: '2199-02-01' }, {}],
    ['after the last day', 'QD', { validFrom: '2020-01-01', validTo: '2020-02-01' }, {}],
    ['for another payee', 'VG', {}, { payeeVpa: 'somebody@other', hold: true, payeeAccountId: undefined }],
    ['of more than there is', 'Z9', { amountPaise: 90_000_00 }, { amountPaise: 90_000_00 }],
  ])('%s: %s', async (_name, code, terms, change) => {
    expect(await codeOf(await create({ terms }), 1, change)).toBe(code)
  })

  it('of another person’s mandate is declined', async () => {
    const mandate = await create()
    const authorisation = { kind: 'mandate', umn: mandate.umn, sequence: 1 } as const
    const other = await setup.customer(1_000_00)
    const [outcome] = await setup.post(await setup.transfer(other, ravi, { authorisation }))
    expect(outcome).toMatchObject({ code: 'VF' })
  })

  it('fails for want of money and is made later under the same number', async () => {
    const mandate = await create({ terms: { amountPaise: 90_000_00 } })
    expect(await codeOf(mandate, 1, { amountPaise: 90_000_00 })).toBe('Z9')
    expect(await codeOf(mandate, 1)).toBe('00')
  })

  it('is declined while paused, from India’s midnight to midnight, and not after', async () => {
    const mandate = await create()
    await operate(mandate, { type: 'pause', from: day(), until: day() })
    expect(await codeOf(mandate, 1)).toBe('QA')
    expect(await operate(mandate, { type: 'unpause' }, await seal(mandate.id, 500_00))).toEqual({
      code: '00',
    })
    expect(await codeOf(mandate, 1)).toBe('00')
    await operate(mandate, { type: 'pause', from: day(1), until: day(2) })
    expect(await codeOf(mandate, 2)).toBe('00')
  })

  it.each(['ASPRESENTED', 'ONETIME'] as const)(
    'through the network is held, and made again under its number once it was given back: %s',
    async (recurrence) => {
      const id = uuidv7(setup.clock.now().getTime())
      const mandate: Mandate = { id, umn: umnOf(id, 'bahi'), terms: termsOf({ recurrence }), operations: 0 }
      const payeeVpa = 'shop@other'
      const operation: BankOperation = {
        ...{ type: 'create', mandateId: id, userId: asha.userId, payeeVpa, terms: mandate.terms },
      }
      await operate(mandate, operation, await seal(id, 500_00, goodPin, { payeeVpa }))
      const more = { payeeVpa, hold: true, payeeAccountId: undefined }
      const before = await setup.showBalance(asha)
      const first = await debit(mandate, 1, more)
      expect((await setup.post(first))[0]).toMatchObject({ code: '00' })
      expect(await codeOf(mandate, 1, more)).toBe('QB')
      await voidHold(first.id)
      expect(await setup.showBalance(asha)).toBe(before)
      const second = await debit(mandate, 1, { ...more, amountPaise: 200_00 })
      const again = await Promise.all([setup.post(second), setup.post(await debit(mandate, 1, more))])
      expect(again.map(([one]) => one!.code).sort()).toEqual(['00', 'QB'])
      expect((await setup.post(first))[0]).toMatchObject({ id: first.id, code: '00' })
      expect(await codeOf(mandate, 1, more)).toBe('QB')
      // Another one, above the limit say, with the PIN beside the mandate.
      const approved = async () => {
        const approves = { umn: mandate.umn, sequence: 2 }
        const { payeeAccountId: _, ...out } = await setup.transfer(asha, ravi, {
          payeeVpa,
          hold: true,
          approves,
        })
        return out
      }
      const byPin = await Promise.all([setup.post(await approved()), setup.post(await approved())])
      const codes = byPin.map(([one]) => one!.code).sort()
      expect(codes).toEqual(recurrence === 'ONETIME' ? ['QB', 'QB'] : ['00', 'QB'])
    },
  )
})

describe('reserved money', () => {
  const terms = { recurrence: 'ONETIME', blockFunds: true } as const

  it('cannot be spent, is debited once, and the rest is free', async () => {
    const before = await setup.showBalance(asha)
    const mandate = await create({ terms })
    expect(mandate.outcome).toEqual({ code: '00' })
    expect(await setup.showBalance(asha)).toBe(before - 500_00)
    const one = await debit(mandate, 1)
    expect((await setup.post(one))[0]).toMatchObject({ code: '00' })
    expect((await setup.post(one))[0]).toMatchObject({ code: '00' })
    expect((await setup.resolve(one))[0]).toMatchObject({ status: 'posted', code: '00' })
    expect(await setup.showBalance(asha)).toBe(before - 100_00)
    expect(await codeOf(mandate, 2)).toBe('QB')
  })

  it('is what a debit that is approved with the PIN uses, and then the account can be unlinked', async () => {
    const who = await withPin()
    const mandate = await create({ terms, payer: who })
    const approves = { umn: mandate.umn, sequence: 1 }
    const [balance] = await setup.inLedger(who)
    const inTheWay = async () =>
      (await setup.platform.as('user')(obstaclesInAccount, { params: { userId: who.userId } })).obstacles
    expect(await inTheWay()).toEqual(['money', 'mandates'])
    const wrong = await setup.transfer(who, ravi, { approves, amountPaise: 400_00, guess: '0000' })
    expect((await setup.post(wrong))[0]).toMatchObject({ code: 'ZM', triesLeft: 2 })
    const more = await setup.transfer(who, ravi, { approves, amountPaise: 500_01 })
    expect((await setup.post(more))[0]).toMatchObject({ code: 'QH' })
    const approved = await setup.transfer(who, ravi, { approves, amountPaise: 400_00 })
    expect((await setup.post(approved))[0]).toMatchObject({ code: '00' })
    expect((await setup.post(approved))[0]).toMatchObject({ code: '00' })
    expect(await setup.inLedger(who)).toEqual([balance! - 400_00, 0])
    const again = await setup.transfer(who, ravi, { approves, amountPaise: 400_00 })
    expect((await setup.post(again))[0]).toMatchObject({ code: 'QB' })
    expect(await inTheWay()).toEqual(['money'])
    await unlink(who)
  })

  it('is not debited through the network, whose hold would be of other money', async () => {
    const mandate = await create({ terms })
    const [balance, held] = await setup.inLedger(asha)
    const out = await debit(mandate, 1, { hold: true, payeeAccountId: undefined })
    expect((await setup.post(out))[0]).toMatchObject({ status: 'declined', code: 'IC' })
    expect(await setup.inLedger(asha)).toEqual([balance, held])
    expect(await codeOf(mandate, 1)).toBe('00')
  })

  it('is given back when the mandate is revoked', async () => {
    const before = await setup.showBalance(asha)
    const mandate = await create({ terms })
    expect(await operate(mandate, { type: 'revoke' })).toEqual({ code: '00' })
    expect(await operate(mandate, { type: 'revoke' })).toEqual({ code: 'QC' })
    expect(await setup.showBalance(asha)).toBe(before)
    expect(await codeOf(mandate, 1)).toBe('QC')
  })

  it('must be there', async () => {
    const { outcome } = await create({ terms: { ...terms, amountPaise: 90_000_00 } })
    expect(outcome).toEqual({ code: 'Z9' })
  })
})

it('of an account at another bank is that bank’s, and keeps the account linked while it may debit it', async () => {
  const who = await setup.otherBankCustomer()
  await setup.as(who)(releaseVpa, { params: { vpa: who.vpa }, body: { stepUp: { password: goodPassword } } })
  const { outside } = setup
  const [{ bank }, liveUntil] = [outside, day(90)]
  const given = async () => {
    const { outcome, ...mandate } = await create({ payer: who })
    return { outcome, mandate, asked: outside.bankAsked.at(-1) }
  }
  outside.bank = () => ({ code: 'ZM', triesLeft: 2 })
  expect((await given()).outcome).toEqual({ code: 'ZM', triesLeft: 2 })
  outside.bank = () => ({ code: '00', liveUntil })
  const { mandate, outcome, asked: sent } = await given()
  expect(outcome).toEqual({ code: '00' })
  const { accountRef } = who
  expect(sent).toMatchObject({ what: 'mandate', bank: 'GANG', accountRef, umn: mandate.umn, nth: 1 })
  expect(await refusal(unlink(who))).toEqual({ code: 'account-has-mandates' })
  // Without an answer nobody knows whether it was ended.
  outside.down = new Problem('unavailable')
  expect(await refusal(operate(mandate, { type: 'revoke' }))).toMatchObject({ code: 'bank-unreachable' })
  delete outside.down
  expect(await refusal(unlink(who))).toEqual({ code: 'account-has-mandates' })
  outside.bank = () => ({ code: '00' })
  const { umn, operations: nth } = mandate
  const body = { umn, nth, accountId: who.accountId }
  expect(await setup.platform.as('payment')(resolveMandateOperation, { body })).toEqual({ code: '00' })
  // An answer to an earlier operation comes last.
  outside.bank = () => ({ code: '00', liveUntil })
  await setup.platform.as('payment')(resolveMandateOperation, { body: { ...body, nth: 1 } })
  const once = (await given()).mandate
  expect(await refusal(unlink(who))).toEqual({ code: 'account-has-mandates' })
  // Its one debit was made, which the bank knows alone.
  outside.bank = () => ({ code: '00' })
  await unlink(who)
  expect(outside.bankAsked.at(-1)).toMatchObject({ umn: once.umn, nth: 1 })
  outside.bank = bank
  expect((await given()).outcome).toEqual({ code: 'XH' })
})
