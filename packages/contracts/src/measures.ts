// What staff do about a person when money or an account is in danger: freeze them, end the freeze, end their sessions;
// and about a number that is not theirs any more: take it from them, or give them back their sign-in. One of the staff
// requests it with the reason, another approves it, and it is in effect at once.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Note, Phone, Timestamp, Uuid, UuidV7 } from './formats.ts'

const strict = { additionalProperties: false } as const

export const measureKinds = [
  'freeze',
  'unfreeze',
  'end-sessions',
  'release-phone',
  'restore-sign-in',
] as const
export const MeasureKind = Type.Enum([...measureKinds], {
  description:
    'freeze: the person cannot sign in, no money leaves, and money that comes to their accounts at our bank is ' +
    'declined (YE, YF) but for what is given back. end-sessions: signed out everywhere; they may sign in again. ' +
    'release-phone: their number is somebody else’s now. restore-sign-in: with `phone` they may reset their password.',
})
export type MeasureKind = Static<typeof MeasureKind>

export const measureStates = ['requested', 'approved', 'declined'] as const
const MeasureState = Type.Enum([...measureStates])
/** On record. */
const Why = Type.String({ ...Note, minLength: 5, maxLength: 300, examples: ['Three people report fraud'] })

export const Measure = Type.Object({
  id: Uuid,
  userId: Uuid,
  kind: MeasureKind,
  state: MeasureState,
  note: Type.String(),
  phoneEnding: Type.Optional(
    Type.String({ description: 'The last digits of the phone that it restores.', examples: ['3210'] }),
  ),
  requestedAt: Timestamp,
  requestedBy: Uuid,
  decidedAt: Type.Optional(Timestamp),
  decidedBy: Type.Optional(Uuid),
  decisionNote: Type.Optional(Type.String()),
})
export type Measure = Static<typeof Measure>

const params = Type.Object({ id: Uuid })

export const listMeasures = {
  service: 'auth',
  method: 'GET',
  url: '/v1/operations/measures',
  access: { permission: 'people:freeze' },
  summary: 'Freezes, their ends and ends of sessions, newest first, filtered',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional(Type.String({ ...Uuid, description: '`next` of the page before' })),
        userId: Type.Optional(Uuid),
        state: Type.Optional(MeasureState),
      },
      strict,
    ),
    response: { 200: Type.Object({ measures: Type.Array(Measure), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract

export const requestMeasure = {
  service: 'auth',
  method: 'PUT',
  url: '/v1/operations/measures/:id',
  access: { permission: 'people:freeze' },
  summary: 'Request a measure about a person, with the reason; somebody else of the staff approves it',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        ...{ userId: Uuid, kind: MeasureKind, note: Why },
        phone: Type.Optional({
          ...Phone,
          description:
            'With restore-sign-in alone: the phone that the person has now, as their documents say.',
        }),
      },
      strict,
    ),
    response: { 201: Measure },
  },
  problems: ['not-found', 'not-allowed', 'wrong-state', 'id-reused'],
} as const satisfies Contract

export const approveMeasure = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/measures/:id/approve',
  access: { permission: 'people:freeze' },
  cost: 5,
  summary: 'Approve what somebody else requested: it is in effect at once, and the person is notified',
  schema: { params, response: { 200: Measure } },
  problems: ['not-found', 'not-allowed', 'wrong-state'],
} as const satisfies Contract

export const declineMeasure = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/measures/:id/decline',
  access: { permission: 'people:freeze' },
  summary: 'Decline what was requested, or take back an own request',
  schema: { params, body: Type.Object({ note: Why }, strict), response: { 200: Measure } },
  problems: ['not-found', 'not-allowed', 'wrong-state'],
} as const satisfies Contract

const ofPerson = {
  params: Type.Object({ userId: Uuid }),
  body: Type.Object({ frozen: Type.Boolean() }, strict),
  response: { 200: Type.Object({ userId: Uuid, frozen: Type.Boolean() }) },
}

/** Idempotent. From its answer on no payment of the person begins. */
export const freezeInPayment = {
  service: 'payment',
  method: 'PUT',
  url: '/internal/payment/people/:userId/frozen',
  access: { services: ['auth'] },
  summary: 'Freeze the payments of a person, or end it',
  schema: ofPerson,
} as const satisfies Contract

/** Idempotent. What was held before is still captured. */
export const freezeInAccount = {
  service: 'account',
  method: 'PUT',
  url: '/internal/account/people/:userId/frozen',
  access: { services: ['auth'] },
  summary: 'Freeze the accounts of a person at our bank, or end it',
  schema: ofPerson,
} as const satisfies Contract
