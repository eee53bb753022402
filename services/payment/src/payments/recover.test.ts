// Recovery: a payment whose outcome was lost completes by account's answer and is never debited twice.
import { pay, showPayment } from '@bahi/contracts/payment.ts'
import { limitRulesAt } from '@bahi/contracts/limits.ts'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { paymentStage, recoveryAfterMs } from '../testing.ts'

type Stage = Awaited<ReturnType<typeof paymentStage>>
let stage: Stage
beforeAll(async () => {
  stage = await paymentStage(inject('postgresUrl'))
})
afterEach(async () => {
  stage.account.transfers = 'up'
  stage.account.delayMs = 0
  expect(await stage.inconsistencies()).toEqual([])
})
afterAll(() => stage.stop())

const opened = 10_00_000_00
const stateOf = async (id: string) => {
  const [row] = await stage.sql<{ status: string; code: string }[]>`
    select status, code from payment.payments where id = ${id}`
  return row
}
const completed = (id: string) => stage.until(async () => (await stateOf(id))?.status !== 'pending')

/** Pays while account loses transfers, or the answers about them. */
async function payWhen(state: 'down' | 'deaf') {
  const [asha, ravi, id] = [stage.newPerson(), stage.newPerson(), stage.newId()]
  stage.account.transfers = state
  const payment = await stage.payAs(asha, ravi, { id })
  return { asha, ravi, id, payment }
}

it('an answer lost after posting: pending, then settled, with exactly one transfer', async () => {
  const { asha, ravi, id, payment } = await payWhen('deaf')
  expect(payment.status).toBe('pending')
  expect(payment.failure).toBeUndefined()
  stage.account.transfers = 'up'
  await completed(id)
  expect(await stateOf(id)).toEqual({ status: 'settled', code: '00' })
  expect(stage.balances.get(asha.party.accountId)).toBe(opened - 100)
  expect(stage.balances.get(ravi.party.accountId)).toBe(opened + 100)
  expect(await stage.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
  const shown = await stage.platform.person(asha)(showPayment, { params: { id } })
  expect(shown.completedAt).toBe(stage.decided.get(id)?.postedAt)
})

it('account down: pending as long as it is, then failed, and no money has moved', async () => {
  const { asha, ravi, id, payment } = await payWhen('down')
  expect(payment.status).toBe('pending')
  await new Promise((resolve) => setTimeout(resolve, recoveryAfterMs + 200))
  expect(await stateOf(id)).toEqual({ status: 'pending', code: null })
  stage.account.transfers = 'up'
  stage.clock.advance(recoveryAfterMs * 4)
  await completed(id)
  expect(await stateOf(id)).toEqual({ status: 'failed', code: 'XB' })
  expect(stage.balances.get(asha.party.accountId)).toBe(opened)
  const failed = await stage.payAs(asha, ravi, { id })
  expect(failed.failure?.message).toContain('No money has moved')
})

it('the payer who asks again drives a pending payment on', async () => {
  const { asha, ravi, id } = await payWhen('deaf')
  stage.account.transfers = 'up'
  expect((await stage.payAs(asha, ravi, { id })).status).toBe('settled')
  expect(stage.balances.get(ravi.party.accountId)).toBe(opened + 100)
})

it('pending payments count for the limits', async () => {
  const { asha, ravi, id } = await payWhen('down')
  expect((await stateOf(id))?.status).toBe('pending')
  const { perDayPaise } = limitRulesAt(stage.clock.now()).everybody
  stage.account.transfers = 'up'
  const [wanted, body] = [stage.newId(), { payerVpa: asha.vpa, payeeVpa: ravi.vpa, pin: 'a.b.c.d.e' }]
  const refused = await stage.platform.person(asha)(pay, {
    params: { id: wanted },
    body: { ...body, amountPaise: perDayPaise },
  })
  expect(refused.failure?.code).toBe('Z8')
  await completed(id)
})

it('many open payments complete while they are requested again, each once', async () => {
  const [payers, shop] = [Array.from({ length: 40 }, () => stage.newPerson()), stage.newPerson()]
  const ids = payers.map(() => stage.newId())
  stage.account.transfers = 'deaf'
  const answers = Promise.all(payers.map((payer, i) => stage.payAs(payer, shop, { id: ids[i]! })))
  expect(new Set((await answers).map((p) => p.status))).toEqual(new Set(['pending']))
  stage.account.transfers = 'up'
  stage.account.delayMs = 5
  stage.clock.advance(recoveryAfterMs)
  const repeats = await Promise.all(payers.map((payer, i) => stage.payAs(payer, shop, { id: ids[i]! })))
  await stage.until(async () => {
    const [row] = await stage.sql<{ open: number }[]>`select count(*) as open from payment.open_payments`
    return row!.open === 0
  })
  expect(new Set(repeats.map((p) => p.status))).toEqual(new Set(['settled']))
  expect(stage.balances.get(shop.party.accountId)).toBe(opened + 40 * 100)
  for (const id of ids) expect(await stage.eventsOf(id)).toEqual(['payment.begun', 'payment.settled'])
})

it('metrics have the outcomes and the pending payments', async () => {
  const { body } = await stage.platform.app('payment').inject({ method: 'GET', url: '/metrics' })
  expect(body).toMatch(/bahi_payments_total\{code="00",service="payment"\} \d+/)
  expect(body).toMatch(/bahi_payments_pending\{service="payment"\} 0/)
  expect(body).toContain('bahi_payment_step_seconds_bucket')
})

it('closing waits for what is in flight', async () => {
  const other = await paymentStage(inject('postgresUrl'))
  other.account.delayMs = 40
  const shop = other.newPerson()
  const answers = Promise.all(Array.from({ length: 20 }, () => other.payAs(other.newPerson(), shop)))
  // Everybody and the shop, which is resolved in each batch anew.
  await other.until(() => other.seen.vpas >= 21)
  await other.platform.close()
  expect(new Set((await answers).map((p) => p.status))).toEqual(new Set(['settled']))
  expect(await other.inconsistencies()).toEqual([])
  await other.drop()
})
