// Stops of payments, against a real PostgreSQL: what each scope refuses, at once and in words for people; what has
// begun goes on; who set and ended a stop, and why, is in events.
import { quote, type PaymentView } from '@bahi/contracts/payment.ts'
import * as contracts from '@bahi/contracts/payment-stops.ts'
import { makeRequest, type RequestView } from '@bahi/contracts/requests.ts'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { mandateTools } from '../mandates/testing.ts'
import { refusal, type TestPerson } from '../testing.ts'
import { createSwitchTestSetup } from '../testing-switch.ts'

const operator = { userId: '019ab000-0000-7000-8000-00000000000f', roles: ['operator' as const] }
const reason = 'The bank answers nothing'
const elsewhere = { vpa: 'ramesh@ganga' }

let tools: Awaited<ReturnType<typeof createSwitchTestSetup>>
const own = () => tools.setup
const mandates = mandateTools(() => own())
beforeAll(async () => {
  tools = await createSwitchTestSetup(inject('postgresUrl'), {
    BAHI_CLOSED_LOOP_REQUESTS: JSON.stringify([
      { effectiveFrom: '2026-01-01T00:00:00+05:30', persons: { maxPaise: 2_000_00, perDay: 50 } },
    ]),
  })
})
afterEach(async () => {
  delete tools.onSwitch.err
  for (const { id, endedAt } of await stops()) if (endedAt === undefined) await endStop(id)
  expect(await own().inconsistencies()).toEqual([])
})
afterAll(() => own().stop())

const staff = () => own().platform.person(operator)
const stops = async () => (await staff()(contracts.listStops, { querystring: {} })).stops
function setStop(
  body: Partial<{ scope: contracts.StopScope; handle: string; reason: string; message: string }> = {},
  id = own().newId(),
) {
  return staff()(contracts.setStop, { params: { id }, body: { scope: 'everything', reason, ...body } })
}
const endStop = (id: string, because = 'It answers again') =>
  staff()(contracts.endStop, { params: { id }, body: { reason: because } })

const ask = (from: TestPerson, to: TestPerson): Promise<RequestView> =>
  own().platform.person(from)(makeRequest, {
    params: { id: own().newId() },
    body: { payeeVpa: from.vpa, payerVpa: to.vpa, amountPaise: 250_00 },
  })
const answer = (payer: TestPerson, { id, payee, amountPaise }: RequestView): Promise<PaymentView> =>
  own().payAs(payer, payee, { amountPaise, initiation: { origin: { kind: 'request', id } } })
const outcome = (begun: Promise<unknown>) =>
  begun.then(
    () => 'begun',
    (error: { code?: string }) => error.code,
  )

/** What begins, in the order of the table below. */
function tryAll(two: readonly [TestPerson, TestPerson]) {
  const [asha, ravi] = mandates.two()
  // Made before the stop, to be answered during it.
  return async (asked: RequestView, wanted: { id: string }) => ({
    payment: await outcome(own().payAs(asha, ravi)),
    acrossBanks: await outcome(own().payAs(asha, elsewhere)),
    request: await outcome(ask(asha, ravi)),
    answer: await outcome(answer(two[1], asked)),
    mandate: await outcome(mandates.create(asha, ravi)),
    agreed: await outcome(mandates.approve(two[1], wanted)),
  })
}

const stopped = 'payments-stopped'
const all = { payment: stopped, acrossBanks: stopped, request: stopped, answer: stopped, mandate: stopped }
const none = {
  ...{ payment: 'begun', acrossBanks: 'begun', request: 'begun', answer: 'begun', mandate: 'begun' },
  agreed: 'begun',
}
it.each([
  ['everything', {}, { ...all, agreed: stopped }],
  ['payments', {}, { ...none, payment: stopped, acrossBanks: stopped }],
  ['requests', {}, { ...none, request: stopped, answer: stopped }],
  ['mandates', {}, { ...none, mandate: stopped, agreed: stopped }],
  ['across-banks', {}, { ...none, acrossBanks: stopped }],
  ['handle', { handle: 'ganga' }, { ...none, acrossBanks: stopped }],
  ['handle', { handle: 'anga' }, none],
] as const)('a stop of %s %j refuses that alone, until it is ended', async (scope, more, expected) => {
  const two = mandates.two()
  const attempt = tryAll(two)
  // So that nobody waits for its outcome.
  tools.onSwitch.err = 'U78'
  const asked = async () => [await ask(...two), await mandates.request(...two)] as const
  const [asks, asksAgain] = [await asked(), await asked()]
  const { id } = await setStop({ scope, ...more })
  expect(await attempt(...asks)).toEqual(expected)
  await endStop(id)
  expect(await attempt(...asksAgain)).toEqual(none)
})

it('says in words for people that it is stopped, before the PIN too, and keeps nothing of it', async () => {
  const [asha, ravi] = mandates.two()
  await setStop({ message: 'Back at 4 o’clock' })
  const id = own().newId()
  await expect(own().payAs(asha, ravi, { id })).rejects.toMatchObject({
    ...{ code: stopped, status: 403, message: 'Back at 4 o’clock' },
  })
  expect(await own().sql`select 1 from payment.payments where id = ${id}`).toEqual([])
  const quoted = await own().platform.person(asha)(quote, {
    body: { payerVpa: asha.vpa, payeeVpa: ravi.vpa, amountPaise: 100 },
  })
  const message = 'Payments are stopped for now. No money has moved. Try again later.'
  expect(quoted).toMatchObject({ decision: 'refuse', maxPaise: 0, message })
  expect(quoted.refusals).toEqual([{ reason: 'platform:stopped', code: 'XB', message }])
})

it('lets what has begun go on: a lost answer is asked for again, and the network decides', async () => {
  const [asha, ravi] = mandates.two()
  const [paid, waiting] = [own().newId(), own().newId()]
  await own().payAs(asha, ravi, { id: paid })
  const answered = own().payAs(asha, elsewhere, { id: waiting })
  const started = await tools.started(waiting)
  await setStop()
  expect((await own().payAs(asha, ravi, { id: paid })).status).toBe('settled')
  await tools.deliver(tools.replyTo(started, { result: 'SUCCESS' }))
  expect((await answered).status).toBe('settled')
})

it('a debit that a stop held up is made once it has ended', async () => {
  const [asha, ravi] = mandates.two()
  const mandate = await mandates.create(asha, ravi)
  await mandates.present(ravi, mandate, 1)
  const { id } = await setStop({ scope: 'mandates' })
  mandates.goTo((await mandates.debitOf(asha, mandate))!.dueOn, 23 * 60)
  await own().until(async () =>
    /payments_stopped_total\{.*scope="mandates".*\} [1-9]/.test(await own().platform.metrics()),
  )
  expect((await mandates.debitOf(asha, mandate))!.status).toBe('planned')
  await endStop(id)
  await mandates.untilTried(asha, mandate)
  await mandates.untilDebit(asha, mandate, 'paid')
})

it('is set and ended once: who and why is in its events, and what is in force in a metric', async () => {
  const id = own().newId()
  const set = await setStop({ scope: 'requests' }, id)
  expect(set).toMatchObject({ id, scope: 'requests', reason, setBy: operator.userId })
  expect(await setStop({ scope: 'requests' }, id)).toEqual(set)
  expect(await refusal(setStop({ scope: 'mandates' }, id))).toBe('id-reused')
  expect(await refusal(setStop({ scope: 'requests' }))).toBe('wrong-state')
  const ended = await endStop(id)
  expect(ended).toMatchObject({ endedBy: operator.userId, endReason: 'It answers again' })
  expect(await endStop(id, 'once more')).toEqual(ended)
  expect(await refusal(endStop(own().newId()))).toBe('not-found')
  expect((await stops())[0]).toEqual(ended)
  expect(await own().eventsOf(id)).toEqual(['payment.stop-set', 'payment.stop-ended'])
})

it.each([
  ['a handle without its scope', { handle: 'ganga' }],
  ['the scope without a handle', { scope: 'handle' }],
  ['a handle with an @', { scope: 'handle', handle: '@ganga' }],
  ['no reason', { reason: '     ' }],
  ['a message that is long', { message: 'x'.repeat(201) }],
  ['a message that turns its direction', { message: 'Try \u202Elater' }],
  ['a reason of two lines', { reason: 'The bank\nanswers nothing' }],
] as [string, Parameters<typeof setStop>[0]][])('%s is refused', async (_what, body) => {
  expect(await refusal(setStop(body))).toBe('request-invalid')
})
