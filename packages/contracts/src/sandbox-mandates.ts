// The routes of the sandbox by which somebody with another app has a mandate of one of our payers, or gives one to a
// payee of ours. Never shipped.
import * as Type from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Note, TxnId, Vpa } from './formats.ts'
import { DebitSequence, MandatePause, MandateTerms } from './mandate-rules.ts'
import { IstDate } from './recurrence.ts'

const strict = { additionalProperties: false } as const

/** A merchant with another app, a subscription say, asks for a mandate; `shop@sandbox` is one. */
export const mandateFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/mandates',
  access: 'public',
  summary: 'Ask one of our UPI IDs for a mandate, with the app of another bank',
  schema: {
    body: Type.Object(
      {
        payeeVpa: Type.String({
          maxLength: 255,
          description: 'Who asks, and is paid: a UPI ID of another bank’s app.',
          examples: ['shop@sandbox'],
        }),
        payerVpa: Vpa,
        name: Type.String({ ...Note, minLength: 1, examples: ['Music'] }),
        terms: MandateTerms,
      },
      strict,
    ),
    response: { 202: Type.Object({ txnId: TxnId }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

const ofMandate = Type.Object({ txnId: TxnId })

/** `taken`: the payer was notified, and it is made on its day. */
export const showOutsideMandate = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/mandates/:txnId',
  access: 'public',
  summary: 'What became of a mandate that somebody with the app of another bank asked for, and of its debits',
  schema: {
    params: ofMandate,
    response: {
      200: Type.Object({
        txnId: TxnId,
        status: Type.Enum(['asked', 'active', 'paused', 'declined', 'revoked']),
        umn: Type.Optional(Vpa),
        code: Type.Optional(Type.String()),
        debits: Type.Array(
          Type.Object({
            sequence: DebitSequence,
            amountPaise: AmountPaise,
            dueOn: IstDate,
            status: Type.Enum(['announced', 'taken', 'made', 'refused']),
            attempts: Type.Integer(),
            code: Type.Optional(Type.String()),
          }),
        ),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const noticeFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/mandates/:txnId/debits',
  access: 'public',
  summary: 'Announce a debit of such a mandate; the payee’s app makes it on its day, four times at most',
  schema: {
    params: ofMandate,
    body: Type.Object(
      { sequence: DebitSequence, amountPaise: AmountPaise, dueOn: IstDate, note: Type.Optional(Note) },
      strict,
    ),
    response: { 204: Type.Null() },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const revokeFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/mandates/:txnId/revoke',
  access: 'public',
  summary: 'End such a mandate, as its payee',
  schema: { params: ofMandate, response: { 204: Type.Null() } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

/** Those that our payees asked for; at `@sandbox` they are agreed to at once. */
export const listPayerMandates = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/payer-mandates',
  access: 'public',
  summary: 'The newest 50 mandates that our payees asked of somebody with the app of another bank',
  schema: {
    response: {
      200: Type.Object({
        mandates: Type.Array(
          Type.Object({
            txnId: TxnId,
            /** `leaving`, `ported`: to our app. */
            status: Type.Enum(['asked', 'active', 'declined', 'expired', 'revoked', 'leaving', 'ported']),
            payerVpa: Vpa,
            payeeVpa: Vpa,
            name: Note,
            terms: MandateTerms,
            pause: Type.Optional(MandatePause),
            umn: Type.Optional(Vpa),
            code: Type.Optional(Type.String()),
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

const plain = <N extends string>(name: N) => Type.Object({ do: Type.Literal(name) }, strict)

/** What whoever pays by a mandate does with it in their own app. */
export const MandateChange = [
  plain('unpause'),
  plain('revoke'),
  Type.Object(
    {
      do: Type.Literal('update'),
      amountPaise: MandateTerms.properties.amountPaise,
      validTo: MandateTerms.properties.validTo,
    },
    strict,
  ),
  Type.Object({ do: Type.Literal('pause'), ...MandatePause.properties }, strict),
] as const

/** What whoever pays by it does with their own app. */
export const changePayerMandate = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/payer-mandates/:txnId',
  access: 'public',
  summary: 'Agree to such a mandate, decline, change, pause or end it, with the app of another bank',
  schema: {
    params: ofMandate,
    body: Type.Union([plain('agree'), plain('decline'), ...MandateChange], { examples: [{ do: 'agree' }] }),
    response: { 204: Type.Null() },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract
