// The routes by which a person closes their account and is erased, and those by which services take part in it.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid, Vpa } from './formats.ts'
import { StepUp } from './step-up.ts'

const strict = { additionalProperties: false } as const

export type ErasureRules = {
  effectiveFrom: string
  /** From the request to the end of the account: so long it can be cancelled. */
  waitingDays: number
  /** Before the end, when the person is reminded. */
  reminderDays: number
  /** After which it is tried again while something is in the way. */
  retryDays: number
  /**
   * From the end of the account until what the law asks for is erased too: KYC, names and UPI IDs of payments, and the
   * person's key of the audit chain. Ids, amounts and dates stay with the books.
   */
  lawDays: number
}

/** Newest last. A change is a new row with its date, never an edit. */
export const erasureRules: readonly ErasureRules[] = [
  // PMLA, section 12: five years after the relationship has ended. DPDP Act 2023, section 12: erased otherwise.
  {
    effectiveFrom: '2025-11-13T00:00:00+05:30',
    waitingDays: 14,
    reminderDays: 2,
    retryDays: 1,
    lawDays: 1_827,
  },
]

/** What has to end before an account can: the person ends it, or it ends by itself. */
export const ErasureObstacle = Type.Enum(
  ['money', 'payments', 'requests', 'mandates', 'schedules', 'kyc', 'staff-role'],
  { description: 'What has to end before: money at our bank, or something that is in progress or in force.' },
)
export type ErasureObstacle = Static<typeof ErasureObstacle>

export const ErasureView = Type.Object({
  state: Type.Enum(['none', 'waiting']),
  requestedAt: Type.Optional(Timestamp),
  /** Until then it can be cancelled. */
  closesAt: Type.Optional(Timestamp),
  obstacles: Type.Array(ErasureObstacle),
  rules: Type.Object({ waitingDays: Type.Integer(), lawDays: Type.Integer() }),
})
export type ErasureView = Static<typeof ErasureView>

export const showErasure = {
  service: 'user',
  method: 'GET',
  url: '/v1/me/erasure',
  access: { permission: 'erasure:read' },
  summary: 'Whether my account is going to be closed and erased, when, and what is in the way',
  schema: { response: { 200: ErasureView } },
} as const satisfies Contract

export const requestErasure = {
  service: 'user',
  method: 'POST',
  url: '/v1/me/erasure',
  access: { permission: 'erasure:request', stepUp: { for: 'close-account', demand: 'always' } },
  cost: 2,
  summary: 'Have my account closed and erased after some days; refused while something is in the way',
  schema: { body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict), response: { 200: ErasureView } },
  problems: ['wrong-state'],
} as const satisfies Contract

export const cancelErasure = {
  service: 'user',
  method: 'DELETE',
  url: '/v1/me/erasure',
  access: { permission: 'erasure:request' },
  summary: 'Keep my account after all',
  schema: { response: { 200: ErasureView } },
  problems: ['wrong-state'],
} as const satisfies Contract

const params = Type.Object({ userId: Uuid })
const byUser = { services: ['user' as const] }
const obstacles = {
  method: 'GET',
  access: byUser,
  summary: 'What has to end before the account of a person can',
  schema: { params, response: { 200: Type.Object({ obstacles: Type.Array(ErasureObstacle) }) } },
} as const

export const obstaclesInAuth = {
  ...{ ...obstacles, service: 'auth', url: '/internal/auth/people/:userId/obstacles' },
} as const satisfies Contract
export const obstaclesInAccount = {
  ...{ ...obstacles, service: 'account', url: '/internal/account/people/:userId/obstacles' },
} as const satisfies Contract
export const obstaclesInPayment = {
  ...{ ...obstacles, service: 'payment', url: '/internal/payment/people/:userId/obstacles' },
} as const satisfies Contract

/**
 * Idempotent. From its answer on nothing enters the person's accounts at our bank but what was held before or is given
 * back, so that nobody keeps them from closing; the payer's code is `ZY`.
 */
export const closingInAccount = {
  service: 'account',
  method: 'PUT',
  url: '/internal/account/people/:userId/closing',
  access: byUser,
  summary: 'Let nothing more enter the accounts of a person who closes them, or end that',
  schema: {
    params,
    body: Type.Object(
      {
        closing: Type.Boolean(),
        whenEmpty: Type.Optional(Type.Boolean({ description: 'Refused while there is money.' })),
      },
      strict,
    ),
    response: { 200: Type.Object({ userId: Uuid, closing: Type.Boolean() }) },
  },
  problems: ['wrong-state'],
} as const satisfies Contract

/** `close`: the account ends, and what no law keeps is erased. `erase`: the rest, once its time is over. */
export const ErasureStage = Type.Enum(['close', 'erase'])
export type ErasureStage = Static<typeof ErasureStage>

const erase = {
  method: 'POST',
  access: byUser,
  timeoutMs: 30_000,
  summary: 'Close the account of a person, or erase them; the same again changes nothing',
  schema: {
    params,
    /** `vpas`: the person's UPI IDs, as account answers them. */
    body: Type.Object({ stage: ErasureStage, vpas: Type.Array(Vpa) }, strict),
    response: { 200: Type.Object({ vpas: Type.Array(Vpa) }) },
  },
  problems: ['wrong-state'],
} as const

export const eraseInAccount = {
  ...{ ...erase, service: 'account', url: '/internal/account/people/:userId/erasure' },
} as const satisfies Contract
export const eraseInAuth = {
  ...{ ...erase, service: 'auth', url: '/internal/auth/people/:userId/erasure' },
} as const satisfies Contract
export const eraseInPayment = {
  ...{ ...erase, service: 'payment', url: '/internal/payment/people/:userId/erasure' },
} as const satisfies Contract
export const eraseInNotification = {
  ...{ ...erase, service: 'notification', url: '/internal/notification/people/:userId/erasure' },
} as const satisfies Contract
export const eraseInAudit = {
  ...{ ...erase, service: 'audit', url: '/internal/audit/people/:userId/erasure' },
} as const satisfies Contract
