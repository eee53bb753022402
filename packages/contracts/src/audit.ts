// The routes of audit: the records of all events, whether the chain is whole, and dead letters.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

export const AuditRecord = Type.Object({
  seq: Type.Integer(),
  eventId: Uuid,
  source: Type.String(),
  type: Type.String(),
  subject: Type.String(),
  at: Timestamp,
  data: Type.Record(Type.String(), Type.Unknown()),
  hash: Type.String({ description: 'SHA-256 over the record and the hash before it, hex.' }),
})
export type AuditRecord = Static<typeof AuditRecord>

export const listRecords = {
  service: 'audit',
  method: 'GET',
  url: '/v1/audit/records',
  access: { permission: 'audit:read' },
  summary: 'Records, newest first, filtered',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        before: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: Number.MAX_SAFE_INTEGER,
            description: '`next` of the page before',
          }),
        ),
        source: Type.Optional(Type.String({ maxLength: 32 })),
        type: Type.Optional(Type.String({ maxLength: 64 })),
        subject: Type.Optional(Type.String({ maxLength: 100 })),
        from: Type.Optional(Timestamp),
        to: Type.Optional(Timestamp),
      },
      strict,
    ),
    response: { 200: Type.Object({ records: Type.Array(AuditRecord), next: Type.Optional(Type.Integer()) }) },
  },
} as const satisfies Contract

export const auditHead = {
  service: 'audit',
  method: 'GET',
  url: '/internal/audit/head',
  access: { services: ['payment'] },
  summary: 'The newest hash of the chain: what states it was made after that record',
  schema: { response: { 200: Type.Object({ seq: Type.Integer(), hash: Type.String() }) } },
} as const satisfies Contract

export const verifyRecords = {
  service: 'audit',
  method: 'POST',
  url: '/v1/audit/verify',
  access: { permission: 'audit:read' },
  timeoutMs: 60_000,
  summary: 'Check the chain: finds a changed, missing or reordered record',
  schema: {
    response: {
      200: Type.Object({
        whole: Type.Boolean(),
        records: Type.Integer(),
        lastHash: Type.Optional(Type.String()),
        faults: Type.Array(Type.Object({ seq: Type.Integer(), fault: Type.String() })),
      }),
    },
  },
} as const satisfies Contract

const DeadLetterHead = {
  id: Type.String(),
  queue: Type.String({ description: 'Queue of the service that could not handle it.' }),
  error: Type.String(),
  at: Timestamp,
}
const EventHead = {
  id: Type.String(),
  source: Type.String(),
  type: Type.String(),
  subject: Type.String(),
  at: Type.String(),
}
export const DeadLetterDetail = Type.Object({
  ...DeadLetterHead,
  events: Type.Array(
    Type.Object({
      ...EventHead,
      data: Type.Record(Type.String(), Type.Unknown(), { description: 'Personal data is masked.' }),
    }),
  ),
})
export type DeadLetterDetail = Static<typeof DeadLetterDetail>

const queueName = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: '^[a-z0-9.-]+$',
  examples: ['bahi.audit'],
})
const deadLetterParams = Type.Object({ queue: queueName, id: Type.String({ minLength: 1, maxLength: 100 }) })

export const listDeadLetters = {
  service: 'audit',
  method: 'GET',
  url: '/v1/operations/dead-letters',
  access: { permission: 'dead-letters:read' },
  summary: 'Batches of events that a service gave up on, oldest first',
  schema: {
    querystring: Type.Object({ queue: Type.Optional(queueName) }, strict),
    response: {
      200: Type.Object({
        deadLetters: Type.Array(
          Type.Object({ ...DeadLetterHead, events: Type.Array(Type.Object(EventHead)) }),
        ),
      }),
    },
  },
} as const satisfies Contract

export const showDeadLetter = {
  service: 'audit',
  method: 'GET',
  url: '/v1/operations/dead-letters/:queue/:id',
  access: { permission: 'dead-letters:read' },
  summary: 'One dead letter with the data of its events',
  schema: { params: deadLetterParams, response: { 200: DeadLetterDetail } },
  problems: ['not-found'],
} as const satisfies Contract

export const replayDeadLetter = {
  service: 'audit',
  method: 'POST',
  url: '/v1/operations/dead-letters/:queue/:id/replay',
  access: { permission: 'dead-letters:handle' },
  summary: 'Replay a dead letter to its service; the operator is recorded',
  schema: { params: deadLetterParams, response: { 202: Type.Object({ id: Type.String() }) } },
  problems: ['not-found'],
} as const satisfies Contract

export const dropDeadLetter = {
  service: 'audit',
  method: 'DELETE',
  url: '/v1/operations/dead-letters/:queue/:id',
  access: { permission: 'dead-letters:handle' },
  summary: 'Drop a dead letter for good; the operator is recorded',
  schema: { params: deadLetterParams, response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract
