// What payment answers: paying, status, history, receipts.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
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
        pin: CompactJwe,
      },
      strict,
    ),
    response: { 200: PaymentView },
  },
  problems: ['not-found', 'id-reused', 'id-out-of-range'],
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
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        before: Type.Optional(Type.String({ maxLength: 100, description: '`next` of the page before' })),
        status: Type.Optional(PaymentStatus),
        direction: Type.Optional(PaymentView.properties.direction),
        vpa: Type.Optional(Type.String({ maxLength: 255, description: 'The other side' })),
        from: Type.Optional(momentOf('Paid at this moment or later')),
        to: Type.Optional(momentOf('Paid before this moment; a payment of exactly then is left out')),
        minPaise: Type.Optional(Type.Integer({ minimum: 0, description: 'At least so much' })),
        maxPaise: Type.Optional(
          Type.Integer({ minimum: 0, description: 'At most so much, and as much too' }),
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

/** What is known of a payment before its PIN: limits, and what makes it impossible. It promises nothing. */
export const paymentLimit = {
  service: 'payment',
  method: 'GET',
  url: '/v1/payments/limit',
  access: { permission: 'payments:create' },
  summary: 'The most that a payment from one of my UPI IDs to another may be now, and why no more',
  schema: {
    querystring: Type.Object({ payerVpa: Vpa, payeeVpa: Vpa }, strict),
    response: {
      200: Type.Object({
        maxPaise: Type.Integer({ minimum: 0, description: 'Zero: nothing can be paid.' }),
        code: Type.String({ description: 'The UPI response code that refuses more.', examples: ['FL'] }),
        message: Type.String(),
      }),
    },
  },
  problems: ['not-found', 'bank-unreachable'],
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
