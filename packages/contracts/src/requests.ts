// What payment answers about payment requests (UPI's collect): asking for money, and answering who asks.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Currency, Note, pageQuery, Timestamp, TxnId, Uuid, UuidV7, Vpa } from './formats.ts'
import { PartyView } from './payment.ts'

const strict = { additionalProperties: false } as const

/**
 * `pending`: the payer has not answered; a payment of it may be in progress. The others are final; `failed`: the
 * network or a bank ended it, and no money moved.
 */
export const RequestStatus = Type.Enum(['pending', 'paid', 'declined', 'cancelled', 'expired', 'failed'])
export type RequestStatus = Static<typeof RequestStatus>

export const RequestView = Type.Object({
  id: UuidV7,
  status: RequestStatus,
  direction: Type.Enum(['sent', 'received'], { description: 'As the person who reads it sees it.' }),
  amountPaise: AmountPaise,
  currency: Currency,
  note: Type.Optional(Note),
  /** Who asks, and is paid. */
  payee: PartyView,
  /** Who is asked, and pays. */
  payer: PartyView,
  createdAt: Timestamp,
  expiresAt: Timestamp,
  completedAt: Type.Optional(Timestamp),
  /** The payment that paid it. */
  paymentId: Type.Optional(UuidV7),
  /** The other one uses another app: UPI knows neither reminders nor a cancellation of it. */
  acrossBanks: Type.Boolean(),
  /** Its transaction in the network, which the PIN block of its payment names (`PinBlock`). */
  txnId: Type.Optional(TxnId),
  failure: Type.Optional(
    Type.Object({ code: Type.String({ description: 'UPI response code.' }), message: Type.String() }),
  ),
  /** The registered app through which the payee asks. */
  app: Type.Optional(
    Type.Object({
      name: Type.String(),
      reference: Type.Optional(
        Type.String({ description: 'Such as the number of an order, as the app says.' }),
      ),
    }),
  ),
  /** Reminders that were sent. */
  reminders: Type.Integer(),
  /** From when on its payee may remind the payer (again); left out: not, or not any more. */
  remindableFrom: Type.Optional(Timestamp),
})
export type RequestView = Static<typeof RequestView>

const params = Type.Object({ id: UuidV7 })
const existing = Type.Object({ id: Uuid })

export const makeRequest = {
  service: 'payment',
  method: 'PUT',
  url: '/v1/requests/:id',
  access: { permission: 'requests:create' },
  summary: 'Request money from a UPI ID; the same id and content again give the same request',
  schema: {
    params,
    body: Type.Object(
      {
        payeeVpa: Type.String({ ...Vpa, description: 'My UPI ID, which is paid.' }),
        payerVpa: Vpa,
        amountPaise: AmountPaise,
        note: Type.Optional(Note),
        expiresInMinutes: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 366 * 24 * 60,
            description: 'Default: the rules in force, see `/v1/request-rules`.',
          }),
        ),
      },
      strict,
    ),
    response: { 200: RequestView },
  },
  problems: [
    ...(['not-found', 'id-reused', 'id-out-of-range', 'request-not-permitted', 'bank-unreachable'] as const),
    'payments-stopped',
  ],
} as const satisfies Contract

export const showRequest = {
  service: 'payment',
  method: 'GET',
  url: '/v1/requests/:id',
  access: { permission: 'requests:read' },
  summary: 'One of the requests that I made or received',
  schema: { params: existing, response: { 200: RequestView } },
  problems: ['not-found'],
} as const satisfies Contract

export const listRequests = {
  service: 'payment',
  method: 'GET',
  url: '/v1/requests',
  access: { permission: 'requests:read' },
  summary: 'The requests that I made or received, newest first, a page at a time',
  schema: {
    querystring: Type.Object(
      {
        direction: Type.Optional(RequestView.properties.direction),
        status: Type.Optional(RequestStatus),
        ...pageQuery,
      },
      strict,
    ),
    response: { 200: Type.Object({ requests: Type.Array(RequestView), next: Type.Optional(Type.String()) }) },
  },
} as const satisfies Contract

export const declineRequest = {
  service: 'payment',
  method: 'POST',
  url: '/v1/requests/:id/decline',
  access: { permission: 'requests:answer' },
  summary: 'Decline a request that I received, and optionally block whoever made it',
  schema: {
    params: existing,
    body: Type.Object({ block: Type.Boolean() }, strict),
    response: { 200: RequestView },
  },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const cancelRequest = {
  service: 'payment',
  method: 'POST',
  url: '/v1/requests/:id/cancel',
  access: { permission: 'requests:create' },
  summary: 'Cancel a request that I made',
  schema: { params: existing, response: { 200: RequestView } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract

export const remindOfRequest = {
  service: 'payment',
  method: 'POST',
  url: '/v1/requests/:id/remind',
  access: { permission: 'requests:create' },
  summary: 'Remind the payer of a request that I made',
  schema: { params: existing, response: { 200: RequestView } },
  problems: ['not-found', 'wrong-state', 'rate-limited', 'request-not-permitted'],
} as const satisfies Contract

export const showRequestRules = {
  service: 'payment',
  method: 'GET',
  url: '/v1/request-rules',
  access: { permission: 'requests:read' },
  summary: 'Whether people may request money from each other now, and how much',
  schema: {
    response: {
      200: Type.Object({
        /** False: show a QR code or share a payment link instead. */
        permitted: Type.Boolean(),
        /** Whether people who use other apps may be asked too. */
        acrossBanks: Type.Boolean(),
        maxPaise: Type.Optional(AmountPaise),
        perDay: Type.Optional(Type.Integer()),
        expiryMinutes: Type.Object({
          min: Type.Integer(),
          default: Type.Integer(),
          max: Type.Integer(),
        }),
      }),
    },
  },
} as const satisfies Contract
