// Blocked people, reports and hidden payments, against a real PostgreSQL.
import * as contracts from '@bahi/contracts/people.ts'
import { listPayments, recentPeople, showPayment, type PaymentView } from '@bahi/contracts/payment.ts'
import { makeRequest, remindOfRequest } from '@bahi/contracts/requests.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { payRules } from '@bahi/contracts/rules.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { mandateTools } from '../mandates/testing.ts'
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
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const as = (who: TestPerson) => setup.platform.person(who)
const block = (who: TestPerson, vpa: string) => as(who)(contracts.blockPerson, { params: { vpa } })
const unblock = (who: TestPerson, vpa: string) => as(who)(contracts.unblockPerson, { params: { vpa } })
const blocked = async (who: TestPerson) =>
  (await as(who)(contracts.listBlocked, {})).blocked.map(({ vpa }) => vpa)
const pay = (from: TestPerson, to: { vpa: string }) => setup.payAs(from, to)
const ask = (from: TestPerson, to: { vpa: string }) =>
  as(from)(makeRequest, {
    params: { id: setup.newId() },
    body: { payeeVpa: from.vpa, payerVpa: to.vpa, amountPaise: 100 },
  })
const two = () => [setup.newPerson(), setup.newPerson()] as const

describe('a blocked person', () => {
  it('can neither pay nor ask, is paid all the same, and can do both again once unblocked', async () => {
    const [asha, ravi] = two()
    expect(await block(asha, ravi.vpa.toUpperCase())).toMatchObject({ vpa: ravi.vpa, name: ravi.party.name })
    await block(asha, ravi.vpa)
    expect(await blocked(asha)).toEqual([ravi.vpa])
    expect(await pay(ravi, asha)).toMatchObject({ status: 'failed', failure: { code: 'ZG' } })
    expect(await refusal(ask(ravi, asha))).toBe('request-not-permitted')
    expect(await pay(asha, ravi)).toMatchObject({ status: 'settled' })
    await unblock(asha, ravi.vpa)
    expect(await refusal(unblock(asha, ravi.vpa))).toBe('not-found')
    expect(await pay(ravi, asha)).toMatchObject({ status: 'settled' })
    await ask(ravi, asha)
    const types = await setup.eventsOf(asha.userId)
    expect(types.filter((type) => type.startsWith('payment.person-'))).toEqual([
      'payment.person-blocked',
      'payment.person-unblocked',
    ])
  })

  it('is blocked for one person, and not for others', async () => {
    const [asha, ravi, meera] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
    await block(asha, ravi.vpa)
    const [toAsha, toMeera] = await Promise.all([pay(ravi, asha), pay(ravi, meera)])
    expect([toAsha.status, toMeera.status]).toEqual(['failed', 'settled'])
    expect(await refusal(unblock(meera, ravi.vpa))).toBe('not-found')
  })

  it('can be one whose UPI ID nobody has, but not oneself', async () => {
    const asha = setup.newPerson()
    expect(await block(asha, 'gone@bahi')).toMatchObject({ vpa: 'gone@bahi', name: 'gone@bahi' })
    expect(await refusal(block(asha, asha.vpa))).toBe('request-invalid')
  })

  it('can neither be an account by its number, nor a way to learn names without end', async () => {
    const asha = setup.newPerson()
    expect(await refusal(block(asha, '501234567890@bahi0000001.ifsc.npci'))).toBe('request-invalid')
    expect(await blocked(asha)).toEqual([])
    const tries = Array.from({ length: payRules.at(-1)!.quotesPerDay }, () => block(asha, 'gone@bahi'))
    const found = await Promise.allSettled(tries)
    expect(found.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(await refusal(block(asha, 'gone@bahi'))).toBe('rate-limited')
    // Nor is a mandate, which names its payee and its payer also when it fails.
    const { create, request } = mandateTools(() => setup)
    const ravi = setup.newPerson()
    expect(await refusal(create(asha, ravi, { pin: wrongPin }))).toBe('rate-limited')
    expect(await refusal(request(asha, ravi))).toBe('rate-limited')
  })

  it('reminds of no request that was made before', async () => {
    const [asha, ravi] = two()
    const { id } = await ask(ravi, asha)
    setup.clock.advance(3_600_000)
    await block(asha, ravi.vpa)
    expect(await refusal(as(ravi)(remindOfRequest, { params: { id } }))).toBe('request-not-permitted')
  })

  it('keeps the payment that had begun', async () => {
    const [asha, ravi] = two()
    setup.account.transfers = 'answer-lost'
    const begun = await pay(ravi, asha)
    expect(begun.status).toBe('pending')
    await block(asha, ravi.vpa)
    setup.account.transfers = 'up'
    await setup.until(async () => {
      const seen = await as(ravi)(showPayment, { params: { id: begun.id } })
      return seen.status === 'settled'
    })
  })
})

describe('a report', () => {
  const send = (who: TestPerson, vpa: string, more: object = {}, id = setup.newId()) =>
    as(who)(contracts.reportPerson, { params: { id }, body: { vpa, reason: 'fraud', ...more } })

  it('is stored once for the operators, with the payment that it is about', async () => {
    const [asha, ravi] = two()
    const payment = await pay(asha, ravi)
    const id = setup.newId()
    const more = { text: 'Said he was from the bank', paymentId: payment.id }
    await send(asha, ravi.vpa, more, id)
    await send(asha, ravi.vpa, more, id)
    expect(await refusal(send(asha, ravi.vpa, { reason: 'spam' }, id))).toBe('id-reused')
    expect(await refusal(send(setup.newPerson(), ravi.vpa, more))).toBe('not-found')
    expect(await refusal(send(ravi, ravi.vpa))).toBe('request-invalid')
    expect(await refusal(send(asha, ravi.vpa, { paymentId: uuidv7() }))).toBe('not-found')
    const operator = setup.platform.person({ userId: uuidv7(), roles: ['customer', 'risk-analyst'] })
    const { reports } = await operator(contracts.listReports, { querystring: { vpa: ravi.vpa } })
    expect(reports).toMatchObject([
      { id, userId: asha.userId, reportedUserId: ravi.userId, reason: 'fraud', ...more },
    ])
    expect(await refusal(as(asha)(contracts.listReports, { querystring: {} }))).toBe('not-allowed')
    expect(await setup.eventsOf(id)).toEqual(['payment.person-reported'])
  })

  it('is one of a few a day', async () => {
    const [asha, ravi] = two()
    const sent = await Promise.allSettled(Array.from({ length: 25 }, () => send(asha, ravi.vpa)))
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
  })
})

describe('a hidden payment', () => {
  const hide = (who: TestPerson, { id }: PaymentView, hidden = true) =>
    as(who)(contracts.hidePayment, { params: { id }, body: { hidden } })
  const history = async (who: TestPerson, querystring = {}) =>
    (await as(who)(listPayments, { querystring })).payments.map(({ id }) => id)
  const recent = async (who: TestPerson) =>
    (await as(who)(recentPeople, { querystring: {} })).people.map(({ vpa }) => vpa)

  it('is left out of one’s own history alone, and can be shown again', async () => {
    const [asha, ravi] = two()
    const [kept, hidden] = [await pay(asha, ravi), await pay(asha, ravi)]
    await hide(asha, hidden)
    await hide(asha, hidden)
    expect(await history(asha)).toEqual([kept.id])
    expect(await history(asha, { hidden: true })).toEqual([hidden.id])
    expect(await history(ravi)).toEqual([hidden.id, kept.id])
    expect(await as(asha)(showPayment, { params: { id: hidden.id } })).toMatchObject({ id: hidden.id })
    expect(await recent(asha)).toEqual([ravi.vpa])
    await hide(asha, kept)
    expect(await recent(asha)).toEqual([])
    await hide(asha, hidden, false)
    expect(await history(asha)).toEqual([hidden.id])
  })

  it('is one’s own, and has ended', async () => {
    const [asha, ravi] = two()
    const other = await pay(asha, ravi)
    expect(await refusal(hide(setup.newPerson(), other))).toBe('not-found')
    setup.account.transfers = 'down'
    const pending = await pay(asha, ravi)
    expect(await refusal(hide(asha, pending))).toBe('wrong-state')
    setup.account.transfers = 'up'
    await setup.until(
      async () => (await as(asha)(showPayment, { params: { id: pending.id } })).status !== 'pending',
    )
  })
})
