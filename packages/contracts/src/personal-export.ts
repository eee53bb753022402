// The routes by which a person gets a copy of their data, and those by which services give their part of it.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid, UuidV7 } from './formats.ts'
import { StepUp } from './step-up.ts'

const strict = { additionalProperties: false } as const

export type ExportRules = {
  effectiveFrom: string
  /** Exports that a person can have made in a rolling day. */
  perDay: number
  /** How long the file can be fetched. */
  keepDays: number
  /** The newest payments and messages that one has; older ones are in statements. */
  maxRows: number
}

/** Newest last. A change is a new row with its date, never an edit. DPDP Act 2023, section 11: a summary on request. */
export const exportRules: readonly ExportRules[] = [
  { effectiveFrom: '2025-11-13T00:00:00+05:30', perDay: 2, keepDays: 3, maxRows: 5_000 },
]

export const ExportView = Type.Object({
  id: Uuid,
  /** `failed`: it became larger than a file may be. `expired`: the file is deleted. */
  status: Type.Enum(['waiting', 'ready', 'failed', 'expired']),
  requestedAt: Timestamp,
  expiresAt: Type.Optional(Timestamp),
  sha256: Type.Optional(Type.String({ description: 'SHA-256 of the file, in hex.' })),
})
export type ExportView = Static<typeof ExportView>

export const listExports = {
  service: 'user',
  method: 'GET',
  url: '/v1/me/exports',
  access: { permission: 'exports:read' },
  summary: 'Copies of my data that I asked for, newest first',
  schema: { response: { 200: Type.Object({ exports: Type.Array(ExportView) }) } },
} as const satisfies Contract

export const requestExport = {
  service: 'user',
  method: 'PUT',
  url: '/v1/me/exports/:id',
  access: { permission: 'exports:read', stepUp: { for: 'export-data', demand: 'always' } },
  cost: 2,
  summary: 'Have a copy of my data made, as one JSON file',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: ExportView },
  },
  problems: ['id-reused', 'id-out-of-range', 'rate-limited'],
} as const satisfies Contract

export const exportFile = {
  service: 'user',
  method: 'POST',
  url: '/v1/me/exports/:id/file',
  access: { permission: 'exports:read', stepUp: { for: 'export-data', demand: 'always' } },
  cost: 2,
  summary: 'Fetch a copy of my data, until it expires; each time is on record, and I get a message',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: Type.String({ contentMediaType: 'application/json' }) },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

const byUser = { services: ['user' as const] }
const part = {
  method: 'GET',
  access: byUser,
  timeoutMs: 30_000,
  summary: 'What the service holds about a person, for a copy of their data',
  schema: {
    params: Type.Object({ userId: Uuid }),
    querystring: Type.Object({ maxRows: Type.Integer({ minimum: 1, maximum: 100_000 }) }, strict),
    /** By subject: rows as the person would read them. */
    response: { 200: Type.Object({ data: Type.Record(Type.String(), Type.Unknown()) }) },
  },
} as const

export const personalDataInAuth = {
  ...{ ...part, service: 'auth', url: '/internal/auth/people/:userId/personal-data' },
} as const satisfies Contract
export const personalDataInAccount = {
  ...{ ...part, service: 'account', url: '/internal/account/people/:userId/personal-data' },
} as const satisfies Contract
export const personalDataInPayment = {
  ...{ ...part, service: 'payment', url: '/internal/payment/people/:userId/personal-data' },
} as const satisfies Contract
export const personalDataInNotification = {
  ...{ ...part, service: 'notification', url: '/internal/notification/people/:userId/personal-data' },
} as const satisfies Contract
