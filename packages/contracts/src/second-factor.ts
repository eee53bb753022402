// The routes of staff's second factor: enrolment, proof, codes for its loss, and its reset by two administrators.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Note, Otp, Phone, Timestamp, Uuid, UuidV7 } from './formats.ts'
import { PasskeyAnswer } from './passkey-formats.ts'
import { secondFactors } from './second-factor-rules.ts'
import { StepUp } from './step-up.ts'

const strict = { additionalProperties: false } as const

const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String({ examples: ['k3v9-7qpm-x2dt'] }), {
    description: 'Shown once: only their hashes are stored. Each works once.',
  }),
})

export const SecondFactorState = Type.Object({
  isNeeded: Type.Boolean({ description: 'Whether the person is staff.' }),
  isProven: Type.Boolean({ description: 'In this session, and not too long ago.' }),
  methods: Type.Array(Type.Enum([...secondFactors]), {
    description: 'By what it can be proven; none before enrolment.',
  }),
  recoveryCodesLeft: Type.Integer(),
})
export type SecondFactorState = Static<typeof SecondFactorState>

export const readSecondFactor = {
  service: 'auth',
  method: 'GET',
  url: '/v1/auth/second-factor',
  access: { permission: 'second-factor:prove' },
  summary: 'Whether this session needs a second factor, and by what it can be proven',
  schema: { response: { 200: SecondFactorState } },
} as const satisfies Contract

export const beginTotp = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/second-factor/totp',
  access: { permission: 'second-factor:prove' },
  cost: 2,
  summary:
    'Make a secret for an authenticator app, which counts once a code of it was entered. The first one soon after ' +
    'signing in; another one in a session with a second factor',
  schema: {
    response: {
      201: Type.Object({
        secret: Type.String({ description: 'Base32, to be typed.', examples: ['JBSWY3DPEHPK3PXP'] }),
        uri: Type.String({ description: 'The same as `otpauth:`, for a QR code.' }),
      }),
    },
  },
  problems: ['wrong-state', 'second-factor-required'],
} as const satisfies Contract

export const confirmTotp = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/second-factor/totp/confirm',
  access: { permission: 'second-factor:prove' },
  cost: 2,
  summary:
    'Enrol the authenticator app by a code of it: it takes the place of the one before, and this session has its ' +
    'second factor',
  schema: { body: Type.Object({ code: Otp }, strict), response: { 201: RecoveryCodes } },
  problems: ['wrong-state', 'second-factor-required', 'second-factor-wrong', 'login-locked'],
} as const satisfies Contract

export const proveSecondFactor = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/second-factor/prove',
  access: { permission: 'second-factor:prove' },
  cost: 2,
  summary: 'Prove the second factor, for this session',
  schema: {
    body: Type.Union([
      Type.Object({ code: Otp }, strict),
      Type.Object({ recoveryCode: Type.String({ minLength: 12, maxLength: 20 }) }, strict),
      Type.Object({ passkey: PasskeyAnswer }, strict),
    ]),
    response: { 200: SecondFactorState },
  },
  problems: ['wrong-state', 'second-factor-wrong', 'login-locked'],
} as const satisfies Contract

export const renewRecoveryCodes = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/second-factor/recovery-codes',
  access: { permission: 'second-factor:prove' },
  cost: 2,
  summary: 'Make new recovery codes, in a session with a second factor; the old ones are worth nothing',
  schema: { response: { 201: RecoveryCodes } },
  problems: ['wrong-state', 'second-factor-required'],
} as const satisfies Contract

export const resetStates = ['requested', 'approved', 'declined'] as const

export const SecondFactorReset = Type.Object({
  id: Uuid,
  userId: Uuid,
  state: Type.Enum([...resetStates]),
  note: Type.String(),
  requestedAt: Timestamp,
  requestedBy: Uuid,
  expiresAt: Type.String({ ...Timestamp, description: 'Until then it can be approved.' }),
  decidedAt: Type.Optional(Timestamp),
  decidedBy: Type.Optional(Uuid),
})
export type SecondFactorReset = Static<typeof SecondFactorReset>

export const listSecondFactorResets = {
  service: 'auth',
  method: 'GET',
  url: '/v1/operations/second-factor-resets',
  access: { permission: 'roles:read' },
  summary: 'The newest hundred resets of a second factor',
  schema: { response: { 200: Type.Object({ resets: Type.Array(SecondFactorReset) }) } },
} as const satisfies Contract

const why = { note: Type.String({ ...Note, minLength: 3, maxLength: 300, examples: ['Lost the phone'] }) }

export const requestSecondFactorReset = {
  service: 'auth',
  method: 'PUT',
  url: '/v1/operations/second-factor-resets/:id',
  access: { permission: 'roles:change', stepUp: { for: 'change-roles', demand: 'always' } },
  summary:
    'Request that a member of staff can enrol anew, who has lost it; another administrator approves it',
  schema: {
    params: Type.Object({ id: UuidV7 }),
    body: Type.Object({ phone: Phone, ...why, stepUp: Type.Optional(StepUp) }, strict),
    response: { 201: SecondFactorReset },
  },
  problems: ['not-found', 'not-allowed', 'wrong-state', 'id-reused'],
} as const satisfies Contract

const params = Type.Object({ id: Uuid })

export const approveSecondFactorReset = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/second-factor-resets/:id/approve',
  access: { permission: 'roles:change', stepUp: { for: 'change-roles', demand: 'always' } },
  summary:
    'Approve a reset that another administrator requested: the second factor is gone, its person is signed out ' +
    'everywhere, and signs in by password and code to enrol another one',
  schema: {
    params,
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 200: SecondFactorReset },
  },
  problems: ['not-found', 'not-allowed', 'wrong-state'],
} as const satisfies Contract

export const declineSecondFactorReset = {
  service: 'auth',
  method: 'POST',
  url: '/v1/operations/second-factor-resets/:id/decline',
  access: { permission: 'roles:change' },
  summary: 'Decline a reset that was requested, or take back an own request',
  schema: { params, body: Type.Object(why, strict), response: { 200: SecondFactorReset } },
  problems: ['not-found', 'wrong-state'],
} as const satisfies Contract
