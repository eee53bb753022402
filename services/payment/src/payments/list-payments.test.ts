// History: stable pages, filters, receipts, and manipulated cursors.
import type { Input } from '@bahi/contracts/call.ts'
import {
  listPayments,
  receipt,
  recentPeople,
  showPayment,
  type PaymentView,
} from '@bahi/contracts/payment.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readCursor, writeCursor } from './page.ts'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'

type Query = Input<typeof listPayments>['querystring']
let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>
let asha: TestPerson
let ravi: TestPerson
let shop: TestPerson
const list = (who: TestPerson, querystring: Query = {}) =>
  setup.platform.person(who)(listPayments, { querystring })
const ids = (payments: PaymentView[]) => payments.map((p) => p.id)

/** Ten pages' worth: Asha pays Ravi and the shop, Ravi pays Asha; some fail. */
const made: PaymentView[] = []
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
  ;[asha, ravi, shop] = [setup.newPerson(), setup.newPerson(), setup.newPerson()]
  for (let i = 0; i < 15; i++) {
    made.push(await setup.payAs(asha, i % 3 === 0 ? shop : ravi, { amountPaise: 100 + i, note: `n${i}` }))
    made.push(await setup.payAs(ravi, asha, { amountPaise: 500 + i }))
  }
  made.push(await setup.payAs(asha, ravi, { pin: wrongPin }))
})
afterAll(async () => {
  expect(await setup.inconsistencies()).toEqual([])
  await setup.stop()
})

async function walk(
  who: TestPerson,
  query: Query,
  between?: () => Promise<unknown>,
): Promise<PaymentView[][]> {
  const pages: PaymentView[][] = []
  for (let before: string | undefined; ;) {
    const page = await list(who, { ...query, ...(before ? { before } : {}) })
    pages.push(page.payments)
    await between?.()
    if (!page.next) return pages
    before = page.next
  }
}

describe('a list', () => {
  it('shows both directions, newest first', async () => {
    const { payments, next } = await list(asha, { limit: 100 })
    expect(ids(payments)).toEqual(ids(made).reverse())
    expect(next).toBeUndefined()
    expect(payments.map((p) => p.direction).slice(0, 3)).toEqual(['debit', 'credit', 'debit'])
  })
  it('read in ten pages has each payment once, although new ones are added meanwhile', async () => {
    const before = ids((await list(shop, { limit: 100 })).payments)
    expect(before).toHaveLength(5)
    const expected = ids((await list(asha, { limit: 100 })).payments)
    const newcomer = setup.newPerson()
    const pages = await walk(asha, { limit: 3 }, () => setup.payAs(newcomer, asha))
    expect(pages.length).toBeGreaterThanOrEqual(10)
    expect(ids(pages.flat())).toEqual(expected)
  })
  it('shows the payee settled payments only', async () => {
    const { payments } = await list(ravi, { direction: 'credit', limit: 100 })
    expect(payments.every((p) => p.status === 'settled' && p.direction === 'credit')).toBe(true)
    expect(payments).toHaveLength(10)
    const failed = made.at(-1)!
    expect(await refusal(setup.platform.person(ravi)(showPayment, { params: { id: failed.id } }))).toBe(
      'not-found',
    )
    expect((await setup.platform.person(asha)(showPayment, { params: { id: failed.id } })).status).toBe(
      'failed',
    )
  })
  it("shows a payment between a person's own accounts once", async () => {
    const second = { ...setup.newPerson().party, userId: asha.userId }
    setup.parties.set(second.vpa, second)
    const payment = await setup.payAs(asha, second)
    const { payments } = await list(asha, { vpa: second.vpa })
    expect(payments.map((p) => [p.id, p.direction])).toEqual([[payment.id, 'debit']])
  })
  it.each<[string, () => Query, (p: PaymentView) => boolean]>([
    ['status', () => ({ status: 'failed' }), (p) => p.status === 'failed'],
    ['debits', () => ({ direction: 'debit' }), (p) => p.payer.vpa === asha.vpa],
    ['credits', () => ({ direction: 'credit' }), (p) => p.payer.vpa === ravi.vpa],
    ['the other side', () => ({ vpa: shop.vpa.toUpperCase() }), (p) => p.payee.vpa === shop.vpa],
    ['least amount', () => ({ minPaise: 510 }), (p) => p.amountPaise >= 510],
    ['most amount', () => ({ maxPaise: 103 }), (p) => p.amountPaise <= 103],
    ['from', () => ({ from: made[20]!.createdAt }), (p) => p.createdAt >= made[20]!.createdAt],
    ['to', () => ({ to: made[20]!.createdAt }), (p) => p.createdAt < made[20]!.createdAt],
  ])('filters by %s', async (_name, query, fits) => {
    const known = new Set(ids(made))
    const { payments } = await list(asha, { ...query(), limit: 100 })
    expect(ids(payments.filter((p) => known.has(p.id)))).toEqual(ids(made.filter(fits)).reverse())
    expect((await walk(asha, { ...query(), limit: 4 })).flat()).toEqual(payments)
  })
  it.each<[string, Query]>([
    ['no UPI ID', { vpa: "' or 1=1 --" }],
    ['a time before all payments', { to: '1969-07-20T00:00:00Z' }],
    ['a time before all calendars', { from: '0001-01-01T00:00:00Z', to: '0001-01-02T00:00:00Z' }],
  ])('with %s is empty', async (_name, query) => {
    expect(await list(asha, query)).toEqual({ payments: [] })
  })
  it.each<[string, Query]>([
    ['no cursor', { before: 'next' }],
    ['a NUL', { vpa: '\u0000@bahi' }],
    ['an invalid year', { to: '0000-01-01T00:00:00Z' }],
    ['a cursor that is too long', { before: `${'A'.repeat(32)}A` }],
    ['a cursor of another alphabet', { before: '+'.repeat(32) }],
    ['a cursor beyond time', { before: '_'.repeat(32) }],
    ['an empty cursor', { before: '' }],
    ['an invalid leap second', { from: '2026-06-30T23:59:60Z' }],
    ['no page', { limit: 0 }],
    ['a page too large', { limit: 101 }],
    ['an amount beyond the bound', { minPaise: 1e300 }],
    ['an unknown field', { userId: 'x' } as never],
  ])('with %s is refused', async (_name, query) => {
    expect(await refusal(list(asha, query))).toBe('request-invalid')
  })
  it('with somebody else’s cursor shows only own payments', async () => {
    const { next } = await list(ravi, { limit: 1 })
    const { payments } = await list(shop, { before: next! })
    expect(payments.every((p) => p.payee.vpa === shop.vpa)).toBe(true)
  })
  it('reads the cursors that it writes', () => {
    const position = { createdAt: new Date('2026-11-23T09:30:00.123Z'), id: made[0]!.id }
    expect(readCursor(writeCursor(position))).toEqual(position)
  })
})

describe('a receipt', () => {
  const of = (who: TestPerson, id: string) => setup.platform.person(who)(receipt, { params: { id } })
  it('exists for both once the payment is settled', async () => {
    const payment = made[2]!
    expect((await of(asha, payment.id)).lines[0]).toEqual({ label: 'Paid to', value: ravi.party.name })
    const { payment: seen, lines, amountText } = await of(ravi, payment.id)
    expect([seen.direction, amountText]).toEqual(['credit', '₹1.01'])
    expect(lines).toContainEqual({ label: 'UPI reference number (RRN)', value: payment.rrn })
    expect(lines.at(-1)).toEqual({ label: 'Note', value: 'n1' })
  })
  it('does not exist for a failed payment, for other people, or for an unknown id', async () => {
    const failed = made.at(-1)!
    expect(await refusal(of(asha, failed.id))).toBe('wrong-state')
    expect(await refusal(of(ravi, failed.id))).toBe('not-found')
    expect(await refusal(of(shop, made[2]!.id))).toBe('not-found')
    expect(await refusal(of(asha, setup.newId()))).toBe('not-found')
    expect(await refusal(of(asha, `urn:uuid:${setup.newId()}`))).toBe('request-invalid')
  })
})

describe('recent people', () => {
  const people = async (who: TestPerson, limit = 50) =>
    (await setup.platform.person(who)(recentPeople, { querystring: { limit } })).people
  it('are there once, the latest first, paid or paying, without those whom a payment failed to', async () => {
    const [me, first, second, third, never] = Array.from({ length: 5 }, () => setup.newPerson())
    await setup.payAs(me!, first!)
    await setup.payAs(second!, me!)
    await setup.payAs(me!, third!)
    await setup.payAs(me!, never!, { pin: wrongPin })
    const last = await setup.payAs(me!, first!)
    const found = await people(me!)
    expect(found.map(({ vpa }) => vpa)).toEqual([first!.vpa, third!.vpa, second!.vpa])
    expect(found[0]).toEqual({ vpa: first!.vpa, name: first!.party.name, at: last.createdAt })
    expect((await people(me!, 1)).map(({ vpa }) => vpa)).toEqual([first!.vpa])
    // A payee sees who paid, and nothing of what failed.
    expect(await people(never!)).toEqual([])
  })
})
