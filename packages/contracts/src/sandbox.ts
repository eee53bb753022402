// The routes of the sandbox: bank accounts for tests, the inbox of SMS and mail, the other banks. Never shipped.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Account, Bank } from './account.ts'
import { CodeSigner } from './codes/code-signer.ts'
import { CodeText } from './codes/code-text.ts'
import type { Contract } from './contract.ts'
import { MerchantCategory, Reference } from './initiation.ts'
import {
  AmountPaise,
  CompactJwe,
  Ifsc,
  Note,
  PersonName,
  Phone,
  Rrn,
  Timestamp,
  TxnId,
  Uuid,
  Vpa,
} from './formats.ts'

const strict = { additionalProperties: false } as const
/** The maximum opening balance and payment: a thousand million rupees. */
const maxBalancePaise = 1_000_000_000_00

export const openAccount = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/accounts',
  access: 'public',
  summary: 'Open a bank account with a debit card for a phone number',
  schema: {
    body: Type.Object(
      {
        phone: Phone,
        bank: Type.String({ pattern: '^[A-Z]{4}$', examples: ['BAHI'] }),
        balancePaise: Type.Integer({ minimum: 0, maximum: maxBalancePaise, examples: [500_000] }),
        name: Type.Optional(PersonName),
        mcc: Type.Optional({ ...MerchantCategory, description: 'Opens it for a business of this category.' }),
      },
      strict,
    ),
    response: {
      201: Type.Object({
        accountRef: Type.String(),
        bank: Type.String(),
        ifsc: Ifsc,
        accountNumber: Type.String(),
        holderName: Type.String(),
        balancePaise: Type.Integer(),
        /** At another bank: the UPI ID issued by its own app, to pay to and to pay from. */
        vpa: Type.Optional(Vpa),
        card: Type.Object({ number: Type.String(), last6: Type.String(), expiry: Type.String() }),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const InboxMessage = Type.Object({
  id: Uuid,
  channel: Type.Union([Type.Literal('sms'), Type.Literal('email')]),
  to: Type.String(),
  subject: Type.Optional(Type.String()),
  text: Type.String(),
  at: Timestamp,
})
export type InboxMessage = Static<typeof InboxMessage>

export const readInbox = {
  service: 'sandbox',
  method: 'GET',
  url: '/sandbox/inbox',
  access: 'public',
  summary: 'SMS and mail to a phone number or address, newest first',
  schema: {
    querystring: Type.Object(
      {
        to: Type.Optional(Type.String({ maxLength: 254 })),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
      },
      strict,
    ),
    response: { 200: Type.Object({ messages: Type.Array(InboxMessage) }) },
  },
} as const satisfies Contract

/** The SMS carrier. */
export const sendSms = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/sms',
  access: { services: ['notification'] },
  summary: 'Accept an SMS for delivery; the same id is accepted once',
  schema: {
    body: Type.Object({ id: Uuid, to: Phone, text: Type.String({ maxLength: 1000 }) }, strict),
    response: { 202: Type.Object({ id: Uuid }) },
  },
} as const satisfies Contract

/** The other banks of the network, and their accounts of a phone number. */
export const otherBanks = {
  service: 'sandbox',
  method: 'GET',
  url: '/internal/sandbox/banks',
  access: { services: ['account'] },
  summary: 'Banks reached through the network',
  schema: { response: { 200: Type.Object({ banks: Type.Array(Bank) }) } },
} as const satisfies Contract

export const otherBankAccounts = {
  service: 'sandbox',
  method: 'GET',
  url: '/internal/sandbox/banks/:bank/accounts',
  access: { services: ['account'] },
  summary: 'Accounts of a phone number at another bank',
  schema: {
    params: Type.Object({ bank: Type.String({ pattern: '^[A-Z]{4}$' }) }),
    querystring: Type.Object({ phone: Phone }, strict),
    response: {
      200: Type.Object({
        accounts: Type.Array(
          Type.Object({
            accountRef: Type.String(),
            bank: Type.String(),
            ifsc: Ifsc,
            accountNumber: Type.String(),
            holderName: Type.String(),
            type: Type.Union([Type.Literal('savings'), Type.Literal('current')]),
            mcc: Type.Optional({ ...MerchantCategory, description: 'Of a business.' }),
            pinSet: Type.Boolean(),
          }),
        ),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

/** UPI's ReqValAdd: resolves addresses of other PSPs. Unknown ones are left out. */
export const valAdd = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/val-add',
  access: { services: ['account'] },
  summary: 'Resolve addresses of other PSPs',
  schema: {
    body: Type.Object({ addrs: Type.Array(Vpa, { minItems: 1, maxItems: 500 }) }, strict),
    response: {
      200: Type.Object({
        found: Type.Array(
          Type.Object({
            addr: Vpa,
            name: Type.String(),
            kind: Type.Union([Type.Literal('person'), Type.Literal('merchant')]),
            mcc: Type.Optional(MerchantCategory),
            bank: Type.String(),
            ifsc: Ifsc,
            accountRef: Type.String(),
            accountType: Account.properties.type,
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

/** UPI's ReqListKeys: the keys with which PINs for other banks are encrypted. */
export const listKeys = {
  service: 'sandbox',
  method: 'GET',
  url: '/internal/sandbox/upi/keys',
  access: { services: ['account'] },
  summary: 'The public keys of the network',
  schema: {
    response: { 200: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }) },
  },
} as const satisfies Contract

/** UPI's ReqListVae: whose signed codes can be verified. */
export const listVae = {
  service: 'sandbox',
  method: 'GET',
  url: '/internal/sandbox/upi/vae',
  access: { services: ['account'] },
  summary: 'Who signs codes in the network, with the public keys',
  schema: { response: { 200: Type.Object({ signers: Type.Array(CodeSigner) }) } },
} as const satisfies Contract

/** A code of a shop at another PSP, to scan: also ones that must be refused. */
export const signCode = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/codes',
  access: 'public',
  summary: 'A code that another PSP signed, or one with a fault',
  schema: {
    body: Type.Object(
      {
        amountPaise: AmountPaise,
        reference: Type.Optional(Type.String({ ...Reference, examples: ['ORD-17'] })),
        /** Default 480. */
        expiresInS: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400 })),
        fault: Type.Optional(
          Type.Enum(['unsigned', 'forged', 'reordered', 'other-amount', 'unknown-signer'], {
            description: 'What is wrong with it; left out: nothing.',
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ link: CodeText }) },
  },
} as const satisfies Contract

export const OtherAccount = Type.Object({
  bank: Type.String({ pattern: '^[A-Z]{4}$' }),
  accountRef: Type.String({ maxLength: 36 }),
})
/** UPI response codes, `00` when approved: ZM, Z6, AM, XH … */
export const BankAnswer = {
  code: Type.String({ minLength: 2, maxLength: 3 }),
  triesLeft: Type.Optional(Type.Integer()),
}

/** UPI's ReqSetCre: the first PIN by card and one-time code, or a change with the old PIN in the block. */
export const setCre = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/set-cre',
  access: { services: ['account'] },
  summary: 'Set the UPI PIN at another bank',
  schema: {
    body: Type.Object(
      {
        ...OtherAccount.properties,
        accountId: Uuid,
        card: Type.Optional(Type.Object({ last6: Type.String(), expiry: Type.String() }, strict)),
        pin: Type.String({ maxLength: 2048 }),
      },
      strict,
    ),
    response: { 200: Type.Object(BankAnswer) },
  },
} as const satisfies Contract

/** UPI's ReqBalEnq. */
export const balEnq = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/bal-enq',
  access: { services: ['account'] },
  summary: 'The balance at another bank, with the PIN',
  schema: {
    body: Type.Object(
      { ...OtherAccount.properties, accountId: Uuid, pin: Type.String({ maxLength: 2048 }) },
      strict,
    ),
    response: { 200: Type.Object({ ...BankAnswer, balancePaise: Type.Optional(Type.Integer()) }) },
  },
} as const satisfies Contract

/** A customer of another bank pays with the app of another PSP: an incoming payment. */
export const payFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/payments',
  access: 'public',
  summary: 'Pay one of our UPI IDs from an account at another bank',
  schema: {
    body: Type.Object(
      {
        payerVpa: Type.String({
          maxLength: 255,
          description: 'A UPI ID of another bank’s app.',
          examples: ['ok@sandbox'],
        }),
        payeeVpa: Vpa,
        // The addresses at @sandbox have unlimited funds: the sum of many payments must fit into a balance.
        amountPaise: Type.Integer({ minimum: 1, maximum: maxBalancePaise, examples: [25_000] }),
        note: Type.Optional(Note),
        code: Type.Optional({
          ...CodeText,
          description: 'The code that was scanned with the other app: its order goes on with the payment.',
          examples: ['upi://pay?pa=asha@bahi&mode=01'],
        }),
      },
      strict,
    ),
    response: { 202: Type.Object({ txnId: TxnId, rrn: Rrn }) },
  },
  problems: ['not-found', 'code-invalid'],
} as const satisfies Contract

/** A customer of another bank asks one of ours: an incoming collect. */
export const requestFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/requests',
  access: 'public',
  summary: 'Request money from one of our UPI IDs, with the app of another bank',
  schema: {
    body: Type.Object(
      {
        payeeVpa: Type.String({
          maxLength: 255,
          description: 'Who asks: a UPI ID of another bank’s app.',
          examples: ['ok@sandbox'],
        }),
        payerVpa: Vpa,
        amountPaise: AmountPaise,
        note: Type.Optional(Note),
        expiresInMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 64_800, examples: [30] })),
      },
      strict,
    ),
    response: { 202: Type.Object({ txnId: TxnId, rrn: Rrn }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

/** Those at @sandbox answer by themselves; `asleep@sandbox` never does. */
export const answerFromOutside = {
  service: 'sandbox',
  method: 'POST',
  url: '/sandbox/requests/:txnId/answer',
  access: 'public',
  summary: 'Approve or decline, with the app of another bank, what one of our customers asks for',
  schema: {
    params: Type.Object({ txnId: TxnId }),
    body: Type.Object(
      {
        approve: Type.Boolean(),
        pin: Type.Optional(
          Type.String({
            ...CompactJwe,
            description:
              'Of a debit of an account at our bank, by a mandate that another app keeps: the PIN block.',
          }),
        ),
      },
      strict,
    ),
    response: { 204: Type.Null() },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

/** What a member owes or is owed for one leg, in a settlement cycle of the switch. */
export const SettlementRow = Type.Object({
  txnId: TxnId,
  rrn: Rrn,
  /** DEBIT: the member owes it; CREDIT: it is owed to the member. Reversals and returns the other way round. */
  leg: Type.Union([
    Type.Literal('DEBIT'),
    Type.Literal('CREDIT'),
    Type.Literal('DEBIT-REVERSAL'),
    Type.Literal('CREDIT-REVERSAL'),
  ]),
  amountPaise: AmountPaise,
  /** `DEEMED` until the beneficiary's bank confirms (TCC) or returns (RET) it. */
  result: Type.Union([Type.Literal('SUCCESS'), Type.Literal('DEEMED')]),
  at: Timestamp,
})
export type SettlementRow = Static<typeof SettlementRow>

export const settlementReport = {
  service: 'sandbox',
  method: 'GET',
  url: '/internal/sandbox/upi/settlements/:cycle',
  access: { services: ['payment'] },
  summary: 'What a member owes and is owed for a settlement cycle that has ended, transaction by transaction',
  schema: {
    params: Type.Object({ cycle: Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}\\.C[0-9]{2}$' }) }),
    querystring: Type.Object(
      { after: Type.Optional(TxnId), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) },
      strict,
    ),
    response: {
      200: Type.Object({
        cycle: Type.String(),
        /** All transactions that began before this time are decided and reported. */
        completeUntil: Timestamp,
        netPaise: Type.Integer({ description: 'Positive: owed to the member.' }),
        rows: Type.Array(SettlementRow),
        next: Type.Optional(TxnId),
      }),
    },
  },
  problems: ['wrong-state', 'not-found'],
} as const satisfies Contract
