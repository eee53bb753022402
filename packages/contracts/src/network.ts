// The network's messages: UPI's, with UPI's names, as JSON instead of XML; and the endpoints that receive them.
import * as Type from 'typebox'
import type { Static, TProperties } from 'typebox'
import type { Contract } from './contract.ts'
import { Ifsc, Note, Rrn, Timestamp, TxnId, Vpa } from './formats.ts'
import { DebitSequence, MandatePause, MandateTerms } from './mandate-rules.ts'
import { IstDate } from './recurrence.ts'

const strict = { additionalProperties: false } as const

/**
 * A message as it is sent: a flattened JWS (RFC 7515) over the message's bytes, signed with EdDSA by its sender, and
 * verified against the pinned key of the peer before anything of it is read.
 */
export const SignedMessage = Type.Object(
  {
    protected: Type.String({ maxLength: 300 }),
    payload: Type.String({ maxLength: 20_000, description: 'Base64url of the message.' }),
    signature: Type.String({ maxLength: 200 }),
  },
  strict,
)
export type SignedMessage = Static<typeof SignedMessage>

/** Says only that the message was received: the outcome comes as a message of its own. */
export const Ack = Type.Object({
  api: Type.String(),
  reqMsgId: Type.String(),
  /** A code when the message is refused and has no effect. */
  err: Type.Optional(Type.String()),
  ts: Timestamp,
})
export type Ack = Static<typeof Ack>

/** A time whose age can be computed: no leap second, nothing before the year 1000. */
const Moment = Type.String({
  format: 'date-time',
  pattern: '^[12][0-9]{3}-.+:[0-5][0-9](?:\\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})$',
  examples: ['2026-11-23T09:30:00.000Z'],
})

export const Head = Type.Object({
  ver: Type.Literal('2.0'),
  ts: Moment,
  /** The sender: a member, or the switch. */
  orgId: Type.String({ minLength: 1, maxLength: 20 }),
  /** Unique for each message; the same id again is the same message. */
  msgId: TxnId,
  prodType: Type.Literal('UPI'),
})
export type Head = Static<typeof Head>

/** Indian rupees with exactly two decimals, as UPI writes them. */
export const WireAmount = Type.Object({
  curr: Type.Literal('INR'),
  value: Type.String({ pattern: '^[0-9]{1,15}\\.[0-9]{2}$', examples: ['123456.00'] }),
})
export type WireAmount = Static<typeof WireAmount>

/** A bank account as its bank knows it. `acnum`: its number, or the reference that the bank gave for it. */
export const Ac = Type.Object({
  addrType: Type.Literal('ACCOUNT'),
  ifsc: Ifsc,
  actype: Type.Union([Type.Literal('SAVINGS'), Type.Literal('CURRENT')]),
  acnum: Type.String({ minLength: 1, maxLength: 36 }),
})
export type Ac = Static<typeof Ac>

/**
 * `PreApproved`: the payer's PSP is the payer's bank, and has authorised the debit itself. `UpiMandate`: the
 * payer's bank holds the mandate that `txn.umn` and `txn.seqNum` name.
 */
export const Creds = Type.Union([
  Type.Object({
    type: Type.Literal('PIN'),
    subType: Type.Literal('MPIN'),
    data: Type.String({ maxLength: 2048 }),
  }),
  Type.Object({ type: Type.Literal('PreApproved') }),
  Type.Object({ type: Type.Literal('UpiMandate') }),
])
export type Creds = Static<typeof Creds>

export const WireParty = Type.Object({
  addr: Vpa,
  name: Type.String({ maxLength: 99 }),
  type: Type.Union([Type.Literal('PERSON'), Type.Literal('ENTITY')]),
  /** `0000` for a person, else the merchant category. */
  code: Type.String({ pattern: '^[0-9]{4}$' }),
  ac: Type.Optional(Ac),
  creds: Type.Optional(Creds),
  amount: WireAmount,
})
export type WireParty = Static<typeof WireParty>

export const Txn = Type.Object({
  id: TxnId,
  note: Type.Optional(Note),
  /** The RRN: the same in all legs. */
  custRef: Rrn,
  /** When the transaction began, a collect when its payer approved it; the same in all legs. */
  ts: Moment,
  type: Type.Enum([
    ...['PAY', 'COLLECT', 'DEBIT', 'CREDIT', 'REVERSAL', 'CHKTXN', 'TXNCONF'],
    ...['CREATE', 'UPDATE', 'PAUSE', 'UNPAUSE', 'REVOKE', 'NOTIFY', 'PORT'],
  ] as const),
  /** The mandate that it is about, and its debit: of a COLLECT that needs no answer of the payer, and of a PAY. */
  umn: Type.Optional(Vpa),
  seqNum: Type.Optional(DebitSequence),
  /** How it began: UPI's codes of mode and purpose, and the reference (`tr`) of a merchant's order. */
  initiationMode: Type.Optional(Type.String({ pattern: '^[0-9]{2}$' })),
  purpose: Type.Optional(Type.String({ pattern: '^[0-9]{2}$' })),
  refId: Type.Optional(Type.String({ maxLength: 35 })),
  /** Where the payee describes the order (`url`). */
  refUrl: Type.Optional(Type.String({ maxLength: 35 })),
  /** In a reversal or a status check: the leg that it is about; `CREATE`: the mandate that was asked for. */
  subType: Type.Optional(Type.Enum(['PAY', 'COLLECT', 'DEBIT', 'CREDIT', 'REVERSAL', 'CREATE'])),
  /** Of a collect: minutes for the payer's answer (UPI's rule EXPIREAFTER). */
  expireAfter: Type.Optional(Type.Integer({ minimum: 1, maximum: 64_800 })),
})
export type Txn = Static<typeof Txn>

/**
 * The result. `DEEMED`: the beneficiary's side did not respond, and the money counts as credited until its bank
 * confirms or returns it. `PENDING`, only in a response to a status check: not decided yet.
 */
export const Resp = Type.Object({
  reqMsgId: Type.String(),
  result: Type.Enum(['SUCCESS', 'FAILURE', 'DEEMED', 'PENDING']),
  /** The switch's or the PSP's code; always there on a failure. */
  errCode: Type.Optional(Type.String({ minLength: 2, maxLength: 3 })),
})
export type Resp = Static<typeof Resp>

/** The response of one side's bank. */
export const Ref = Type.Object({
  type: Type.Union([Type.Literal('PAYER'), Type.Literal('PAYEE')]),
  addr: Vpa,
  respCode: Type.String({ minLength: 2, maxLength: 3 }),
  reversalRespCode: Type.Optional(Type.String({ minLength: 2, maxLength: 3 })),
  /** `0.00` when nothing moved. */
  settAmount: WireAmount.properties.value,
})
export type Ref = Static<typeof Ref>

/**
 * CREATE: what it is for and its terms; NOTIFY: the day of the debit that is announced. A confirmation has its terms
 * and its pause as they are then, whatever was changed: the newest one holds.
 */
const WireMandate = Type.Object({
  name: Type.Optional(Note),
  terms: Type.Optional(MandateTerms),
  pause: Type.Optional(MandatePause),
  dueOn: Type.Optional(IstDate),
  /** Of a PORT: the UPI ID that it debits from then on. */
  payerAddr: Type.Optional(Vpa),
})

const message = <N extends string, P extends TProperties>(api: N, properties: P) =>
  Type.Object({ api: Type.Literal(api), head: Head, txn: Txn, ...properties })
const parties = { payer: WireParty, payee: WireParty }
const answer = { resp: Resp, refs: Type.Array(Ref, { maxItems: 2 }) }

/** Messages by the name of their API; see docs/upi.md for who sends what to whom. */
export const messages = {
  /**
   * `txn.type`: PAY from a payer's PSP, COLLECT from a payee's, with the account to credit; DEBIT, CREDIT, REVERSAL to
   * a bank (`subType`: of which leg).
   */
  ReqPay: message('ReqPay', parties),
  RespPay: message('RespPay', answer),
  /** To the payee's PSP: resolve this address. Of a COLLECT to the payer's PSP: ask the payer. */
  ReqAuthDetails: message('ReqAuthDetails', parties),
  /** The account of the payee; of a COLLECT that of the payer, with credentials. */
  RespAuthDetails: message('RespAuthDetails', {
    resp: Resp,
    payee: Type.Optional(WireParty),
    payer: Type.Optional(WireParty),
  }),
  /** To the PSP of the other side: the result. */
  ReqTxnConfirmation: message('ReqTxnConfirmation', answer),
  RespTxnConfirmation: message('RespTxnConfirmation', { resp: Resp }),
  /**
   * To the payer's PSP, about a mandate of a payee elsewhere. `txn.type`: CREATE asks the payer, NOTIFY announces a
   * debit (`umn`, `seqNum`, amount, day), REVOKE ends it. PORT: another app takes it over; of an account at this PSP's
   * own bank with the PIN, which is that bank's to check.
   */
  ReqAuthMandate: message('ReqAuthMandate', { ...parties, mandate: WireMandate }),
  /**
   * Of a CREATE: whether the payer agrees, and the `umn` that the mandate has from then on. Of a PORT with the PIN: the
   * account that the other app debits from then on. Of any PORT that is done: how the mandate stands, with its pause.
   */
  RespAuthMandate: message('RespAuthMandate', {
    resp: Resp,
    payer: Type.Optional(WireParty),
    mandate: Type.Optional(WireMandate),
  }),
  /**
   * From the payee's PSP, about a mandate of a payer elsewhere: CREATE, NOTIFY, REVOKE as in `ReqAuthMandate`. From the
   * payer's, CREATE with the `umn`: the payer made one for a payee elsewhere. To the payer's bank, from the app that
   * keeps it: CREATE, UPDATE, PAUSE, UNPAUSE, REVOKE, with the account and, where it needs one, the PIN; each is a
   * transaction of its own.
   */
  ReqMandate: message('ReqMandate', { ...parties, mandate: WireMandate }),
  /** The answer; of a CREATE that asks a payer with the `umn`. From a bank: how it decided. */
  RespMandate: message('RespMandate', { resp: Resp }),
  /** What the payer did with a mandate (UPDATE, PAUSE, UNPAUSE, PORT, REVOKE): from their PSP, and to the payee's. */
  ReqMandateConfirmation: message('ReqMandateConfirmation', { mandate: WireMandate }),
  /** Status check of the transaction `txn.id`, or of its leg `txn.subType`. */
  ReqChkTxn: message('ReqChkTxn', {}),
  RespChkTxn: message('RespChkTxn', answer),
} as const
export type Api = keyof typeof messages
export type Message<A extends Api = Api> = { [K in A]: Static<(typeof messages)[K]> }[A]

const EndpointParams = Type.Object({
  api: Type.Enum(Object.keys(messages) as Api[]),
  txnId: TxnId,
})

/** The switch's endpoint, to which members send. The outcome comes to their own endpoints. */
export const toSwitch = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/upi/:api/2.0/:txnId',
  access: { services: ['payment', 'account'] },
  summary: 'Receive a signed UPI message; the response comes as a message of its own',
  schema: { params: EndpointParams, body: SignedMessage, response: { 200: Ack } },
} as const satisfies Contract

/** Our PSP's endpoint, for the messages that docs/upi.md names. Acknowledged when they are durable. */
export const toPsp = {
  service: 'payment',
  method: 'POST',
  url: '/upi/psp/:api/2.0/:txnId',
  access: 'network',
  summary: 'Signed UPI messages from the network to the PSP',
  schema: { params: EndpointParams, body: SignedMessage, response: { 200: Ack } },
} as const satisfies Contract

/**
 * Our bank's endpoint: ReqPay DEBIT, CREDIT and REVERSAL, ReqChkTxn, and ReqMandate of an app that keeps a mandate.
 */
export const toBank = {
  service: 'account',
  method: 'POST',
  url: '/upi/bank/:api/2.0/:txnId',
  access: 'network',
  summary: 'Signed UPI messages from the network to the bank',
  schema: { params: EndpointParams, body: SignedMessage, response: { 200: Ack } },
} as const satisfies Contract

/** `12345` → `123.45` */
export function amountToWire(paise: number): WireAmount {
  const digits = String(paise).padStart(3, '0')
  return { curr: 'INR', value: `${digits.slice(0, -2)}.${digits.slice(-2)}` }
}

export function amountFromWire({ value }: WireAmount): number {
  return Number(value.replace('.', ''))
}

/** The most specific code of a failed transaction: a bank's response code, else the switch's. */
export function failureCode({ resp, refs }: { resp: Resp; refs: Ref[] }): string {
  const bank = refs.find((ref) => ref.respCode !== '00')
  return bank?.respCode ?? resp.errCode ?? 'U08'
}
