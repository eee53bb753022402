// What payment asks of account: who stands behind UPI IDs, and moving money in the ledger.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Account, BankCode } from './account.ts'
import type { Contract } from './contract.ts'
import { MerchantCategory } from './initiation.ts'
import { AmountPaise, CompactJwe, Ifsc, Rrn, Timestamp, TxnId, Uuid, UuidV7, Vpa } from './formats.ts'

const strict = { additionalProperties: false } as const

/** One end of a payment, as account knows it; what the other person may see is name, vpa and masked account. */
export const ResolvedVpa = Type.Object({
  vpa: Vpa,
  name: Type.String(),
  userId: Type.Optional(Uuid),
  /** Of the linked account; none behind another PSP's UPI ID. */
  accountId: Type.Optional(Uuid),
  bank: BankCode,
  ifsc: Ifsc,
  /** The bank's own reference of the account, as used in the network. Not for people. */
  accountRef: Type.String(),
  accountType: Account.properties.type,
  maskedNumber: Type.Optional(Type.String()),
  /** Whether the account stands in our own ledger. */
  onUs: Type.Boolean(),
  /** Left out: a person. Its PSP or its bank has registered it as a merchant. */
  kind: Type.Optional(Type.Literal('merchant')),
  /** Category of a merchant, verified by its PSP or bank; none of a person. */
  mcc: Type.Optional(MerchantCategory),
  /** When a UPI PIN was last set on this account: the new-PIN cooling counts from here. */
  pinSetAt: Type.Optional(Timestamp),
})
export type ResolvedVpa = Static<typeof ResolvedVpa>

/**
 * Many UPI IDs in one call; unknown ones are left out. Those of other handles are asked of the network; where it does
 * not answer in time they are named as unreachable, and so is one of ours whose holder's name does not open.
 */
export const resolveVpas = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/parties',
  access: { services: ['payment'] },
  summary: 'Who stands behind these UPI IDs',
  schema: {
    body: Type.Object({ vpas: Type.Array(Vpa, { maxItems: 500 }) }, strict),
    response: { 200: Type.Object({ parties: Type.Array(ResolvedVpa), unreachable: Type.Array(Vpa) }) },
  },
} as const satisfies Contract

/** `umn` names a mandate, `sequence` its debit, counted from 1. */
const debitOf = { umn: Vpa, sequence: Type.Integer({ minimum: 1 }) }
const MandateDebitRef = Type.Object(debitOf, strict)
export type MandateDebitRef = Static<typeof MandateDebitRef>

/** What allows a debit. */
export const Authorisation = Type.Union([
  /**
   * The payer entered the UPI PIN: a PIN block made for this transfer alone. `mandate`: to approve a debit that is too
   * large for the mandate alone, which must allow it as well.
   */
  Type.Object(
    { kind: Type.Literal('pin'), pin: CompactJwe, mandate: Type.Optional(MandateDebitRef) },
    strict,
  ),
  /** The payer's standing permission. */
  Type.Object({ kind: Type.Literal('mandate'), ...debitOf }, strict),
  /** Authorised before, by the network or another bank: for legs of the network, never for `postTransfers`. */
  Type.Object({ kind: Type.Literal('preapproved') }, strict),
])
export type Authorisation = Static<typeof Authorisation>

/** From whom to whom, and how much: what `id` stands for. */
export const TransferDetails = Type.Object(
  {
    id: UuidV7,
    payerUserId: Uuid,
    payerAccountId: Uuid,
    /** Left out with `hold`: the payee is behind the network. */
    payeeAccountId: Type.Optional(Uuid),
    hold: Type.Optional(Type.Literal(true)),
    payeeVpa: Vpa,
    amountPaise: AmountPaise,
  },
  strict,
)
export type TransferDetails = Static<typeof TransferDetails>

export const Transfer = Type.Object({ ...TransferDetails.properties, authorisation: Authorisation }, strict)
export type Transfer = Static<typeof Transfer>

export const TransferOutcome = Type.Object({
  id: Uuid,
  status: Type.Union([Type.Literal('posted'), Type.Literal('declined')]),
  /** UPI response code: `00` when posted. */
  code: Type.String({ minLength: 2, maxLength: 3 }),
  triesLeft: Type.Optional(Type.Integer()),
  postedAt: Type.Optional(Timestamp),
})
export type TransferOutcome = Static<typeof TransferOutcome>

/**
 * Debit the payer and credit the payee, both in our ledger, each item by itself and in one commit. Or, with `hold`,
 * reserve the amount for the network until `closeHolds`. Idempotent by `id`: repeating an item returns the same
 * outcome, declines included. An item without an outcome in the response is undecided, or its id is known with other
 * content.
 */
export const postTransfers = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/transfers',
  access: { services: ['payment'] },
  summary: 'Post many transfers or holds, each with its authorisation',
  schema: {
    body: Type.Object({ transfers: Type.Array(Transfer, { minItems: 1, maxItems: 500 }) }, strict),
    response: { 200: Type.Object({ outcomes: Type.Array(TransferOutcome) }) },
  },
} as const satisfies Contract

/**
 * What became of transfers or holds, without posting any. One that was never posted gets a tombstone: it is declined
 * with `XB` from then on, whatever authorisation it comes with. So every outcome is final. The details are those of the
 * transfer: the query locks the accounts that posting would lock, and waits for a transfer in flight.
 */
export const resolveTransfers = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/transfers/resolve',
  access: { services: ['payment'] },
  summary: 'What became of these transfers; those never posted are declined from now on',
  schema: {
    body: Type.Object({ transfers: Type.Array(TransferDetails, { minItems: 1, maxItems: 500 }) }, strict),
    response: { 200: Type.Object({ outcomes: Type.Array(TransferOutcome) }) },
  },
} as const satisfies Contract

/** What the network decided about a held payment. Idempotent: the first decision that arrives stands. */
export const HoldClosing = Type.Object(
  {
    /** The payment's id, under which it was held. */
    id: UuidV7,
    outcome: Type.Union([Type.Literal('capture'), Type.Literal('void')]),
    txnId: TxnId,
    rrn: Rrn,
  },
  strict,
)
export type HoldClosing = Static<typeof HoldClosing>

export const HoldOutcome = Type.Object({
  id: Uuid,
  /** `none`: there is no such hold, and there will be none. */
  status: Type.Union([Type.Literal('captured'), Type.Literal('voided'), Type.Literal('none')]),
  closedAt: Type.Optional(Timestamp),
})
export type HoldOutcome = Static<typeof HoldOutcome>

export const closeHolds = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/holds',
  access: { services: ['payment'] },
  summary: 'Capture held money for the network, or void the hold',
  schema: {
    body: Type.Object({ closings: Type.Array(HoldClosing, { minItems: 1, maxItems: 500 }) }, strict),
    response: { 200: Type.Object({ outcomes: Type.Array(HoldOutcome) }) },
  },
} as const satisfies Contract

/** Money that our bank moved for the network: one row for each leg that happened. */
export const Leg = Type.Object({
  txnId: TxnId,
  rrn: Rrn,
  leg: Type.Union([
    Type.Literal('DEBIT'),
    Type.Literal('CREDIT'),
    Type.Literal('DEBIT-REVERSAL'),
    Type.Literal('CREDIT-REVERSAL'),
  ]),
  amountPaise: AmountPaise,
  postedAt: Timestamp,
})
export type Leg = Static<typeof Leg>

export const legsPosted = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/legs',
  access: { services: ['payment'] },
  summary: 'What our bank moved for the network, of these transactions or in a time',
  schema: {
    body: Type.Object(
      {
        txnIds: Type.Optional(Type.Array(TxnId, { maxItems: 1000 })),
        from: Type.Optional(Timestamp),
        to: Type.Optional(Timestamp),
        /** `next` of the page before. */
        after: Type.Optional(Type.String({ maxLength: 60 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
      },
      strict,
    ),
    response: { 200: Type.Object({ legs: Type.Array(Leg), next: Type.Optional(Type.String()) }) },
  },
} as const satisfies Contract
