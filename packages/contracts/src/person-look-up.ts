// What staff see of a person: found by name, phone or UPI ID, shown part by part by the service that has it, masked.
// Every look is on record; what is masked is revealed for a reason, which is on record too.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Account, BankCode } from './account.ts'
import { BegunBy } from './auth.ts'
import type { Contract } from './contract.ts'
import { Language, Note, Phone, Timestamp, Uuid, Vpa, pageQuery } from './formats.ts'
import { KycStatus } from './kyc.ts'
import { KycTier } from './kyc-rules.ts'
import { MandateTerms } from './mandate-rules.ts'
import { MandateStatus } from './mandates.ts'
import { SmsReport } from './sms-reports.ts'

const strict = { additionalProperties: false } as const
const params = Type.Object({ userId: Uuid })

/** On record, with who gave it. */
export const LookReason = Type.String({
  ...Note,
  minLength: 5,
  maxLength: 300,
  examples: ['The person asks for help'],
})

const MaskedName = Type.String({ description: 'Masked.', examples: ['A••• R•••'] })
const MaskedPhone = Type.String({ description: 'Masked but for the last digits.' })
const MaskedVpa = Type.String({ description: 'Masked: `a•••@bahi`.' })

/** Staff look a person up by the phone that they call from. */
export const lookUpPerson = {
  service: 'auth',
  method: 'GET',
  url: '/v1/operations/people',
  access: { permission: 'people:look-up' },
  cost: 5,
  summary: 'The id of the person who has a phone',
  schema: {
    querystring: Type.Object({ phone: Phone }, strict),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const lookUpVpa = {
  service: 'account',
  method: 'GET',
  url: '/v1/operations/vpas',
  access: { permission: 'people:look-up' },
  cost: 5,
  summary: 'The id of the person who has a UPI ID',
  schema: {
    querystring: Type.Object({ vpa: Vpa }, strict),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

export const FoundPerson = Type.Object({
  userId: Uuid,
  name: MaskedName,
  phone: MaskedPhone,
  createdAt: Timestamp,
})
export type FoundPerson = Static<typeof FoundPerson>

/** The name is in the body: neither a log nor an address has it. */
export const searchPeople = {
  service: 'user',
  method: 'POST',
  url: '/v1/operations/people/search',
  access: { permission: 'people:look-up' },
  cost: 10,
  summary:
    'People by words of their name, or beginnings of four letters and more, in any order and spelling of one sound; ' +
    'whom it showed is on record, and so many searches may be made a day',
  schema: {
    body: Type.Object(
      {
        name: Type.String({ ...Note, minLength: 3, maxLength: 100, examples: ['Asha Rao'] }),
        after: Type.Optional(Type.String({ ...Uuid, description: '`next` of the page before' })),
      },
      strict,
    ),
    response: { 200: Type.Object({ people: Type.Array(FoundPerson), next: Type.Optional(Uuid) }) },
  },
  problems: ['rate-limited'],
} as const satisfies Contract

export const PersonProfile = Type.Object({
  userId: Uuid,
  name: MaskedName,
  phone: MaskedPhone,
  email: Type.Optional(Type.String({ description: 'Masked.' })),
  language: Language,
  createdAt: Timestamp,
  kyc: Type.Optional(
    Type.Object({
      tier: Type.Optional(KycTier),
      until: Type.Optional(Timestamp),
      submission: Type.Optional(
        Type.Object({ id: Uuid, tier: KycTier, status: KycStatus, changedAt: Timestamp }),
      ),
    }),
  ),
})
export type PersonProfile = Static<typeof PersonProfile>

export const showPersonProfile = {
  service: 'user',
  method: 'GET',
  url: '/v1/operations/people/:userId/profile',
  access: { permission: 'people:look-up' },
  cost: 2,
  summary: 'The profile of a person, masked, and how far they are verified',
  schema: { params, response: { 200: PersonProfile } },
  problems: ['not-found'],
} as const satisfies Contract

export const revealPerson = {
  service: 'user',
  method: 'POST',
  url: '/v1/operations/people/:userId/reveal',
  access: { permission: 'people:reveal' },
  cost: 5,
  summary: 'Name, phone and e-mail of a person, unmasked, for a reason that is on record',
  schema: {
    params,
    body: Type.Object({ reason: LookReason }, strict),
    response: {
      200: Type.Object({ name: Type.String(), phone: Phone, email: Type.Optional(Type.String()) }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

const PersonSession = Type.Object({
  id: Uuid,
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  begunBy: Type.Optional(BegunBy),
  network: Type.Optional(Type.String({ examples: ['203.0.113.•'] })),
  deviceSince: Timestamp,
})

export const PersonSignIn = Type.Object({
  registeredAt: Type.Optional(Timestamp),
  frozenAt: Type.Optional(Timestamp),
  roles: Type.Array(Type.String()),
  sessions: Type.Array(PersonSession, { description: 'Open ones, the last used first.' }),
  devices: Type.Array(
    Type.Object({
      boundAt: Timestamp,
      unboundAt: Type.Optional(Timestamp),
      keyed: Type.Boolean({ description: 'Whether it proves a key of its own.' }),
    }),
    { description: 'The newest ones; what they are called is theirs.' },
  ),
})
export type PersonSignIn = Static<typeof PersonSignIn>

export const showPersonSignIn = {
  service: 'auth',
  method: 'GET',
  url: '/v1/operations/people/:userId/sign-in',
  access: { permission: 'people:look-up' },
  cost: 2,
  summary: 'How a person signs in: open sessions, devices, roles',
  schema: { params, response: { 200: PersonSignIn } },
  problems: ['not-found'],
} as const satisfies Contract

export const PersonAccounts = Type.Object({
  accounts: Type.Array(
    Type.Object({
      id: Uuid,
      bank: BankCode,
      bankName: Type.String(),
      maskedNumber: Type.String(),
      type: Account.properties.type,
      status: Account.properties.status,
      pinSet: Type.Boolean(),
      linkedAt: Timestamp,
    }),
  ),
  upiIds: Type.Array(
    Type.Object({ vpa: MaskedVpa, accountId: Uuid, primary: Type.Boolean(), createdAt: Timestamp }),
  ),
})
export type PersonAccounts = Static<typeof PersonAccounts>

export const showPersonAccounts = {
  service: 'account',
  method: 'GET',
  url: '/v1/operations/people/:userId/accounts',
  access: { permission: 'people:look-up' },
  cost: 2,
  summary: 'Linked accounts and UPI IDs of a person, masked; never a balance',
  schema: { params, response: { 200: PersonAccounts } },
} as const satisfies Contract

const PersonMandate = Type.Object({
  id: Uuid,
  status: MandateStatus,
  direction: Type.Enum(['payer', 'payee'], { description: 'What the person is.' }),
  amountPaise: MandateTerms.properties.amountPaise,
  recurrence: MandateTerms.properties.recurrence,
  validTo: MandateTerms.properties.validTo,
  counterpart: MaskedVpa,
  createdAt: Timestamp,
})
export type PersonMandate = Static<typeof PersonMandate>

export const listPersonMandates = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/people/:userId/mandates',
  access: { permission: 'people:look-up' },
  cost: 2,
  summary: 'Mandates of a person, newest first, masked',
  schema: {
    params,
    querystring: Type.Object(pageQuery, strict),
    response: {
      200: Type.Object({ mandates: Type.Array(PersonMandate), next: Type.Optional(Type.String()) }),
    },
  },
} as const satisfies Contract

const PersonDelivery = Type.Object({
  id: Uuid,
  channel: Type.String(),
  to: Type.String({ description: 'Masked.' }),
  template: Type.String(),
  status: Type.Enum(['waiting', 'sent', 'failed']),
  error: Type.Optional(Type.String()),
  report: Type.Optional(SmsReport),
  at: Timestamp,
})
export type PersonDelivery = Static<typeof PersonDelivery>

export const listPersonDeliveries = {
  service: 'notification',
  method: 'GET',
  url: '/v1/operations/people/:userId/deliveries',
  access: { permission: 'deliveries:read' },
  cost: 2,
  summary: 'What was sent to a person, newest first, without what it said',
  schema: {
    params,
    querystring: Type.Object(
      {
        limit: pageQuery.limit,
        before: Type.Optional(Type.String({ ...Uuid, description: '`next` of the page before' })),
      },
      strict,
    ),
    response: { 200: Type.Object({ deliveries: Type.Array(PersonDelivery), next: Type.Optional(Uuid) }) },
  },
} as const satisfies Contract
