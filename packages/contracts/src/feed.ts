// What a sandbox shows of its inside: what services tell each other as they do it, and the way of one payment.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, TxnId, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

/** An event of any service, what is personal in it hidden. */
export const FeedItem = Type.Object({
  /** Grows: ask for what came after it. */
  seq: Type.Integer(),
  id: Type.String(),
  /** Whose event it is. */
  service: Type.String(),
  type: Type.String(),
  /** When it was written. */
  at: Timestamp,
  /** When the bus brought it. */
  heardAt: Timestamp,
  /** The payment that it is about. */
  paymentId: Type.Optional(Uuid),
  data: Type.Record(Type.String(), Type.Unknown()),
})
export type FeedItem = Static<typeof FeedItem>

export const feed = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/feed',
  access: 'public',
  summary:
    'What services told each other lately, oldest first, personal data hidden; waits for news when asked to',
  schema: {
    querystring: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        waitMs: Type.Optional(
          Type.Integer({ minimum: 0, maximum: 5_000, description: 'So long when there is nothing new.' }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ happenings: Type.Array(FeedItem), last: Type.Integer() }) },
  },
} as const satisfies Contract

/** One decision of the ledger. */
export const Movement = Type.Object({
  id: Uuid,
  /** `never`: an id that shall not happen any more. */
  kind: Type.Unsafe<'transfer' | 'hold' | 'commit' | 'void' | 'never'>(
    Type.Enum(['transfer', 'hold', 'commit', 'void', 'never']),
  ),
  /** UPI code; `00`: done. */
  code: Type.String(),
  amountPaise: Type.Integer(),
  postedAt: Timestamp,
  entries: Type.Array(
    Type.Object({
      /** Whose account: a customer's, or the house's own by its name (`treasury`, `settlement`). */
      of: Type.String(),
      amountPaise: Type.Integer(),
    }),
  ),
})
export type Movement = Static<typeof Movement>

/** For the sandbox alone, which shows it. */
export const movementsOf = {
  service: 'account',
  method: 'GET',
  url: '/internal/account/movements/:paymentId',
  access: { services: ['sandbox'] },
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
        /** What the switch noted; nothing when the payment never left the house. */
        network: Type.Array(Type.Object({ at: Timestamp, what: Type.String() })),
      }),
    },
  },
} as const satisfies Contract
