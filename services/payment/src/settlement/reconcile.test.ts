// Reconciliation against stub reports: what completes a payment, what becomes a difference, and what closes it.
import { cycleAt, cycleNamed } from '@bahi/contracts/network-rules.ts'
import { showPayment } from '@bahi/contracts/payment.ts'
import * as operations from '@bahi/contracts/reconciliation.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { SettledLeg } from '@bahi/contracts/network-adapter.ts'
import type { Leg } from '@bahi/contracts/transfers.ts'
import { refusal } from '@bahi/testing/problems.ts'
import { exportJWK, generateKeyPair } from 'jose'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, type TestPerson } from '../testing.ts'

const operator = { userId: '019ab000-0000-7000-8000-00000000000f', roles: ['reconciler' as const] }
const legs: Leg[] = []
/** What the network reports, by cycle. */
const reports = new Map<string, SettledLeg[]>()
/** Cycles whose report is not available. */
const withheld = new Set<string>()

let setup: Awaited<ReturnType<typeof createPaymentTestSetup>>

beforeAll(async () => {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const [mine, open] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)])
  setup = await createPaymentTestSetup(inject('postgresUrl'), {
    env: { BAHI_NETWORK_KEY: JSON.stringify(mine), BAHI_NETWORK_PEER_KEY: JSON.stringify(open) },
    // It accepts every message and never reports an outcome.
    switch: () => Promise.resolve({ api: 'x', reqMsgId: 'x', ts: new Date().toISOString() }),
    report(cycle) {
      if (withheld.has(cycle)) throw new Problem('unavailable')
      const rows = reports.get(cycle) ?? []
      const endMs = cycleNamed(cycle)!.to.getTime()
      const completeUntil = new Date(Math.min(setup.clock.now().getTime() - 60_000, endMs)).toISOString()
      const net = rows.reduce((sum, row) => sum + (row.leg === 'CREDIT' ? 1 : -1) * row.amountPaise, 0)
      return { cycle, completeUntil, netPaise: net, rows }
    },
    legs,
  })
  const at = { bank: 'GANG', ifsc: 'GANG0000001', accountType: 'savings', onUs: false } as const
  setup.parties.set('ramesh@ganga', { vpa: 'ramesh@ganga', name: 'Ramesh', accountRef: 'ref-1', ...at })
})
afterEach(async () => expect(await setup.inconsistencies()).toEqual([]))
afterAll(() => setup.stop())

const as = () => setup.platform.person(operator)
const see = (person: TestPerson, id: string) => setup.platform.person(person)(showPayment, { params: { id } })
const ask = (cycle: string) => as()(operations.reconcileCycle, { params: { cycle } })
/** Waits until the worker has released the cycle. */
async function reconcile(cycle: string) {
  await setup.until(async () => {
    const [row] = await setup.sql<{ free: boolean }[]>`
      select leased_until = '-infinity' as free from payment.settlement_cycles where id = ${cycle}`
    return row?.free !== false
  })
  return ask(cycle)
}
const differences = async (state: 'open' | 'closed' = 'open') =>
  (await as()(operations.listDifferences, { querystring: { state } })).differences

/** A pending payment, and the cycle in which it began. */
async function waiting() {
  const [asha, id] = [setup.newPerson(), setup.newId()]
  const payment = await setup.payAs(asha, { vpa: 'ramesh@ganga' }, { id, amountPaise: 500_00 })
  expect(payment.status).toBe('pending')
  const row = { txnId: payment.txnId, rrn: payment.rrn, leg: 'DEBIT', amountPaise: 500_00 } as const
  return { asha, id, row, at: payment.createdAt, cycle: cycleAt(new Date(payment.createdAt)).id }
}

/** To the middle of the next cycle, past the worker's delay. */
function endCycle() {
  const now = setup.clock.now()
  setup.clock.advance(cycleAt(now).to.getTime() - now.getTime() + 30 * 60_000)
}
const lastCycle = () => cycleAt(new Date(cycleAt(setup.clock.now()).from.getTime() - 1)).id
const report = (cycle: string, row: Omit<SettledLeg, 'result' | 'at'>, result = 'SUCCESS' as const) =>
  reports.set(cycle, [...(reports.get(cycle) ?? []), { ...row, result, at: setup.clock.now().toISOString() }])

it('a payment in the report is settled, one that is not in it is released', async () => {
  const [known, unknown] = [await waiting(), await waiting()]
  report(known.cycle, known.row)
  endCycle()
  // The ledger of this setup moves the hold; the leg that account would report:
  legs.push({ ...known.row, postedAt: setup.clock.now().toISOString() })
  await setup.until(async () => (await see(unknown.asha, unknown.id)).status !== 'pending')
  expect((await see(known.asha, known.id)).status).toBe('settled')
  expect(setup.holds.get(known.id)?.status).toBe('captured')
  expect(await see(unknown.asha, unknown.id)).toMatchObject({ status: 'failed', failure: { code: 'U48' } })
  expect(setup.holds.get(unknown.id)?.status).toBe('voided')
  await setup.until(async () => (await as()(operations.listCycles, { querystring: {} })).cycles.length > 0)
  const { cycles } = await as()(operations.listCycles, { querystring: {} })
  expect(cycles[0]).toMatchObject({ id: known.cycle, matched: 1, open: 0, networkNetPaise: -500_00 })
  const before = cycles[0]!.id
  const older = await as()(operations.listCycles, { querystring: { before, limit: 1 } })
  expect(older.cycles.map(({ id }) => id)).not.toContain(before)
  expect(await differences()).toEqual([])
})

it('a payment that the ledger lacks is a difference until it is posted', async () => {
  const { asha, id, row, cycle } = await waiting()
  report(cycle, row)
  endCycle()
  await setup.until(async () => (await differences()).length === 1)
  expect((await see(asha, id)).status).toBe('settled')
  expect(await differences()).toMatchObject([
    { kind: 'missing-here', txnId: row.txnId, side: 'DEBIT', networkPaise: 500_00, ageHours: 0 },
  ])
  legs.push({ ...row, postedAt: setup.clock.now().toISOString() })
  expect(await reconcile(cycle)).toMatchObject({ open: 0, matched: 1, ledgerNetPaise: -500_00 })
  expect(await differences()).toEqual([])
  expect(await differences('closed')).toMatchObject([{ kind: 'missing-here', txnId: row.txnId }])
})

it('a person closes a remaining difference with a reason; it stays closed', async () => {
  const { row, cycle } = await waiting()
  report(cycle, { ...row, amountPaise: 499_00 })
  endCycle()
  await setup.until(async () => (await differences()).length === 1)
  const [found] = await differences()
  expect(found).toMatchObject({ kind: 'amount-differs', paymentStatus: 'pending' })
  const close = (note: string) =>
    as()(operations.closeDifference, { params: { id: found!.id }, body: { note } })
  expect(await close('the network corrected its file')).toMatchObject({
    closedBy: operator.userId,
    note: 'the network corrected its file',
  })
  expect(await refusal(close('once more'))).toMatchObject({ code: 'wrong-state' })
  await reconcile(cycle)
  expect(await differences()).toEqual([])
  expect(await setup.eventsOf(found!.id)).toEqual(['payment.difference-opened', 'payment.difference-closed'])
  // So that the last test finds nothing pending.
  reports.set(cycle, [])
  report(cycle, row)
  legs.push({ ...row, postedAt: setup.clock.now().toISOString() })
  await setup.sql`delete from payment.settlement_rows where txn_id = ${row.txnId}`
  await reconcile(cycle)
})

it('a payment that the network counts and our bank reversed is a difference, and does not settle', async () => {
  const { asha, id, row, cycle } = await waiting()
  setup.holds.get(id)!.status = 'voided'
  report(cycle, row)
  endCycle()
  await setup.until(async () => (await differences()).length === 1)
  expect(await differences()).toMatchObject([
    { kind: 'missing-here', txnId: row.txnId, networkPaise: 500_00, paymentStatus: 'pending' },
  ])
  expect((await see(asha, id)).status).toBe('pending')
  setup.holds.get(id)!.status = 'captured'
  legs.push({ ...row, postedAt: setup.clock.now().toISOString() })
  expect(await reconcile(cycle)).toMatchObject({ open: 0 })
  expect((await see(asha, id)).status).toBe('settled')
})

it('while the report of a cycle is missing, later ones release nothing that it may count', async () => {
  const { asha, id, row, cycle } = await waiting()
  report(cycle, row)
  withheld.add(cycle)
  endCycle()
  for (const _ of ['the cycle after it', 'and one more']) {
    endCycle()
    await reconcile(lastCycle())
  }
  expect((await see(asha, id)).status).toBe('pending')
  withheld.clear()
  legs.push({ ...row, postedAt: setup.clock.now().toISOString() })
  await setup.until(async () => (await see(asha, id)).status === 'settled')
})

it('a difference of a later report stays open when an older cycle is reconciled again', async () => {
  const { row } = await waiting()
  const older = lastCycle()
  legs.push({ ...row, postedAt: setup.clock.now().toISOString() })
  endCycle()
  await setup.until(async () => (await differences()).length === 1)
  const [found] = await differences()
  expect(found).toMatchObject({ kind: 'missing-there', txnId: row.txnId })
  reports.set(older, [])
  await reconcile(older)
  expect(await differences()).toEqual([expect.objectContaining({ id: found!.id })])
  report(found!.cycle, row)
  await reconcile(found!.cycle)
  expect(await differences()).toEqual([])
})

it('no index of payments has a column that a completion changes, so that it is a heap-only update', async () => {
  const found = await setup.sql<{ index: string }[]>`
    select pg_get_indexdef(indexrelid) as index from pg_index
    where indrelid = 'payment.payments'::regclass
      and pg_get_indexdef(indexrelid) ~ '\\m(status|code|tries_left|completed_at|deemed_at)\\M'`
  expect(found).toEqual([])
})

it.each([
  ['2026-11-23.C11', 'not-found'],
  ['2020-01-01.C01', 'not-found'],
  ['2099-01-01.C01', 'wrong-state'],
])('cycle %s: %s', async (cycle, code) => {
  expect(await refusal(ask(cycle))).toMatchObject({ code })
})

it('operators only', async () => {
  const person = setup.platform.person({ userId: operator.userId })
  expect(await refusal(person(operations.listCycles, { querystring: {} }))).toMatchObject({
    code: 'not-allowed',
  })
})

it("open payments are checked again on an operator's request", async () => {
  const { id } = await waiting()
  const check = async () => (await as()(operations.checkOpenPayments, { body: { paymentIds: [id] } })).asked
  // Recovery runs meanwhile and may have leased the payments, so the pair is tried more than once.
  const twice = async () => {
    await setup.sql`update payment.open_payments set due_at = 'infinity' where payment_id = ${id}`
    return [await check(), await check()]
  }
  await expect.poll(twice, { interval: 5 }).toEqual([1, 0])
})
