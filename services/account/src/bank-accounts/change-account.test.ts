// Unlinking an account, linking it again, and the account that pays by default.
import * as contracts from '@bahi/contracts/account.ts'
import { changeAccount, unlinkAccount } from '@bahi/contracts/linked-accounts.ts'
import { closeHolds, resolveVpas } from '@bahi/contracts/transfers.ts'
import { accountVpa } from '@bahi/contracts/formats.ts'
import { operateMandate, resolveMandateOperation } from '@bahi/contracts/bank-mandates.ts'
import { umnOf } from '@bahi/contracts/umn.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPassword } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

type Who = { userId: string; phone: string; accountId: string }
const stepUp = { password: goodPassword }
const unlink = (who: Who, body: object = { stepUp }) =>
  setup.as(who)(unlinkAccount, { params: { id: who.accountId }, body })
const close = (who: Who, vpa: string) =>
  setup.as(who)(contracts.releaseVpa, { params: { vpa }, body: { stepUp } })
const accounts = async (who: Who) => (await setup.as(who)(contracts.listAccounts, {})).accounts
const vpas = async (who: Who) =>
  (await setup.as(who)(contracts.listVpas, {})).vpas.map(({ vpa, accountId }) => [vpa, accountId])
const secondOf = async (who: Who) => (await setup.linked(500_00, who)).accountId
const choose = (who: Who, id: string) =>
  setup.as(who)(changeAccount, { params: { id }, body: { default: true } })
const parties = async (...asked: string[]) =>
  (await setup.platform.as('payment')(resolveVpas, { body: { vpas: asked } })).parties

describe('unlinking an account', () => {
  it('needs the password, and one’s own account', async () => {
    const [asha, ravi] = [await setup.linked(), await setup.linked()]
    expect(await refusal(unlink(asha, {}))).toMatchObject({ code: 'step-up-required' })
    expect(await refusal(unlink(asha, { stepUp: { password: 'wrong' } }))).toEqual({ code: 'password-wrong' })
    expect(await refusal(unlink({ ...ravi, accountId: asha.accountId }))).toEqual({ code: 'not-found' })
    expect(await accounts(asha)).toHaveLength(1)
  })

  it('leaves nothing that finds it, and is one event', async () => {
    const asha = await setup.customer()
    const byNumber = accountVpa({ ifsc: 'BAHI0000001', accountRef: asha.accountNumber })
    const byRef = accountVpa({ ifsc: 'BAHI0000001', accountRef: asha.accountRef })
    expect(await parties(asha.vpa, byRef, byNumber)).toHaveLength(3)
    await close(asha, asha.vpa)
    await unlink(asha)
    expect(await accounts(asha)).toEqual([])
    expect(await parties(asha.vpa, byRef, byNumber)).toEqual([])
    const seen = setup.as(asha)(contracts.showAccount, { params: { id: asha.accountId } })
    expect(await refusal(seen)).toEqual({ code: 'not-found' })
    expect(await refusal(setup.showBalance(asha))).toEqual({ code: 'not-found' })
    const body = { vpa: asha.vpa, accountId: asha.accountId }
    expect(await refusal(setup.as(asha)(contracts.createVpa, { body }))).toEqual({ code: 'not-found' })
    expect((await setup.eventsOf(asha.accountId)).at(-1)).toMatchObject({
      type: 'account.unlinked',
      data: { userId: asha.userId, accountId: asha.accountId, bank: 'BAHI' },
    })
    expect(await refusal(unlink(asha))).toEqual({ code: 'not-found' })
  })

  it('is refused while UPI IDs lead to it, unless another account is named for them', async () => {
    const asha = await setup.customer()
    const second = await secondOf(asha)
    expect(await refusal(unlink(asha))).toEqual({ code: 'account-has-vpas' })
    for (const moveVpasTo of [asha.accountId, uuidv7()])
      expect(await refusal(unlink(asha, { stepUp, moveVpasTo }))).toEqual({ code: 'not-found' })
    await unlink(asha, { stepUp, moveVpasTo: second.toUpperCase() })
    expect(await vpas(asha)).toEqual([[asha.vpa, second]])
    expect((await parties(asha.vpa))[0]).toMatchObject({ accountId: second })
    expect((await setup.eventsOf(asha.vpa)).at(-1)).toMatchObject({
      type: 'account.vpa-changed',
      data: { accountId: second },
    })
  })

  it('is refused while money is held for a payment', async () => {
    const asha = await setup.customer()
    const second = await secondOf(asha)
    const held = await setup.transfer(asha, { accountId: second, vpa: 'shop@sandbox' }, { hold: true })
    const { payeeAccountId: _, ...out } = held
    expect((await setup.post(out))[0]).toMatchObject({ status: 'posted' })
    expect(await refusal(unlink(asha, { stepUp, moveVpasTo: second }))).toEqual({ code: 'account-has-holds' })
    expect(await vpas(asha)).toEqual([[asha.vpa, asha.accountId]])
    const txnId = `BHI${held.id.replaceAll('-', '')}`
    const closings = [{ id: held.id, outcome: 'void' as const, txnId, rrn: '632715000001' }]
    await setup.platform.as('payment')(closeHolds, { body: { closings } })
    await unlink(asha, { stepUp, moveVpasTo: second })
  })

  it('is refused while a mandate may debit it', async () => {
    const asha = await setup.linked()
    const umn = `${uuidv7().replaceAll('-', '')}@bahi`
    const valid = (to: string) => setup.platform.database.admin`
      insert into account.mandates (umn, mandate_id, user_id, account_id, bank_account_id, payee_vpa, amount_rule,
        amount_paise, valid_from, valid_to, one_time)
      values (${umn}, ${uuidv7()}, ${asha.userId}, ${asha.accountId}, ${asha.accountRef}, 'shop@bahi', 'MAX', 100,
        '2020-01-01', ${to}::date, false)
      on conflict (umn) do update set valid_to = excluded.valid_to`
    await valid('2099-01-01')
    expect(await refusal(unlink(asha))).toEqual({ code: 'account-has-mandates' })
    await valid('2020-02-01')
    await unlink(asha)
  })

  it('lets a payment that has begun end: its outcome is as it would have been', async () => {
    const [asha, ravi] = [await setup.customer(1_000_00), await setup.customer()]
    const [before, prepared] = [await setup.transfer(asha, ravi), await setup.transfer(asha, ravi)]
    await setup.post(before)
    await close(asha, asha.vpa)
    await unlink(asha)
    expect(await setup.resolve(before)).toMatchObject([{ status: 'posted' }])
    expect(await setup.post(before, prepared)).toMatchObject([{ status: 'posted' }, { status: 'posted' }])
    expect(await setup.inLedger(asha)).toEqual([998_00, 0])
  })

  it('can be undone: linked again it has its id, its PIN and its balance', async () => {
    const asha = await setup.customer(700_00)
    await close(asha, asha.vpa)
    await unlink(asha)
    const body = { bank: 'BAHI', accountRef: asha.accountRef }
    const [found] = (await setup.as(asha)(contracts.discoverAccounts, { body: { bank: 'BAHI' } })).accounts
    expect(found).toMatchObject({ linked: false })
    const again = await Promise.all(
      Array.from({ length: 5 }, () => setup.as(asha)(contracts.linkAccount, { body })),
    )
    expect(new Set(again.map(({ id }) => id))).toEqual(new Set([asha.accountId]))
    expect(await setup.showBalance(asha)).toBe(700_00)
    const types = (await setup.eventsOf(asha.accountId)).map(({ type }) => type)
    expect(types.filter((type) => type === 'account.linked')).toHaveLength(2)
  })

  it('and giving it a UPI ID at once: never a UPI ID that leads to an unlinked account', async () => {
    for (let i = 0; i < 5; i++) {
      const asha = await setup.linked()
      const vpa = `race.${i}.${asha.phone.slice(-6)}@bahi`
      const body = { vpa, accountId: asha.accountId }
      await Promise.allSettled([unlink(asha), setup.as(asha)(contracts.createVpa, { body })])
      expect([(await accounts(asha)).length, (await vpas(asha)).length]).toEqual(
        (await accounts(asha)).length === 0 ? [0, 0] : [1, 1],
      )
    }
  })

  it('works for an account at another bank', async () => {
    const devi = await setup.otherBankCustomer()
    await close(devi, devi.vpa)
    await unlink(devi)
    expect(await accounts(devi)).toEqual([])
  })

  it('waits for a mandate that another bank may be authorising, which is not asked what became of it', async () => {
    const devi = await setup.otherBankCustomer()
    await close(devi, devi.vpa)
    const mandateId = uuidv7()
    const asked = { umn: umnOf(mandateId, 'bahi'), nth: 1, accountId: devi.accountId }
    const validFrom = istDateOf(setup.clock.now())
    const terms = {
      ...({ amountRule: 'MAX', amountPaise: 100_00, recurrence: 'ASPRESENTED', validFrom } as const),
      ...{ validTo: addDays(validFrom, 30), revocable: true, blockFunds: false },
    }
    const { userId } = devi
    const operation = { type: 'create', mandateId, userId, payeeVpa: 'ravi@bahi', terms } as const
    const { outside } = setup
    const { bank } = outside
    outside.down = new Problem('unavailable')
    const sent = setup.platform.as('payment')(operateMandate, { body: { ...asked, operation } })
    expect(await refusal(sent)).toMatchObject({ code: 'bank-unreachable' })
    delete outside.down
    outside.bank = () => ({ code: 'XB' })
    const before = outside.bankAsked.length
    expect(await refusal(unlink(devi))).toEqual({ code: 'account-has-mandates' })
    expect(outside.bankAsked).toHaveLength(before)
    expect(await setup.platform.as('payment')(resolveMandateOperation, { body: asked })).toEqual({
      code: 'XB',
    })
    await unlink(devi)
    outside.bank = bank
  })
})

describe('the account that pays by default', () => {
  it('is one, chosen among one’s own; what changes nothing is no event', async () => {
    const asha = await setup.customer()
    const second = await secondOf(asha)
    const defaults = async () => (await accounts(asha)).filter((one) => one.default).map(({ id }) => id)
    expect(await defaults()).toEqual([])
    await choose(asha, second)
    await choose(asha, second)
    expect(await defaults()).toEqual([second])
    await Promise.all([choose(asha, asha.accountId), choose(asha, second), choose(asha, asha.accountId)])
    expect(await defaults()).toHaveLength(1)
    const events = await setup.eventsOf(second)
    expect(events.filter(({ type }) => type === 'account.default-chosen').length).toBeLessThanOrEqual(2)
    expect(await refusal(choose(asha, uuidv7()))).toEqual({ code: 'not-found' })
    expect(await refusal(choose(await setup.linked(), second))).toEqual({ code: 'not-found' })
  })

  it('is none after it was unlinked', async () => {
    const asha = await setup.linked()
    await choose(asha, asha.accountId)
    await unlink(asha)
    const body = { bank: 'BAHI', accountRef: asha.accountRef }
    expect(await setup.as(asha)(contracts.linkAccount, { body })).not.toHaveProperty('default')
  })
})
