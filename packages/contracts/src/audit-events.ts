// What is on record of staff: what audit publishes, which is acts that the gateway reported and what operators did with
// dead letters; and what other services publish of what staff did about people.
import * as Type from 'typebox'
import { Uuid } from './formats.ts'
import { measureEvents } from './measure-events.ts'

/** What somebody does by a route. */
const ActOf = {
  actorId: Type.Optional(Uuid),
  sessionId: Type.Optional(Uuid),
  /** Of an app that acts, for the actor or for itself. */
  clientId: Type.Optional(Type.String()),
  operation: Type.String(),
  object: Type.Optional(Type.String()),
}

/** An operator's decision about a dead letter. */
const DeadLetterDecided = {
  operatorId: Uuid,
  queue: Type.String(),
  deadLetterId: Type.String(),
  eventIds: Type.Array(Type.String()),
}

export const auditEvents = {
  ...measureEvents,
  /** Before it is done; the stream is the act's. `object`: parameters of the path; `filters`: names of the query. */
  'audit.staff-acted': Type.Object({
    ...ActOf,
    filters: Type.Optional(Type.Array(Type.String())),
  }),
  /** What staff asked for was answered with this status. */
  'audit.staff-failed': Type.Object({ ...ActOf, status: Type.Integer() }),
  /** Answered with 403, so many times. */
  'audit.access-denied': Type.Object({ ...ActOf, count: Type.Integer() }),
  'audit.dead-letter-replayed': Type.Object(DeadLetterDecided),
  'audit.dead-letter-dropped': Type.Object(DeadLetterDecided),
  /** What was personal of people who were erased is gone from it; nobody decided that. */
  'audit.dead-letter-redacted': Type.Object({
    queue: Type.String(),
    deadLetterId: Type.String(),
    eventIds: Type.Array(Type.String()),
  }),
} as const
