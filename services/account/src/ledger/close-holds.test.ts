// Holds for the network: posted with the PIN, then captured or voided as the network decides, once.
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  closeHolds,
  type HoldClosing,
  type Transfer,
  type TransferOutcome,
} from '@bahi/contracts/transfers.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPin, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
const outside = { vpa: 'kavya@ganga' }
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  asha = await setup.customer(1_000_00)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

/** A hold as payment sends it. */
async function hold(from = asha, change: Parameters<typeof setup.transfer>[2] = {}): Promise<Transfer> {
  const order = await setup.transfer(from, { ...outside, accountId: uuidv7() }, { hold: true, ...change })
  return { ...order, payeeAccountId: undefined as never }
}
const closing = (id: string, outcome: 'capture' | 'void'): HoldClosing => {
  return { id, outcome, txnId: txnIdOf('BAH', id), rrn: '632709000001' }
}
const close = async (...closings: HoldClosing[]) =>
  (await setup.platform.as('payment')(closeHolds, { body: { closings } })).outcomes
async function held(change?: Parameters<typeof setup.transfer>[2]): Promise<Transfer> {
  const order = await hold(asha, change)
  expect((await setup.post(order))[0]).toMatchObject({ status: 'posted', code: '00' })
  return order
}
async function legsOf(id: string) {
  return setup.platform.database.admin`
    select leg, rrn, amount_paise, account_ref, code from account.network_legs
    where txn_id = ${txnIdOf('BAH', id)}`
}
const inLedger = (who: Customer) => setup.inLedger(who)

describe('a hold', () => {
  it('reserves, for as long as the network may still answer', async () => {
    const order = await held({ amountPaise: 400_00 })
    expect(await inLedger(asha)).toEqual([1_000_00, 400_00])
    expect(await setup.showBalance(asha)).toBe(600_00)
    const [row] = await setup.platform.database.admin<{ days: number }[]>`
      select round(extract(epoch from expires_at - now()) / 86400) as days from account.holds where id = ${order.id}`
    expect(Number(row!.days)).toBe(10)
  })

  it('is posted once by fifty concurrent repetitions, which get the same outcome', async () => {
    const order = await hold(asha, { amountPaise: 100_00 })
    const outcomes = (await Promise.all(Array.from({ length: 50 }, () => setup.post(order, order)))).flat()
    expect(new Set(outcomes.map((o) => JSON.stringify(o))).size).toBe(1)
    expect(await inLedger(asha)).toEqual([1_000_00, 100_00])
  })

  const declines: [why: string, code: string, run: () => Promise<TransferOutcome | undefined>][] = [
    ['a wrong PIN', 'ZM', async () => (await setup.post(await hold(asha, { guess: '9001' })))[0]],
    [
      'a block for another payee',
      'U54',
      async () => (await setup.post(await hold(asha, { block: { payeeVpa: 'x@y' } })))[0],
    ],
    [
      'a block for another amount',
      'U54',
      async () => (await setup.post(await hold(asha, { block: { amountPaise: 1 } })))[0],
    ],
    [
      'a block that cannot be read',
      'U14',
      async () => (await setup.post(await hold(asha, { pin: 'a.b.c.d.e' })))[0],
    ],
    [
      'more than the balance',
      'Z9',
      async () => (await setup.post(await hold(asha, { amountPaise: 1_000_01 })))[0],
    ],
    [
      'an account of somebody else',
      'XH',
      async () => (await setup.post(await hold(asha, { payerUserId: uuidv7() })))[0],
    ],
    [
      'no PIN set',
      'AM',
      async () => (await setup.post(await hold({ ...(await setup.linked(100)), vpa: '' })))[0],
    ],
    [
      'a payer at another bank',
      'XB',
      async () => (await setup.post(await hold(await setup.otherBankCustomer())))[0],
    ],
    [
      'an unknown UPI ID of our handle',
      'XI',
      async () => (await setup.post(await hold(asha, { payeeVpa: 'no.body@bahi' })))[0],
    ],
  ]
  it.each(declines)('is declined for %s with %s', async (_why, code, run) => {
    expect(await run()).toMatchObject({ status: 'declined', code })
    expect(await inLedger(asha)).toEqual([1_000_00, 0])
  })

  it('pays a UPI ID of our handle whose account is at another bank', async () => {
    const ganga = await setup.otherBankCustomer()
    expect((await setup.post(await hold(asha, { payeeVpa: ganga.vpa })))[0]).toMatchObject({ code: '00' })
  })

  it('cannot be spent twice: one of a hundred holds of 60 %', async () => {
    const orders = await Promise.all(Array.from({ length: 100 }, () => hold(asha, { amountPaise: 600_00 })))
    const codes = (await Promise.all(orders.map((order) => setup.post(order)))).flat().map((o) => o.code)
    expect(codes.filter((code) => code === '00')).toHaveLength(1)
    expect(codes.filter((code) => code === 'Z9')).toHaveLength(99)
  })

  it('that was never posted is barred when it is resolved', async () => {
    const order = await hold()
    expect((await setup.resolve(order))[0]).toMatchObject({ status: 'declined', code: 'XB' })
    expect((await setup.post(order))[0]).toMatchObject({ status: 'declined', code: 'XB' })
    expect(await close(closing(order.id, 'void'))).toEqual([{ id: order.id, status: 'none' }])
  })

  it('with the id of a transfer gets no outcome', async () => {
    const ravi = await setup.customer(0)
    const order = await setup.transfer(asha, ravi)
    await setup.post(order)
    expect(await refusal(setup.post(await hold(asha, { id: order.id })))).toEqual({ code: 'id-reused' })
  })
})

describe('closing', () => {
  it('moves the money to the network, with a leg', async () => {
    const order = await held({ amountPaise: 400_00 })
    const [outcome] = await close(closing(order.id, 'capture'))
    expect(outcome).toEqual({ id: order.id, status: 'captured', closedAt: expect.any(String) as string })
    expect(await inLedger(asha)).toEqual([600_00, 0])
    expect(await legsOf(order.id)).toEqual([
      { leg: 'DEBIT', rrn: '632709000001', amountPaise: 400_00, accountRef: asha.accountRef, code: '00' },
    ])
  })

  it('releases the amount, without a leg', async () => {
    const order = await held({ amountPaise: 400_00 })
    expect(await close(closing(order.id, 'void'))).toMatchObject([{ status: 'voided' }])
    expect(await inLedger(asha)).toEqual([1_000_00, 0])
    expect(await legsOf(order.id)).toEqual([])
  })

  it.each(['capture', 'void'] as const)('repeated gives the same answer: %s', async (outcome) => {
    const order = await held()
    const one = closing(order.id, outcome)
    const answers = [
      await close(one),
      await close(one, one),
      ...(await Promise.all([close(one), close(one)])),
    ]
    expect(new Set(answers.flat().map((o) => JSON.stringify(o))).size).toBe(1)
  })

  it.each([
    ['capture', 'void', 'captured'],
    ['void', 'capture', 'voided'],
  ] as const)('by a %s is final, whatever a later %s requests', async (first, then, status) => {
    const order = await held()
    const [before] = await close(closing(order.id, first))
    expect(await close(closing(order.id, then))).toEqual([{ ...before, status }])
    expect(await close(closing(order.id, first), closing(order.id, then))).toEqual([before, before])
  })

  it('is one decision when both are requested concurrently', async () => {
    const orders = await Promise.all(Array.from({ length: 30 }, () => held()))
    for (const { id } of orders) {
      const asked = [closing(id, 'capture'), closing(id, 'void'), closing(id, 'capture'), closing(id, 'void')]
      const answers = (await Promise.all(asked.map((one) => close(one)))).flat()
      expect(new Set(answers.map((o) => o.status)).size).toBe(1)
    }
  })

  it.each(['capture', 'void'] as const)('of a hold that does not exist bars it: %s', async (outcome) => {
    const order = await hold()
    expect(await close(closing(order.id, outcome))).toEqual([{ id: order.id, status: 'none' }])
    expect((await setup.post(order))[0]).toMatchObject({ status: 'declined', code: 'XB' })
    expect(await close(closing(order.id, outcome))).toEqual([{ id: order.id, status: 'none' }])
    expect(await inLedger(asha)).toEqual([1_000_00, 0])
  })

  it('of a declined hold is none', async () => {
    const order = await hold(asha, { guess: '9001' })
    await setup.post(order)
    expect(await close(closing(order.id, 'void'))).toEqual([{ id: order.id, status: 'none' }])
    expect((await setup.post(order))[0]).toMatchObject({ code: 'ZM' })
  })

  it('and the hold agree, whichever is first', async () => {
    const orders = await Promise.all(Array.from({ length: 40 }, () => hold(asha, { amountPaise: 10 })))
    const ends = await Promise.all(
      orders.map(async (order) => {
        const [[posted], [closed]] = await Promise.all([
          setup.post(order),
          close(closing(order.id, 'capture')),
        ])
        return `${posted!.code} ${closed!.status}`
      }),
    )
    for (const end of ends) expect(['00 captured', 'XB none']).toContain(end)
  })

  it('after the hold expired returns that it is voided', async () => {
    const order = await held()
    const admin = setup.platform.database.admin
    await admin`update account.holds set expires_at = now() where id = ${order.id}`
    await expect
      .poll(async () => (await admin`select outcome from account.holds where id = ${order.id}`)[0])
      .toEqual({ outcome: 'expired' })
    expect(await close(closing(order.id, 'capture'))).toMatchObject([{ status: 'voided' }])
  })

  it('is decided for many in one call, each alone', async () => {
    const orders = await Promise.all(Array.from({ length: 60 }, () => held({ amountPaise: 1_00 })))
    const outcomes = await close(...orders.map(({ id }, i) => closing(id, i % 2 ? 'capture' : 'void')))
    expect(outcomes.map((o) => o.status)).toEqual(orders.map((_, i) => (i % 2 ? 'captured' : 'voided')))
    expect(await inLedger(asha)).toEqual([970_00, 0])
    expect(await setup.showBalance(asha, goodPin)).toBe(970_00)
  })

  it('is allowed to payment only', async () => {
    const body = { closings: [closing(uuidv7(), 'void')] }
    for (const caller of ['gateway', 'sandbox'] as const)
      expect(await refusal(setup.platform.as(caller)(closeHolds, { body }))).toMatchObject({
        code: 'caller-not-allowed',
      })
  })
})
