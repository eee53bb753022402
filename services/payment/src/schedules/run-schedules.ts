// The due work of schedules: the reminder the day before, the announcement on the day, and the end of the time to pay.
import { addDays, istDateOf } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { payableUntil, scheduleRules } from '@bahi/contracts/schedule-rules.ts'
import { schedule as scheduleWork } from '@bahi/kit/due-work/due-work.ts'
import type { DueHandler, DueItem, DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dueKind, lapseKind, planNext, reminderKind, store, type OccurrenceWork } from './next-date.ts'
import { dateAfter, occurrenceFacts, type Occurrence, type Schedule } from './schedule.ts'
import { findSchedule, lockSchedules, updateOccurrence } from './store.ts'

/** While a payment is in progress. */
const lookAgainMs = 30_000

type RunDeps = Pick<Deps, 'sql' | 'clock'>
type Step = (tx: Tx, schedule: Schedule, id: string, now: Date) => Promise<unknown>

export function scheduleHandlers(deps: RunDeps): DueHandler<OccurrenceWork>[] {
  return [
    { kind: reminderKind, run: (items) => Promise.resolve(items.map((item) => locked(deps, item, remind))) },
    { kind: dueKind, run: (items) => Promise.resolve(items.map((item) => locked(deps, item, announce))) },
    { kind: lapseKind, run: (items) => Promise.all(items.map((item) => lapse(deps, item))) },
  ]
}

/** The step runs in the transaction that removes the item, with the schedule locked: once, whatever dies. */
function locked(deps: RunDeps, { key, payload }: DueItem<OccurrenceWork>, step: Step): DueResult {
  return {
    outcome: 'done',
    async commit(tx) {
      const schedule = (await lockSchedules(tx, [payload.scheduleId])).get(payload.scheduleId)
      if (schedule) await step(tx, schedule, key, deps.clock.now())
    },
  }
}

async function remind(tx: Tx, schedule: Schedule, id: string, now: Date): Promise<void> {
  const { upcoming } = schedule
  // Of a date that was skipped or changed, and on the day itself, nobody is reminded.
  if (upcoming?.id !== id || istDateOf(now) >= upcoming.on) return
  const reminded = { ...upcoming, remindedAt: now }
  await updateOccurrence(tx, reminded)
  const change = { type: 'payment.schedule-reminded', data: occurrenceFacts(reminded) } as const
  await store(tx, { ...schedule, upcoming: reminded }, change, now)
}

/** The payer is asked for it; a date whose time to pay has passed meanwhile is missed. Then the next one is planned. */
async function announce(tx: Tx, schedule: Schedule, id: string, now: Date): Promise<void> {
  const { upcoming } = schedule
  if (upcoming?.id !== id || schedule.status !== 'active') return
  const until = payableUntil(rulesAt(scheduleRules, now), upcoming.on, dateAfter(schedule, upcoming))
  const isLate = until <= now
  const announced: Occurrence = isLate
    ? { ...upcoming, status: 'missed', completedAt: now }
    : { ...upcoming, status: 'due', announcedAt: now, payableUntil: until }
  await updateOccurrence(tx, announced)
  const after = {
    ...{ ...schedule, last: { number: upcoming.number, on: upcoming.on } },
    due: isLate ? schedule.due : [...schedule.due, announced],
  }
  const next = await planNext(tx, after, addDays(upcoming.on, 1), now)
  if (isLate) {
    await store(tx, next, { type: 'payment.schedule-missed', data: occurrenceFacts(announced) }, now)
    return
  }
  const payload: OccurrenceWork = { scheduleId: schedule.id }
  await scheduleWork(tx, [{ kind: lapseKind, key: id, dueAt: until, payload }])
  const data = { ...occurrenceFacts(announced), payableUntil: until.toISOString() }
  await store(tx, next, { type: 'payment.schedule-due', data }, now)
}

async function lapse(deps: RunDeps, item: DueItem<OccurrenceWork>): Promise<DueResult> {
  const found = await findSchedule(deps.sql, item.payload.scheduleId)
  const due = found?.schedule.due.find(({ id }) => id === item.key)
  if (due?.paymentId !== undefined)
    return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + lookAgainMs) }
  return locked(deps, item, async (tx, schedule, id, now) => {
    const open = schedule.due.find((one) => one.id === id)
    if (!open) return
    if (open.paymentId !== undefined) throw new Error('a payment began meanwhile: the item is tried again')
    const missed: Occurrence = { ...open, status: 'missed', completedAt: now }
    await updateOccurrence(tx, missed)
    const rest = { ...schedule, due: schedule.due.filter((one) => one !== open) }
    await store(tx, rest, { type: 'payment.schedule-missed', data: occurrenceFacts(missed) }, now)
  })
}
