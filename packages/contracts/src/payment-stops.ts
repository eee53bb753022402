// Stops of payments by staff, while something is wrong: what they refuse, who set and ended them, and why.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { notBlankNote, Timestamp, Uuid, UuidV7 } from './formats.ts'

const strict = { additionalProperties: false } as const

/**
 * What a stop refuses to begin. `payments`: what people pay by themselves. `requests`: asking for money, and paying
 * what was asked. `mandates`: making them, and their debits. `across-banks`: what needs the network. `handle`: what
 * pays, or is paid from, UPI IDs of one handle.
 */
export const stopScopes = [
  'everything',
  'payments',
  'requests',
  'mandates',
  'across-banks',
  'handle',
] as const
export type StopScope = (typeof stopScopes)[number]

/** What follows the @ of a UPI ID, in lower case. */
export const handlePattern = '^[a-z][a-z0-9.-]{1,29}$'
const Handle = Type.String({
  pattern: handlePattern,
  examples: ['ganga'],
  description: 'Of the scope `handle`: what follows the @.',
})
const Reason = Type.String({
  ...{ minLength: 5, maxLength: 500, pattern: notBlankNote },
  examples: ['The bank answers nothing since 02:10'],
})
const Message = Type.String({
  ...{ minLength: 5, maxLength: 200, pattern: notBlankNote },
  description: 'What people who are refused read besides, as it is written here.',
})

const about = {
  scope: Type.Enum([...stopScopes]),
  handle: Type.Optional(Handle),
  reason: Reason,
  message: Type.Optional(Message),
}

export const PaymentStop = Type.Object({
  id: Uuid,
  ...about,
  setBy: Uuid,
  setAt: Timestamp,
  endedBy: Type.Optional(Uuid),
  endedAt: Type.Optional(Timestamp),
  endReason: Type.Optional(Type.String()),
})
export type PaymentStop = Static<typeof PaymentStop>

const params = Type.Object({ id: Uuid })

export const listStops = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/payment-stops',
  access: { permission: 'stops:read' },
  summary: 'Stops of payments, in force and ended, newest first',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional({ ...Uuid, description: '`next` of the page before' }),
      },
      strict,
    ),
    response: { 200: Type.Object({ stops: Type.Array(PaymentStop), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract

export const setStop = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/operations/payment-stops/:id',
  access: { permission: 'stops:change' },
  summary: 'Stop payments, in force at once; the same id and content again give the same stop',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(about, strict),
    response: { 200: PaymentStop },
  },
  problems: ['wrong-state', 'id-reused'],
} as const satisfies Contract

export const endStop = {
  service: 'payment',
  method: 'POST',
  url: '/v1/operations/payment-stops/:id/end',
  access: { permission: 'stops:change' },
  summary: 'End a stop: payments begin again at once; safe to repeat',
  schema: {
    params,
    body: Type.Object({ reason: Reason }, strict),
    response: { 200: PaymentStop },
  },
  problems: ['not-found'],
} as const satisfies Contract

const StopOf = {
  stopId: Uuid,
  scope: Type.Enum([...stopScopes]),
  handle: Type.Optional(Type.String()),
  actorId: Uuid,
  note: Type.String(),
}

/** The stream is the stop's. */
export const stopEvents = {
  'payment.stop-set': Type.Object(StopOf),
  'payment.stop-ended': Type.Object(StopOf),
} as const
