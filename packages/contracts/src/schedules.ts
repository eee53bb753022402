// What payment answers about schedules: payments that a person plans, is reminded of, and makes with the PIN each time.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Currency, Note, pageQuery, Timestamp, Uuid, UuidV7, Vpa } from './formats.ts'
import { PartyView } from './payment.ts'
import { IstDate, Recurrence } from './recurrence.ts'

const strict = { additionalProperties: false } as const

/** `completed`: its last date is over. `ended`: by the person. Both are final. */
export const ScheduleStatus = Type.Enum(['active', 'paused', 'completed', 'ended'])
export type ScheduleStatus = Static<typeof ScheduleStatus>

/** Of one date. `due`: it can be paid now. The last three are final. */
export const OccurrenceStatus = Type.Enum(['upcoming', 'due', 'paid', 'skipped', 'missed'])
export type OccurrenceStatus = Static<typeof OccurrenceStatus>

const Count = Type.Integer({ minimum: 1, maximum: 1_000, description: 'So many dates in all.' })

export const ScheduleView = Type.Object({
  id: UuidV7,
  status: ScheduleStatus,
  amountPaise: AmountPaise,
  currency: Currency,
  note: Type.Optional(Note),
  payer: PartyView,
  payee: PartyView,
  recurrence: Recurrence,
  startsOn: Type.String({ ...IstDate, description: 'The date that the others follow from (IST).' }),
  until: Type.Optional(IstDate),
  count: Type.Optional(Count),
  createdAt: Timestamp,
  endedAt: Type.Optional(Timestamp),
  /** The next date of an active schedule. */
  next: Type.Optional(Type.Object({ number: Type.Integer(), on: IstDate })),
  /** What can be paid now. */
  due: Type.Optional(
    Type.Object({
      number: Type.Integer(),
      on: IstDate,
      payableUntil: Timestamp,
      paymentId: Type.String({
        ...UuidV7,
        description:
          'The id to pay it with, on every device: two that pay at once make one payment. When it is older than ' +
          'ids of payments may be, one that the client makes.',
      }),
      /** A payment of it is in progress. */
      isPaying: Type.Boolean(),
    }),
  ),
  /** Dates that were paid. */
  paid: Type.Integer(),
})
export type ScheduleView = Static<typeof ScheduleView>

export const OccurrenceView = Type.Object({
  number: Type.Integer(),
  on: IstDate,
  status: OccurrenceStatus,
  completedAt: Type.Optional(Timestamp),
  /** The payment that paid it. */
  paymentId: Type.Optional(UuidV7),
})
export type OccurrenceView = Static<typeof OccurrenceView>

const existing = Type.Object({ id: Uuid })
const Planned = {
  payerVpa: Type.String({ ...Vpa, description: 'My UPI ID, from which it is paid.' }),
  amountPaise: AmountPaise,
  note: Type.Optional(Note),
  recurrence: Recurrence,
  until: Type.Optional(Type.String({ ...IstDate, description: 'The last day that a date may have.' })),
  count: Type.Optional(Count),
}

export const makeSchedule = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/schedules/:id',
  access: { permission: 'schedules:write' },
  summary: 'Plan a payment, once or again and again; the same id and content again give the same schedule',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        payeeVpa: Vpa,
        ...Planned,
        startsOn: Type.String({ ...IstDate, description: 'The first date, today or later (IST).' }),
      },
      strict,
    ),
    response: { 200: ScheduleView },
  },
  problems: ['not-found', 'id-reused', 'id-out-of-range', 'rate-limited', 'bank-unreachable'],
} as const satisfies Contract

export const showSchedule = {
  service: 'payment',
  method: 'GET',
  url: '/v1/schedules/:id',
  access: { permission: 'schedules:read' },
  summary: 'One of my schedules, with its latest dates',
  schema: {
    params: existing,
    response: {
      200: Type.Object({ schedule: ScheduleView, occurrences: Type.Array(OccurrenceView) }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const listSchedules = {
  service: 'payment',
  method: 'GET',
  url: '/v1/schedules',
  access: { permission: 'schedules:read' },
  summary: 'My schedules, newest first, a page at a time',
  schema: {
    querystring: Type.Object(
      {
        show: Type.Optional(
          Type.Enum(['due', 'open', 'over'], {
            description: '`due`: can be paid now. `open`: active, paused, or due. `over`: the others.',
          }),
        ),
        ...pageQuery,
      },
      strict,
    ),
    response: {
      200: Type.Object({ schedules: Type.Array(ScheduleView), next: Type.Optional(Type.String()) }),
    },
  },
} as const satisfies Contract

export const changeSchedule = {
  service: 'payment',
  method: 'POST',
  url: '/v1/schedules/:id/change',
  access: { permission: 'schedules:write' },
  summary: 'Change a schedule from its next date on; what is left out (note, until, count) it no longer has',
  schema: {
    params: existing,
    body: Type.Object(
      {
        ...Planned,
        nextOn: Type.String({
          ...IstDate,
          description: 'The next date, which later ones follow from (IST).',
        }),
      },
      strict,
    ),
    response: { 200: ScheduleView },
  },
  problems: ['not-found', 'wrong-state', 'bank-unreachable'],
} as const satisfies Contract

export const pauseSchedule = {
  service: 'payment',
  method: 'POST',
  url: '/v1/schedules/:id/pause',
  access: { permission: 'schedules:write' },
  summary: 'Pause a schedule: what is due can still be paid, nothing new becomes due',
  schema: { params: existing, response: { 200: ScheduleView } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const resumeSchedule = {
  service: 'payment',
  method: 'POST',
  url: '/v1/schedules/:id/resume',
  access: { permission: 'schedules:write' },
  summary: 'Resume a paused schedule with its first date from today on',
  schema: { params: existing, response: { 200: ScheduleView } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const skipOccurrence = {
  service: 'payment',
  method: 'POST',
  url: '/v1/schedules/:id/skip',
  access: { permission: 'schedules:write' },
  summary: 'Skip one date of a schedule: the one that is due, or the next one',
  schema: {
    params: existing,
    body: Type.Object({ number: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }, strict),
    response: { 200: ScheduleView },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const endSchedule = {
  service: 'payment',
  method: 'POST',
  url: '/v1/schedules/:id/end',
  access: { permission: 'schedules:write' },
  summary: 'End a schedule for good; what is due and not being paid is skipped',
  schema: { params: existing, response: { 200: ScheduleView } },
  problems: ['not-found'],
} as const satisfies Contract
