// People whom I block or report, and payments that I do not want to see in my history.
import * as Type from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid, UuidV7, Vpa } from './formats.ts'

const strict = { additionalProperties: false } as const
const params = Type.Object({ vpa: Vpa })

const BlockedPerson = Type.Object({ vpa: Vpa, name: Type.String(), blockedAt: Timestamp })

export const listBlocked = {
  service: 'payment',
  method: 'GET',
  url: '/v1/blocked-people',
  access: { permission: 'people:read' },
  summary: 'Who can neither pay me nor request from me',
  schema: { response: { 200: Type.Object({ blocked: Type.Array(BlockedPerson) }) } },
} as const satisfies Contract

export const blockPerson = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/blocked-people/:vpa',
  access: { permission: 'people:block' },
  summary:
    'Block a person, at all of their UPI IDs where they use this app: they can neither pay me nor request from me',
  schema: { params, response: { 200: BlockedPerson } },
  problems: ['wrong-state'],
} as const satisfies Contract

export const unblockPerson = {
  service: 'payment',
  method: 'DELETE',
  url: '/v1/blocked-people/:vpa',
  access: { permission: 'people:block' },
  summary: 'Take payments and requests of this person again',
  schema: { params, response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract

export const ReportReason = Type.Enum(['fraud', 'impersonation', 'spam', 'other'])

const Report = Type.Object({
  id: Uuid,
  userId: Uuid,
  vpa: Vpa,
  reportedUserId: Type.Optional(Uuid),
  reason: ReportReason,
  text: Type.Optional(Type.String()),
  paymentId: Type.Optional(Uuid),
  at: Timestamp,
})

export const reportPerson = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/reports/:id',
  access: { permission: 'people:block' },
  summary: 'Report a person to the operators; the same id again is the same report',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        vpa: Vpa,
        reason: ReportReason,
        text: Type.Optional(
          Type.String({ maxLength: 500, pattern: '^[^\\p{Cs}\\u202A-\\u202E\\u2066-\\u2069]*$' }),
        ),
        paymentId: Type.Optional(Uuid),
      },
      strict,
    ),
    response: { 200: Type.Object({ id: Uuid, at: Timestamp }) },
  },
  problems: ['id-reused', 'id-out-of-range', 'not-found'],
} as const satisfies Contract

export const listReports = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/reports',
  access: { permission: 'reports:read' },
  summary: 'What people reported of others, newest first',
  schema: {
    querystring: Type.Object(
      { vpa: Type.Optional(Vpa), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) },
      strict,
    ),
    response: { 200: Type.Object({ reports: Type.Array(Report) }) },
  },
} as const satisfies Contract

export const hidePayment = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/payments/:id/hidden',
  access: { permission: 'payments:hide' },
  summary:
    'Hide a completed payment from my history, or show it again; statements and the other side keep it',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ hidden: Type.Boolean() }, strict),
    response: { 200: Type.Object({ id: Uuid, hidden: Type.Boolean() }) },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract
