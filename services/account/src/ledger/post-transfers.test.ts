// Paying with a PIN, as payment asks for it: every decline, concurrent guesses and payments, repetitions, recovery.
import { refusal } from '@bahi/testing/problems.ts'
import { freezeInAccount } from '@bahi/contracts/measures.ts'
import { postTransfers, type Transfer, type TransferOutcome } from '@bahi/contracts/transfers.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { createAccountTestSetup, goodPin, type Customer } from '../testing.ts'

let setup: Awaited<ReturnType<typeof createAccountTestSetup>>
let asha: Customer
let ravi: Customer
beforeAll(async () => {
  setup = await createAccountTestSetup(inject('postgresUrl'))
})
afterAll(() => setup.platform.stop())
beforeEach(async () => {
  asha = await setup.customer(1_000_00)
  ravi = await setup.customer(0)
})
afterEach(async () => {
  expect(await setup.bookFaults()).toEqual([])
})

const wrong = (n: number) => String(9_000 + n)
const hourMs = 3_600_000
const setStatus = (who: Customer, status: string) => setup.setStatus(who, status)

describe('a transfer', () => {
  it('moves the money and says when', async () => {
    const order = await setup.transfer(asha, ravi, { amountPaise: 250_50 })
    const [outcome] = await setup.post(order)
    expect(outcome).toEqual({
      id: order.id,
      status: 'posted',
      code: '00',
      postedAt: expect.any(String) as string,
    })
    expect([await setup.showBalance(asha), await setup.showBalance(ravi)]).toEqual([749_50, 250_50])
  })

  it('takes the UPI ID in any case, on either side', async () => {
    const order = await setup.transfer(asha, { ...ravi, vpa: ravi.vpa.toUpperCase() })
    expect((await setup.post({ ...order, payeeVpa: ravi.vpa }))[0]).toMatchObject({ code: '00' })
  })

  it('has its own outcome among many, in the order of the request', async () => {
    const orders = await Promise.all([
      setup.transfer(asha, ravi, { amountPaise: 700_00 }),
      setup.transfer(asha, ravi, { amountPaise: 700_00 }),
      setup.transfer(ravi, asha, { guess: wrong(1) }),
      setup.transfer(asha, asha),
    ])
    const outcomes = await setup.post(...orders)
    expect(outcomes.map((o) => o.id)).toEqual(orders.map((o) => o.id))
    expect(outcomes.map((o) => o.code).sort()).toEqual(['00', 'U96', 'Z9', 'ZM'])
  })

  it('repeated gives the same outcome, even with another block', async () => {
    const order = await setup.transfer(asha, ravi, { amountPaise: 100 })
    const first = await setup.post(order)
    const other = await setup.transfer(asha, ravi, { id: order.id, amountPaise: 100, guess: wrong(1) })
    expect(await setup.post(other)).toEqual(first)
    expect(await setup.showBalance(asha)).toBe(999_00)
  })

  it('is posted once by fifty concurrent repetitions, also within one call', async () => {
    const order = await setup.transfer(asha, ravi)
    const apart = await Promise.all(Array.from({ length: 50 }, () => setup.post(order)))
    const together = await setup.post(order, order, order)
    expect(new Set([...apart.flat(), ...together].map((o) => JSON.stringify(o))).size).toBe(1)
    expect(await setup.showBalance(ravi)).toBe(100)
  })

  it('with a known id and other content gets no outcome, and the others of its call do', async () => {
    const order = await setup.transfer(asha, ravi)
    await setup.post(order)
    const reused = await setup.transfer(asha, ravi, { id: order.id, amountPaise: 101 })
    const good = await setup.transfer(asha, ravi)
    expect((await setup.post(reused, good)).map((o) => o.id)).toEqual([good.id])
    expect(await refusal(setup.post(reused))).toEqual({ code: 'id-reused' })
  })

  it('is allowed to payment only', async () => {
    const body = { transfers: [await setup.transfer(asha, ravi)] }
    for (const caller of ['gateway', 'user', 'sandbox'] as const) {
      expect(await refusal(setup.platform.as(caller)(postTransfers, { body }))).toMatchObject({
        code: 'caller-not-allowed',
      })
    }
  })

  it.each([
    ['no transfers', []],
    ['an amount of zero', [{ amountPaise: 0 }]],
    ['an amount beyond all bounds', [{ amountPaise: 2 ** 53 }]],
    ['half a paisa', [{ amountPaise: 0.5 }]],
    ['an id that is no UUIDv7', [{ id: '00000000-0000-4000-8000-000000000000' }]],
    ['an unknown field', [{ free: true }]],
    ['a block of 3 KB', [{ pin: `a.b.${'c'.repeat(3_000)}.d.e` }]],
  ])('is refused with %s', async (_what, changes) => {
    const order = await setup.transfer(asha, ravi)
    const transfers = changes.map((change) => ({ ...order, ...change })) as Transfer[]
    expect(await refusal(setup.post(...transfers))).toMatchObject({ code: 'request-invalid' })
  })
})

describe('a transfer is declined', () => {
  const bound: [what: string, change: () => object | Promise<object>][] = [
    ['for another payment', () => ({ paymentId: uuidv7() })],
    ['for no payment', () => ({ paymentId: undefined })],
    ['for another amount', () => ({ amountPaise: 1 })],
    ['for another payee', () => ({ payeeVpa: 'thief@bahi' })],
    ['for another purpose', () => ({ purpose: 'balance', accountId: asha.accountId })],
    ['for another account', () => ({ accountId: ravi.accountId })],
    ['11 minutes ago', () => ({ iat: Math.floor(setup.clock.now().getTime() / 1_000) - 11 * 60 })],
    ['by a clock far ahead', () => ({ iat: Math.floor(setup.clock.now().getTime() / 1_000) + 11 * 60 })],
  ]
  it.each(bound)('with U54 for a block made %s', async (_what, change) => {
    expect(await setup.pay(asha, ravi, { block: await change() })).toMatchObject({ code: 'U54' })
    expect(await setup.showBalance(asha)).toBe(1_000_00)
  })

  it.each([-120, 120, 590])('not for a block made by a clock that is off by %i seconds', async (aheadS) => {
    const iat = Math.floor(setup.clock.now().getTime() / 1_000) + aheadS
    expect(await setup.pay(asha, ravi, { block: { iat } })).toMatchObject({ code: '00' })
  })

  const garbage: [what: string, make: () => Promise<string>][] = [
    ['of letters', () => Promise.resolve('a.b.c.d.e')],
    ['with a broken tag', async () => (await setup.seal({ pin: goodPin })).slice(0, -2) + 'AA'],
    ['of no PIN block', () => setup.seal({ hello: 'world' })],
    ['with an unknown field', () => setup.seal({ pin: goodPin, purpose: 'pay', admin: true })],
    ['with a PIN of letters', () => setup.seal({ pin: 'abcd', purpose: 'pay' })],
    [
      'that names another key',
      () => setup.seal({ pin: goodPin, purpose: 'pay' }, undefined, { kid: 'other' }),
    ],
    [
      'for an unknown key',
      async () => {
        const { publicKey } = await generateKeyPair('ECDH-ES', { crv: 'P-256', extractable: true })
        return setup.seal({ pin: goodPin, purpose: 'pay' }, { ...(await exportJWK(publicKey)), kid: 'test' })
      },
    ],
    [
      'in a weaker encryption',
      () => setup.seal({ pin: goodPin, purpose: 'pay' }, undefined, { enc: 'A128GCM' }),
    ],
    [
      'that wraps a key',
      () => setup.seal({ pin: goodPin, purpose: 'pay' }, undefined, { alg: 'ECDH-ES+A256KW' }),
    ],
  ]
  it.each(garbage)('with U14 for a block %s', async (_what, make) => {
    expect(await setup.pay(asha, ravi, { pin: await make() })).toMatchObject({
      status: 'declined',
      code: 'U14',
    })
  })

  const declines: [why: string, code: string, run: () => Promise<TransferOutcome>][] = [
    ['too little money', 'Z9', () => setup.pay(asha, ravi, { amountPaise: 1_000_01 })],
    ['the payer as payee', 'U96', () => setup.pay(asha, asha)],
    ['a wrong PIN', 'ZM', () => setup.pay(asha, ravi, { guess: wrong(1) })],
    ['a PIN of six digits', 'ZM', () => setup.pay(asha, ravi, { guess: '482600' })],
    ['an account of somebody else', 'XH', () => setup.pay(asha, ravi, { payerUserId: ravi.userId })],
    ['an unknown account', 'XH', () => setup.pay(asha, ravi, { payerAccountId: uuidv7() })],
    ['an unknown payee', 'XI', () => setup.pay(asha, ravi, { payeeAccountId: uuidv7() })],
    ['a UPI ID of another account', 'XI', () => setup.pay(asha, { ...ravi, vpa: asha.vpa })],
    ['an unknown UPI ID', 'XI', () => setup.pay(asha, { ...ravi, vpa: 'no.body@bahi' })],
    ['a payee at another bank', 'U78', async () => setup.pay(asha, await setup.otherBankCustomer())],
    ['a payer at another bank', 'U28', async () => setup.pay(await setup.otherBankCustomer(), ravi)],
    ['no PIN set', 'AM', async () => setup.pay({ ...(await setup.linked(100)), vpa: '' }, ravi)],
    ['a frozen payer', 'YE', async () => (await setStatus(asha, 'frozen'), setup.pay(asha, ravi))],
    ['a closed payer', 'XH', async () => (await setStatus(asha, 'closed'), setup.pay(asha, ravi))],
    ['a frozen payee', 'YF', async () => (await setStatus(ravi, 'frozen'), setup.pay(asha, ravi))],
    ['a closed payee', 'XI', async () => (await setStatus(ravi, 'closed'), setup.pay(asha, ravi))],
  ]
  it.each(declines)('for %s with %s', async (_why, code, run) => {
    expect(await run()).toMatchObject({ status: 'declined', code })
  })

  it('and stays declined, whatever is sent under its id later', async () => {
    const order = await setup.transfer(asha, ravi, { amountPaise: 2_000_00 })
    expect((await setup.post(order))[0]).toMatchObject({ code: 'Z9' })
    await setup.pay(await setup.customer(5_000_00), asha, { amountPaise: 4_000_00 })
    expect((await setup.post(order))[0]).toMatchObject({ code: 'Z9' })
    const garbled = await setup.transfer(asha, ravi, { pin: 'a.b.c.d.e' })
    expect((await setup.post(garbled))[0]).toMatchObject({ code: 'U14' })
    const good = await setup.transfer(asha, ravi, { id: garbled.id })
    expect((await setup.post(good))[0]).toMatchObject({ code: 'U14' })
  })

  it('without costing a try for an unusable block', async () => {
    for (let i = 0; i < 4; i++) await setup.pay(asha, ravi, { guess: wrong(i), block: { amountPaise: 1 } })
    expect(await setup.pay(asha, ravi)).toMatchObject({ code: '00' })
  })
})

describe('wrong PINs', () => {
  it('count down and lock, also for the right PIN', async () => {
    const codes = []
    for (const guess of [wrong(1), wrong(2), wrong(3), goodPin]) {
      const { code, triesLeft } = await setup.pay(asha, ravi, { guess })
      codes.push([code, triesLeft])
    }
    expect(codes).toEqual([
      ['ZM', 2],
      ['ZM', 1],
      ['ZM', 0],
      ['Z6', 0],
    ])
    const locked = { userId: asha.userId, accountId: asha.accountId }
    expect((await setup.eventsOf(asha.accountId)).at(-1)).toEqual({
      type: 'account.pin-locked',
      data: locked,
    })
  })

  it('are reset by a right one', async () => {
    for (let i = 0; i < 3; i++) {
      expect(await setup.pay(asha, ravi, { guess: wrong(1) })).toMatchObject({ code: 'ZM', triesLeft: 2 })
      expect(await setup.pay(asha, ravi)).toMatchObject({ code: '00' })
    }
  })

  it('are three of a hundred concurrent ones; the others find the PIN locked', async () => {
    const orders = await Promise.all(
      Array.from({ length: 100 }, (_, i) => setup.transfer(asha, ravi, { guess: wrong(i) })),
    )
    const outcomes = (await Promise.all(orders.map((order) => setup.post(order)))).flat()
    const left = outcomes.filter((o) => o.code === 'ZM').map((o) => o.triesLeft)
    expect(left.sort()).toEqual([0, 1, 2])
    expect(outcomes.filter((o) => o.code === 'Z6')).toHaveLength(97)
    const events = await setup.eventsOf(asha.accountId)
    expect(events.filter((e) => e.type === 'account.pin-locked')).toHaveLength(1)
  })

  it('are three in all, over payees, calls and purposes', async () => {
    const payees = await Promise.all(Array.from({ length: 5 }, () => setup.customer(0)))
    const orders = await Promise.all(
      Array.from({ length: 40 }, (_, i) => setup.transfer(asha, payees[i % 5]!, { guess: wrong(i) })),
    )
    const [outcomes, refusals] = await Promise.all([
      Promise.all([
        setup.post(...orders.slice(0, 20)),
        ...orders.slice(20).map((order) => setup.post(order)),
      ]),
      Promise.all(Array.from({ length: 10 }, (_, i) => refusal(setup.showBalance(asha, wrong(100 + i))))),
    ])
    const tries = outcomes.flat().filter((o) => o.code === 'ZM').length
    expect(tries + refusals.filter((r) => r.code === 'pin-wrong').length).toBe(3)
    expect(await setup.pay(asha, ravi)).toMatchObject({ code: 'Z6' })
  })

  it('cost one try when one transfer is sent again and again', async () => {
    const order = await setup.transfer(asha, ravi, { guess: wrong(1) })
    const outcomes = (await Promise.all(Array.from({ length: 20 }, () => setup.post(order)))).flat()
    outcomes.push(...(await setup.post(order, order)))
    expect(new Set(outcomes.map((o) => `${o.code} ${o.triesLeft}`))).toEqual(new Set(['ZM 2']))
    expect(await setup.pay(asha, ravi)).toMatchObject({ code: '00' })
  })

  it('lock for a day, then there are three tries again', async () => {
    for (let i = 0; i < 3; i++) await setup.pay(asha, ravi, { guess: wrong(i) })
    setup.clock.advance(23 * hourMs)
    expect(await setup.pay(asha, ravi)).toMatchObject({ code: 'Z6' })
    setup.clock.advance(hourMs + 1_000)
    expect(await setup.pay(asha, ravi, { guess: wrong(1) })).toMatchObject({ code: 'ZM', triesLeft: 2 })
    expect(await setup.pay(asha, ravi)).toMatchObject({ code: '00' })
  })

  it('are reset by a new PIN', async () => {
    for (let i = 0; i < 3; i++) await setup.pay(asha, ravi, { guess: wrong(i) })
    await setup.setPin(asha, { pin: '7391' })
    expect(await setup.pay(asha, ravi, { guess: '7391' })).toMatchObject({ code: '00' })
    expect(await setup.pay(asha, ravi)).toMatchObject({ code: 'ZM' })
  })
})

describe('an authorisation', () => {
  it('by a mandate that account does not know is declined', async () => {
    const authorisation = { kind: 'mandate', umn: 'a0b1c2d3@bahi', sequence: 1 } as const
    const mandated = await setup.transfer(asha, ravi, { authorisation })
    expect((await setup.post(mandated))[0]).toEqual({ id: mandated.id, status: 'declined', code: 'VF' })
    expect((await setup.resolve(mandated))[0]).toEqual({ id: mandated.id, status: 'declined', code: 'VF' })
    expect(await setup.showBalance(asha)).toBe(1_000_00)
  })

  it('cannot be preapproved: such a transfer is refused and decides nothing', async () => {
    const order = await setup.transfer(asha, ravi)
    const preapproved = { ...order, authorisation: { kind: 'preapproved' } as const }
    expect(await refusal(setup.post(preapproved))).toMatchObject({ code: 'request-invalid' })
    expect((await setup.post(order, preapproved)).map((o) => o.code)).toEqual(['00'])
    expect(await setup.showBalance(asha)).toBe(999_00)
  })

  it('is required', async () => {
    const { authorisation: _, ...details } = await setup.transfer(asha, ravi)
    expect(await refusal(setup.post(details as Transfer))).toMatchObject({ code: 'request-invalid' })
  })
})

describe('resolving', () => {
  it('returns the outcome that exists', async () => {
    const posted = await setup.transfer(asha, ravi)
    const declined = await setup.transfer(asha, ravi, { guess: wrong(1) })
    const first = await setup.post(posted, declined)
    expect(await setup.resolve(posted, declined)).toEqual(first)
  })

  it('bars a transfer that was never posted', async () => {
    const order = await setup.transfer(asha, ravi)
    expect((await setup.resolve(order))[0]).toEqual({ id: order.id, status: 'declined', code: 'XB' })
    expect((await setup.post(order))[0]).toEqual({ id: order.id, status: 'declined', code: 'XB' })
    expect((await setup.resolve(order))[0]).toMatchObject({ status: 'declined', code: 'XB' })
    expect(await setup.showBalance(asha)).toBe(1_000_00)
  })

  it('and concurrent posting return the same outcome', async () => {
    const orders = await Promise.all(Array.from({ length: 40 }, () => setup.transfer(asha, ravi)))
    const pairs = await Promise.all(
      orders.map(async (order, i) => {
        const calls = [setup.post(order), setup.resolve(order)]
        const answers = await Promise.all(i % 2 ? calls : [setup.resolve(order), calls[0]!])
        return answers.map(([o]) => o!.code)
      }),
    )
    for (const [one, other] of pairs) expect(one).toBe(other)
  })
})

describe('many at once', () => {
  it('let exactly one of a hundred spend 60 % of one balance', async () => {
    const payees = await Promise.all(Array.from({ length: 5 }, () => setup.customer(0)))
    const orders = await Promise.all(
      Array.from({ length: 100 }, (_, i) => setup.transfer(asha, payees[i % 5]!, { amountPaise: 600_00 })),
    )
    const outcomes = (await Promise.all(orders.map((order) => setup.post(order)))).flat()
    expect(outcomes.filter((o) => o.code === '00')).toHaveLength(1)
    expect(outcomes.filter((o) => o.code === 'Z9')).toHaveLength(99)
    expect(await setup.showBalance(asha)).toBe(400_00)
  })

  it('pay each other without a deadlock, to the paisa', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => setup.customer(1_000_00)))
    const orders = await Promise.all(
      Array.from({ length: 800 }, (_, i) =>
        setup.transfer(people[i % 8]!, people[(i * 3 + 1 + (i >> 3)) % 8]!, { amountPaise: 7 }),
      ),
    )
    const outcomes = (await Promise.all(orders.map((order) => setup.post(order)))).flat()
    expect(new Set(outcomes.map((o) => o.code))).toEqual(new Set(['00', 'U96']))
    const balances = await Promise.all(people.map((one) => setup.showBalance(one)))
    expect(balances.reduce((sum, b) => sum + b, 0)).toBe(8_000_00)
  })
})

it('a person who is frozen pays nobody from then on, and what was authorised before stands', async () => {
  const before = await Promise.all(Array.from({ length: 4 }, () => setup.transfer(asha, ravi)))
  const freeze = (frozen: boolean) =>
    setup.platform.as('auth')(freezeInAccount, { params: { userId: asha.userId }, body: { frozen } })
  const [outcomes] = await Promise.all([
    Promise.all(before.map(async (order) => (await setup.post(order))[0]!)),
    freeze(true),
  ])
  for (const { code } of outcomes) expect(['00', 'YE']).toContain(code)
  const posted = outcomes.filter(({ code }) => code === '00')
  expect(await setup.showBalance(ravi)).toBe(posted.length * before[0]!.amountPaise)
  expect(await setup.pay(asha, ravi)).toMatchObject({ code: 'YE' })
  // Nor does money come in, and each outcome stands when it is asked for again.
  const rich = await setup.customer(1_000_00)
  expect(await setup.pay(rich, asha)).toMatchObject({ code: 'YF' })
  expect((await setup.post(...before)).map(({ code }) => code)).toEqual(outcomes.map(({ code }) => code))
  await freeze(true)
  await freeze(false)
  expect(await setup.pay(asha, ravi)).toMatchObject({ code: '00' })
  // What the bank froze for a reason of its own stays so.
  await setup.setStatus(asha, 'frozen')
  await freeze(true)
  await freeze(false)
  expect(await setup.pay(asha, ravi)).toMatchObject({ code: 'YE' })
})
