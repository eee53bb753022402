// The routes of the sandbox for mandates at other banks and across apps: their operations, what other apps keep, how a
// mandate moves from and to them.
// Never shipped.
import * as Type from 'typebox'
import { BankOperation } from './bank-mandates.ts'
import type { Contract } from './contract.ts'
import { AmountPaise, Note, Timestamp, TxnId, Uuid, UuidV7, Vpa } from './formats.ts'
import { DebitSequence, MandateTerms } from './mandate-rules.ts'
import { HeldMandate } from './mandates.ts'
import { IstDate } from './recurrence.ts'
import { BankAnswer, OtherAccount } from './sandbox.ts'
import { MandateChange } from './sandbox-mandates.ts'

const strict = { additionalProperties: false } as const

/** `nth`: of the tries of one app, of which the newest alone counts. */
const PortRequest = {
  ...OtherAccount.properties,
  ...{ fromUmn: Vpa, toUmn: Vpa, nth: Type.Integer({ minimum: 1 }) },
}

/** UPI's ReqMandate to the payer's bank: the `nth` operation on a mandate, or what became of it. */
export const reqOperation = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/mandate',
  access: { services: ['account'] },
  summary: 'Authorise or change a mandate of an account at another bank',
  schema: {
    body: Type.Object(
      {
        ...OtherAccount.properties,
        umn: Vpa,
        nth: Type.Integer({ minimum: 1 }),
        operation: Type.Optional(BankOperation),
        pin: Type.Optional(Type.String({ maxLength: 2048 })),
      },
      strict,
    ),
    response: { 200: Type.Object({ ...BankAnswer, liveUntil: Type.Optional(IstDate) }) },
  },
} as const satisfies Contract

/** The mandates of these accounts that other apps keep. */
export const listHeld = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/mandates/held',
  access: { services: ['account', 'payment'] },
  summary: 'The mandates of these accounts that other apps keep',
  schema: {
    body: Type.Object({ accounts: Type.Array(OtherAccount, { maxItems: 100 }) }, strict),
    response: {
      200: Type.Object({
        held: Type.Array(
          Type.Object({
            ...{ ...HeldMandate.properties, accountRef: Type.String(), mcc: Type.String() },
            ...{ txnId: TxnId, rrn: Type.String() },
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

/** UPI's ReqMandate PORT: the other app ports the mandate out. */
export const requestPort = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/mandates/port',
  access: { services: ['payment'] },
  summary: 'Have the app that keeps a mandate port it out',
  schema: {
    body: Type.Object(PortRequest, strict),
    response: {
      200: Type.Object({
        code: BankAnswer.code,
        lastSequence: Type.Integer(),
        debits: Type.Array(
          Type.Object({
            sequence: DebitSequence,
            amountPaise: AmountPaise,
            dueOn: IstDate,
            noticedAt: Timestamp,
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

/** How its bank decided. */
export const closePort = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/mandates/port/close',
  access: { services: ['payment'] },
  summary: 'Tell the other app whether the mandate is ours now',
  schema: {
    body: Type.Object({ ...PortRequest, code: BankAnswer.code }, strict),
    response: { 204: Type.Null() },
  },
} as const satisfies Contract

/** A PIN of the sandbox's banks, or a PIN block, which our bank alone opens. */
const Pin = Type.String({
  pattern: '^([0-9]{4}|[0-9]{6}|[A-Za-z0-9_-]+([.][A-Za-z0-9_-]*){4})$',
  maxLength: 2048,
  description: 'The UPI PIN of the account; of one at our bank its PIN block, which our bank alone opens.',
  examples: ['407153'],
})

/** A customer of another bank, or of ours, gives one to a payee of another app, with an app that is not ours. */
export const mandateInOtherApp = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/mandates/other-apps',
  access: 'public',
  summary:
    'Give a mandate with another app, for an account at another bank or ours: it can be moved to our app',
  schema: {
    body: Type.Object(
      {
        payerVpa: Type.String({
          maxLength: 255,
          description: 'The customer’s UPI ID in the other app.',
          examples: ['9876500001@ganga'],
        }),
        payeeVpa: Type.String({ maxLength: 255, examples: ['shop@sandbox'] }),
        name: Type.String({ ...Note, minLength: 1, examples: ['Music'] }),
        terms: MandateTerms,
        atOurBank: Type.Optional(
          Type.Object(
            {
              accountRef: Type.String({ ...Uuid, description: 'As our bank names the account.' }),
              mandateId: Type.String({ ...UuidV7, description: 'New; its PIN block names it.' }),
              pin: Pin,
            },
            {
              ...strict,
              description: 'Of an account at our bank, which decides it; the UPI ID is any free one.',
            },
          ),
        ),
      },
      strict,
    ),
    response: { 202: Type.Object({ txnId: TxnId, umn: Vpa }) },
  },
  problems: ['not-found', 'request-invalid'],
} as const satisfies Contract

/** The customer moves a mandate from our app to another one, with the PIN that its bank checks. */
export const portFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/mandates/port',
  access: 'public',
  summary: 'Move a mandate from our app to another one',
  schema: {
    body: Type.Object(
      {
        umn: Type.String({ ...Vpa, description: 'Its number in our app.' }),
        payerVpa: Type.String({ ...Vpa, description: 'The customer’s UPI ID in the other app.' }),
        pin: Pin,
      },
      strict,
    ),
    response: { 202: Type.Object({ umn: Vpa }) },
  },
  problems: ['not-found', 'wrong-state', 'request-not-permitted'],
} as const satisfies Contract

/** The customer changes, pauses or ends one that an app of another bank keeps. Its bank decides. */
export const changeInOtherApp = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/mandates/other-apps/change',
  access: 'public',
  summary: 'Change, pause or end a mandate with the app of another bank that keeps it',
  schema: {
    body: Type.Object(
      {
        umn: Type.String({ ...Vpa, description: 'Its number in that app.' }),
        change: Type.Union([...MandateChange], { examples: [{ do: 'revoke' }] }),
        pin: Type.Optional(Pin),
      },
      strict,
    ),
    response: { 202: Type.Object({ txnId: TxnId }) },
  },
  problems: ['not-found', 'wrong-state', 'request-not-permitted'],
} as const satisfies Contract
