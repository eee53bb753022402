// Search over all fields, threads with one person, what was spent; and what staff look up.
import type { Input } from '@bahi/contracts/call.ts'
import { searchPayments, showSpending, showThread } from '@bahi/contracts/insight.ts'
import type { PaymentView } from '@bahi/contracts/payment.ts'
import { findPayments, inspectPayment, revealPayment } from '@bahi/contracts/look-up.ts'
import { listPersonMandates } from '@bahi/contracts/person-look-up.ts'
import { hidePayment } from '@bahi/contracts/people.ts'
import { makeRequest } from '@bahi/contracts/requests.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'
import { monthsAfter } from './spending.ts'
import { lookedThrough } from './store.ts'

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterAll(async () => {
  await setup.sql`delete from payment.payments where id < '00000001-0000-0000-0000-000000000000'`
  expect(await setup.inconsistencies()).toEqual([])
  await setup.stop()
})

type Filters = Omit<Input<typeof searchPayments>['querystring'], 'text'>
const as = (who: TestPerson) => setup.platform.person(who)
const search = (who: TestPerson, text: string, more: Filters = {}) =>
  as(who)(searchPayments, { querystring: { text, ...more } })
const found = async (who: TestPerson, text: string, more: Filters = {}) =>
  (await search(who, text, { limit: 100, ...more })).payments.map(({ id }) => id)
const thread = (who: TestPerson, vpa: string, querystring: { limit?: number; before?: string } = {}) =>
  as(who)(showThread, { params: { vpa }, querystring })
const ask = (from: TestPerson, to: TestPerson) =>
  as(from)(makeRequest, {
    params: { id: setup.newId() },
    body: { payeeVpa: from.vpa, payerVpa: to.vpa, amountPaise: 250_00, note: 'Rent' },
  })
const hide = ({ id }: PaymentView, who: TestPerson) =>
  as(who)(hidePayment, { params: { id }, body: { hidden: true } })

let copied = 0
/** Rows like that of a payment, one a second before the moment. */
async function copy({ id }: PaymentView, count: number, before: Date, more: Record<string, unknown> = {}) {
  await setup.sql`
    insert into payment.payments
    select (jsonb_populate_record(p, ${setup.sql.json(more as never)}::jsonb || jsonb_build_object(
      'id', '00000000-0000-7000-8000-' || lpad((n + ${copied})::text, 12, '0'),
      'created_at', ${before.toISOString()}::timestamptz - n * interval '1 second'))).*
    from payment.payments p, generate_series(1, ${count}::int) n
    where p.id = ${id}`
  copied += count
}

describe('a search', () => {
  let asha: TestPerson
  let ravi: TestPerson
  let other: TestPerson
  let order: PaymentView
  let failed: PaymentView
  beforeAll(async () => {
    ;[asha, ravi, other] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
    ravi.party.name = 'रवि Kumar'
    order = await setup.payAs(asha, ravi, {
      ...{ amountPaise: 1_250_50, note: 'Chai 100% & biscuits' },
      initiation: { mode: '01', reference: 'ORDER-77', mcc: '5812', origin: { kind: 'qr' } },
    })
    failed = await setup.payAs(asha, ravi, { amountPaise: 77_00, note: 'wrong', pin: wrongPin })
    await setup.payAs(asha, other, { amountPaise: 5_00, note: 'Newspaper' })
  })

  it.each<[string, (payment: PaymentView) => string]>([
    ['a name', () => 'kumar'],
    ['a name in Hindi', () => 'रवि'],
    ['a part of a UPI ID', ({ payee }) => payee.vpa.slice(0, -2).toUpperCase()],
    ['a note', () => 'CHAI'],
    ['words in any order', () => 'biscuits  kumar'],
    ['the RRN', ({ rrn }) => rrn],
    ['the transaction id', ({ txnId }) => txnId],
    ['the reference', () => 'order-77'],
    ['an amount with its marks', () => '₹1,250.50'],
    ['an amount in Hindi digits', () => '१२५०.५'],
    ['what stands for itself, not for anything', () => '100%'],
  ])('finds by %s', async (_name, text) => {
    expect(await found(asha, text(order))).toContain(order.id)
  })
  it.each(['chai newspaper', '5_50', 'tea%chai', 'ORDER-78'])('finds nothing by %j', async (text) => {
    expect(await found(asha, text)).toEqual([])
  })
  it('is of the own payments alone: the other side finds what was settled by who paid', async () => {
    expect(await found(ravi, `${asha.vpa} chai`)).toEqual([order.id])
    expect(await found(asha, 'wrong')).toEqual([failed.id])
    expect(await found(ravi, 'wrong')).toEqual([])
    expect(await found(other, 'chai')).toEqual([])
  })
  it('keeps to the filters, and finds nothing that is hidden', async () => {
    expect(await found(asha, 'kumar', { status: 'failed' })).toEqual([failed.id])
    expect(await found(asha, 'kumar', { direction: 'credit' })).toEqual([])
    expect(await found(asha, 'kumar', { minPaise: 100_00 })).toEqual([order.id])
    expect(await found(asha, 'kumar', { vpa: other.vpa })).toEqual([])
    const secret = await setup.payAs(asha, ravi, { note: 'gift' })
    await hide(secret, asha)
    expect(await found(asha, 'gift')).toEqual([])
    expect(await found(ravi, 'gift')).toEqual([secret.id])
  })
  it('goes on page by page, also past more than one page looks through', async () => {
    const [meera, shop] = [setup.newPerson(), setup.newPerson()]
    const latest = await setup.payAs(meera, shop, { note: 'sought' })
    const before = new Date(latest.createdAt)
    await copy(latest, lookedThrough, before, { note: 'other' })
    await copy(latest, 3, new Date(before.getTime() - 2 * lookedThrough * 1_000))
    const pages: string[][] = []
    for (let next: string | undefined, isFirst = true; isFirst || next; isFirst = false) {
      const page = await search(meera, 'sought', { limit: 2, ...(next ? { before: next } : {}) })
      pages.push(page.payments.map(({ id }) => id))
      next = page.next
    }
    expect(pages.map(({ length }) => length)).toEqual([1, 2, 1])
    expect(new Set(pages.flat()).size).toBe(4)
    expect(await refusal(search(meera, 'sought', { before: 'AAAA' }))).toBe('request-invalid')
    const inThread: (string | undefined)[] = []
    for (let next: string | undefined, isFirst = true; isFirst || next; isFirst = false) {
      const page = await thread(meera, shop.vpa, { limit: 100, ...(next ? { before: next } : {}) })
      inThread.push(...page.items.map(({ payment }) => payment?.id))
      next = page.next
      if (inThread.length > 300) break
    }
    expect(new Set(inThread).size).toBe(inThread.length)
  })
})

it('a thread has what two people paid and asked of each other, each once, newest first', async () => {
  const [asha, ravi, other] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
  const paid = await setup.payAs(asha, ravi)
  const asked = await ask(ravi, asha)
  const approved = await setup.payAs(asha, ravi, {
    amountPaise: 250_00,
    initiation: { origin: { kind: 'request', id: asked.id } },
  })
  const open = await ask(asha, ravi)
  const back = await setup.payAs(ravi, asha)
  await setup.payAs(asha, other)
  await ask(other, asha)
  const wrong = await setup.payAs(ravi, asha, { pin: wrongPin })
  const ofAsha = (await thread(asha, ravi.vpa.toUpperCase())).items
  expect(ofAsha.map(({ payment, request }) => payment?.id ?? request?.id)).toEqual(
    [paid, approved, open, back].map(({ id }) => id).reverse(),
  )
  expect(ofAsha.map(({ payment, request }) => payment?.direction ?? request?.direction)).toEqual([
    ...['credit', 'sent', 'debit', 'debit'],
  ])
  const pages = []
  for (let next: string | undefined, isFirst = true; isFirst || next; isFirst = false) {
    const page = await thread(ravi, asha.vpa, { limit: 2, ...(next ? { before: next } : {}) })
    pages.push(page.items.map(({ payment, request }) => payment?.id ?? request?.id))
    next = page.next
  }
  expect(pages).toEqual([[wrong.id, back.id], [open.id, approved.id], [paid.id]])
})

describe('spending', () => {
  const spending = (who: TestPerson, month?: string) =>
    as(who)(showSpending, { querystring: month === undefined ? {} : { month } })

  it('sums what was settled to others by category and payee, without what is hidden', async () => {
    const [asha, ravi, shop] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
    setup.parties.set('asha-too@bahi', {
      ...asha.party,
      vpa: 'asha-too@bahi',
      accountId: ravi.party.accountId,
    })
    const food = { initiation: { mode: '01', mcc: '5812', origin: { kind: 'qr' } } } as const
    await setup.payAs(asha, shop, { amountPaise: 300_00, ...food })
    await setup.payAs(asha, shop, { amountPaise: 50_00 })
    await setup.payAs(asha, ravi, { amountPaise: 100_00 })
    await setup.payAs(asha, ravi, { amountPaise: 999_00, pin: wrongPin })
    await setup.payAs(asha, { vpa: 'asha-too@bahi' }, { amountPaise: 40_00 })
    await setup.payAs(ravi, asha, { amountPaise: 70_00 })
    await hide(await setup.payAs(asha, ravi, { amountPaise: 60_00 }), asha)
    const { month, months, categories, payees } = await spending(asha)
    expect(categories).toEqual([
      { category: 'food', spentPaise: 300_00, count: 1 },
      { category: 'people', spentPaise: 150_00, count: 2 },
    ])
    expect(payees).toEqual([
      { vpa: shop.vpa, name: shop.party.name, spentPaise: 350_00, count: 2 },
      { vpa: ravi.vpa, name: ravi.party.name, spentPaise: 100_00, count: 1 },
    ])
    expect(months).toHaveLength(6)
    expect(months.at(-1)).toEqual({ month, spentPaise: 450_00, count: 3 })
  })
  it('has the months of India, also those without a payment', async () => {
    const [asha, ravi] = [setup.newPerson(), setup.newPerson()]
    const one = await setup.payAs(asha, ravi, { amountPaise: 10_00 })
    // The last second of October in India, and the first of November.
    await copy(one, 1, new Date('2025-10-31T18:30:00.000Z'))
    await copy(one, 1, new Date('2025-10-31T18:30:01.000Z'))
    const { months, payees } = await spending(asha, '2025-11')
    expect(months.map(({ month, count }) => [month, count])).toEqual([
      ...[
        ['2025-06', 0],
        ['2025-07', 0],
        ['2025-08', 0],
        ['2025-09', 0],
        ['2025-10', 1],
        ['2025-11', 1],
      ],
    ])
    expect(payees).toMatchObject([{ spentPaise: 10_00, count: 1 }])
    expect(await refusal(spending(asha, '2025-13'))).toBe('request-invalid')
  })
  it.each([
    ['2026-11', 2, '2027-01'],
    ['2026-01', -1, '2025-12'],
    ['2026-03', -5, '2025-10'],
  ])('%s and %i months is %s', (month, count, expected) => {
    expect(monthsAfter(month, count)).toBe(expected)
  })
})

describe('what staff look up', () => {
  const support = '019ab000-0000-7000-8000-00000000000f'
  const call = () => setup.platform.person({ userId: support, roles: ['support'] })
  const look = (querystring: Input<typeof findPayments>['querystring']) =>
    call()(findPayments, { querystring })
  let asha: TestPerson
  let ravi: TestPerson
  let paid: PaymentView
  let failed: PaymentView
  beforeAll(async () => {
    ;[asha, ravi] = [setup.newPerson(), setup.newPerson()]
    paid = await setup.payAs(asha, ravi, { amountPaise: 12_00, note: 'Tea' })
    failed = await setup.payAs(asha, ravi, { amountPaise: 13_00, pin: wrongPin })
  })

  it('is found by each of its numbers, and by who paid or was paid, masked', async () => {
    for (const by of [{ rrn: paid.rrn }, { txnId: paid.txnId }, { id: paid.id }])
      expect((await look(by)).payments.map(({ id }) => id)).toEqual([paid.id])
    for (const by of [{ vpa: asha.vpa.toUpperCase() }, { userId: ravi.userId }])
      expect((await look(by)).payments.map(({ id }) => id)).toEqual([failed.id, paid.id])
    const first = await look({ userId: asha.userId, limit: 1 })
    expect(first.payments.map(({ id }) => id)).toEqual([failed.id])
    const second = await look({ userId: asha.userId, limit: 1, before: first.next! })
    expect(second.payments.map(({ id }) => id)).toEqual([paid.id])
    expect(await look({ vpa: 'nobody@bahi' })).toEqual({ payments: [] })
    expect(await look({})).toEqual({ payments: [] })
    expect((await look({ rrn: paid.rrn, userId: asha.userId })).payments).toHaveLength(1)
    expect(await look({ id: paid.id, rrn: failed.rrn })).toEqual({ payments: [] })
    expect(JSON.stringify(await look({ id: paid.id }))).not.toContain(asha.vpa)
  })

  it('is a list of mandates of a person, bounded', async () => {
    const params = { userId: asha.userId }
    expect(await call()(listPersonMandates, { params, querystring: { limit: 5 } })).toEqual({ mandates: [] })
    expect(await refusal(as(asha)(listPersonMandates, { params, querystring: {} }))).toBe('not-allowed')
  })

  it('has its events in order, without names and notes', async () => {
    const seen = await call()(inspectPayment, { params: { id: paid.id } })
    expect(seen.events.map(({ type }) => type)).toEqual(['payment.begun', 'payment.settled'])
    expect(seen).toMatchObject({ route: 'ledger', status: 'settled', payer: { userId: asha.userId } })
    expect(JSON.stringify(seen)).not.toMatch(/Tea|Person \d|person\d+@/)
    expect(await refusal(call()(inspectPayment, { params: { id: setup.newId() } }))).toBe('not-found')
  })

  it('is revealed for a reason that is on record, to who may', async () => {
    const params = { id: paid.id }
    const body = { reason: 'The payer asks for help' }
    expect(await call()(revealPayment, { params, body })).toMatchObject({
      ...{ payer: { vpa: asha.vpa }, payee: { vpa: ravi.vpa }, note: 'Tea' },
    })
    const events = await setup.sql`select data from payment.events where type = 'payment.revealed'`
    expect(events.map(({ data }) => data as unknown)).toEqual([
      { paymentId: paid.id, actorId: support, note: body.reason },
    ])
    const reconciler = setup.platform.person({ userId: support, roles: ['reconciler'] })
    expect(await refusal(reconciler(revealPayment, { params, body }))).toBe('not-allowed')
    expect(await refusal(as(asha)(findPayments, { querystring: {} }))).toBe('not-allowed')
  })
})
