// The contracts of auth: one-time codes, registration, login, tokens, sessions, roles.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { roles } from './permissions.ts'
import { Language, Otp, PersonName, Phone, Timestamp, Uuid } from './formats.ts'
import { StepUp } from './step-up.ts'
import { stepUpPurposes } from './step-up-rules.ts'

const strict = { additionalProperties: false } as const

const deviceIdFormat = { minLength: 1, maxLength: 64, pattern: '^[^\\p{Cc}\\p{Cs}]*$' }
const DeviceId = Type.String({
  ...deviceIdFormat,
  description: 'Made once by the app and stored on the device.',
  examples: ['my-laptop'],
})
export const Device = Type.Object(
  {
    id: DeviceId,
    name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\p{Cc}\\p{Cs}]*$', examples: ['Laptop'] }),
  },
  strict,
)
/** What a one-time code is good for, and nothing else; its message names it. */
export const codePurposes = [
  ...(['register', 'sign-in', 'reset-password', 'set-pin', 'stop-payments'] as const),
  'new-phone',
] as const
export const CodePurpose = Type.Enum([...codePurposes], {
  description: 'What the code is for: it is good for nothing else, and its message says so.',
})
export type CodePurpose = Static<typeof CodePurpose>
/** What any code that is sent is good for: these, or what a person asks for who is signed in. */
export const OtpPurpose = Type.Enum([...codePurposes, 'prove-phone', ...stepUpPurposes])
export type OtpPurpose = Static<typeof OtpPurpose>
export const OtpId = Type.String({
  format: 'uuid',
  description:
    'The id that asking for the code answered. With it only that code counts, and its guesses are its own: nobody ' +
    'else on the same network can use them up.',
})
/** A code, and which one it is. */
const otpProof = { otp: Otp, otpId: Type.Optional(OtpId) }

const numberIsNew = Type.Optional(
  Type.Boolean({
    description:
      'The person declares that the number is new to them. An earlier holder who has not signed in for long loses ' +
      'it; nothing of theirs can be seen.',
  }),
)

const Password = Type.String({ minLength: 8, maxLength: 128, examples: ['boats on the river'] })
const Role = Type.Enum(roles)

export const Tokens = Type.Object({
  userId: Uuid,
  accessToken: Type.String(),
  refreshToken: Type.String(),
  expiresInS: Type.Integer(),
})
export type Tokens = Static<typeof Tokens>

export const requestOtp = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/otp',
  access: 'public',
  cost: 2,
  summary:
    'Send a one-time code by SMS, in that language; a device that is bound to the person has codes of its own',
  schema: {
    body: Type.Object(
      {
        phone: Phone,
        purpose: CodePurpose,
        language: Type.Optional(Language),
      },
      strict,
    ),
    response: { 202: Type.Object({ id: Uuid, expiresInS: Type.Integer(), resendInS: Type.Integer() }) },
  },
  problems: ['otp-too-soon'],
} as const satisfies Contract

export const register = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/register',
  access: 'public',
  cost: 2,
  summary: 'Register a person and sign in on this device',
  schema: {
    body: Type.Object(
      {
        ...{ phone: Phone, ...otpProof, name: PersonName, password: Password, device: Device },
        numberIsNew,
      },
      strict,
    ),
    response: { 201: Tokens },
  },
  problems: ['otp-wrong', 'password-weak', 'phone-taken', 'device-proof-invalid'],
} as const satisfies Contract

export const login = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/login',
  access: 'public',
  cost: 2,
  summary: 'Sign in; a new device needs a code as well: by e-mail while the number is revoked',
  schema: {
    body: Type.Object(
      {
        phone: Phone,
        password: Type.String({ maxLength: 128 }),
        device: Device,
        ...{ otp: Type.Optional(Otp), otpId: Type.Optional(OtpId) },
        emailOtp: Type.Optional({ ...Otp, description: 'Mailed when `phone-revoked` names `email`.' }),
      },
      strict,
    ),
    response: { 200: Tokens },
  },
  problems: [
    ...(['credentials-wrong', 'otp-required', 'otp-wrong', 'login-locked', 'password-weak'] as const),
    ...(['device-proof-invalid', 'person-frozen', 'phone-revoked', 'otp-too-soon'] as const),
  ],
} as const satisfies Contract

export const resetPassword = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/password/reset',
  access: 'public',
  cost: 2,
  summary:
    'Set a new password by a one-time code and sign in on this device; all other sessions end, and other devices ' +
    'need a code. Who has not signed in for long also needs a code from their e-mail, or a device of theirs',
  schema: {
    body: Type.Object(
      {
        ...{ phone: Phone, ...otpProof, newPassword: Password, device: Device },
        emailOtp: Type.Optional({
          ...Otp,
          description: 'Mailed when `account-dormant` names `email`; the code from the phone stays good.',
        }),
      },
      strict,
    ),
    response: { 200: Tokens },
  },
  problems: [
    ...([
      'otp-wrong',
      'credentials-wrong',
      'password-weak',
      'device-proof-invalid',
      'person-frozen',
    ] as const),
    ...(['account-dormant', 'login-locked', 'otp-too-soon'] as const),
  ],
} as const satisfies Contract

export const changePassword = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/password',
  access: { permission: 'password:change', stepUp: { for: 'change-password', demand: 'always' } },
  summary: 'Change my password, by the old one; all other sessions end, and other devices need a code',
  schema: {
    body: Type.Object({ stepUp: Type.Optional(StepUp), newPassword: Password }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['password-weak', 'not-found'],
} as const satisfies Contract

export const changePhone = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/phone',
  access: { permission: 'phone:change', stepUp: { for: 'change-phone', demand: 'always' } },
  cost: 2,
  summary:
    'Move to another phone number, by a code to it; all other sessions end, and limits are those of a new device. ' +
    'The UPI IDs that are the old number are closed',
  schema: {
    body: Type.Object({ newPhone: Phone, ...otpProof, numberIsNew, stepUp: Type.Optional(StepUp) }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['otp-wrong', 'phone-taken', 'not-found'],
} as const satisfies Contract

export const stopMyPayments = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/stop-payments',
  access: 'public',
  cost: 2,
  summary: 'Stop all payments of a person and sign out their devices, by their password or a one-time code',
  schema: {
    body: Type.Union([
      Type.Object({ phone: Phone, password: Type.String({ maxLength: 128 }), device: Device }, strict),
      Type.Object({ phone: Phone, ...otpProof }, strict),
    ]),
    response: { 204: Type.Null() },
  },
  problems: ['credentials-wrong', 'otp-required', 'otp-wrong', 'login-locked'],
} as const satisfies Contract

export const refresh = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/refresh',
  access: 'public',
  summary:
    'Exchange the refresh token for new tokens, with a proof of its device; each works once. When the answer was ' +
    'lost it may be sent again for a minute, until the new refresh token is used: the answer has the same one',
  schema: {
    body: Type.Object(
      {
        refreshToken: Type.String({ maxLength: 256 }),
      },
      strict,
    ),
    response: { 200: Tokens },
  },
  problems: ['refresh-token-invalid', 'device-proof-invalid'],
} as const satisfies Contract

export const logout = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/logout',
  access: { permission: 'sessions:end', stepUp: { for: 'end-sessions', demand: 'when-asked' } },
  summary:
    'End this session, or with a proof all sessions of the person; then the next sign-in on these devices needs a code',
  schema: {
    body: Type.Optional(
      Type.Object({ all: Type.Optional(Type.Boolean()), stepUp: Type.Optional(StepUp) }, strict),
    ),
    response: { 204: Type.Null() },
  },
} as const satisfies Contract

/** How the person signed in: on a known device by the password, on a new one with a code, or otherwise. */
export const BegunBy = Type.Enum(['registration', 'password', 'password-and-code', 'reset'])
export type BegunBy = Static<typeof BegunBy>

export const listSessions = {
  service: 'auth',
  method: 'GET',
  url: '/v1/auth/sessions',
  access: { permission: 'sessions:read' },
  summary: 'The open sessions, with their devices, how each began, and from where it was used last',
  schema: {
    response: {
      200: Type.Object({
        sessions: Type.Array(
          Type.Object({
            id: Uuid,
            device: Device,
            createdAt: Timestamp,
            lastUsedAt: Timestamp,
            begunBy: Type.Optional(BegunBy),
            network: Type.Optional(
              Type.String({
                description: 'Part of the address that it was used from last.',
                examples: ['203.0.113.•'],
              }),
            ),
            current: Type.Boolean(),
          }),
        ),
      }),
    },
  },
} as const satisfies Contract

export const endOtherSessions = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/sessions/end-others',
  access: { permission: 'sessions:end', stepUp: { for: 'end-sessions', demand: 'always' } },
  summary: 'End all sessions but this one; the next sign-in on other devices needs a code',
  schema: {
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 204: Type.Null() },
  },
} as const satisfies Contract

export const endSession = {
  service: 'auth',
  method: 'DELETE',
  url: '/v1/auth/sessions/:id',
  access: { permission: 'sessions:end' },
  summary: 'End one session; another device needs a code for its next sign-in',
  schema: { params: Type.Object({ id: Uuid }), response: { 204: Type.Null() } },
  problems: ['not-found'],
} as const satisfies Contract

export const jwks = {
  service: 'auth',
  method: 'GET',
  url: '/v1/auth/jwks',
  access: 'public',
  summary: 'The public keys that access tokens are signed with',
  schema: {
    response: { 200: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }) },
  },
} as const satisfies Contract

/** What apps verify ID tokens by. Apart from `jwks`, which gateways take whole: those know one algorithm. */
export const idTokenJwks = {
  service: 'auth',
  method: 'GET',
  url: '/v1/oauth/jwks',
  access: 'public',
  summary: 'The public keys that ID tokens are signed with, by EdDSA or RS256',
  schema: {
    response: { 200: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }) },
  },
} as const satisfies Contract

/** Verifies a one-time code of the person's own phone for another service, which sets a PIN with it; it works once. */
export const verifyOtp = {
  service: 'auth',
  method: 'POST',
  url: '/internal/auth/otp/verify',
  access: { services: ['account'] },
  summary: 'Verify a one-time code of a person',
  schema: {
    body: Type.Object({ userId: Uuid, otp: Otp }, strict),
    response: { 200: Type.Object({ phone: Phone }) },
  },
  problems: ['otp-wrong', 'not-found', 'phone-revoked'],
} as const satisfies Contract

/** Who has a phone: for payers who type one, and for the sandbox, whose banks know their customers' names. */
export const findPerson = {
  service: 'auth',
  method: 'POST',
  url: '/internal/auth/people/find',
  access: { services: ['account', 'sandbox'] },
  summary: 'The person who has a phone',
  schema: { body: Type.Object({ phone: Phone }, strict), response: { 200: Type.Object({ userId: Uuid }) } },
  problems: ['not-found'],
} as const satisfies Contract

/** The phone of a person: services ask for it when needed and store no copy. */
export const personOf = {
  service: 'auth',
  method: 'GET',
  url: '/internal/auth/people/:userId',
  access: { services: ['account', 'notification', 'user'] },
  summary: 'Phone and roles of a person',
  schema: {
    params: Type.Object({ userId: Uuid }),
    response: {
      200: Type.Object({
        userId: Uuid,
        phone: Phone,
        phoneRevoked: Type.Optional(
          Type.Boolean({ description: 'It is on a list of disconnected numbers, and proves nothing.' }),
        ),
        roles: Type.Array(Role),
        createdAt: Timestamp,
      }),
    },
  },
  problems: ['not-found'],
} as const satisfies Contract

const PersonDevice = Type.Object({ userId: Uuid, deviceId: DeviceId }, strict)

/** Since when people and their devices are known; many in one call, unknown people are left out. */
export const accountTenures = {
  service: 'auth',
  method: 'POST',
  url: '/internal/auth/account-tenures',
  access: { services: ['payment'] },
  summary: 'Since when people and their devices are known',
  schema: {
    body: Type.Object({ people: Type.Array(PersonDevice, { maxItems: 500 }) }, strict),
    response: {
      200: Type.Object({
        people: Type.Array(
          Type.Object({
            ...PersonDevice.properties,
            createdAt: Timestamp,
            deviceBoundAt: Type.Optional(Timestamp),
          }),
        ),
      }),
    },
  },
} as const satisfies Contract
