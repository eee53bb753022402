// The routes of acts: what staff did and read, who was denied, whose sign-in failed. An act names what it is about by
// ids, and never holds the data itself.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const
export const maxActs = 500

export const Act = Type.Object(
  {
    kind: Type.Enum(['acted', 'failed', 'denied']),
    actorId: Type.Optional(Uuid),
    sessionId: Type.Optional(Uuid),
    /** Of an app that acts, for the actor or for itself. */
    clientId: Type.Optional(Type.String({ maxLength: 200 })),
    operation: Type.String({ maxLength: 64, description: 'The operation id of the route.' }),
    object: Type.Optional(Type.String({ maxLength: 200, description: 'The parameters of its path.' })),
    filters: Type.Optional(
      Type.Array(Type.String({ maxLength: 64 }), { maxItems: 32, description: 'Names of the query.' }),
    ),
    status: Type.Optional(Type.Integer()),
    count: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  strict,
)
export type Act = Static<typeof Act>

/** Before staff acts: what cannot be recorded is not done. Denials and failures come afterwards, together. */
export const recordActs = {
  service: 'audit',
  method: 'POST',
  url: '/internal/audit/acts',
  access: { services: ['gateway'] },
  summary: 'Record what staff does, and who was denied',
  schema: {
    body: Type.Object({ acts: Type.Array(Act, { minItems: 1, maxItems: maxActs }) }, strict),
    response: { 202: Type.Object({ recorded: Type.Integer() }) },
  },
} as const satisfies Contract

const filters = {
  actor: Type.Optional(Type.String({ ...Uuid, description: 'Who acted.' })),
  object: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'What it was about: an id, a UPI ID, or several as in the path.',
    }),
  ),
  kind: Type.Optional(
    Type.String({ maxLength: 64, description: 'Type of its event.', examples: ['audit.staff-acted'] }),
  ),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
  before: Type.Optional(
    Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: '`next` of the page before' }),
  ),
}

export const RecordedAct = Type.Object({
  seq: Type.Integer({ description: 'The number of its record in the chain.' }),
  kind: Type.String(),
  actor: Type.Optional(Uuid),
  object: Type.Optional(Type.String()),
  at: Timestamp,
  data: Type.Record(Type.String(), Type.Unknown()),
  hash: Type.String({ description: 'Of its record.' }),
})
export type RecordedAct = Static<typeof RecordedAct>

export const listActs = {
  service: 'audit',
  method: 'GET',
  url: '/v1/audit/acts',
  access: { permission: 'audit:read' },
  summary: 'What staff did and read, who was denied, whose sign-in failed; newest first, filtered',
  schema: {
    querystring: Type.Object(
      { limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })), ...filters },
      strict,
    ),
    response: { 200: Type.Object({ acts: Type.Array(RecordedAct), next: Type.Optional(Type.Integer()) }) },
  },
} as const satisfies Contract

export const exportActs = {
  service: 'audit',
  method: 'GET',
  url: '/v1/audit/acts/export',
  access: { permission: 'audit:read' },
  timeoutMs: 30_000,
  summary:
    'The same as lines of JSON, ten thousand in one answer; `{"next": …}` is the last line when there are more',
  schema: {
    querystring: Type.Object(filters, strict),
    response: { 200: Type.String({ contentMediaType: 'application/x-ndjson' }) },
  },
} as const satisfies Contract
