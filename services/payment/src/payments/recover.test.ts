// Recovery: a payment whose outcome was lost completes by account's answer and is never debited twice.
import { pay, showPayment } from '@bahi/contracts/payment.ts'
import { healthOfPayment } from '@bahi/contracts/health.ts'
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, recoveryAfterMs } from '../testing.ts'

type TestSetup = Awaited<ReturnType<typeof createPaymentTestSetup>>
let setup: TestSetup
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterEach(async () => {
  setup.account.transfers = 'up'
  setup.account.delayMs = 0
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const opened = 10_00_000_00
const stateOf = async (id: string) => {
  const [row] = await setup.sql<{ status: string; code: string }[]>`
    select status, code from payment.payments where id = ${id}`
  return row
}
const completed = (id: string) => setup.until(async () => (await stateOf(id))?.status !== 'pending')

/** Pays while account loses transfers, or the answers about them. */
async function payWhen(state: 'down' | 'answer-lost') {
  const [asha, ravi, id] = [setup.newPerson(), setup.newPerson(), setup.newId()]
  setup.account.transfers = state
  const payment = await setup.payAs(asha, ravi, { id })
  return { asha, ravi, id, payment }
}

it('an answer lost after posting: pending, then settled, with exactly one transfer', async () => {
  const { asha, ravi, id, payment } = await payWhen('answer-lost')
  expect(payment.status).toBe('pending')
  expect(payment.failure).toBeUndefined()
  setup.account.transfers = 'up'
  await completed(id)
  expect(await stateOf(id)).toEqual({ status: 'settled', code: '00' })
  expect(setup.balances.get(asha.party.accountId)).toBe(opened - 100)
  expect(setup.balances.get(ravi.party.accountId)).toBe(opened + 100)
  expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
  const shown = await setup.platform.person(asha)(showPayment, { params: { id } })
  expect(shown.completedAt).toBe(setup.decided.get(id)?.postedAt)
})

it('account down: pending while it is, then failed, and no money has moved', async () => {
  const { asha, ravi, id, payment } = await payWhen('down')
  expect(payment.status).toBe('pending')
  await new Promise((resolve) => setTimeout(resolve, recoveryAfterMs + 200))
  expect(await stateOf(id)).toEqual({ status: 'pending', code: null })
  setup.account.transfers = 'up'
  setup.clock.advance(recoveryAfterMs * 4)
  await completed(id)
  expect(await stateOf(id)).toEqual({ status: 'failed', code: 'XB' })
  expect(setup.balances.get(asha.party.accountId)).toBe(opened)
  const failed = await setup.payAs(asha, ravi, { id })
  expect(failed.failure?.message).toContain('No money has moved')
})

it('a repeated request completes a pending payment', async () => {
  const { asha, ravi, id } = await payWhen('answer-lost')
  setup.account.transfers = 'up'
  expect((await setup.payAs(asha, ravi, { id })).status).toBe('settled')
  expect(setup.balances.get(ravi.party.accountId)).toBe(opened + 100)
})

it('pending payments count for the limits', async () => {
  const { asha, ravi, id } = await payWhen('down')
  expect((await stateOf(id))?.status).toBe('pending')
  const { perDayPaise } = limitRulesAt(setup.clock.now()).everybody
  setup.account.transfers = 'up'
  const [wanted, body] = [setup.newId(), { payerVpa: asha.vpa, payeeVpa: ravi.vpa, pin: 'a.b.c.d.e' }]
  const refused = await setup.platform.person(asha)(pay, {
    params: { id: wanted },
    body: { ...body, amountPaise: perDayPaise },
  })
  expect(refused.failure?.code).toBe('Z8')
  await completed(id)
})

it('many open payments complete while they are requested again, each once', async () => {
  const [payers, shop] = [Array.from({ length: 40 }, () => setup.newPerson()), setup.newPerson()]
  const ids = payers.map(() => setup.newId())
  setup.account.transfers = 'answer-lost'
  const answers = Promise.all(payers.map((payer, i) => setup.payAs(payer, shop, { id: ids[i]! })))
  expect(new Set((await answers).map((p) => p.status))).toEqual(new Set(['pending']))
  setup.account.transfers = 'up'
  setup.account.delayMs = 5
  setup.clock.advance(recoveryAfterMs)
  const repeats = await Promise.all(payers.map((payer, i) => setup.payAs(payer, shop, { id: ids[i]! })))
  await setup.until(async () => {
    const [row] = await setup.sql<{ open: number }[]>`select count(*) as open from payment.open_payments`
    return row!.open === 0
  })
  expect(new Set(repeats.map((p) => p.status))).toEqual(new Set(['settled']))
  expect(setup.balances.get(shop.party.accountId)).toBe(opened + 40 * 100)
  for (const id of ids) expect(await setup.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
})

it('metrics have the outcomes and the pending payments', async () => {
  const body = await setup.platform.metrics()
  expect(body).toMatch(/bahi_payments_total\{status="settled",code="00",service="payment"\} \d+/)
  expect(body).toMatch(/bahi_payments_pending\{service="payment"\} 0/)
  expect(body).toMatch(/bahi_payments_pending_oldest_seconds\{service="payment"\} 0/)
  expect(body).toMatch(/bahi_differences_oldest_seconds\{kind="amount-differs",service="payment"\} 0/)
  expect(body).toContain('bahi_payment_step_seconds_bucket')
  // What the page of health counts by itself is not for Prometheus.
  expect(body).not.toContain('bahi_payments_recent')
  const { samples } = await setup.platform.callAs('gateway')(healthOfPayment, {})
  const values = new Map(
    samples.map(({ name, labels, value }) => [`${name} ${labels['status'] ?? ''}`, value]),
  )
  expect(values.get('bahi_payments_recent settled')).toBeGreaterThan(0)
  expect(values.get('bahi_payments_pending ')).toBe(0)
  expect(samples).toContainEqual({
    ...{ name: 'bahi_dependency_up', labels: { dependency: 'database' }, value: 1 },
  })
})

it('closing waits for what is in flight', async () => {
  const other = await createPaymentTestSetup(inject('postgresUrl'))
  other.account.delayMs = 40
  const shop = other.newPerson()
  const answers = Promise.all(Array.from({ length: 20 }, () => other.payAs(other.newPerson(), shop)))
  // All payers, and the shop, which each batch resolves again.
  await other.until(() => other.seen.vpas >= 21)
  await other.platform.close()
  expect(new Set((await answers).map((p) => p.status))).toEqual(new Set(['settled']))
  expect(await other.inconsistencies()).toEqual([])
  await other.drop()
})
