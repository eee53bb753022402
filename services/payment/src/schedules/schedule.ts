// A schedule and its dates as the result of its events: which may follow which, and when its next date is. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, nextOccurrence, type IstDate, type Recurrence } from '@bahi/contracts/recurrence.ts'
import type {
  OccurrenceStatus,
  OccurrenceView,
  ScheduleStatus,
  ScheduleView,
} from '@bahi/contracts/schedules.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import type { PaymentParty } from '../payments/payment.ts'

/** What a person plans; a change replaces it from the next date on. */
export type Plan = {
  payer: PaymentParty & { userId: string }
  amountPaise: number
  note?: string
  recurrence: Recurrence
  /** The date that the next ones follow from. */
  startsOn: IstDate
  until?: IstDate
  count?: number
}

export type Schedule = Plan & {
  id: string
  version: number
  status: ScheduleStatus
  payee: PaymentParty
  createdAt: Date
  endedAt?: Date
  /** The next date of an active one. */
  upcoming?: Occurrence
  /** Those that can be paid, or are being paid; the newest last. */
  due: Occurrence[]
  /** The last one that is not upcoming. */
  last?: { number: number; on: IstDate }
  paid: number
}

export type Occurrence = {
  id: string
  number: number
  on: IstDate
  status: OccurrenceStatus
  remindedAt?: Date
  announcedAt?: Date
  payableUntil?: Date
  completedAt?: Date
  paymentId?: string
  /** After a payment that failed; before it, the date's own id. */
  nextPaymentId?: string
}

type ScheduleFacts = EventData<'payment.schedule-paused'>
type ChangeOf<T extends `payment.schedule-${string}` & NewEvent['type']> = {
  type: T
  data: Omit<EventData<T>, keyof ScheduleFacts>
}
export type ScheduleChange = {
  [T in Extract<NewEvent['type'], `payment.schedule-${string}`>]: ChangeOf<T>
}[Extract<NewEvent['type'], `payment.schedule-${string}`>]

/** The event that leads to this version of the schedule. */
export function eventOf(schedule: Schedule, { type, data }: ScheduleChange): NewEvent {
  const { id, amountPaise, note, payer, payee } = schedule
  const facts: ScheduleFacts = {
    ...{ scheduleId: id, amountPaise, payer, payee },
    ...(note === undefined ? {} : { note }),
  }
  return { type, stream: id, version: schedule.version, data: { ...facts, ...data } } as NewEvent
}

/** What the events of one date say of it. */
export const occurrenceFacts = ({ id, number, on }: Occurrence) => ({
  ...{ occurrenceId: id, number, dueOn: on },
})

export const planFacts = ({ recurrence, startsOn, until, count }: Plan) => ({
  ...{ recurrence, startsOn },
  ...(until === undefined ? {} : { until }),
  ...(count === undefined ? {} : { count }),
})

/** The date with a number, on or after `from`; undefined when the schedule is over by then. */
export function dateFrom(plan: Plan, number: number, from: IstDate): IstDate | undefined {
  if (plan.count !== undefined && number > plan.count) return undefined
  const date = nextOccurrence(plan.startsOn, plan.recurrence, from)?.date
  return date !== undefined && (plan.until === undefined || date <= plan.until) ? date : undefined
}

/** The date after one of the schedule's. */
export const dateAfter = (plan: Plan, { number, on }: Pick<Occurrence, 'number' | 'on'>) =>
  dateFrom(plan, number + 1, addDays(on, 1))

export const isFinal = ({ status }: Schedule): boolean => status === 'completed' || status === 'ended'

/** Throws `wrong-state` for one that is over. */
export function checkOpen(schedule: Schedule): void {
  if (isFinal(schedule)) throw new Problem('wrong-state', `the schedule is ${schedule.status} already`)
}

/** The one that a payment made now pays: of two that are due the newest. */
export const payable = ({ due }: Schedule): Occurrence | undefined => due.at(-1)

export function viewOf(schedule: Schedule): ScheduleView {
  const { id, status, amountPaise, note, payer, payee, createdAt, endedAt, upcoming, paid } = schedule
  const due = payable(schedule)
  return {
    id,
    status,
    amountPaise,
    currency: 'INR',
    ...(note === undefined ? {} : { note }),
    payer: { vpa: payer.vpa, name: payer.name },
    payee: { vpa: payee.vpa, name: payee.name },
    ...planFacts(schedule),
    createdAt: createdAt.toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
    ...(upcoming === undefined ? {} : { next: { number: upcoming.number, on: upcoming.on } }),
    ...(due === undefined ? {} : { due: dueView(due) }),
    paid,
  }
}

function dueView(due: Occurrence): NonNullable<ScheduleView['due']> {
  const { id, number, on, payableUntil, paymentId, nextPaymentId = id } = due
  const until = payableUntil!.toISOString()
  return { number, on, payableUntil: until, paymentId: nextPaymentId, isPaying: paymentId !== undefined }
}

export function occurrenceView({ number, on, status, completedAt, paymentId }: Occurrence): OccurrenceView {
  return {
    ...{ number, on, status },
    ...(completedAt === undefined ? {} : { completedAt: completedAt.toISOString() }),
    ...(status === 'paid' && paymentId !== undefined ? { paymentId } : {}),
  }
}
