// What payment answers: paying, status, history, receipts.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { CodeText } from './codes/code-text.ts'
import { Initiation, InitiationInput } from './initiation.ts'
import {
  AmountPaise,
  CompactJwe,
  Currency,
  Note,
  Rrn,
  Timestamp,
  TxnId,
  Uuid,
  UuidV7,
  Vpa,
  maxAmountPaise,
  pageQuery,
} from './formats.ts'

const strict = { additionalProperties: false } as const

/** `pending`: begun, outcome not known yet; the money is safe. The other two are final. */
export const PaymentStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('settled'),
  Type.Literal('failed'),
])
export type PaymentStatus = Static<typeof PaymentStatus>

export const PartyView = Type.Object({
  vpa: Vpa,
  name: Type.String(),
  bank: Type.Optional(Type.String()),
  maskedNumber: Type.Optional(Type.String()),
})

export const PaymentView = Type.Object({
  id: UuidV7,
  txnId: TxnId,
  rrn: Rrn,
  status: PaymentStatus,
  direction: Type.Union([Type.Literal('debit'), Type.Literal('credit')], {
    description: 'As the asker sees it.',
  }),
  amountPaise: AmountPaise,
  currency: Currency,
  note: Type.Optional(Note),
  payer: PartyView,
  payee: PartyView,
  /** How it began; the payee sees the origin without its id. */
  initiation: Type.Optional(Initiation),
  failure: Type.Optional(
    Type.Object({
      /** UPI response code. */
      code: Type.String(),
      /** For the person: what happened and what to do. */
      message: Type.String(),
      /** What refused it before it began: as in a quote. */
      reason: Type.Optional(Type.String()),
      triesLeft: Type.Optional(Type.Integer()),
    }),
  ),
  /** While it is pending: what to show the person. The money is safe, whatever happens. */
  pending: Type.Optional(
    Type.Object({
      reason: Type.Union([
        Type.Literal('in-progress'),
        Type.Literal('checking'),
        /** The payee's bank has not confirmed: it credits or returns. */
        Type.Literal('deemed'),
      ]),
      message: Type.String(),
      /** By then it is paid, or the money is back. */
      returnBy: Timestamp,
    }),
  ),
  /** When it was paid: the date of the payment everywhere. */
  createdAt: Timestamp,
  /** When it was settled or failed: shown beside it. */
  completedAt: Type.Optional(Timestamp),
})
export type PaymentView = Static<typeof PaymentView>

export const pay = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/payments/:id',
  access: { permission: 'payments:create' },
  timeoutMs: 15_000,
  summary: 'Pay a UPI ID; the same id and content again give the same payment',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        payerVpa: Vpa,
        payeeVpa: Vpa,
        amountPaise: AmountPaise,
        note: Type.Optional(Note),
        initiation: Type.Optional(InitiationInput),
        code: Type.Optional({
          ...CodeText,
          description:
            'The code or link that is paid, as it was scanned, instead of `initiation`: its order is checked again, ' +
            'with its signature, and it must be for this payee and amount. Codes of a secure mode are paid only so.',
        }),
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: PaymentView },
  },
  problems: [
    ...(['not-found', 'id-reused', 'id-out-of-range', 'wrong-state', 'bank-unreachable'] as const),
    ...(['code-invalid', 'code-unsigned', 'code-forged', 'code-signer-unknown', 'code-expired'] as const),
    ...(['code-paid', 'payments-stopped'] as const),
  ],
} as const satisfies Contract

export const showPayment = {
  service: 'payment',
  method: 'GET',
  url: '/v1/payments/:id',
  access: { permission: 'payments:read' },
  summary: 'One of my payments, as payer or payee',
  schema: { params: Type.Object({ id: Uuid }), response: { 200: PaymentView } },
  problems: ['not-found'],
} as const satisfies Contract

/** A payment's date is `createdAt`, when it was paid: in lists, receipts and statements of payments alike. */
const momentOf = (description: string) =>
  Type.String({
    format: 'date-time',
    description: `${description}. RFC 3339 with a zone, of the years 1 to 2999.`,
    examples: ['2026-11-23T09:30:00.000Z'],
  })

export const listPayments = {
  service: 'payment',
  method: 'GET',
  url: '/v1/payments',
  access: { permission: 'payments:read' },
  summary: 'My payments, newest first, filtered, a page at a time',
  schema: {
    querystring: Type.Object(
      {
        ...pageQuery,
        status: Type.Optional(PaymentStatus),
        hidden: Type.Optional(
          Type.Boolean({ description: 'True: those that I have hidden, and no others.' }),
        ),
        direction: Type.Optional(PaymentView.properties.direction),
        vpa: Type.Optional(Type.String({ maxLength: 255, description: 'The other side' })),
        from: Type.Optional(momentOf('Paid at this moment or later')),
        to: Type.Optional(momentOf('Paid before this moment; a payment of exactly then is left out')),
        minPaise: Type.Optional(
          Type.Integer({ minimum: 0, maximum: maxAmountPaise, description: 'At least so much' }),
        ),
        maxPaise: Type.Optional(
          Type.Integer({
            minimum: 0,
            maximum: maxAmountPaise,
            description: 'At most so much, and as much too',
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ payments: Type.Array(PaymentView), next: Type.Optional(Type.String()) }) },
  },
} as const satisfies Contract

export const recentPeople = {
  service: 'payment',
  method: 'GET',
  url: '/v1/payments/people',
  access: { permission: 'payments:read' },
  summary: 'People whom I paid or who paid me, the latest first; payments that failed do not count',
  schema: {
    querystring: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })) }, strict),
    response: {
      200: Type.Object({
        people: Type.Array(
          Type.Object(
            { vpa: Vpa, name: Type.String(), at: Timestamp },
            { description: '`at`: the last one.' },
          ),
        ),
      }),
    },
  },
} as const satisfies Contract

/** One limit as it stands for a payment. Amounts and counts that it does not have are left out. */
export const LimitView = Type.Object({
  limit: Type.String({
    description: 'Its scope and what it counts; `person` and `payee` are limits that the payer has set.',
    examples: ['everybody:day-amount'],
  }),
  ofPaise: Type.Optional(Type.Integer({ minimum: 0 })),
  leftPaise: Type.Optional(Type.Integer({ minimum: 0 })),
  ofCount: Type.Optional(Type.Integer({ minimum: 0 })),
  leftCount: Type.Optional(Type.Integer({ minimum: 0 })),
})

const Reason = Type.String({ description: 'What decided; stable.', examples: ['risk:new-payee'] })

/** What is known of a payment before its PIN. It promises nothing: what counts is decided when the payment begins. */
export const quote = {
  service: 'payment',
  method: 'POST',
  url: '/v1/payments/quote',
  access: { permission: 'payments:create' },
  summary:
    'What a payment would meet, before its PIN: who is paid, what is left of each limit, what speaks against it',
  schema: {
    body: Type.Object(
      {
        payerVpa: Vpa,
        payeeVpa: Vpa,
        amountPaise: Type.Optional(AmountPaise),
        note: Type.Optional(Note),
        initiation: Type.Optional(InitiationInput),
      },
      strict,
    ),
    response: {
      200: Type.Object({
        /** As their bank has it; none: nobody has this UPI ID. */
        payee: Type.Optional(
          Type.Object({ ...PartyView.properties, kind: Type.Enum(['person', 'merchant']) }),
        ),
        route: Type.Enum(['ledger', 'out', 'through'], {
          description: 'Both accounts are ours; to the network; from an account at another bank.',
        }),
        maxPaise: Type.Integer({
          minimum: 0,
          description: 'The most that it may be. Zero: nothing can be paid.',
        }),
        code: Type.String({ description: 'The UPI response code that refuses more.', examples: ['FL'] }),
        message: Type.String(),
        limits: Type.Array(LimitView),
        decision: Type.Enum(['allow', 'refuse'], {
          description: 'Of this amount; without one, of one paisa.',
        }),
        refusals: Type.Array(Type.Object({ reason: Reason, code: Type.String(), message: Type.String() })),
        warnings: Type.Array(Type.Object({ reason: Reason, message: Type.String() })),
        txnId: Type.Optional({
          ...TxnId,
          description:
            'Of the debit that another app asks for: what the PIN block of an account elsewhere names.',
        }),
      }),
    },
  },
  problems: ['not-found', 'bank-unreachable', 'rate-limited'],
} as const satisfies Contract

export const receipt = {
  service: 'payment',
  method: 'GET',
  url: '/v1/payments/:id/receipt',
  access: { permission: 'payments:read' },
  summary: 'The receipt of a settled payment',
  schema: {
    params: Type.Object({ id: Uuid }),
    response: {
      200: Type.Object({
        payment: PaymentView,
        amountText: Type.String({ examples: ['₹1,23,456.00'] }),
        lines: Type.Array(Type.Object({ label: Type.String(), value: Type.String() })),
      }),
    },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract
