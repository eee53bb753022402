// Paying, against a real PostgreSQL: outcomes, idempotency, limits under load, and access by other people.
import { maxAmountPaise } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { pay, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin } from '../testing.ts'

type TestSetup = Awaited<ReturnType<typeof createPaymentTestSetup>>
let setup: TestSetup
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterEach(async () => {
  setup.account.down = false
  setup.account.delayMs = 0
  setup.auth.down = false
  delete setup.account.code
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
const codes = (payments: PaymentView[]) => payments.map((p) => p.failure?.code ?? p.status).sort()

describe('a payment', () => {
  it('settles, with two events', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const id = setup.newId()
    const payment = await setup.payAs(asha, ravi, { id, amountPaise: 250_00, note: 'चाय ☕' })
    expect(payment).toMatchObject({
      id,
      status: 'settled',
      direction: 'debit',
      amountPaise: 250_00,
      currency: 'INR',
      note: 'चाय ☕',
      payer: { vpa: asha.vpa, name: asha.party.name, bank: 'BAHI', maskedNumber: asha.party.maskedNumber },
      payee: { vpa: ravi.vpa, name: ravi.party.name },
      txnId: `BHI${id.replaceAll('-', '')}`,
    })
    expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
    expect(JSON.stringify(payment)).not.toContain(ravi.party.accountId)
  })
  it('gives every payment a different reference number', async () => {
    const payee = setup.newPerson()
    const paid = await Promise.all(Array.from({ length: 40 }, () => setup.payAs(setup.newPerson(), payee)))
    expect(new Set(paid.map((p) => p.rrn)).size).toBe(40)
  })
  it('takes UPI IDs in any case, and an empty note as none', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const wanted = { payerVpa: asha.vpa.toUpperCase(), payeeVpa: ravi.vpa.toUpperCase(), note: '' }
    const payment = await setup.payAs(asha, ravi, wanted)
    expect([payment.payer.vpa, payment.payee.vpa, payment.note]).toEqual([asha.vpa, ravi.vpa, undefined])
  })
  it.each(['Z6', 'Z9', 'AM', 'U14', 'U54', 'XH', 'XI', 'YE', 'YF', 'U28'])(
    'fails with %s when account declines so',
    async (code) => {
      setup.account.code = code
      const payment = await setup.payAs(setup.newPerson(), setup.newPerson())
      expect(payment.failure).toEqual({ code, message: upiCodeText(code, 'en') })
      expect(await setup.eventsOf(payment.id)).toEqual(['payment.begun', 'payment.failed'])
    },
  )
  it('shows the tries left after a wrong PIN, and stays failed when the right one follows', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const payment = await setup.payAs(asha, ravi, { id, pin: wrongPin })
    expect(payment.failure).toMatchObject({ code: 'ZM', triesLeft: 2 })
    expect(await setup.payAs(asha, ravi, { id })).toEqual(payment)
  })
  it('to nobody fails with ZH, and account gets no transfer', async () => {
    const asha = setup.newPerson()
    const before = setup.seen.transfers
    const payment = await setup.payAs(asha, { vpa: 'nobody@bahi' })
    expect(payment).toMatchObject({
      status: 'failed',
      failure: { code: 'ZH' },
      payee: { vpa: 'nobody@bahi' },
    })
    expect(setup.seen.transfers).toBe(before)
    // Unknown UPI IDs are not cached: a moment later it exists.
    setup.parties.set('nobody@bahi', { ...setup.newPerson().party, vpa: 'nobody@bahi' })
    expect((await setup.payAs(asha, { vpa: 'nobody@bahi' })).status).toBe('settled')
  })
  it('to oneself fails with U96: the same UPI ID, or another one of the same account', async () => {
    const asha = setup.newPerson()
    setup.parties.set('asha-shop@bahi', { ...asha.party, vpa: 'asha-shop@bahi' })
    const same = await setup.payAs(asha, asha)
    const other = await setup.payAs(asha, { vpa: 'asha-shop@bahi' })
    expect(codes([same, other])).toEqual(['U96', 'U96'])
  })
})

describe('an id', () => {
  it('requested 50 times at once is one payment with 50 equal answers', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    setup.account.delayMs = 20
    const answers = await Promise.all(Array.from({ length: 50 }, () => setup.payAs(asha, ravi, { id })))
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(answers[0]!.status).toBe('settled')
    expect(setup.balances.get(ravi.party.accountId)).toBe(10_00_000_00 + 100)
    expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
    expect(await setup.payAs(asha, ravi, { id })).toEqual(answers[0])
  })
  it.each([
    ['another amount', { amountPaise: 101 }],
    ['another note', { note: 'other' }],
    ['another payee', { payeeVpa: 'person1@bahi' }],
  ])('with %s is refused', async (_name, other) => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const first = await setup.payAs(asha, ravi, { id })
    expect(await refusal(setup.payAs(asha, ravi, { id, ...other }))).toBe('id-reused')
    expect(await setup.payAs(asha, ravi, { id })).toEqual(first)
  })
  it('of somebody else is refused, also when both come at once', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const [first, second] = await Promise.allSettled([
      setup.payAs(asha, ravi, { id }),
      setup.payAs(ravi, asha, { id }),
    ])
    expect(first).toMatchObject({ status: 'fulfilled', value: { status: 'settled' } })
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'id-reused' } })
  })
  it('far from now is refused for a new payment, and answered for one that exists', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const nowMs = setup.clock.now().getTime()
    for (const ms of [nowMs - 25 * 3_600_000, nowMs + 11 * 60_000, 0]) {
      expect(await refusal(setup.payAs(asha, ravi, { id: uuidv7(ms) }))).toBe('id-out-of-range')
    }
    const old = uuidv7(nowMs - 23.9 * 3_600_000)
    const payment = await setup.payAs(asha, ravi, { id: old })
    expect(payment.status).toBe('settled')
    setup.clock.advance(3_600_000)
    expect(await setup.payAs(asha, ravi, { id: old })).toEqual(payment)
    expect(await refusal(setup.payAs(asha, ravi, { id: old, amountPaise: 7 }))).toBe('id-reused')
  })
  it('is the same payment in capitals', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const paid = await Promise.all([
      setup.payAs(asha, ravi, { id: id.toUpperCase() }),
      setup.payAs(asha, ravi, { id }),
    ])
    expect(paid.map((payment) => [payment.id, payment.status])).toEqual(Array(2).fill([id, 'settled']))
    const ask = setup.platform.person(asha)(showPayment, { params: { id: id.toUpperCase() } })
    expect(await ask).toEqual(paid[0])
  })
  it('is answered although the payer’s UPI ID no longer exists and other services are down', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const payment = await setup.payAs(asha, ravi, { id })
    setup.parties.delete(asha.vpa)
    expect(await setup.payAs(asha, ravi, { id })).toEqual(payment)
    setup.account.down = true
    setup.auth.down = true
    expect(await setup.payAs(asha, ravi, { id })).toEqual(payment)
  })
})

describe('another person', () => {
  it('cannot pay from somebody else’s UPI ID, and nothing is stored', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    expect(await refusal(setup.payAs(ravi, ravi, { id, payerVpa: asha.vpa }))).toBe('not-found')
    expect(await refusal(setup.payAs(ravi, asha, { id, payerVpa: 'unknown@bahi' }))).toBe('not-found')
    expect(await setup.sql`select id from payment.payments where id = ${id}`).toHaveLength(0)
    expect((await setup.payAs(asha, ravi, { id })).status).toBe('settled')
  })
  it('sees no payment of others', async () => {
    const payment = await setup.payAs(setup.newPerson(), setup.newPerson())
    const ask = setup.platform.person(setup.newPerson())(showPayment, { params: { id: payment.id } })
    expect(await refusal(ask)).toBe('not-found')
  })
  it.each([
    ['a control character in the note', { note: 'a\u0007b' }],
    ['a line break in the note', { note: 'a\nb' }],
    ['half a character in the note', { note: 'a\ud83d' }],
    ['a NUL in the note', { note: 'a\u0000' }],
    ['a note of 51 characters', { note: 'x'.repeat(51) }],
    ['nothing to pay', { amountPaise: 0 }],
    ['a negative amount', { amountPaise: -100 }],
    ['half a paisa', { amountPaise: 100.5 }],
    ['an amount as text', { amountPaise: '100' as never }],
    ['an amount beyond the bound', { amountPaise: maxAmountPaise + 1 }],
    ['a PIN in the clear', { pin: '1234' }],
    ['no UPI ID', { payeeVpa: 'ravi' }],
    ['an unknown field', { status: 'settled' } as never],
    ['an id that is no UUIDv7', { id: '7b0c0f1e-9d3b-4c5f-8a21-0123456789ab' }],
  ])('is refused with %s', async (_name, wanted) => {
    expect(await refusal(setup.payAs(setup.newPerson(), setup.newPerson(), wanted))).toBe('request-invalid')
  })
  it('is refused with an account by its number, before anything is stored', async () => {
    const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
    const payeeVpa = '501234567890@bahi0000001.ifsc.npci'
    setup.parties.set(payeeVpa, { ...ravi.party, vpa: payeeVpa })
    expect(await refusal(setup.payAs(asha, ravi, { id, payeeVpa }))).toBe('request-invalid')
    expect(await setup.sql`select id from payment.payments where id = ${id}`).toHaveLength(0)
  })
  it('cannot pay without a session', async () => {
    const body = { payerVpa: 'a@bahi', payeeVpa: 'b@bahi', amountPaise: 1, pin: wrongPin }
    expect(await refusal(setup.platform.anybody(pay, { params: { id: setup.newId() }, body }))).toBe(
      'unauthenticated',
    )
  })
})

describe('limits', () => {
  it('of one payment', async () => {
    const payment = await setup.payAs(setup.newPerson(), setup.newPerson(), { amountPaise: 1_00_000_01 })
    expect(payment).toMatchObject({ status: 'failed', failure: { code: 'Z8' } })
    expect(await setup.eventsOf(payment.id)).toEqual(['payment.begun', 'payment.failed'])
  })
  it('of a day’s count hold exactly when 30 come at once', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const paid = await Promise.all(Array.from({ length: 30 }, () => setup.payAs(asha, ravi)))
    expect(codes(paid)).toEqual([...Array<string>(10).fill('Z7'), ...Array<string>(20).fill('settled')])
    expect(setup.balances.get(ravi.party.accountId)).toBe(10_00_000_00 + 20 * 100)
  })
  it('of a day’s sum hold exactly when 30 come, some together', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const wanted = { amountPaise: 11_000_00 }
    const paid = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, i % 7))
        return setup.payAs(asha, ravi, wanted)
      }),
    )
    expect(codes(paid)).toEqual([...Array<string>(21).fill('Z8'), ...Array<string>(9).fill('settled')])
  })
  it('do not count failed payments, nor settled ones after a day', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const wanted = { amountPaise: 60_000_00 }
    setup.account.code = 'U78'
    expect((await setup.payAs(asha, ravi, wanted)).failure?.code).toBe('U78')
    delete setup.account.code
    expect((await setup.payAs(asha, ravi, wanted)).status).toBe('settled')
    expect((await setup.payAs(asha, ravi, wanted)).failure?.code).toBe('Z8')
    setup.clock.advance(24 * 3_600_000 + 1)
    expect((await setup.payAs(asha, ravi, { amountPaise: 30_000_00 })).status).toBe('settled')
  })
  it('of tries keep a person from filling the table', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const wanted = { amountPaise: 2_00_000_00 }
    const tries = await Promise.allSettled(Array.from({ length: 510 }, () => setup.payAs(asha, ravi, wanted)))
    expect(tries.filter((t) => t.status === 'fulfilled')).toHaveLength(500)
    const refused = tries.find((t) => t.status === 'rejected')
    expect(refused).toMatchObject({ reason: { code: 'rate-limited' } })
  })
  it.each([
    ['a new device', () => ({ deviceBoundAt: setup.clock.now().toISOString() })],
    ['a registration', () => ({ registeredAt: setup.clock.now().toISOString() })],
    ['a new PIN', () => ({ pinSetAt: setup.clock.now().toISOString() })],
  ])('cool after %s', async (_name, about) => {
    const [asha, ravi] = [setup.newPerson(about()), setup.newPerson()]
    expect((await setup.payAs(asha, ravi, { amountPaise: 5_000_01 })).failure?.code).toBe('FL')
    const paid = await Promise.all(
      Array.from({ length: 6 }, () => setup.payAs(asha, ravi, { amountPaise: 1_000_00 })),
    )
    expect(codes(paid)).toEqual(['FP', ...Array<string>(5).fill('settled')])
    setup.clock.advance(24 * 3_600_000)
    expect((await setup.payAs(asha, ravi, { amountPaise: 50_000_00 })).status).toBe('settled')
  })
  it('cool on a device that is unknown to auth', async () => {
    const asha = { ...setup.newPerson({ registeredAt: hoursAgo(1000) }), deviceId: 'stolen' }
    const ravi = setup.newPerson()
    expect((await setup.payAs(asha, ravi, { amountPaise: 5_000_01 })).failure?.code).toBe('FL')
    expect((await setup.payAs(asha, ravi, { amountPaise: 5_000_00 })).status).toBe('settled')
    expect((await setup.payAs(asha, ravi, { amountPaise: 1 })).failure?.code).toBe('FP')
  })
  it('cool at once when the PIN is set anew', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    expect((await setup.payAs(asha, ravi, { amountPaise: 6_000_00 })).status).toBe('settled')
    setup.parties.set(asha.vpa, { ...asha.party, pinSetAt: setup.clock.now().toISOString() })
    expect((await setup.payAs(asha, ravi, { amountPaise: 6_000_00 })).failure?.code).toBe('FL')
  })
  it('begin no payment while auth is down', async () => {
    setup.auth.down = true
    expect(await refusal(setup.payAs(setup.newPerson(), setup.newPerson()))).toBe('unavailable')
  })
})

describe('many at once', () => {
  it('share calls, and a common payee is resolved once per call', async () => {
    const [shop, payers] = [setup.newPerson(), Array.from({ length: 200 }, () => setup.newPerson())]
    await setup.payAs(payers[0]!, shop)
    const before = { ...setup.seen }
    const paid = await Promise.all(payers.slice(1).map((payer) => setup.payAs(payer, shop)))
    expect(codes(paid)).toEqual(Array(199).fill('settled'))
    expect(setup.balances.get(shop.party.accountId)).toBe(10_00_000_00 + 200 * 100)
    expect(setup.seen.posts - before.posts).toBeLessThan(199)
    expect(setup.seen.resolves - before.resolves).toBeLessThan(199)
    expect(setup.seen.vpas - before.vpas).toBeLessThanOrEqual(199 + setup.seen.resolves - before.resolves)
  })
})
