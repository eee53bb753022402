// What the sandbox answers: bank accounts to play with, and the inbox that SMS and mail land in. Never shipped.
import Type, { type Static } from 'typebox'
import { Bank } from './account.ts'
import type { Contract } from './contract.ts'
import { Ifsc, PersonName, Phone, Timestamp, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

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
        bank: Type.String({ pattern: '^[A-Z]{4}$' }),
        balancePaise: Type.Integer({ minimum: 0, maximum: 1_000_000_000_00 }),
        name: Type.Optional(PersonName),
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

/** The SMS carrier's door. */
export const carrySms = {
  service: 'sandbox',
  method: 'POST',
  url: '/internal/sandbox/sms',
  access: { services: ['notification'] },
  summary: 'Take an SMS for delivery; the same id again is taken once',
  schema: {
    body: Type.Object({ id: Uuid, to: Phone, text: Type.String({ maxLength: 1000 }) }, strict),
    response: { 202: Type.Object({ id: Uuid }) },
  },
} as const satisfies Contract

/** The other banks behind the network: which exist, and the accounts they hold for a phone. */
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
  summary: 'Accounts that another bank holds for a phone number',
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
            pinSet: Type.Boolean(),
          }),
        ),
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract
