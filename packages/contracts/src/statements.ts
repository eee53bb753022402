// What payment answers about statements: a person's settled payments of some days as a file, and whether a file is one.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Language, Timestamp, Uuid, UuidV7 } from './formats.ts'
import { IstDate } from './recurrence.ts'

const strict = { additionalProperties: false } as const

export type StatementRules = {
  effectiveFrom: string
  /** Days that one statement can be about. */
  maxDays: number
  /** Payments that one statement can have; a longer one is refused as a whole, never cut. */
  maxRows: number
  /** Statements that a person can have made in a rolling day. */
  perDay: number
  /** How long the file can be fetched. */
  keepHours: number
}

/** Newest last. No rule of the network: what keeps the work of one person bounded. */
export const statementRules: readonly StatementRules[] = [
  { effectiveFrom: '2025-06-30T00:00:00+05:30', maxDays: 366, maxRows: 10_000, perDay: 20, keepHours: 72 },
]

export const StatementFormat = Type.Enum(['csv', 'pdf', 'xlsx'])
export type StatementFormat = Static<typeof StatementFormat>

/** `failed`: it has too many payments. `expired`: its file is deleted; what it was can still be verified. */
export const StatementStatus = Type.Enum(['waiting', 'ready', 'failed', 'expired'])
export type StatementStatus = Static<typeof StatementStatus>

const Sha256 = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 of the file, in hex.',
  examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
})

export const StatementView = Type.Object({
  id: UuidV7,
  status: StatementStatus,
  format: StatementFormat,
  language: Language,
  fromOn: IstDate,
  toOn: IstDate,
  accountId: Type.Optional(Uuid),
  /** Payments that are written, of all. */
  progress: Type.Object({ done: Type.Integer(), total: Type.Integer() }),
  createdAt: Timestamp,
  expiresAt: Type.Optional(Timestamp),
  sha256: Type.Optional(Sha256),
})
export type StatementView = Static<typeof StatementView>

const existing = Type.Object({ id: Uuid })

export const makeStatement = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/statements/:id',
  access: { permission: 'statements:read' },
  summary:
    'Have a statement of my settled payments made; the same id and content again give the same statement',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        fromOn: Type.String({ ...IstDate, description: 'The first day (IST).' }),
        toOn: Type.String({ ...IstDate, description: 'The last day (IST), not before the first.' }),
        accountId: Type.Optional(Type.String({ ...Uuid, description: 'Only of this account of mine.' })),
        format: StatementFormat,
        language: Language,
      },
      strict,
    ),
    response: { 200: StatementView },
  },
  problems: ['id-reused', 'id-out-of-range', 'rate-limited'],
} as const satisfies Contract

export const showStatement = {
  service: 'payment',
  method: 'GET',
  url: '/v1/statements/:id',
  access: { permission: 'statements:read' },
  summary: 'How far a statement of mine is',
  schema: { params: existing, response: { 200: StatementView } },
  problems: ['not-found'],
} as const satisfies Contract

export const statementFile = {
  service: 'payment',
  method: 'GET',
  url: '/v1/statements/:id/file',
  access: { permission: 'statements:read' },
  cost: 2,
  summary: 'The file of a statement of mine, until it expires',
  schema: {
    params: existing,
    response: {
      200: Type.String({
        contentMediaType:
          'application/pdf, text/csv, application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      }),
    },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

/** Where the app has the page that verifies it: printed on the statement. */
export const verificationPage = (id: string): string => `/verify/${id}`

/** For whoever is shown a statement: the file itself proves that they have it. */
export const verifyStatement = {
  service: 'payment',
  method: 'GET',
  url: '/v1/statements/:id/verification',
  access: 'public',
  cost: 2,
  summary: 'Whether a file with this hash is the statement with this id, as it was made',
  schema: {
    params: existing,
    querystring: Type.Object({ sha256: Sha256 }, strict),
    response: {
      200: Type.Object({
        genuine: Type.Boolean(),
        /** Of a genuine one. */
        fromOn: Type.Optional(IstDate),
        toOn: Type.Optional(IstDate),
        madeAt: Type.Optional(Timestamp),
        account: Type.Optional(
          Type.String({
            description: 'Of a statement of one account: its number as it is printed there.',
            examples: ['XXXXXXXX1234'],
          }),
        ),
        auditHash: Type.Optional(
          Type.String({ description: 'Newest hash of the audit chain when it was made.' }),
        ),
      }),
    },
  },
} as const satisfies Contract
