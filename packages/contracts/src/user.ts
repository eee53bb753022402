// The contracts of user: profiles.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { StepUp } from './step-up.ts'
import { maxEmailLength } from './email.ts'
import { Language, Otp, PersonName, Phone, Timestamp, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

const Email = Type.String({
  format: 'idn-email',
  maxLength: maxEmailLength,
  description: 'A domain in another script is answered in ASCII.',
  examples: ['asha@bahi.example'],
})
export const Profile = Type.Object({
  userId: Uuid,
  name: PersonName,
  phone: Phone,
  email: Type.Optional(Type.String({ format: 'email' })),
  language: Language,
  createdAt: Timestamp,
})
export type Profile = Static<typeof Profile>
/** As services see it: without the phone of who has none any more. */
export const KnownProfile = Type.Object({ ...Profile.properties, phone: Type.Optional(Phone) })
export type KnownProfile = Static<typeof KnownProfile>
/** As its person sees it. */
export const OwnProfile = Type.Object({
  ...Profile.properties,
  emailPending: Type.Optional(
    Type.String({
      format: 'email',
      description: 'Gets no mail until the code that was mailed to it is entered.',
    }),
  ),
})
export type OwnProfile = Static<typeof OwnProfile>

export const me = {
  service: 'user',
  method: 'GET',
  url: '/v1/me',
  access: { permission: 'profile:read' },
  summary: 'My profile',
  schema: { response: { 200: OwnProfile } },
  problems: ['not-found'],
} as const satisfies Contract

export const changeMe = {
  service: 'user',
  method: 'PATCH',
  url: '/v1/me',
  access: { permission: 'profile:write', stepUp: { for: 'change-email', demand: 'when-asked' } },
  summary:
    'Change my profile; an e-mail of null is removed; another needs a proof, and then the code mailed to it',
  schema: {
    body: Type.Object(
      {
        name: Type.Optional(PersonName),
        email: Type.Optional(Type.Union([Email, Type.Null()])),
        language: Type.Optional(Language),
        stepUp: Type.Optional(StepUp),
      },
      { ...strict, minProperties: 1 },
    ),
    response: { 200: OwnProfile },
  },
  problems: ['not-found', 'rate-limited'],
} as const satisfies Contract

export const confirmEmail = {
  service: 'user',
  method: 'POST',
  url: '/v1/me/email/confirm',
  access: { permission: 'profile:write' },
  cost: 2,
  summary: 'Enter the code that was mailed to my new address: from then on it gets my mail',
  schema: { body: Type.Object({ otp: Otp }, strict), response: { 200: OwnProfile } },
  problems: ['not-found', 'otp-wrong'],
} as const satisfies Contract

export const resendEmailCode = {
  service: 'user',
  method: 'POST',
  url: '/v1/me/email/code',
  access: { permission: 'profile:write' },
  cost: 2,
  summary: 'Mail another code to the address that waits for one',
  schema: { response: { 200: OwnProfile } },
  problems: ['not-found', 'wrong-state', 'rate-limited'],
} as const satisfies Contract

/** Called by auth at registration; idempotent by the userId. */
export const createProfile = {
  service: 'user',
  method: 'PUT',
  url: '/internal/user/profiles/:userId',
  access: { services: ['auth'] },
  summary: 'Create the profile of a new person',
  schema: {
    params: Type.Object({ userId: Uuid }),
    body: Type.Object({ name: PersonName, phone: Phone }, strict),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
  problems: ['id-reused'],
} as const satisfies Contract

/** Called by auth once the person has proven another phone; idempotent. */
export const changeProfilePhone = {
  service: 'user',
  method: 'PUT',
  url: '/internal/user/profiles/:userId/phone',
  access: { services: ['auth'] },
  summary: 'Store the new phone of a person, or that they have none any more',
  schema: {
    params: Type.Object({ userId: Uuid }),
    body: Type.Object({ phone: Type.Union([Phone, Type.Null()]) }, strict),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

/** Names and addresses of people, for messages and for screens. Unknown ids are left out. */
export const profilesOf = {
  service: 'user',
  method: 'POST',
  url: '/internal/user/profiles/find',
  access: { services: ['auth', 'notification', 'account', 'payment', 'sandbox'] },
  summary: 'Profiles of many people',
  schema: {
    body: Type.Object({ userIds: Type.Array(Uuid, { maxItems: 500 }) }, strict),
    response: { 200: Type.Object({ profiles: Type.Array(KnownProfile) }) },
  },
} as const satisfies Contract
