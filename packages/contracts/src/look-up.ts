// What staff look up to answer a person: payments by their numbers, and one payment with all that happened to it.
// Personal data is masked; it is revealed for a reason, which is on record, as every look is.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Movement } from './feed.ts'
import { AmountPaise, Rrn, Timestamp, TxnId, Uuid, Vpa } from './formats.ts'
import { PaymentStatus } from './payment.ts'
import { LookReason } from './person-look-up.ts'

const strict = { additionalProperties: false } as const

const MaskedParty = Type.Object({
  vpa: Type.String({ description: 'Masked: `a•••@bahi`.' }),
  userId: Type.Optional(Type.String({ ...Uuid, description: 'Of who uses this app.' })),
  bank: Type.Optional(Type.String()),
})

const payment = {
  id: Uuid,
  txnId: TxnId,
  rrn: Rrn,
  status: PaymentStatus,
  /** UPI code of its end. */
  code: Type.Optional(Type.String()),
  amountPaise: AmountPaise,
  payer: MaskedParty,
  payee: MaskedParty,
  createdAt: Timestamp,
  completedAt: Type.Optional(Timestamp),
}
const FoundPayment = Type.Object(payment)
export type FoundPayment = Static<typeof FoundPayment>

export const InspectedPayment = Type.Object({
  ...payment,
  /** `ledger`: both accounts are ours; `out`, `through`, `in`: by way of the network. */
  route: Type.String(),
  events: Type.Array(
    Type.Object({
      id: Uuid,
      type: Type.String(),
      at: Timestamp,
      data: Type.Record(Type.String(), Type.Unknown(), { description: 'Personal data is masked.' }),
    }),
  ),
  movements: Type.Array(Movement),
})
export type InspectedPayment = Static<typeof InspectedPayment>

export const findPayments = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/payments',
  access: { permission: 'payments:look-up' },
  cost: 2,
  summary:
    'Payments by RRN, transaction id, id, UPI ID of a customer or person, newest first; of several all have to hold, ' +
    'and without any those in doubt are listed',
  schema: {
    querystring: Type.Object(
      {
        rrn: Type.Optional(Rrn),
        txnId: Type.Optional(TxnId),
        id: Type.Optional(Uuid),
        vpa: Type.Optional(Vpa),
        userId: Type.Optional(Uuid),
        before: Type.Optional(Type.String({ ...Uuid, description: '`next` of the page before' })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      },
      strict,
    ),
    response: { 200: Type.Object({ payments: Type.Array(FoundPayment), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract

export const inspectPayment = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/payments/:id',
  access: { permission: 'payments:look-up' },
  cost: 2,
  summary: 'One payment with its events and what the ledger did, personal data masked',
  schema: { params: Type.Object({ id: Uuid }), response: { 200: InspectedPayment } },
  problems: ['not-found'],
} as const satisfies Contract

const RevealedParty = Type.Object({
  vpa: Vpa,
  name: Type.String(),
  maskedNumber: Type.Optional(Type.String()),
})

export const revealPayment = {
  service: 'payment',
  method: 'POST',
  url: '/v1/operations/payments/:id/reveal',
  access: { permission: 'payments:reveal' },
  cost: 5,
  summary: 'Who paid whom and what for, unmasked, for a reason that is on record',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ reason: LookReason }, strict),
    response: {
      200: Type.Object({ payer: RevealedParty, payee: RevealedParty, note: Type.Optional(Type.String()) }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract
