// Makes a schedule: who pays whom, how much, from which day on and how often. Its id makes it idempotent.
import { createHash } from 'node:crypto'
import type { Input } from '@bahi/contracts/call.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, isDate, istDateOf } from '@bahi/contracts/recurrence.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { scheduleRules, type ScheduleRules } from '@bahi/contracts/schedule-rules.ts'
import type { changeSchedule, makeSchedule as contract } from '@bahi/contracts/schedules.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import { lockPayers } from '../limits/store.ts'
import { checkNewId, invalidField } from '../payments/client-input.ts'
import type { TakeName } from '../payments/name-quota.ts'
import { payeeIn, unreachable, type PartyResolver } from '../payments/resolve.ts'
import { planNext } from './next-date.ts'
import { eventOf, planFacts, type Plan, type Schedule } from './schedule.ts'
import { countOpen, findSchedule, insertSchedule, type StoredSchedule } from './store.ts'

export type ScheduleDeps = Pick<Deps, 'sql' | 'transaction' | 'clock'> & {
  parties: PartyResolver
  takeName: TakeName
}

type Body = Input<typeof contract>['body']

/**
 * The schedule. Throws `not-found` for a UPI ID that is not the payer's or that nobody has, `request-invalid` for dates
 * that make no sense, `rate-limited`, `id-reused`, `id-out-of-range`, `bank-unreachable`.
 */
export async function makeSchedule(
  deps: ScheduleDeps,
  userId: string,
  anyCaseId: string,
  body: Body,
): Promise<Schedule> {
  const id = anyCaseId.toLowerCase()
  const hash = hashOf(body)
  const before = await findSchedule(deps.sql, id)
  if (before) return sameOne(before, userId, hash)
  const now = deps.clock.now()
  checkNewId(id, now, 'schedule')
  const rules = rulesAt(scheduleRules, now)
  const plan = checkedPlan(rules, body, { field: 'startsOn', on: body.startsOn, now })
  await deps.takeName(userId)
  const [payer, payee] = await Promise.all([
    payerOf(deps, userId, body.payerVpa),
    deps.parties.payee(normaliseVpa(body.payeeVpa)),
  ])
  if (payee === unreachable)
    throw new Problem('bank-unreachable', 'the network does not say who has this UPI ID', { retryAfterS: 30 })
  if (payee === undefined) throw new Problem('not-found', 'nobody has this UPI ID')
  if (normaliseVpa(payee.vpa) === payer.vpa) throw invalidField('/body/payeeVpa', 'is the one that pays')
  const { accountId: _, maskedNumber: __, ...party } = payeeIn(normaliseVpa(payee.vpa), payee)
  const schedule: Schedule = {
    ...{ ...plan, id, version: 1, status: 'active' as const, payer, payee: party, createdAt: now },
    ...{ due: [], paid: 0 },
  }
  return retryRaces(() => deps.transaction((tx) => insert(tx, { schedule, hash, rules })))
}

async function insert(
  tx: Tx,
  { schedule, hash, rules }: { schedule: Schedule; hash: string; rules: ScheduleRules },
): Promise<Schedule> {
  const { id, payer, startsOn, createdAt } = schedule
  // The payer's lock: no two of their schedules are counted at once.
  await lockPayers(tx, [payer.userId])
  const before = await findSchedule(tx, id)
  if (before) return sameOne(before, payer.userId, hash)
  if ((await countOpen(tx, payer.userId)) >= rules.maxOpen)
    throw new Problem('rate-limited', `${rules.maxOpen} schedules can be open: end one first`)
  await insertSchedule(tx, schedule, hash)
  await appendEvents(tx, createdAt, [
    eventOf(schedule, { type: 'payment.schedule-made', data: planFacts(schedule) }),
  ])
  return planNext(tx, schedule, startsOn, createdAt)
}

function sameOne({ schedule, inputHash }: StoredSchedule, userId: string, hash: string): Schedule {
  if (schedule.payer.userId !== userId || inputHash !== hash) throw new Problem('id-reused')
  return schedule
}

/** Throws `not-found` for a UPI ID of somebody else. */
export async function payerOf(
  deps: ScheduleDeps,
  userId: string,
  anyCaseVpa: string,
): Promise<Plan['payer']> {
  const payer = await deps.parties.payer(normaliseVpa(anyCaseVpa))
  if (payer === unreachable || payer?.userId !== userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  return { userId, vpa: normaliseVpa(payer.vpa), name: payer.name }
}

type Planned = Omit<Input<typeof changeSchedule>['body'], 'nextOn' | 'payerVpa'>

/** What is planned, without its payer. Throws `request-invalid` for dates that calendar or rules do not have. */
export function checkedPlan(
  rules: ScheduleRules,
  { amountPaise, note, recurrence, until, count }: Planned,
  first: { field: string; on: string; now: Date },
): Omit<Plan, 'payer'> {
  const today = istDateOf(first.now)
  const path = `/body/${first.field}`
  if (!isDate(first.on)) throw invalidField(path, 'is no day of the calendar')
  if (first.on < today) throw invalidField(path, `is past: today is ${today}`)
  if (first.on > addDays(today, rules.maxAheadDays))
    throw invalidField(path, `can be ${rules.maxAheadDays} days ahead at most`)
  if (until !== undefined) {
    if (!isDate(until)) throw invalidField('/body/until', 'is no day of the calendar')
    if (until < first.on) throw invalidField('/body/until', `is before ${first.on}`)
    if (until > addDays(today, rules.maxUntilDays))
      throw invalidField('/body/until', `can be ${rules.maxUntilDays} days ahead at most`)
  }
  if (count !== undefined && count > rules.maxCount)
    throw invalidField('/body/count', `can be ${rules.maxCount} at most`)
  return {
    ...{ amountPaise, recurrence, startsOn: first.on },
    ...(note ? { note } : {}),
    ...(until === undefined ? {} : { until }),
    ...(count === undefined ? {} : { count }),
  }
}

function hashOf({ payerVpa, payeeVpa, amountPaise, note, recurrence, startsOn, until, count }: Body): string {
  const content = [
    ...[normaliseVpa(payerVpa), normaliseVpa(payeeVpa), amountPaise, note || null],
    ...[recurrence, startsOn, until ?? null, count ?? null],
  ]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
