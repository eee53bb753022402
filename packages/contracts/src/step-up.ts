// Step-up: a fresh proof that it is the person, for a change that an access token alone must not make.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Language, Otp, Uuid } from './formats.ts'
import { stepUpPurposes } from './step-up-rules.ts'

const strict = { additionalProperties: false } as const

const StepUpPurpose = Type.Enum(stepUpPurposes, {
  description: 'The change that the proof is for: it is good for no other.',
})

/** The password itself, or a proof that `proveStepUp` answered for just that purpose; it works once. */
export const StepUp = Type.Union([
  Type.Object({ password: Type.String({ minLength: 1, maxLength: 128 }) }, strict),
  Type.Object({ proof: Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }) }, strict),
])
export type StepUp = Static<typeof StepUp>

export const sendStepUpCode = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/step-up/code',
  access: { permission: 'step-up:prove' },
  cost: 2,
  summary: 'Send a one-time code to my own phone, which proves that it is me who makes one kind of change',
  schema: {
    body: Type.Object({ purpose: StepUpPurpose, language: Type.Optional(Language) }, strict),
    response: { 202: Type.Object({ id: Uuid, expiresInS: Type.Integer(), resendInS: Type.Integer() }) },
  },
  problems: ['wrong-state', 'otp-too-soon', 'not-found', 'phone-revoked'],
} as const satisfies Contract

export const proveStepUp = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/step-up',
  access: { permission: 'step-up:prove' },
  cost: 2,
  summary: 'Exchange a one-time code for a proof: for one change of that purpose, from this session, once',
  schema: {
    body: Type.Object({ purpose: StepUpPurpose, otp: Otp, otpId: Type.Optional(Uuid) }, strict),
    response: { 201: Type.Object({ proof: Type.String(), expiresInS: Type.Integer() }) },
  },
  problems: ['wrong-state', 'otp-wrong', 'not-found', 'phone-revoked'],
} as const satisfies Contract

/** Called by whichever service makes the change. Wrong passwords are counted per session; a proof is used up. */
export const verifyStepUp = {
  service: 'auth',
  method: 'POST',
  url: '/internal/auth/step-up/verify',
  access: { services: ['user', 'notification', 'account', 'payment', 'auth'] },
  summary: 'Verify the proof of a person for a change',
  schema: {
    body: Type.Object({ userId: Uuid, sessionId: Uuid, purpose: StepUpPurpose, stepUp: StepUp }, strict),
    response: { 200: Type.Object({ userId: Uuid }) },
  },
  problems: ['step-up-required', 'password-wrong', 'login-locked', 'not-found'],
} as const satisfies Contract
