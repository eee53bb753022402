// Plans the next date of a schedule in its transaction, and ends a schedule whose last date is over.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { istDateOf, type IstDate } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { dueAt, remindAt, scheduleRules } from '@bahi/contracts/schedule-rules.ts'
import { schedule as scheduleWork, type NewDueWork } from '@bahi/kit/due-work/due-work.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dateFrom, eventOf, type Occurrence, type Schedule, type ScheduleChange } from './schedule.ts'
import { deleteOccurrence, insertOccurrence, updateSchedule } from './store.ts'

export const reminderKind = 'schedule-reminder'
export const dueKind = 'schedule-due'
export const lapseKind = 'schedule-lapse'
/** With the id of the date as its key. */
export type OccurrenceWork = { scheduleId: string }

/**
 * The schedule with its next date, on or after `from`; without one when it is over. The id of the date, which is that
 * of the payment for it, is fixed here, before it is due.
 */
export async function planNext(tx: Tx, schedule: Schedule, from: IstDate, now: Date): Promise<Schedule> {
  const { upcoming: _, ...rest } = schedule
  const number = (schedule.last?.number ?? 0) + 1
  const on = dateFrom(schedule, number, from)
  if (on === undefined) return rest
  const rules = rulesAt(scheduleRules, now)
  // Who plans a payment for today can make it at once.
  const due = on === istDateOf(now) ? now : dueAt(rules, on)
  const remind = remindAt(rules, on)
  const id = uuidv7(Math.max(due.getTime(), now.getTime()))
  const upcoming: Occurrence = { id, number, on, status: 'upcoming' }
  await insertOccurrence(tx, schedule.id, upcoming)
  const payload: OccurrenceWork = { scheduleId: schedule.id }
  const work: NewDueWork[] = [{ kind: dueKind, key: id, dueAt: due, payload, createdId: id }]
  // Who plans a payment for today or tomorrow needs no reminder.
  if (remind > now) work.push({ kind: reminderKind, key: id, dueAt: remind, payload })
  await scheduleWork(tx, work)
  return { ...rest, upcoming }
}

/** The schedule without its next date, whose due work then finds nothing to do. */
export async function unplanNext(tx: Tx, schedule: Schedule): Promise<Schedule> {
  const { upcoming, ...rest } = schedule
  if (upcoming === undefined) return schedule
  await deleteOccurrence(tx, upcoming.id)
  return rest
}

/** Stores the next version of a schedule, with the event of what changed, and with its end when nothing is to come. */
export async function store(
  tx: Tx,
  schedule: Schedule,
  change: ScheduleChange,
  now: Date,
): Promise<Schedule> {
  const changed: Schedule = { ...schedule, version: schedule.version + 1 }
  const events = [eventOf(changed, change)]
  const isOver = changed.status === 'active' && !changed.upcoming && changed.due.length === 0
  const after: Schedule = isOver
    ? { ...changed, version: changed.version + 1, status: 'completed', endedAt: now }
    : changed
  if (isOver) events.push(eventOf(after, { type: 'payment.schedule-ended', data: { reason: 'completed' } }))
  await updateSchedule(tx, after)
  await appendEvents(tx, now, events)
  return after
}
