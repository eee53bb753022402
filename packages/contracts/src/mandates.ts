// What payment answers about mandates (UPI AutoPay): standing permissions to debit, and the debits they allow.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import {
  AmountPaise,
  CompactJwe,
  Currency,
  Note,
  pageQuery,
  Timestamp,
  Uuid,
  UuidV7,
  Vpa,
} from './formats.ts'
import { BankCode } from './account.ts'
import { Reference } from './initiation.ts'
import { DebitSequence, MandatePause, MandateTerms } from './mandate-rules.ts'
import { PartyView } from './payment.ts'
import { CodeText } from './codes/code-text.ts'
import { IstDate } from './recurrence.ts'

const strict = { additionalProperties: false } as const

/**
 * `requested`: the payee asked, the payer has not answered. `active`: debits are made (none while paused). The others
 * are final; `failed`: its authorisation was declined; `completed`: a ONETIME one was debited;
 * `ported`: another app of its payer has it now.
 */
export const MandateStatus = Type.Enum([
  'requested',
  'active',
  'declined',
  'failed',
  'revoked',
  'expired',
  'completed',
  'ported',
])
export type MandateStatus = Static<typeof MandateStatus>

/** `awaiting-approval`: above what is debited without PIN. `paid`, `failed`, `skipped` are final. */
export const DebitStatus = Type.Enum(['planned', 'awaiting-approval', 'paid', 'failed', 'skipped'])
export type DebitStatus = Static<typeof DebitStatus>

export const MandateDebit = Type.Object({
  id: UuidV7,
  /** Of the mandate, from 1. */
  sequence: Type.Integer(),
  status: DebitStatus,
  amountPaise: AmountPaise,
  note: Type.Optional(Note),
  dueOn: IstDate,
  /** Not before; an attempt is made in the hours that the rules allow. */
  executeAt: Timestamp,
  attempts: Type.Integer(),
  /** Of one that awaits approval. Without: the payee's app has not asked for it yet, and does so on its day. */
  approvableUntil: Type.Optional(Timestamp),
  /** UPI code of the last attempt that failed. */
  code: Type.Optional(Type.String()),
  /** The payment that paid it. */
  paymentId: Type.Optional(UuidV7),
})
export type MandateDebit = Static<typeof MandateDebit>

/** Of a payer with another app, which did not take the notice: nothing is debited, and the number is used again. */
export const isRefusedNotice = ({ status, attempts }: Pick<MandateDebit, 'status' | 'attempts'>): boolean =>
  status === 'failed' && attempts === 0

export const MandateView = Type.Object({
  id: UuidV7,
  umn: Type.Optional(
    Type.String({
      description:
        'UPI’s mandate number; of a payer with another app once they have agreed. A PIN block names the id in it, ' +
        'which is another one than `id` where its payer moved it here from there.',
    }),
  ),
  name: Type.String(),
  status: MandateStatus,
  direction: Type.Enum(['payer', 'payee'], { description: 'What the person who reads it is.' }),
  terms: MandateTerms,
  currency: Currency,
  /** The payee's own, of the code by which it was made. */
  reference: Type.Optional(Reference),
  pause: Type.Optional(MandatePause),
  payer: PartyView,
  payee: PartyView,
  /** Who names its debits: the payee, or the platform by the terms. */
  presentedBy: Type.Enum(['payee', 'platform']),
  /** UPI code of the last operation that was declined. */
  code: Type.Optional(Type.String()),
  triesLeft: Type.Optional(Type.Integer()),
  /** An operation whose outcome is not known yet. */
  operating: Type.Boolean(),
  createdAt: Timestamp,
  /** Of a requested one. */
  expiresAt: Type.Optional(Timestamp),
  endedAt: Type.Optional(Timestamp),
  /** A debit above it needs the PIN. */
  withoutPinPaise: AmountPaise,
  /** Of one that its payer has moved to another UPI ID: not before then again. */
  portableAfter: Type.Optional(Timestamp),
  /** The newest 50. */
  debits: Type.Array(MandateDebit),
})
export type MandateView = Static<typeof MandateView>

const params = Type.Object({ id: UuidV7 })
const existing = Type.Object({ id: Uuid })
const Name = Type.String({ ...Note, minLength: 1, description: 'What it is for.', examples: ['Newspaper'] })
const changed = ['not-found', 'wrong-state'] as const
const pinned = [...changed, 'bank-unreachable'] as const

export const createMandate = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/mandates/:id',
  access: { permission: 'mandates:create' },
  summary:
    'Allow debits from my account, with the UPI PIN; the same id and content again give the same mandate. ' +
    'With a code of the payee it must be what the code says, and the payee presents its debits',
  schema: {
    params,
    body: Type.Object(
      {
        payerVpa: Type.String({ ...Vpa, description: 'My UPI ID, which is debited.' }),
        payeeVpa: Vpa,
        name: Name,
        terms: MandateTerms,
        code: Type.Optional({ ...CodeText, description: 'The code or link by which I agree to it.' }),
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: MandateView },
  },
  problems: [
    ...(['not-found', 'id-reused', 'id-out-of-range', 'rate-limited', 'bank-unreachable'] as const),
    ...(['code-invalid', 'code-unsigned', 'code-forged', 'code-signer-unknown', 'code-expired'] as const),
    ...(['code-used', 'payments-stopped'] as const),
  ],
} as const satisfies Contract

export const requestMandate = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/mandates/:id/request',
  access: { permission: 'mandates:present' },
  summary: 'Ask a payer for a mandate of which I am the payee',
  schema: {
    params,
    body: Type.Object(
      {
        payeeVpa: Type.String({ ...Vpa, description: 'My UPI ID, which is paid.' }),
        payerVpa: Vpa,
        name: Name,
        terms: MandateTerms,
      },
      strict,
    ),
    response: { 200: MandateView },
  },
  problems: [
    ...['not-found', 'id-reused', 'id-out-of-range', 'request-not-permitted', 'rate-limited'],
    ...['bank-unreachable', 'payments-stopped'],
  ],
} as const satisfies Contract

export const approveMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/approve',
  access: { permission: 'mandates:create' },
  summary: 'Agree to a mandate that a payee asked for, with the UPI PIN',
  schema: {
    params: existing,
    body: Type.Object({ pin: CompactJwe }, strict),
    response: { 200: MandateView },
  },
  problems: [...pinned, 'rate-limited', 'payments-stopped'],
} as const satisfies Contract

export const declineMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/decline',
  access: { permission: 'mandates:change' },
  summary: 'Decline a mandate that a payee asked for',
  schema: { params: existing, response: { 200: MandateView } },
  problems: changed,
} as const satisfies Contract

export const showMandate = {
  service: 'payment',
  method: 'GET',
  url: '/v1/mandates/:id',
  access: { permission: 'mandates:read' },
  summary: 'One of my mandates, as payer or payee',
  schema: { params: existing, response: { 200: MandateView } },
  problems: ['not-found'],
} as const satisfies Contract

export const listMandates = {
  service: 'payment',
  method: 'GET',
  url: '/v1/mandates',
  access: { permission: 'mandates:read' },
  summary: 'My mandates, newest first, a page at a time; their debits are in each alone',
  schema: {
    querystring: Type.Object(
      {
        direction: Type.Optional(MandateView.properties.direction),
        status: Type.Optional(MandateStatus),
        ...pageQuery,
      },
      strict,
    ),
    response: { 200: Type.Object({ mandates: Type.Array(MandateView), next: Type.Optional(Type.String()) }) },
  },
} as const satisfies Contract

export const updateMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/update',
  access: { permission: 'mandates:create' },
  summary: 'Change the amount or the last day of a mandate, with the UPI PIN',
  schema: {
    params: existing,
    body: Type.Object(
      {
        amountPaise: MandateTerms.properties.amountPaise,
        validTo: MandateTerms.properties.validTo,
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: MandateView },
  },
  problems: pinned,
} as const satisfies Contract

export const pauseMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/pause',
  access: { permission: 'mandates:change' },
  summary: 'Let nothing be debited from one day to another',
  schema: { params: existing, body: MandatePause, response: { 200: MandateView } },
  problems: pinned,
} as const satisfies Contract

export const unpauseMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/unpause',
  access: { permission: 'mandates:create' },
  summary: 'Let debits be made again, with the UPI PIN',
  schema: {
    params: existing,
    body: Type.Object({ pin: CompactJwe }, strict),
    response: { 200: MandateView },
  },
  problems: pinned,
} as const satisfies Contract

export const revokeMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/revoke',
  access: { permission: 'mandates:change' },
  summary: 'End a mandate, as payer or payee',
  schema: { params: existing, response: { 200: MandateView } },
  problems: pinned,
} as const satisfies Contract

export const portMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/port',
  access: { permission: 'mandates:create' },
  summary:
    'Move a mandate to another of my UPI IDs, and its account at the same bank, with the UPI PIN of that account',
  schema: {
    params: existing,
    body: Type.Object(
      {
        payerVpa: Type.String({ ...Vpa, description: 'My UPI ID, which is debited from then on.' }),
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: MandateView },
  },
  problems: pinned,
} as const satisfies Contract

/** One of mine that another app keeps, for an account that I have linked here. */
export const HeldMandate = Type.Object({
  umn: Vpa,
  /** The app that keeps it, by the bank whose app it is. */
  app: Type.String(),
  payerVpa: Type.String({ ...Vpa, description: 'My UPI ID in that app.' }),
  payee: Type.Object({ vpa: Vpa, name: Type.String() }),
  name: Type.String(),
  terms: MandateTerms,
  pause: Type.Optional(MandatePause),
  bank: BankCode,
  /** Moved here or there lately: not before then again. */
  portableAfter: Type.Optional(Timestamp),
})
export type HeldMandate = Static<typeof HeldMandate>

/**
 * Of a linked account; which of mine it is, and the id in its number, which a PIN block names: once it is moved it is
 * here under the id of the answer, which is another one if its payee asked for it in this app.
 * `stays`: why it cannot be moved here at all: money is reserved for it, its payee is the same person, or uses this app
 * while such ones are not moved.
 */
const MandateElsewhere = Type.Object({
  ...HeldMandate.properties,
  ...{ id: Uuid, accountId: Uuid },
  stays: Type.Optional(Type.Enum(['money-reserved', 'own-payee', 'payee-here'])),
})
export type MandateElsewhere = Static<typeof MandateElsewhere>

export const listMandatesElsewhere = {
  service: 'account',
  method: 'GET',
  url: '/v1/mandates/elsewhere',
  access: { permission: 'mandates:read' },
  summary: 'My mandates that other apps keep, of the accounts that I have linked here',
  schema: { response: { 200: Type.Object({ mandates: Type.Array(MandateElsewhere) }) } },
  problems: ['bank-unreachable'],
} as const satisfies Contract

export const takeMandate = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/elsewhere/:umn/port',
  access: { permission: 'mandates:create' },
  summary:
    'Move a mandate that another app keeps to this one, with the UPI PIN of its account; again it is the same one',
  schema: {
    params: Type.Object({ umn: Vpa }),
    body: Type.Object(
      {
        payerVpa: Type.String({ ...Vpa, description: 'My UPI ID here, of the account that it debits.' }),
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: MandateView },
  },
  problems: [...pinned, 'rate-limited'],
} as const satisfies Contract

export const presentDebit = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:umn/executions',
  access: { permission: 'mandates:present' },
  summary: 'Announce the next debit of a mandate of which I am the payee; it is made on its day',
  schema: {
    params: Type.Object({ umn: Vpa }),
    body: Type.Object(
      {
        sequence: {
          ...DebitSequence,
          description:
            'One more than that of the debit before; the same again of one that the payer’s app refused.',
        },
        amountPaise: AmountPaise,
        dueOn: IstDate,
        note: Type.Optional(Note),
      },
      strict,
    ),
    response: { 200: MandateDebit },
  },
  problems: ['not-found', 'wrong-state', 'id-reused', 'rate-limited'],
} as const satisfies Contract

export const skipDebit = {
  service: 'payment',
  method: 'POST',
  url: '/v1/mandates/:id/executions/:sequence/skip',
  access: { permission: 'mandates:change' },
  summary: 'Opt out of one debit that was announced',
  schema: {
    params: Type.Object({ id: Uuid, sequence: DebitSequence }),
    response: { 200: MandateView },
  },
  problems: changed,
} as const satisfies Contract
