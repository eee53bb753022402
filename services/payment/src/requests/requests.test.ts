// Payment requests, against a real PostgreSQL: who may ask, who may answer, and that exactly one answer wins.
import { appRequestOutcome, askForApp } from '@bahi/contracts/app-requests.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import * as contracts from '@bahi/contracts/requests.ts'
import * as people from '@bahi/contracts/people.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'

type TestSetup = Awaited<ReturnType<typeof createPaymentTestSetup>>
const rows = [{ effectiveFrom: '2026-01-01T00:00:00+05:30', persons: { maxPaise: 2_000_00, perDay: 5 } }]
let setup: TestSetup
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'), {
    env: { BAHI_CLOSED_LOOP_REQUESTS: JSON.stringify(rows) },
  })
})
afterEach(async () => {
  setup.account.transfers = 'up'
  setup.account.delayMs = 0
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

type Body = Partial<Input<typeof contracts.makeRequest>['body']>
const as = (who: TestPerson) => setup.platform.person(who)
const ask = (
  from: TestPerson,
  to: { vpa: string },
  { id = setup.newId(), ...more }: Body & { id?: string } = {},
) =>
  as(from)(contracts.makeRequest, {
    params: { id },
    body: { payeeVpa: from.vpa, payerVpa: to.vpa, amountPaise: 250_00, ...more },
  })
const show = (who: TestPerson, { id }: { id: string }) => as(who)(contracts.showRequest, { params: { id } })
const list = (who: TestPerson, querystring = {}) => as(who)(contracts.listRequests, { querystring })
const approve = (
  payer: TestPerson,
  request: contracts.RequestView,
  more: Parameters<TestSetup['payAs']>[2] = {},
) =>
  setup.payAs(payer, request.payee, {
    amountPaise: request.amountPaise,
    initiation: { origin: { kind: 'request', id: request.id } },
    ...more,
  })
const decline = (who: TestPerson, { id }: { id: string }, block = false) =>
  as(who)(contracts.declineRequest, { params: { id }, body: { block } })
const cancel = (who: TestPerson, { id }: { id: string }) =>
  as(who)(contracts.cancelRequest, { params: { id } })
const remind = (who: TestPerson, { id }: { id: string }) =>
  as(who)(contracts.remindOfRequest, { params: { id } })
const two = () => [setup.newPerson(), setup.newPerson()] as const

describe('a request', () => {
  it('is seen by both of its people and by nobody else', async () => {
    const [asha, ravi, other] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
    const made = await ask(asha, ravi, { note: 'Rent' })
    expect(made).toMatchObject({
      status: 'pending',
      direction: 'sent',
      amountPaise: 250_00,
      note: 'Rent',
      payee: { vpa: asha.vpa, name: asha.party.name },
      payer: { vpa: ravi.vpa, name: ravi.party.name },
    })
    // When the payer may be reminded is the asker's to know.
    const { remindableFrom, ...seen } = made
    expect(Date.parse(remindableFrom!)).toBeGreaterThan(Date.parse(made.createdAt))
    expect(await show(ravi, made)).toEqual({ ...seen, direction: 'received' })
    expect(await refusal(show(other, made))).toBe('not-found')
    expect(await refusal(decline(other, made))).toBe('not-found')
    expect(await refusal(cancel(ravi, made))).toBe('not-found')
    expect(await refusal(decline(asha, made))).toBe('not-found')
    expect(await refusal(approve(other, made))).toBe('not-found')
    expect(JSON.stringify(made)).not.toContain(asha.party.maskedNumber)
  })

  it('is paid by its payer with the PIN, and names the payment', async () => {
    const [asha, ravi] = two()
    const made = await ask(asha, ravi)
    const payment = await approve(ravi, made)
    expect(payment).toMatchObject({
      status: 'settled',
      initiation: { origin: { kind: 'request', id: made.id } },
    })
    expect(await show(asha, made)).toMatchObject({ status: 'paid', paymentId: payment.id })
    expect(await setup.eventsOf(made.id)).toEqual(['payment.request-made', 'payment.request-paid'])
    expect(await refusal(approve(ravi, made))).toBe('wrong-state')
    expect(await refusal(cancel(asha, made))).toBe('wrong-state')
    expect(await refusal(decline(ravi, made))).toBe('wrong-state')
  })

  it('is open again after a payment that failed', async () => {
    const [asha, ravi] = two()
    const made = await ask(asha, ravi)
    expect(await approve(ravi, made, { pin: wrongPin })).toMatchObject({ status: 'failed' })
    expect(await show(ravi, made)).toMatchObject({ status: 'pending' })
    expect(await approve(ravi, made)).toMatchObject({ status: 'settled' })
  })

  it('stays taken while the outcome of its payment is not known, and is paid when it is', async () => {
    const [asha, ravi] = two()
    const made = await ask(asha, ravi)
    setup.account.transfers = 'answer-lost'
    expect(await approve(ravi, made)).toMatchObject({ status: 'pending' })
    expect(await refusal(approve(ravi, made))).toBe('wrong-state')
    expect(await refusal(decline(ravi, made))).toBe('wrong-state')
    setup.account.transfers = 'up'
    await setup.until(async () => (await show(asha, made)).status === 'paid')
  })

  it('is paid with its amount to its payee only', async () => {
    const [asha, ravi, other] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
    const made = await ask(asha, ravi)
    expect(await refusal(approve(ravi, made, { amountPaise: 1 }))).toBe('request-invalid')
    expect(await refusal(approve(ravi, made, { payeeVpa: other.vpa }))).toBe('request-invalid')
    const unknown = { ...made, id: uuidv7() }
    expect(await refusal(approve(ravi, unknown))).toBe('not-found')
    expect(await refusal(approve(ravi, { ...made, id: 'no-request' }))).toBe('not-found')
    expect(await show(ravi, made)).toMatchObject({ status: 'pending' })
  })

  it('is the same in capitals: its id in the address, and as what a payment pays', async () => {
    const [asha, ravi] = two()
    const id = setup.newId()
    const made = await ask(asha, ravi, { id: id.toUpperCase() })
    expect(made.id).toBe(id)
    expect(await ask(asha, ravi, { id })).toEqual(made)
    const payment = await approve(ravi, { ...made, id: id.toUpperCase() })
    expect(payment).toMatchObject({ status: 'settled', initiation: { origin: { kind: 'request', id } } })
    expect(await setup.eventsOf(id)).toEqual(['payment.request-made', 'payment.request-paid'])
  })

  it('with the same id is the same request; with other content it is refused', async () => {
    const [asha, ravi] = two()
    const id = setup.newId()
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(asha, ravi, { id })))
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(await refusal(ask(asha, ravi, { id, amountPaise: 1 }))).toBe('id-reused')
    expect(await refusal(ask(ravi, asha, { id }))).toBe('id-reused')
  })

  it.each<[string, string, (asha: TestPerson, ravi: TestPerson) => Promise<unknown>]>([
    ['from a UPI ID of somebody else', 'not-found', (asha, ravi) => ask(asha, ravi, { payeeVpa: ravi.vpa })],
    ['to nobody', 'not-found', (asha) => ask(asha, { vpa: 'nobody@bahi' })],
    ['to oneself', 'request-invalid', (asha) => ask(asha, asha)],
    ['above the limit', 'request-invalid', (asha, ravi) => ask(asha, ravi, { amountPaise: 2_000_01 })],
    ['for too long', 'request-invalid', (asha, ravi) => ask(asha, ravi, { expiresInMinutes: 64_801 })],
    ['with an old id', 'id-out-of-range', (asha, ravi) => ask(asha, ravi, { id: uuidv7(1_700_000_000_000) })],
  ])('%s is refused, and nobody is told', async (_name, code, make) => {
    const [asha, ravi] = two()
    expect(await refusal(make(asha, ravi))).toBe(code)
    expect(await list(ravi)).toEqual({ requests: [] })
  })
})

describe('many requests', () => {
  it('to one payer are refused while three are open', async () => {
    const [asha, ravi] = two()
    const made = await Promise.all(Array.from({ length: 6 }, () => ask(asha, ravi).catch(() => undefined)))
    expect(made.filter(Boolean)).toHaveLength(3)
    expect(await refusal(ask(asha, ravi))).toBe('rate-limited')
    await decline(
      ravi,
      made.find((one) => one !== undefined)!,
    )
    await ask(asha, ravi)
  })

  it('of one person in a day are refused above the rule', async () => {
    const asha = setup.newPerson()
    const made = await Promise.all(
      Array.from({ length: 8 }, () => ask(asha, setup.newPerson()).catch(() => undefined)),
    )
    expect(made.filter(Boolean)).toHaveLength(5)
  })

  it('are listed newest first, by side and status, a page at a time', async () => {
    const [asha, ravi] = two()
    const first = await ask(asha, ravi)
    const second = await ask(ravi, asha)
    const third = await ask(asha, ravi)
    await decline(ravi, first)
    const ids = async (query: object) => (await list(asha, query)).requests.map(({ id }) => id)
    expect(await ids({})).toEqual([third.id, second.id, first.id])
    expect(await ids({ direction: 'sent' })).toEqual([third.id, first.id])
    expect(await ids({ direction: 'received' })).toEqual([second.id])
    expect(await ids({ status: 'declined' })).toEqual([first.id])
    const page = await list(asha, { limit: 2 })
    expect(await ids({ limit: 2, before: page.next })).toEqual([first.id])
  })
})

describe('the people of a request', () => {
  it('decline and cancel it, once and repeatably', async () => {
    const [asha, ravi] = two()
    const [one, other] = [await ask(asha, ravi), await ask(asha, ravi)]
    expect(await decline(ravi, one)).toMatchObject({ status: 'declined' })
    expect(await decline(ravi, one)).toMatchObject({ status: 'declined' })
    expect(await cancel(asha, other)).toMatchObject({ status: 'cancelled' })
    expect(await cancel(asha, other)).toMatchObject({ status: 'cancelled' })
    expect(await setup.eventsOf(one.id)).toEqual(['payment.request-made', 'payment.request-declined'])
    expect(await setup.eventsOf(other.id)).toEqual(['payment.request-made', 'payment.request-cancelled'])
  })

  it('block who asks, whatever UPI ID they ask with, and unblock them', async () => {
    const [asha, ravi] = two()
    await decline(ravi, await ask(asha, ravi), true)
    expect(await refusal(ask(asha, ravi))).toBe('request-not-permitted')
    const { blocked } = await as(ravi)(people.listBlocked, {})
    expect(blocked).toMatchObject([{ vpa: asha.vpa, name: asha.party.name }])
    await ask(ravi, asha)
    await as(ravi)(people.unblockPerson, { params: { vpa: asha.vpa } })
    await ask(asha, ravi)
    expect(await refusal(as(ravi)(people.unblockPerson, { params: { vpa: asha.vpa } }))).toBe('not-found')
  })

  it('remind at most three times, an hour apart', async () => {
    const [asha, ravi] = two()
    const made = await ask(asha, ravi)
    const fromOf = async (who: TestPerson) => (await show(who, made)).remindableFrom
    expect(await fromOf(asha)).toBe(new Date(Date.parse(made.createdAt) + 3_600_000).toISOString())
    // It is the payee alone who reminds.
    expect(await fromOf(ravi)).toBeUndefined()
    expect(await refusal(remind(asha, made))).toBe('rate-limited')
    for (const n of [1, 2, 3]) {
      setup.clock.advance(3_600_000)
      expect(await remind(asha, made)).toMatchObject({ reminders: n })
      expect(await refusal(remind(asha, made))).toBe('rate-limited')
    }
    expect(await fromOf(asha)).toBeUndefined()
    setup.clock.advance(3_600_000)
    expect(await refusal(remind(asha, made))).toBe('rate-limited')
    expect(await refusal(remind(ravi, made))).toBe('not-found')
  })
})

describe('a request that an app makes for its owner', () => {
  const app = { clientId: 'khata', name: 'Khata', reference: 'Order 7' }
  type Asked = Partial<Input<typeof askForApp>['body']>
  const by = (owner: TestPerson, payer: TestPerson | undefined, more: Asked = {}) =>
    setup.platform.as('auth')(askForApp, {
      params: { id: setup.newId() },
      body: {
        ownerId: owner.userId,
        payeeVpa: owner.vpa,
        ...(payer ? { payerVpa: payer.vpa } : {}),
        ...{ amountPaise: 250_00, expiresInMinutes: 10, app },
        ...more,
      },
    })
  const outcome = ({ id }: { id: string }, clientId = app.clientId) =>
    setup.platform.as('auth')(appRequestOutcome, { params: { id }, querystring: { clientId } })

  it('names the app to the payer, is paid as any other, and its outcome is for that app alone', async () => {
    const [asha, ravi] = two()
    const made = await by(asha, ravi)
    const seen = await show(ravi, made)
    expect(seen).toMatchObject({ status: 'pending', app: { name: 'Khata', reference: 'Order 7' } })
    expect(await outcome(made)).toEqual({ status: 'pending', isBeingPaid: false })
    expect(await refusal(outcome(made, 'another'))).toBe('not-found')
    expect(await refusal(outcome(await ask(asha, ravi)))).toBe('not-found')
    setup.account.transfers = 'answer-lost'
    const { id } = await approve(ravi, seen)
    expect(await outcome(made)).toEqual({ status: 'pending', isBeingPaid: true })
    setup.account.transfers = 'up'
    await setup.until(async () => (await outcome(made)).status === 'paid')
    expect(await outcome(made)).toEqual({ status: 'paid', isBeingPaid: false, paymentId: id })
  })

  it('is refused for what is known of its owner, and for nothing that is known of who is asked', async () => {
    const [asha, ravi, blocking] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
    for (const payer of [undefined, ravi]) {
      expect(await refusal(by(asha, payer, { payeeVpa: ravi.vpa }))).toBe('not-found')
      expect(await refusal(by(asha, payer, { amountPaise: 2_000_01 }))).toBe('request-invalid')
    }
    await decline(blocking, await ask(asha, blocking), true)
    const elsewhere = { ...ravi, vpa: 'nobody@bahi' }
    for (const payer of [undefined, blocking, asha, elsewhere])
      expect(await refusal(outcome(await by(asha, payer)))).toBe('not-found')
  })

  it('finds nobody asked once ten of apps are open', async () => {
    const ravi = setup.newPerson()
    const made = await Promise.all(Array.from({ length: 12 }, () => by(setup.newPerson(), ravi)))
    const asked = await Promise.allSettled(made.map((one) => outcome(one)))
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
    expect(await ask(setup.newPerson(), ravi)).toMatchObject({ status: 'pending' })
  })
})

describe('exactly one answer wins', () => {
  it('of a hundred payments at once', async () => {
    const [asha, ravi] = two()
    const made = await ask(asha, ravi)
    const before = setup.balances.get(ravi.party.accountId)!
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () =>
        approve(ravi, made).then(
          ({ status }) => status as string,
          (error: { code: string }) => error.code,
        ),
      ),
    )
    expect(outcomes.filter((one) => one === 'settled')).toHaveLength(1)
    expect(outcomes.filter((one) => one !== 'settled').every((one) => one === 'wrong-state')).toBe(true)
    expect(before - setup.balances.get(ravi.party.accountId)!).toBe(made.amountPaise)
  })

  it('of payment, decline, cancellation and expiry', async () => {
    for (let round = 0; round < 10; round++) {
      const [asha, ravi] = two()
      const made = await ask(asha, ravi, { expiresInMinutes: 1 })
      if (round % 2 === 1) setup.clock.advance(60_000)
      const before = setup.balances.get(ravi.party.accountId)!
      await Promise.allSettled([approve(ravi, made), decline(ravi, made), cancel(asha, made)])
      await setup.until(async () => (await show(asha, made)).status !== 'pending')
      const { status } = await show(asha, made)
      const moved = before - setup.balances.get(ravi.party.accountId)!
      expect([status, moved]).toEqual([status, status === 'paid' ? made.amountPaise : 0])
      const events = await setup.eventsOf(made.id)
      expect(events).toEqual(['payment.request-made', `payment.request-${status}`])
      if (round % 2 === 1) expect(status).toBe('expired')
    }
  })

  it('and nobody can answer after the time, before the expiry is written too', async () => {
    const [asha, ravi] = two()
    const made = await ask(asha, ravi, { expiresInMinutes: 1 })
    setup.clock.advance(60_000)
    expect(await refusal(approve(ravi, made))).toBe('wrong-state')
    await setup.until(async () => (await show(ravi, made)).status === 'expired')
  })
})

describe('the rules in force', () => {
  it('are shown', async () => {
    expect(await as(setup.newPerson())(contracts.showRequestRules, {})).toEqual({
      permitted: true,
      acrossBanks: false,
      maxPaise: 2_000_00,
      perDay: 5,
      expiryMinutes: { min: 1, default: 1_440, max: 64_800 },
    })
  })

  it('permit nothing between people without a row of the operator', async () => {
    const network = await createPaymentTestSetup(inject('postgresUrl'), {
      env: { BAHI_CLOSED_LOOP_REQUESTS: '[]' },
    })
    const [asha, ravi] = [network.newPerson(), network.newPerson()]
    const call = network.platform.person(asha)
    const body = { payeeVpa: asha.vpa, payerVpa: ravi.vpa, amountPaise: 1_00 }
    expect(await call(contracts.showRequestRules, {})).toMatchObject({ permitted: false })
    expect(await refusal(call(contracts.makeRequest, { params: { id: network.newId() }, body }))).toBe(
      'request-not-permitted',
    )
    await network.stop()
  })
})
