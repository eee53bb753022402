// What operators see and do about settlement: reconciled cycles, differences, checks of open payments.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Rrn, Timestamp, TxnId, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

export const CycleId = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}\\.C[0-9]{2}$',
  examples: ['2026-11-23.C04'],
})

/**
 * `missing-here`: the network counts what our ledger does not have. `missing-there`: the other way round.
 * `amount-differs`: amount or RRN. `late-success`: counted as paid, and failed here. `deemed-awaiting`: counted as paid
 * until the payee's bank confirms or returns. `reversal-pending`: reversed by one side, not yet by the other.
 */
export const differenceKinds = [
  'missing-here',
  'missing-there',
  'amount-differs',
  'late-success',
  'deemed-awaiting',
  'reversal-pending',
] as const
export const DifferenceKind = Type.Enum([...differenceKinds])
export type DifferenceKind = (typeof differenceKinds)[number]

export const SettlementCycle = Type.Object({
  id: CycleId,
  from: Timestamp,
  to: Timestamp,
  networkNetPaise: Type.Integer({ description: 'Positive: the network owes us.' }),
  ledgerNetPaise: Type.Integer({ description: 'What our ledger says of the same transactions.' }),
  matched: Type.Integer(),
  /** Differences found in it that are open still. */
  open: Type.Integer(),
  reconciledAt: Timestamp,
})
export type SettlementCycle = Static<typeof SettlementCycle>

export const Difference = Type.Object({
  id: Uuid,
  kind: DifferenceKind,
  cycle: CycleId,
  txnId: TxnId,
  rrn: Type.Optional(Rrn),
  side: Type.Enum(['DEBIT', 'CREDIT']),
  networkPaise: Type.Optional(Type.Integer()),
  ledgerPaise: Type.Optional(Type.Integer()),
  paymentStatus: Type.Optional(Type.String()),
  openedAt: Timestamp,
  /** Whole hours that it is open, or was. */
  ageHours: Type.Integer(),
  closedAt: Type.Optional(Timestamp),
  closedBy: Type.Optional(Uuid),
  note: Type.Optional(Type.String()),
})
export type Difference = Static<typeof Difference>

export const listCycles = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/reconciliation/cycles',
  access: { permission: 'reconciliation:read' },
  summary: 'Settlement cycles that were reconciled, newest first',
  schema: {
    querystring: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional(Type.String({ ...CycleId, description: '`next` of the page before' })),
      },
      strict,
    ),
    response: { 200: Type.Object({ cycles: Type.Array(SettlementCycle), next: Type.Optional(CycleId) }) },
  },
} as const satisfies Contract

export const reconcileCycle = {
  service: 'payment',
  method: 'POST',
  url: '/v1/operations/reconciliation/cycles/:cycle',
  access: { permission: 'reconciliation:handle' },
  timeoutMs: 60_000,
  summary: 'Reconcile a cycle that has ended, now; safe to repeat',
  schema: { params: Type.Object({ cycle: CycleId }), response: { 200: SettlementCycle } },
  problems: ['wrong-state', 'bank-unreachable', 'not-found'],
} as const satisfies Contract

export const listDifferences = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/reconciliation/differences',
  access: { permission: 'reconciliation:read' },
  summary: 'Differences between the network and our books, oldest first',
  schema: {
    querystring: Type.Object(
      {
        state: Type.Optional(Type.Enum(['open', 'closed'])),
        kind: Type.Optional(DifferenceKind),
        after: Type.Optional(Uuid),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      },
      strict,
    ),
    response: { 200: Type.Object({ differences: Type.Array(Difference), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract

export const closeDifference = {
  service: 'payment',
  method: 'POST',
  url: '/v1/operations/reconciliation/differences/:id/close',
  access: { permission: 'reconciliation:handle' },
  summary: 'Close a difference by hand, saying why',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object(
      { note: Type.String({ minLength: 5, maxLength: 500, examples: ['Checked with the bank'] }) },
      strict,
    ),
    response: { 200: Difference },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const checkOpenPayments = {
  service: 'payment',
  method: 'POST',
  url: '/v1/operations/payments/checks',
  access: { permission: 'payments:check' },
  summary: 'Check open payments in the network again, those beyond their last check too',
  schema: {
    body: Type.Object({ paymentIds: Type.Optional(Type.Array(Uuid, { maxItems: 100 })) }, strict),
    response: { 202: Type.Object({ asked: Type.Integer() }) },
  },
} as const satisfies Contract
