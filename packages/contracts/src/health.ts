// The routes of health: what each service says of itself, and all of it as the operators see it.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract, ServiceName } from './contract.ts'
import { Timestamp } from './formats.ts'

/** The metrics that services report for it, with their meaning: docs/operate/metrics.md. The last is no metric. */
export const healthMetrics = [
  'bahi_dependency_up',
  'bahi_worker_stalled',
  'bahi_relay_lag_seconds',
  'bahi_queue_messages',
  'bahi_dead_letters',
  'bahi_due_work_waited_seconds',
  'bahi_due_work_given_up',
  'bahi_payments_pending',
  'bahi_payments_pending_oldest_seconds',
  'bahi_payments_deemed',
  'bahi_differences_open',
  'bahi_differences_oldest_seconds',
  'bahi_book_faults',
  'bahi_audit_records',
  'bahi_audit_checkpoint_age_seconds',
  'bahi_payments_recent',
] as const
export type HealthMetric = (typeof healthMetrics)[number]

/** Minutes over which payments are counted. */
export const recentMinutes = 5

/** Of one copy of a service. */
const ServiceFacts = Type.Object({
  version: Type.String(),
  startedAt: Timestamp,
  samples: Type.Array(
    Type.Object({
      name: Type.String(),
      labels: Type.Record(Type.String(), Type.String()),
      value: Type.Number(),
    }),
  ),
})
export type ServiceFacts = Static<typeof ServiceFacts>

const factsOf = <Name extends ServiceName>(service: Name) =>
  ({
    service,
    method: 'GET',
    url: `/internal/${service}/health`,
    access: { services: ['gateway'] },
    summary: `What a copy of ${service} says of its own health: the values of some of its metrics`,
    timeoutMs: 2_500,
    schema: { response: { 200: ServiceFacts } },
  }) as const satisfies Contract

export const healthOfAuth = factsOf('auth')
export const healthOfUser = factsOf('user')
export const healthOfAccount = factsOf('account')
export const healthOfPayment = factsOf('payment')
export const healthOfNotification = factsOf('notification')
export const healthOfAudit = factsOf('audit')

/** Of each service that is asked; the gateway asks. */
export const healthFacts = {
  auth: healthOfAuth,
  user: healthOfUser,
  account: healthOfAccount,
  payment: healthOfPayment,
  notification: healthOfNotification,
  audit: healthOfAudit,
} as const

const count = Type.Integer({ minimum: 0 })
const seconds = Type.Number({ minimum: 0 })

const ServiceHealth = Type.Object({
  name: Type.String(),
  status: Type.Enum(['up', 'degraded', 'down'], {
    description:
      '`degraded`: it answers, and a server that it needs does not, or a worker makes no progress. ' +
      '`down`: it does not.',
  }),
  since: Type.String({
    ...Timestamp,
    description: 'Up: when the copy that answered began. Otherwise: when this gateway first found it so.',
  }),
  version: Type.Optional(Type.String()),
  dependencies: Type.Array(Type.Object({ name: Type.String(), up: Type.Boolean() })),
  stalledWorkers: Type.Array(Type.String()),
})

/** What a service would say that does not answer is left out. */
export const PlatformHealth = Type.Object({
  at: Timestamp,
  services: Type.Array(ServiceHealth),
  payments: Type.Optional(
    Type.Object({
      minutes: Type.Integer({ description: 'How far back the next two count, by when a payment was begun.' }),
      settled: count,
      failed: count,
      pending: Type.Integer({ description: 'In doubt now, whenever they were begun.' }),
      pendingOldestS: seconds,
      deemed: Type.Integer({ description: 'Of these: counted as paid by the network, and not confirmed.' }),
    }),
  ),
  bookFaults: Type.Optional(Type.Integer({ description: 'Totals of the books that do not hold.' })),
  queues: Type.Array(Type.Object({ name: Type.String(), waiting: count, deadLetters: count })),
  unpublished: Type.Array(
    Type.Object({ service: Type.String(), oldestS: seconds }, { description: 'Events without a relay.' }),
  ),
  dueWork: Type.Array(
    Type.Object({ service: Type.String(), kind: Type.String(), lateS: seconds, givenUp: count }),
  ),
  differences: Type.Optional(
    Type.Array(Type.Object({ kind: Type.String(), open: count, oldestS: seconds }), {
      description: 'Kinds with open ones.',
    }),
  ),
  audit: Type.Optional(Type.Object({ records: count, checkpointAgeS: Type.Optional(seconds) })),
  backup: Type.Optional(
    Type.Object(
      {
        lastSuccessAt: Type.Optional(Timestamp),
        lastVerifiedAt: Type.Optional(Timestamp),
        verificationFailedAt: Type.Optional(Timestamp),
      },
      { description: 'Only with `BAHI_BACKUP_STATUS`.' },
    ),
  ),
})
export type PlatformHealth = Static<typeof PlatformHealth>

export const readHealth = {
  service: 'gateway',
  method: 'GET',
  url: '/v1/operations/health',
  access: { permission: 'health:read' },
  recordedAfterwards: true,
  summary: 'Services, payments, queues, due work, books, audit chain and backups at a glance; up to 5 s old',
  schema: { response: { 200: PlatformHealth } },
} as const satisfies Contract

/** Whether the last attempt to verify a backup did not end well. Both moments are ISO 8601 in UTC. */
export function hasFailedVerification({
  lastVerifiedAt = '',
  verificationFailedAt = '',
}: NonNullable<PlatformHealth['backup']>): boolean {
  return verificationFailedAt > lastVerifiedAt
}
