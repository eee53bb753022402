// Payments of schedules: exactly one payment at a time claims what is due, and the one that settles pays it.
import { isUuid, uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { Payment } from '../payments/payment.ts'
import { store } from './next-date.ts'
import { occurrenceFacts, payable, type Occurrence, type Schedule } from './schedule.ts'
import { claimOccurrences, lockSchedules, renewPaymentIds, updateOccurrence } from './store.ts'

type Origin = Pick<Payment, 'initiation'>

/** The schedule that a payment is for; undefined: none. */
export function scheduleIdOf({ initiation: { origin } }: Origin): string | undefined {
  return origin.kind === 'schedule' ? origin.id : undefined
}

/** The schedules that these payments are for, locked. */
export function schedulesFor(tx: Tx, payments: Origin[]): Promise<Map<string, Schedule>> {
  const ids = payments.flatMap((one) => scheduleIdOf(one) ?? []).filter(isUuid)
  return lockSchedules(tx, [...new Set(ids)])
}

/** Why this payment cannot pay what is due; undefined: it can. */
export function occurrenceRefusal(
  schedule: Schedule | undefined,
  payment: Pick<Payment, 'payer' | 'payee' | 'amountPaise'>,
  now: Date,
): Problem | undefined {
  if (!schedule || schedule.payer.userId !== payment.payer.userId)
    return new Problem('not-found', 'you have no such schedule')
  if (schedule.payee.vpa !== payment.payee.vpa || schedule.amountPaise !== payment.amountPaise) {
    const path = '/body'
    const message = 'payeeVpa and amountPaise are not those of the schedule'
    return new Problem('request-invalid', message, { fields: [{ path, message }] })
  }
  const due = payable(schedule)
  if (due?.paymentId !== undefined)
    return new Problem('wrong-state', 'it is being paid just now: look again shortly')
  if (!due || due.payableUntil! <= now) return new Problem('wrong-state', 'nothing of this schedule is due')
  return undefined
}

/** Of payments that have begun. One that was refused as it began has used up the id that its date had for it. */
export async function claimDates(tx: Tx, schedules: Map<string, Schedule>, begun: Payment[]): Promise<void> {
  const dates = begun.flatMap((payment) => {
    const schedule = schedules.get(scheduleIdOf(payment) ?? '')
    return schedule ? [{ id: payable(schedule)!.id, payment }] : []
  })
  const of = (isFailed: boolean) => dates.filter(({ payment }) => (payment.status === 'failed') === isFailed)
  const [failed, claims] = [of(true), of(false).map(({ id, payment }) => ({ id, paymentId: payment.id }))]
  if (claims.length > 0) await claimOccurrences(tx, claims)
  if (failed.length === 0) return
  const renewed = failed.map(({ id, payment }) => {
    return { id, usedId: payment.id, nextId: uuidv7(payment.createdAt.getTime()) }
  })
  await renewPaymentIds(tx, renewed)
}

/** In the transaction that completes payments: a settled one pays its date, a failed one gives it back. */
export async function completeOccurrences(tx: Tx, completed: Payment[], now: Date): Promise<void> {
  const paying = completed.filter((payment) => scheduleIdOf(payment) !== undefined)
  if (paying.length === 0) return
  const schedules = await schedulesFor(tx, paying)
  for (const payment of paying) {
    const id = scheduleIdOf(payment)!
    const schedule = schedules.get(id)
    const due = schedule?.due.find(({ paymentId }) => paymentId === payment.id)
    if (schedule && due) schedules.set(id, await completeOne(tx, schedule, due, payment.status, now))
  }
}

async function completeOne(
  tx: Tx,
  schedule: Schedule,
  due: Occurrence,
  status: Payment['status'],
  now: Date,
): Promise<Schedule> {
  const others = schedule.due.filter((one) => one !== due)
  if (status === 'settled') {
    const paid: Occurrence = { ...due, status: 'paid', completedAt: now }
    await updateOccurrence(tx, paid)
    const data = { ...occurrenceFacts(paid), paymentId: due.paymentId! }
    return store(tx, { ...schedule, due: others }, { type: 'payment.schedule-paid', data }, now)
  }
  const { paymentId: _, ...rest } = due
  const open: Occurrence = { ...rest, nextPaymentId: uuidv7(now.getTime()) }
  if (schedule.status !== 'ended') {
    await updateOccurrence(tx, open)
    return { ...schedule, due: [...others, open].sort((a, b) => a.number - b.number) }
  }
  // The schedule was ended while it was being paid.
  await updateOccurrence(tx, { ...open, status: 'skipped', completedAt: now })
  const data = occurrenceFacts(open)
  return store(tx, { ...schedule, due: others }, { type: 'payment.schedule-skipped', data }, now)
}
