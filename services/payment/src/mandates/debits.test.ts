// Debits of mandates, against a real PostgreSQL: what is planned, announced and debited, when, and how often.
import { blockPerson } from '@bahi/contracts/people.ts'
import { addDays, istTime, periodOf } from '@bahi/contracts/recurrence.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'
import { mandateTools } from './testing.ts'

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'), { env: { BAHI_RECOVERY_AFTER_MS: '3000' } })
})
afterEach(async () => {
  setup.account.transfers = 'up'
  delete setup.account.code
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const {
  today,
  goTo,
  as,
  two,
  create,
  request,
  show,
  approve,
  revoke,
  pause,
  skip,
  present,
  debitOf,
  untilDebit,
  balanceOf,
  attempts,
} = mandateTools(() => setup)

const daily = { amountRule: 'EXACT', recurrence: 'DAILY' } as const

describe('a debit that the payee presents', () => {
  it('is announced, made on its day without a PIN, and names its payment', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    const shown = await present(ravi, made, 1, { dueOn, note: 'December' })
    expect(shown).toMatchObject({ sequence: 1, status: 'planned', dueOn, note: 'December', attempts: 0 })
    expect(await present(ravi, made, 1, { dueOn, note: 'December' })).toEqual(shown)
    expect(await refusal(present(ravi, made, 1, { dueOn, amountPaise: 1 }))).toBe('id-reused')
    expect(new Date(shown.executeAt)).toEqual(istTime(dueOn))
    goTo(dueOn)
    await untilDebit(asha, made, 'paid')
    const paid = await debitOf(asha, made)
    expect(balanceOf(asha)).toBe(before - 100_00)
    expect(await setup.eventsOf(made.id)).toEqual([
      'payment.mandate-authorised',
      'payment.mandate-debit-announced',
      'payment.mandate-debit-paid',
    ])
    expect(await setup.eventsOf(paid!.paymentId!)).toEqual(['payment.begun', 'payment.settled'])
  })

  it('is refused to another person, out of order, against the terms, and without notice', async () => {
    const [asha, ravi] = two()
    const dayRule = { type: 'AFTER', day: 1 } as const
    const made = await create(asha, ravi)
    expect(await refusal(present(asha, made, 1))).toBe('not-found')
    expect(await refusal(present(ravi, made, 2))).toBe('wrong-state')
    expect(await refusal(present(ravi, made, 1, { amountPaise: 500_01 }))).toBe('request-invalid')
    expect(await refusal(present(ravi, made, 1, { dueOn: addDays(today(), 61) }))).toBe('request-invalid')
    expect(await refusal(present(ravi, made, 1, { dueOn: addDays(today(), -1) }))).toBe('request-invalid')
    expect(await refusal(present(ravi, made, 3_000_000_000))).toBe('request-invalid')
    expect(await refusal(present(ravi, { ...made, umn: 'nobody@bahi' }, 1))).toBe('not-found')
    const once = await create(asha, ravi, { terms: { validTo: today() } })
    expect(await refusal(present(ravi, once, 1, { dueOn: today() }))).toBe('request-invalid')
    const own = await create(asha, ravi, { terms: { ...daily, recurrence: 'MONTHLY', dayRule } })
    expect(await refusal(present(ravi, own, 9))).toBe('wrong-state')
    const asked = await request(ravi, asha, { terms: { recurrence: 'YEARLY', dayRule } })
    expect(await refusal(present(ravi, asked, 1))).toBe('wrong-state')
    await approve(asha, asked)
    await present(ravi, asked, 1)
    expect(await refusal(present(ravi, asked, 2))).toBe('wrong-state')
    await skip(asha, asked, 1)
    await present(ravi, asked, 2)
  })

  it('is announced five times in a day, and ten are open at once', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const dueOn = addDays(today(), 9)
    const presentAll = async (from: number, to: number) => {
      for (let n = from; n <= to; n++) await present(ravi, made, n, { dueOn })
    }
    await presentAll(1, 5)
    expect(await refusal(present(ravi, made, 6, { dueOn }))).toBe('rate-limited')
    await skip(asha, made, 1)
    expect(await refusal(present(ravi, made, 6, { dueOn }))).toBe('rate-limited')
    expect((await present(ravi, made, 5, { dueOn })).status).toBe('planned')
    setup.clock.advance(25 * 3_600_000)
    await presentAll(6, 10)
    setup.clock.advance(25 * 3_600_000)
    await present(ravi, made, 11, { dueOn })
    expect(await refusal(present(ravi, made, 12, { dueOn }))).toBe('rate-limited')
    await skip(asha, made, 2)
    await present(ravi, made, 12, { dueOn })
  })

  it('100 at the same time of one number are one debit', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    const all = await Promise.all(Array.from({ length: 100 }, () => present(ravi, made, 1, { dueOn })))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    goTo(dueOn)
    await untilDebit(asha, made, 'paid')
    expect(balanceOf(asha)).toBe(before - 100_00)
  })

  it('waits for hours without peak', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const dueOn = addDays(today(), 2)
    await present(ravi, made, 1, { dueOn })
    goTo(dueOn, 10 * 60 + 1)
    await setup.until(async () => {
      const [row] = await setup.sql<{ later: boolean }[]>`
        select due_at > ${setup.clock.now()} as later from payment.due_work
        where kind = 'mandate-debit' and payload ->> 'mandateId' = ${made.id}`
      return row?.later === true
    })
    expect(await debitOf(asha, made)).toMatchObject({ status: 'planned', attempts: 0 })
    goTo(dueOn, 13 * 60)
    await untilDebit(asha, made, 'paid')
  })

  it('is tried four times for want of money, and no fifth time', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const dueOn = addDays(today(), 2)
    await present(ravi, made, 1, { dueOn })
    setup.account.code = 'Z9'
    goTo(dueOn)
    await attempts(asha, made, 1)
    goTo(dueOn, 13 * 60)
    await attempts(asha, made, 2)
    goTo(dueOn, 21 * 60 + 30)
    await attempts(asha, made, 3)
    expect(await debitOf(asha, made)).toMatchObject({ status: 'planned', code: 'Z9' })
    goTo(addDays(dueOn, 1))
    await untilDebit(asha, made, 'failed')
    expect(await debitOf(asha, made)).toMatchObject({ attempts: 4, code: 'Z9' })
    const failures = (await setup.eventsOf(made.id)).filter((type) => type === 'payment.mandate-debit-failed')
    expect(failures).toHaveLength(4)
  })

  it('succeeds at a later attempt, with its number and once', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    await present(ravi, made, 1, { dueOn })
    setup.account.code = 'Z9'
    goTo(dueOn)
    await attempts(asha, made, 1)
    delete setup.account.code
    goTo(dueOn, 13 * 60)
    await untilDebit(asha, made, 'paid')
    expect(balanceOf(asha)).toBe(before - 100_00)
  })

  it('whose answer is lost stays in progress and is paid once', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    await present(ravi, made, 1, { dueOn })
    setup.account.transfers = 'answer-lost'
    goTo(dueOn)
    await setup.until(() => balanceOf(asha) === before - 100_00)
    expect(await refusal(skip(asha, made, 1))).toBe('wrong-state')
    setup.account.transfers = 'up'
    await untilDebit(asha, made, 'paid')
    expect(balanceOf(asha)).toBe(before - 100_00)
  })

  it('is skipped when the payer opts out, and dropped when the mandate is revoked', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    await present(ravi, made, 1, { dueOn })
    expect(await refusal(skip(ravi, made, 1))).toBe('not-found')
    await skip(asha, made, 1)
    await skip(asha, made, 1)
    await present(ravi, made, 2, { dueOn })
    await revoke(asha, made)
    expect((await show(asha, made)).debits.map(({ status }) => status)).toEqual(['skipped', 'skipped'])
    expect(await refusal(present(ravi, made, 3))).toBe('wrong-state')
    const later = await create(asha, ravi)
    await present(ravi, later, 1, { dueOn })
    goTo(dueOn)
    await untilDebit(asha, later, 'paid')
    expect(balanceOf(asha)).toBe(before - 100_00)
  })

  it('fails while the mandate is paused, and is tried again after it', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const dueOn = addDays(today(), 2)
    await present(ravi, made, 1, { dueOn })
    await pause(asha, made, dueOn, dueOn)
    goTo(dueOn)
    await attempts(asha, made, 1)
    expect(await debitOf(asha, made)).toMatchObject({ status: 'planned', code: 'QA' })
    goTo(addDays(dueOn, 1))
    await untilDebit(asha, made, 'paid')
  })

  it('above the limit is made only when the payer approves it with the PIN, once, or is given up', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi, { terms: { amountPaise: 50_000_00 } })
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    const amountPaise = 15_000_01
    const shown = await present(ravi, made, 1, { dueOn, amountPaise })
    expect(shown.status).toBe('awaiting-approval')
    goTo(dueOn)
    const initiation = { mode: '11', purpose: '14', origin: { kind: 'mandate', id: shown.id } } as const
    const pay = (payer: TestPerson, more: object = {}) =>
      setup.payAs(payer, ravi, { amountPaise, initiation, ...more })
    expect(await refusal(pay(setup.newPerson()))).toBe('not-found')
    expect(await refusal(pay(asha, { amountPaise: 1 }))).toBe('request-invalid')
    expect(await pay(asha, { pin: wrongPin })).toMatchObject({ status: 'failed' })
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => pay(asha)))
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await debitOf(asha, made)).toMatchObject({ status: 'paid' })
    expect(balanceOf(asha)).toBe(before - amountPaise)
    await present(ravi, made, 2, { dueOn: addDays(today(), 2), amountPaise })
    goTo(addDays(today(), 6), 1)
    await untilDebit(asha, made, 'failed', 2)
    expect(await debitOf(asha, made, 2)).toMatchObject({ code: 'U69' })
    expect(balanceOf(asha)).toBe(before - amountPaise)
  })

  it('of one mandate and day are each refused where the payee blocks the payer, and others are paid', async () => {
    const [asha, ravi] = two()
    const [made, beside] = [await create(asha, ravi), await create(setup.newPerson(), ravi)]
    const dueOn = addDays(today(), 2)
    for (let n = 1; n <= 5; n++) await present(ravi, made, n, { dueOn })
    await present(ravi, beside, 1, { dueOn })
    await as(ravi)(blockPerson, { params: { vpa: asha.vpa } })
    goTo(dueOn)
    for (let n = 1; n <= 5; n++) {
      await untilDebit(asha, made, 'failed', n)
      expect(await debitOf(asha, made, n)).toMatchObject({ attempts: 1, code: 'ZG' })
    }
    await untilDebit(ravi, beside, 'paid')
    expect((await setup.eventsOf(made.id)).filter((type) => type.endsWith('debit-failed'))).toHaveLength(5)
  })

  it('pays nobody else who has the payee’s UPI ID by now, with and without the PIN', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi, { terms: { amountPaise: 50_000_00 } })
    const before = balanceOf(asha)
    const dueOn = addDays(today(), 2)
    const amountPaise = 15_000_01
    await present(ravi, made, 1, { dueOn })
    const { id } = await present(ravi, made, 2, { dueOn, amountPaise })
    setup.parties.set(ravi.vpa, { ...setup.newPerson().party, vpa: ravi.vpa })
    goTo(dueOn)
    await untilDebit(asha, made, 'failed')
    expect(await debitOf(asha, made)).toMatchObject({ attempts: 1, code: 'VG' })
    const initiation = { mode: '11', purpose: '14', origin: { kind: 'mandate', id } } as const
    expect(await refusal(setup.payAs(asha, ravi, { amountPaise, initiation }))).toBe('wrong-state')
    setup.parties.delete(ravi.vpa)
    await present(ravi, made, 3, { dueOn: addDays(today(), 2) })
    goTo(addDays(today(), 2))
    await untilDebit(asha, made, 'failed', 3)
    expect(await debitOf(asha, made, 3)).toMatchObject({ code: 'ZH' })
    expect(balanceOf(asha)).toBe(before)
  })

  it('without an approval needed cannot be paid by hand', async () => {
    const [asha, ravi] = two()
    const made = await create(asha, ravi)
    const { id } = await present(ravi, made, 1)
    const initiation = { mode: '11', purpose: '14', origin: { kind: 'mandate', id } } as const
    expect(await refusal(setup.payAs(asha, ravi, { amountPaise: 100_00, initiation }))).toBe('wrong-state')
  })
})

describe('the debits that the platform plans', () => {
  it('are none of a mandate with a most: its payee presents what it is owed, once in each period', async () => {
    const [asha, ravi] = two()
    const terms = { recurrence: 'WEEKLY', dayRule: { type: 'AFTER', day: 1 } } as const
    const made = await create(asha, ravi, { terms })
    expect(made.presentedBy).toBe('payee')
    const monday = periodOf(today(), 'WEEKLY', 1).from
    goTo(monday)
    expect((await show(asha, made)).debits).toEqual([])
    const debit = { amountPaise: 120_00, dueOn: addDays(monday, 2) }
    expect(await present(ravi, made, 1, debit)).toMatchObject({ ...debit, status: 'planned' })
    expect(await refusal(present(ravi, made, 2, { dueOn: addDays(monday, 3) }))).toBe('wrong-state')
    await present(ravi, made, 2, { dueOn: addDays(monday, 7) })
  })

  it('are announced and made day by day, each once, and end with the mandate', async () => {
    const [asha, ravi] = two()
    const before = balanceOf(asha)
    const from = addDays(today(), 3)
    const terms = { ...daily, validFrom: from, validTo: addDays(from, 2) }
    const made = await create(asha, ravi, { terms })
    expect(made.presentedBy).toBe('platform')
    goTo(addDays(from, -2), 12 * 60)
    await untilDebit(asha, made, 'planned', 1)
    goTo(addDays(from, -1), 12 * 60)
    await untilDebit(asha, made, 'planned', 2)
    goTo(from, 8 * 60)
    await untilDebit(asha, made, 'paid', 1)
    goTo(from, 12 * 60)
    await untilDebit(asha, made, 'planned', 3)
    goTo(addDays(from, 1), 8 * 60)
    await untilDebit(asha, made, 'paid', 2)
    goTo(addDays(from, 2), 8 * 60)
    await untilDebit(asha, made, 'paid', 3)
    goTo(addDays(from, 3), 1)
    await setup.until(async () => (await show(asha, made)).status === 'expired')
    expect((await show(asha, made)).debits.map(({ dueOn }) => dueOn)).toEqual(
      [2, 1, 0].map((n) => addDays(from, n)),
    )
    expect(balanceOf(asha)).toBe(before - 3 * 500_00)
  })

  it('of a month are on its last day where it is shorter', async () => {
    const [asha, ravi] = two()
    const from = addDays(today(), 1)
    const dayRule = { type: 'ON', day: 31 } as const
    const terms = {
      ...daily,
      recurrence: 'MONTHLY',
      dayRule,
      validFrom: from,
      validTo: addDays(from, 95),
    } as const
    const made = await create(asha, ravi, { terms })
    const rows = await setup.sql<{ day: string }[]>`
      select payload ->> 'day' as day from payment.due_work
      where kind = 'mandate-plan' and payload ->> 'mandateId' = ${made.id}`
    const [year, month] = from.split('-').map(Number) as [number, number]
    expect(rows.map(({ day }) => Number(day.slice(8)))).toEqual([
      new Date(Date.UTC(year, month, 0)).getUTCDate(),
    ])
  })

  it('that an outage held up are made when it is over, each once', async () => {
    const [asha, ravi] = two()
    const before = balanceOf(asha)
    const from = addDays(today(), 3)
    const made = await create(asha, ravi, { terms: { ...daily, validFrom: from, validTo: addDays(from, 9) } })
    goTo(addDays(from, 3), 8 * 60)
    await untilDebit(asha, made, 'planned', 4)
    expect((await debitOf(asha, made))!.status).toBe('planned')
    goTo(addDays(from, 4), 8 * 60 + 5)
    for (let n = 1; n <= 4; n++) await untilDebit(asha, made, 'paid', n)
    const { debits } = await show(asha, made)
    expect(new Set(debits.map(({ dueOn }) => dueOn)).size).toBe(debits.length)
    expect(balanceOf(asha)).toBe(before - debits.filter(({ status }) => status === 'paid').length * 500_00)
    await revoke(asha, made)
  })

  it('are not of days on which the mandate is paused', async () => {
    const [asha, ravi] = two()
    const from = addDays(today(), 3)
    const made = await create(asha, ravi, { terms: { ...daily, validFrom: from, validTo: addDays(from, 9) } })
    await pause(asha, made, from, addDays(from, 1))
    goTo(addDays(from, 0), 12 * 60)
    await untilDebit(asha, made, 'planned')
    expect((await debitOf(asha, made))!.dueOn).toBe(addDays(from, 2))
    await revoke(asha, made)
  })

  it('of once are one, and complete the mandate', async () => {
    const [asha, ravi] = two()
    const from = addDays(today(), 3)
    const terms = {
      amountRule: 'EXACT',
      recurrence: 'ONETIME',
      blockFunds: true,
      validFrom: from,
      validTo: addDays(from, 9),
    } as const
    const made = await create(asha, ravi, { terms })
    goTo(addDays(from, -2), 12 * 60)
    await untilDebit(asha, made, 'planned')
    goTo(from)
    await setup.until(async () => (await show(asha, made)).status === 'completed')
    expect(await refusal(revoke(asha, made))).toBe('wrong-state')
  })
})
