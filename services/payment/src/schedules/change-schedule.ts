// What a person does with their schedules: show, list, change, pause, resume, skip one, end.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { scheduleRules } from '@bahi/contracts/schedule-rules.ts'
import type {
  changeSchedule as changeContract,
  listSchedules as listContract,
  showSchedule as showContract,
} from '@bahi/contracts/schedules.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { invalidField } from '../payments/client-input.ts'
import { readPage } from '../payments/page.ts'
import { checkedPlan, payerOf, type ScheduleDeps } from './make-schedule.ts'
import { planNext, store, unplanNext } from './next-date.ts'
import {
  checkOpen,
  eventOf,
  isFinal,
  occurrenceFacts,
  occurrenceView,
  planFacts,
  viewOf,
  type Occurrence,
  type Schedule,
} from './schedule.ts'
import {
  findSchedule,
  lockSchedules,
  occurrencesOf,
  schedulesOf,
  updateOccurrence,
  updateSchedule,
} from './store.ts'

type ChangeDeps = Pick<Deps, 'transaction' | 'clock'>
/** Dates that are shown with a schedule. */
const shownDates = 24

/** Throws `not-found` for a schedule that does not exist and for one of other people alike. */
export async function showSchedule(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  id: string,
): Promise<Output<typeof showContract>> {
  const found = await findSchedule(deps.sql, id)
  if (found?.schedule.payer.userId !== userId) throw new Problem('not-found', 'there is no such schedule')
  const occurrences = await occurrencesOf(deps.sql, found.schedule.id, shownDates)
  return { schedule: viewOf(found.schedule), occurrences: occurrences.map(occurrenceView) }
}

export async function listSchedules(
  deps: Pick<Deps, 'sql'>,
  userId: string,
  query: Input<typeof listContract>['querystring'],
): Promise<Output<typeof listContract>> {
  const { show = null } = query
  const { found, next } = await readPage(query, (page) => schedulesOf(deps.sql, userId, { show, ...page }))
  return { schedules: found.map(viewOf), ...next }
}

/** Throws `not-found` for the schedule or UPI ID of somebody else, `wrong-state`, `request-invalid`. */
export async function changeSchedule(
  deps: ScheduleDeps,
  userId: string,
  id: string,
  body: Input<typeof changeContract>['body'],
): Promise<Schedule> {
  const now = deps.clock.now()
  const first = { field: 'nextOn', on: body.nextOn, now }
  const plan = checkedPlan(rulesAt(scheduleRules, now), body, first)
  const payer = await payerOf(deps, userId, body.payerVpa)
  return change(deps, userId, id, async (tx, schedule) => {
    checkOpen(schedule)
    if (payer.vpa === schedule.payee.vpa) throw invalidField('/body/payerVpa', 'is the one that is paid')
    const { last } = schedule
    if (last && body.nextOn <= last.on)
      throw invalidField('/body/nextOn', `must be after ${last.on}, its latest date`)
    if (last && body.count !== undefined && body.count < last.number)
      throw invalidField('/body/count', `is below the ${last.number} dates that it has had`)
    const { note: _, until: __, count: ___, ...rest } = await unplanNext(tx, schedule)
    const changed = { ...rest, ...plan, payer }
    const next = changed.status === 'active' ? await planNext(tx, changed, body.nextOn, now) : changed
    return store(tx, next, { type: 'payment.schedule-changed', data: planFacts(next) }, now)
  })
}

/** Repeating it changes nothing. Throws `not-found`, `wrong-state` for one that is over. */
export function pauseSchedule(deps: ChangeDeps, userId: string, id: string): Promise<Schedule> {
  return change(deps, userId, id, async (tx, schedule) => {
    checkOpen(schedule)
    if (schedule.status === 'paused') return schedule
    const paused: Schedule = { ...(await unplanNext(tx, schedule)), status: 'paused' }
    return store(tx, paused, { type: 'payment.schedule-paused', data: {} }, deps.clock.now())
  })
}

/** Repeating it changes nothing. Dates of the pause are left out and not counted. Throws as `pauseSchedule`. */
export function resumeSchedule(deps: ChangeDeps, userId: string, id: string): Promise<Schedule> {
  return change(deps, userId, id, async (tx, schedule) => {
    checkOpen(schedule)
    if (schedule.status === 'active') return schedule
    const now = deps.clock.now()
    const today = istDateOf(now)
    const after = schedule.last && addDays(schedule.last.on, 1)
    const from = after !== undefined && after > today ? after : today
    const active = await planNext(tx, { ...schedule, status: 'active' }, from, now)
    return store(tx, active, { type: 'payment.schedule-resumed', data: {} }, now)
  })
}

/** Repeating it changes nothing. Throws `not-found`, `wrong-state` for a date that is over or is being paid. */
export function skipOccurrence(
  deps: ChangeDeps,
  userId: string,
  id: string,
  number: number,
): Promise<Schedule> {
  return change(deps, userId, id, async (tx, schedule) => {
    const now = deps.clock.now()
    const due = schedule.due.find((one) => one.number === number)
    const { upcoming } = schedule
    if (due) return skipDue(tx, schedule, due, now)
    if (upcoming?.number !== number) {
      const before = (await occurrencesOf(tx, id, shownDates)).find((one) => one.number === number)
      if (before?.status === 'skipped') return schedule
      throw new Problem('wrong-state', `date ${number} is ${before?.status ?? 'not there'}`)
    }
    await updateOccurrence(tx, { ...upcoming, status: 'skipped', completedAt: now })
    // Its due work finds it skipped.
    const skipped = { ...schedule, last: upcoming }
    const next = await planNext(tx, skipped, addDays(upcoming.on, 1), now)
    return store(tx, next, { type: 'payment.schedule-skipped', data: occurrenceFacts(upcoming) }, now)
  })
}

async function skipDue(tx: Tx, schedule: Schedule, due: Occurrence, now: Date): Promise<Schedule> {
  if (due.paymentId !== undefined)
    throw new Problem('wrong-state', 'it is being paid just now: look again shortly')
  await updateOccurrence(tx, { ...due, status: 'skipped', completedAt: now })
  const rest = { ...schedule, due: schedule.due.filter((one) => one !== due) }
  return store(tx, rest, { type: 'payment.schedule-skipped', data: occurrenceFacts(due) }, now)
}

/** Repeating it changes nothing. What is being paid is paid, or skipped when that fails. Throws `not-found`. */
export function endSchedule(deps: ChangeDeps, userId: string, id: string): Promise<Schedule> {
  return change(deps, userId, id, async (tx, schedule) => {
    if (isFinal(schedule)) return schedule
    const now = deps.clock.now()
    const left = schedule.due.filter(({ paymentId }) => paymentId === undefined)
    const skipped: Occurrence[] = left.map((one) => ({ ...one, status: 'skipped', completedAt: now }))
    for (const one of skipped) await updateOccurrence(tx, one)
    const rest = await unplanNext(tx, schedule)
    const { version } = schedule
    const ended: Schedule = {
      ...{ ...rest, status: 'ended', endedAt: now, version: version + skipped.length + 1 },
      due: schedule.due.filter((one) => !left.includes(one)),
    }
    await updateSchedule(tx, ended)
    await appendEvents(tx, now, [
      ...skipped.map((one, i) =>
        eventOf(
          { ...schedule, version: version + i + 1 },
          { type: 'payment.schedule-skipped', data: occurrenceFacts(one) },
        ),
      ),
      eventOf(ended, { type: 'payment.schedule-ended', data: { reason: 'person' } }),
    ])
    return ended
  })
}

/** In a transaction that has locked the schedule. Throws `not-found` for one of other people. */
function change(
  deps: ChangeDeps,
  userId: string,
  id: string,
  what: (tx: Tx, schedule: Schedule) => Promise<Schedule>,
): Promise<Schedule> {
  return deps.transaction(async (tx) => {
    const schedule = (await lockSchedules(tx, [id])).get(id.toLowerCase())
    if (schedule?.payer.userId !== userId) throw new Problem('not-found', 'there is no such schedule')
    return what(tx, schedule)
  })
}
