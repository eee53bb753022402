// Schedules, against a real PostgreSQL: their dates, who is asked when, and that each date is paid once.
import type { Input } from '@bahi/contracts/call.ts'
import { changeControls } from '@bahi/contracts/controls.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { addDays, addMonths, istDateOf, istTime } from '@bahi/contracts/recurrence.ts'
import * as contracts from '@bahi/contracts/schedules.ts'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPaymentTestSetup, refusal, wrongPin, type TestPerson } from '../testing.ts'

type TestSetup = Awaited<ReturnType<typeof createPaymentTestSetup>>
let setup: TestSetup
beforeAll(async () => {
  setup = await createPaymentTestSetup(inject('postgresUrl'))
})
afterEach(async () => {
  setup.account.transfers = 'up'
  expect(await setup.inconsistencies()).toEqual([])
})
afterAll(() => setup.stop())

const noon = 12 * 60
const today = () => istDateOf(setup.clock.now())
/** Moves the clock on to a minute of a day of India. */
const goTo = (date: string, minutes = noon) =>
  setup.clock.advance(istTime(date, minutes).getTime() - setup.clock.now().getTime())

type Body = Partial<Input<typeof contracts.makeSchedule>['body']>
const as = (who: TestPerson) => setup.platform.person(who)
const plan = (
  from: TestPerson,
  to: { vpa: string },
  { id = setup.newId(), ...more }: Body & { id?: string } = {},
) => {
  const body = {
    ...{ payerVpa: from.vpa, payeeVpa: to.vpa, amountPaise: 450_00, recurrence: 'MONTHLY' as const },
    ...{ startsOn: addDays(today(), 2), ...more },
  }
  return as(from)(contracts.makeSchedule, { params: { id }, body })
}
type Existing = { id: string }
const show = async (who: TestPerson, { id }: Existing) =>
  (await as(who)(contracts.showSchedule, { params: { id } })).schedule
const dates = async (who: TestPerson, { id }: Existing) =>
  (await as(who)(contracts.showSchedule, { params: { id } })).occurrences.map(({ on, status }) => [
    on,
    status,
  ])
const pause = (who: TestPerson, { id }: Existing) => as(who)(contracts.pauseSchedule, { params: { id } })
const resume = (who: TestPerson, { id }: Existing) => as(who)(contracts.resumeSchedule, { params: { id } })
const end = (who: TestPerson, { id }: Existing) => as(who)(contracts.endSchedule, { params: { id } })
const skip = (who: TestPerson, { id }: Existing, number: number) =>
  as(who)(contracts.skipOccurrence, { params: { id }, body: { number } })
const change = (who: TestPerson, schedule: contracts.ScheduleView, more: object) => {
  const { amountPaise, recurrence } = schedule
  const body = { payerVpa: who.vpa, amountPaise, recurrence, nextOn: schedule.next!.on, ...more }
  return as(who)(contracts.changeSchedule, { params: { id: schedule.id }, body })
}
const payIt = (
  payer: TestPerson,
  schedule: contracts.ScheduleView,
  more: Parameters<TestSetup['payAs']>[2] = {},
) =>
  setup.payAs(payer, schedule.payee, {
    amountPaise: schedule.amountPaise,
    initiation: { origin: { kind: 'schedule', id: schedule.id } },
    ...more,
  })
const two = () => [setup.newPerson(), setup.newPerson()] as const
const isDue = (who: TestPerson, one: Existing) =>
  setup.until(async () => (await show(who, one)).due !== undefined)
const eventsOf = async ({ id }: Existing) =>
  (await setup.eventsOf(id)).map((type) => type.replace('payment.schedule-', ''))

/** A schedule whose first date can be paid now. */
async function planDue(asha: TestPerson, ravi: TestPerson, more: Body = {}) {
  goTo(addDays(today(), 1))
  const made = await plan(asha, ravi, { startsOn: today(), ...more })
  await isDue(asha, made)
  return show(asha, made)
}

describe('a schedule', () => {
  it('reminds the day before, asks on the day, is paid with the PIN, and goes on with the next date', async () => {
    const [asha, ravi] = two()
    const on = addDays(today(), 2)
    const made = await plan(asha, ravi, { startsOn: on, note: 'Rent', count: 2 })
    expect(made).toMatchObject({
      ...{ status: 'active', amountPaise: 450_00, note: 'Rent', paid: 0, next: { number: 1, on } },
      ...{ payer: { vpa: asha.vpa }, payee: { vpa: ravi.vpa, name: ravi.party.name } },
    })
    expect(made.due).toBeUndefined()
    expect(await refusal(payIt(asha, made))).toBe('wrong-state')
    goTo(addDays(on, -1))
    await setup.until(async () => (await eventsOf(made)).length === 2)
    goTo(on, 7 * 60 + 59)
    expect(await show(asha, made)).toEqual(made)
    goTo(on, 8 * 60)
    await isDue(asha, made)
    const due = await show(asha, made)
    expect(due).toMatchObject({ due: { number: 1, on, isPaying: false }, next: { number: 2 } })
    const payment = await payIt(asha, due, { id: due.due!.paymentId })
    expect(payment).toMatchObject({ status: 'settled', initiation: { origin: { kind: 'schedule' } } })
    expect(await show(asha, made)).toMatchObject({ status: 'active', paid: 1 })
    expect(await refusal(payIt(asha, made))).toBe('wrong-state')
    expect(await dates(asha, made)).toEqual([
      [addMonths(on, 1), 'upcoming'],
      [on, 'paid'],
    ])
    goTo(addDays(due.next!.on, -1))
    await setup.until(async () => (await eventsOf(made)).length === 5)
    goTo(due.next!.on)
    await isDue(asha, made)
    await payIt(asha, made)
    expect(await show(asha, made)).toMatchObject({ status: 'completed', paid: 2 })
    const once = ['reminded', 'due', 'paid']
    expect(await eventsOf(made)).toEqual(['made', ...once, ...once, 'ended'])
  })

  it('for today is due at once, without a reminder', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi, { recurrence: 'ONETIME' })
    expect(await eventsOf(made)).toEqual(['made', 'due'])
    await payIt(asha, made)
    expect(await show(asha, made)).toMatchObject({ status: 'completed', paid: 1 })
  })

  it('belongs to who made it', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    expect(await refusal(show(ravi, made))).toBe('not-found')
    expect(await refusal(end(ravi, made))).toBe('not-found')
    expect(await refusal(payIt(ravi, { ...made, payee: { vpa: asha.vpa, name: '' } }))).toBe('not-found')
    const unknown = { ...made, id: uuidv7() }
    expect(await refusal(payIt(asha, unknown))).toBe('not-found')
    expect(await refusal(payIt(asha, { ...made, id: 'none' }))).toBe('not-found')
    expect(await refusal(payIt(asha, made, { amountPaise: 1 }))).toBe('request-invalid')
    expect(await refusal(payIt(asha, made, { payeeVpa: setup.newPerson().vpa }))).toBe('request-invalid')
  })

  it('with the same id is the same one, in capitals too; with other content it is refused', async () => {
    const [asha, ravi] = two()
    const id = setup.newId()
    const all = await Promise.all(Array.from({ length: 8 }, () => plan(asha, ravi, { id })))
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1)
    expect(await plan(asha, ravi, { id: id.toUpperCase() })).toEqual(all[0])
    expect(await refusal(plan(asha, ravi, { id, amountPaise: 1 }))).toBe('id-reused')
    expect(await refusal(plan(ravi, asha, { id }))).toBe('id-reused')
    expect(await eventsOf({ id })).toEqual(['made'])
  })

  it.each<[string, string, Body]>([
    ['from a UPI ID of somebody else', 'not-found', { payerVpa: 'somebody@bahi' }],
    ['to nobody', 'not-found', { payeeVpa: 'nobody@bahi' }],
    ['for yesterday', 'request-invalid', { startsOn: '2026-01-01' }],
    ['for a day that there is not', 'request-invalid', { startsOn: '2028-02-30' }],
    ['too far ahead', 'request-invalid', { startsOn: '2099-01-01' }],
    ['that ends before it begins', 'request-invalid', { until: '2026-01-01' }],
    ['that ends too late', 'request-invalid', { until: '2199-01-01' }],
    ['with an old id', 'id-out-of-range', { id: uuidv7(1_700_000_000_000) } as Body],
  ])('%s is refused', async (_name, code, body) => {
    const [asha, ravi] = two()
    expect(await refusal(plan(asha, ravi, body))).toBe(code)
    expect(await refusal(plan(asha, asha))).toBe('request-invalid')
    expect(await as(asha)(contracts.listSchedules, { querystring: {} })).toEqual({ schedules: [] })
  })

  it('is one of fifty at most', async () => {
    const [asha, ravi] = two()
    const all = await Promise.all(
      Array.from({ length: 55 }, () => plan(asha, ravi).catch((error: { code: string }) => error.code)),
    )
    expect(all.filter((one) => one === 'rate-limited')).toHaveLength(5)
    const { schedules, next } = await as(asha)(contracts.listSchedules, { querystring: { limit: 30 } })
    const rest = await as(asha)(contracts.listSchedules, { querystring: { limit: 30, before: next } })
    expect(new Set([...schedules, ...rest.schedules].map(({ id }) => id)).size).toBe(50)
    expect(rest.next).toBeUndefined()
  })
})

describe('a date', () => {
  it('stays open after a payment that failed, and while an outcome is unknown it is taken', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    const { paymentId } = made.due!
    expect(await payIt(asha, made, { id: paymentId, pin: wrongPin })).toMatchObject({ status: 'failed' })
    const again = await show(asha, made)
    expect(again).toMatchObject({ due: { isPaying: false } })
    expect(again.due!.paymentId).not.toBe(paymentId)
    setup.account.transfers = 'answer-lost'
    expect(await payIt(asha, made)).toMatchObject({ status: 'pending' })
    expect(await show(asha, made)).toMatchObject({ due: { isPaying: true } })
    expect(await refusal(payIt(asha, made))).toBe('wrong-state')
    expect(await refusal(skip(asha, made, 1))).toBe('wrong-state')
    setup.account.transfers = 'up'
    await setup.until(async () => (await show(asha, made)).paid === 1)
  })

  it('refused as its payment began is paid under another id, once nothing refuses it', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    const { paymentId } = made.due!
    const limited = { version: 0, controls: { perTransactionPaise: 1 } }
    await as(asha)(changeControls, { body: limited })
    expect(await payIt(asha, made, { id: paymentId })).toMatchObject({
      status: 'failed',
      failure: { code: 'Z8' },
    })
    const again = (await show(asha, made)).due!
    expect(again).toMatchObject({ number: 1, isPaying: false })
    expect(again.paymentId).not.toBe(paymentId)
  })

  it('is missed when nobody pays it within a week', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    goTo(addDays(made.due!.on, 7), 7 * 60 + 59)
    expect(await show(asha, made)).toMatchObject({ due: { number: 1 } })
    goTo(addDays(made.due!.on, 7), 8 * 60)
    await setup.until(async () => (await show(asha, made)).due === undefined)
    expect(await refusal(payIt(asha, made))).toBe('wrong-state')
    expect((await dates(asha, made)).at(-1)).toEqual([made.due!.on, 'missed'])
  })

  it('of every day is open until the next; after an outage the old ones are missed, and none is left out', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi, { recurrence: 'DAILY', count: 5 })
    goTo(addDays(made.due!.on, 3))
    await setup.until(async () => (await show(asha, made)).due?.number === 4)
    const on = (n: number) => addDays(made.startsOn, n)
    await setup.until(async () => (await dates(asha, made))[4]![1] === 'missed')
    expect(await dates(asha, made)).toEqual([
      [on(4), 'upcoming'],
      [on(3), 'due'],
      [on(2), 'missed'],
      [on(1), 'missed'],
      [on(0), 'missed'],
    ])
    const events = (await eventsOf(made)).filter((type) => type !== 'missed' && type !== 'reminded')
    expect(events).toEqual(['made', 'due', 'due'])
    await payIt(asha, made)
    goTo(on(4))
    await setup.until(async () => (await show(asha, made)).due?.number === 5)
    await payIt(asha, made)
    expect(await show(asha, made)).toMatchObject({ status: 'completed', paid: 2 })
  })

  it('is skipped, the one that is due and the next one', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    expect(await refusal(skip(asha, made, 3))).toBe('wrong-state')
    expect((await skip(asha, made, 1)).due).toBeUndefined()
    expect(await skip(asha, made, 1)).toMatchObject({ next: { number: 2 } })
    const skipped = await skip(asha, made, 2)
    expect(skipped.next).toEqual({ number: 3, on: addMonths(made.startsOn, 2) })
    expect(await eventsOf(made)).toEqual(['made', 'due', 'skipped', 'skipped'])
    // What was scheduled for the date that was skipped asks for no other one.
    goTo(addMonths(made.startsOn, 1), 12 * 60)
    await setup.until(async () => {
      const rows = await setup.sql`
        select key from payment.due_work
        where payload ->> 'scheduleId' = ${made.id} and kind = 'schedule-due' and due_at <= ${setup.clock.now()}`
      return rows.length === 0
    })
    expect(await show(asha, made)).toMatchObject({ next: skipped.next })
    expect((await show(asha, made)).due).toBeUndefined()
  })

  it('of a hundred payments at once is paid by one', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    const before = setup.balances.get(asha.party.accountId)!
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        payIt(asha, made, i < 2 ? { id: made.due!.paymentId } : {}).then(
          ({ status }) => status as string,
          (error: { code: string }) => error.code,
        ),
      ),
    )
    expect(new Set(outcomes)).toEqual(new Set(['settled', 'wrong-state']))
    expect(before - setup.balances.get(asha.party.accountId)!).toBe(made.amountPaise)
    expect((await eventsOf(made)).filter((type) => type === 'paid')).toHaveLength(1)
  })

  it('is paid, skipped, ended or missed, whichever comes first', async () => {
    for (let round = 0; round < 8; round++) {
      const [asha, ravi] = two()
      const made = await planDue(asha, ravi, { recurrence: 'ONETIME' })
      const before = setup.balances.get(asha.party.accountId)!
      if (round % 2 === 1) goTo(addDays(made.due!.on, 7), 8 * 60)
      await Promise.allSettled([payIt(asha, made), skip(asha, made, 1), end(asha, made)])
      await setup.until(async () => (await dates(asha, made))[0]![1] !== 'due')
      const [[, status] = []] = await dates(asha, made)
      const moved = before - setup.balances.get(asha.party.accountId)!
      expect([status, moved]).toEqual([status, status === 'paid' ? made.amountPaise : 0])
      const ends = (await eventsOf(made)).filter((type) => ['paid', 'skipped', 'missed'].includes(type))
      expect(ends).toEqual([status])
      if (round % 2 === 1) expect(status).not.toBe('paid')
    }
  })
})

describe('its person', () => {
  it('changes it from the next date on, what is due too', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    const nextOn = addDays(made.due!.on, 10)
    const changed = await change(asha, made, { amountPaise: 500_00, recurrence: 'WEEKLY', nextOn, count: 3 })
    expect(changed).toMatchObject({ amountPaise: 500_00, count: 3, next: { number: 2, on: nextOn } })
    await payIt(asha, changed)
    expect(await refusal(change(asha, made, { nextOn: made.due!.on }))).toBe('request-invalid')
    const skipped = await skip(asha, changed, 2)
    expect(skipped.next).toEqual({ number: 3, on: addDays(nextOn, 7) })
    expect((await skip(asha, changed, 3)).status).toBe('completed')
    expect(await refusal(change(asha, skipped, {}))).toBe('wrong-state')
  })

  it('pauses and resumes it, without the dates of the pause', async () => {
    const [asha, ravi] = two()
    const made = await plan(asha, ravi, { recurrence: 'DAILY', startsOn: addDays(today(), 1), count: 2 })
    const paused = await pause(asha, made)
    expect(await pause(asha, made)).toEqual(paused)
    expect(paused).toMatchObject({ status: 'paused' })
    expect(paused.next).toBeUndefined()
    goTo(addDays(today(), 5), 7 * 60)
    expect(await resume(asha, made)).toMatchObject({ status: 'active', next: { number: 1, on: today() } })
    await isDue(asha, made)
    expect(await resume(asha, made)).toMatchObject({ status: 'active', due: { number: 1 } })
    expect(await eventsOf(made)).toEqual(['made', 'paused', 'resumed', 'due'])
    await end(asha, made)
    expect(await end(asha, made)).toMatchObject({ status: 'ended' })
    expect(await refusal(resume(asha, made))).toBe('wrong-state')
  })

  it('sees what is due, what is open and what is over', async () => {
    const [asha, ravi] = two()
    const due = await planDue(asha, ravi)
    const open = await plan(asha, ravi)
    const over = await end(asha, await plan(asha, ravi))
    const ids = async (show: 'due' | 'open' | 'over') =>
      (await as(asha)(contracts.listSchedules, { querystring: { show } })).schedules.map(({ id }) => id)
    expect([await ids('due'), await ids('open'), await ids('over')]).toEqual([
      [due.id],
      [open.id, due.id],
      [over.id],
    ])
  })

  it('ends it while it is being paid: a payment that fails leaves nothing due', async () => {
    const [asha, ravi] = two()
    const made = await planDue(asha, ravi)
    setup.account.transfers = 'down'
    expect(await payIt(asha, made, { pin: wrongPin })).toMatchObject({ status: 'pending' })
    expect(await end(asha, made)).toMatchObject({ status: 'ended', due: { isPaying: true } })
    setup.account.transfers = 'up'
    setup.clock.advance(60_000)
    await setup.until(async () => (await show(asha, made)).due === undefined)
    expect(await dates(asha, made)).toEqual([[made.startsOn, 'skipped']])
  })
})
