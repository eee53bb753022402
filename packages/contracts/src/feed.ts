// The routes by which a sandbox shows its inside: the events of all services as they happen, and one payment's trace.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, TxnId, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

/** An event of any service, with personal data masked. */
export const FeedItem = Type.Object({
  /** Ascending: the number to read on from. */
  seq: Type.Integer(),
  id: Type.String(),
  /** The service that published it. */
  service: Type.String(),
  type: Type.String(),
  /** When it was stored. */
  at: Timestamp,
  /** When the bus delivered it. */
  receivedAt: Timestamp,
  /** The payment that it belongs to. */
  paymentId: Type.Optional(Uuid),
  data: Type.Record(Type.String(), Type.Unknown()),
})
export type FeedItem = Static<typeof FeedItem>

export const feed = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/feed',
  access: 'public',
  summary: 'Recent events of all services, oldest first, with personal data masked; can wait for new ones',
  schema: {
    querystring: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        waitMs: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: 5_000,
            description: 'How long to wait when there is no new event.',
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ events: Type.Array(FeedItem), last: Type.Integer() }) },
  },
} as const satisfies Contract

/** One decision of the ledger about a transfer. */
export const Movement = Type.Object({
  id: Uuid,
  /** `tombstone`: bars the id from ever being posted. */
  kind: Type.Unsafe<'transfer' | 'hold' | 'capture' | 'void' | 'tombstone'>(
    Type.Enum(['transfer', 'hold', 'capture', 'void', 'tombstone']),
  ),
  /** UPI code; `00`: approved. */
  code: Type.String(),
  amountPaise: Type.Integer(),
  postedAt: Timestamp,
  entries: Type.Array(
    Type.Object({
      /** Whose account: a customer's, or an internal account by its name (`treasury`, `settlement`). */
      of: Type.String(),
      amountPaise: Type.Integer(),
    }),
  ),
})
export type Movement = Static<typeof Movement>

/** For who looks a payment up, and for the sandbox, which shows it. */
export const movementsOf = {
  service: 'account',
  method: 'GET',
  url: '/internal/account/movements/:paymentId',
  access: { services: ['payment', 'sandbox'] },
  summary: 'What the ledger decided about a payment, in order',
  schema: {
    params: Type.Object({ paymentId: Uuid }),
    querystring: Type.Object({ txnId: TxnId }, strict),
    response: { 200: Type.Object({ movements: Type.Array(Movement) }) },
  },
} as const satisfies Contract

export const paymentTrace = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/feed/payments/:paymentId',
  access: 'public',
  summary: 'What the ledger and the network did for a payment',
  schema: {
    params: Type.Object({ paymentId: Uuid }),
    querystring: Type.Object({ txnId: TxnId }, strict),
    response: {
      200: Type.Object({
        movements: Type.Array(Movement),
        /** Steps at the switch; empty when both accounts are ours. */
        network: Type.Array(Type.Object({ at: Timestamp, what: Type.String() })),
      }),
    },
  },
} as const satisfies Contract
