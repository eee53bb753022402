// Rules of scheduled payments as dated data: when people are reminded and asked, and how much they may plan.
import { addDays, istTime, type IstDate } from './recurrence.ts'

export type ScheduleRules = {
  effectiveFrom: string
  /** Minutes of the day before (IST) after which the payer is reminded. */
  remindAtMinutes: number
  /** Minutes of the day itself (IST) after which the payer is asked to pay. */
  dueAtMinutes: number
  /** Days for which it can still be paid, unless its next date comes first. */
  payableDays: number
  /** Schedules of one person that are active or paused. */
  maxOpen: number
  /** How far ahead the first date may be, and the last one. */
  maxAheadDays: number
  maxUntilDays: number
  maxCount: number
}

/** Newest last; a change is a new row with its date. The network has no rule: a schedule debits nobody. */
export const scheduleRules: readonly ScheduleRules[] = [
  {
    effectiveFrom: '2025-06-30T00:00:00+05:30',
    remindAtMinutes: 10 * 60,
    dueAtMinutes: 8 * 60,
    payableDays: 7,
    maxOpen: 50,
    maxAheadDays: 366,
    maxUntilDays: 30 * 366,
    maxCount: 1_000,
  },
]

/** When the payer is reminded of a payment on that day. */
export const remindAt = (rules: ScheduleRules, on: IstDate): Date =>
  istTime(addDays(on, -1), rules.remindAtMinutes)

/** When the payer is asked for a payment on that day. */
export const dueAt = (rules: ScheduleRules, on: IstDate): Date => istTime(on, rules.dueAtMinutes)

/** Until when a payment of that day can be made. @param next the date after it, when there is one */
export function payableUntil(rules: ScheduleRules, on: IstDate, next: IstDate | undefined): Date {
  const last = dueAt(rules, addDays(on, rules.payableDays))
  const nextDue = next === undefined ? last : dueAt(rules, next)
  return nextDue < last ? nextDue : last
}
