// What auth asks of payment for registered apps: a payment request in the name of the app's owner, and its outcome.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Note, Phone, Uuid, UuidV7, Vpa } from './formats.ts'
import { RequestStatus } from './requests.ts'

const strict = { additionalProperties: false } as const
const ClientId = Type.String({ minLength: 1, maxLength: 64 })

/** Whom an app means. Never of somebody behind another PSP. */
export const findPayer = {
  service: 'account',
  method: 'POST',
  url: '/internal/account/payers',
  access: { services: ['auth'] },
  summary: 'Which of our customers has a UPI ID or a phone, and at which UPI ID they are asked',
  schema: {
    body: Type.Object(
      { vpa: Type.Optional(Vpa), phone: Type.Optional(Phone) },
      { ...strict, minProperties: 1 },
    ),
    response: { 200: Type.Object({ userId: Uuid, vpa: Vpa }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

/** The registered app that asked, for its owner. */
export const AskingApp = Type.Object(
  {
    clientId: ClientId,
    name: Type.String({ maxLength: 60 }),
    /** The app's own word for it, such as the number of an order. */
    reference: Type.Optional(Note),
  },
  strict,
)
export type AskingApp = Static<typeof AskingApp>

/**
 * Makes the request, by its id once. Refused is only what does not depend on who is asked; where nobody is asked,
 * because nobody is known or they take no more, the app cannot tell.
 */
export const askForApp = {
  service: 'payment',
  method: 'PUT',
  url: '/internal/payment/app-requests/:id',
  access: { services: ['auth'] },
  summary: 'Ask a person for a payment to the owner of an app',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object(
      {
        ownerId: Uuid,
        payeeVpa: Vpa,
        /** Left out: nobody is known by what the app said. */
        payerVpa: Type.Optional(Vpa),
        amountPaise: AmountPaise,
        note: Type.Optional(Note),
        expiresInMinutes: Type.Integer({ minimum: 1 }),
        app: AskingApp,
      },
      strict,
    ),
    response: { 200: Type.Object({ id: UuidV7 }) },
  },
  problems: ['not-found', 'id-reused', 'id-out-of-range', 'request-not-permitted', 'rate-limited'],
} as const satisfies Contract

export const appRequestOutcome = {
  service: 'payment',
  method: 'GET',
  url: '/internal/payment/app-requests/:id',
  access: { services: ['auth'] },
  summary: 'What became of a payment request that an app made',
  schema: {
    params: Type.Object({ id: Uuid }),
    querystring: Type.Object({ clientId: ClientId }, strict),
    response: {
      200: Type.Object({
        status: RequestStatus,
        /** Somebody approved it, and their payment has no outcome yet. */
        isBeingPaid: Type.Boolean(),
        /** Of a paid one. */
        paymentId: Type.Optional(UuidV7),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract
