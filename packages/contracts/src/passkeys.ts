// The routes of passkeys (WebAuthn): what a person proves themselves by instead of a code, and staff beside their app.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Device } from './auth.ts'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid } from './formats.ts'
import { NewPasskey, PasskeyAnswer } from './passkey-formats.ts'
import { StepUp } from './step-up.ts'
import { stepUpPurposes } from './step-up-rules.ts'

const strict = { additionalProperties: false } as const

export const Passkey = Type.Object({
  id: Uuid,
  name: Type.String(),
  createdAt: Timestamp,
  lastUsedAt: Type.Optional(Timestamp),
  isSynced: Type.Boolean({
    description: 'Whether its provider keeps a copy, so that other devices have it too.',
  }),
  isSecondFactor: Type.Boolean({ description: 'Whether it is one of staff’s second factor.' }),
})
export type Passkey = Static<typeof Passkey>

/** What a browser takes as `publicKey`, in JSON. */
const Options = Type.Object({ options: Type.Record(Type.String(), Type.Unknown()) })

export const listPasskeys = {
  service: 'auth',
  method: 'GET',
  url: '/v1/auth/passkeys',
  access: { permission: 'step-up:prove' },
  summary: 'My passkeys, and whether there can be any',
  schema: {
    response: { 200: Type.Object({ isOffered: Type.Boolean(), passkeys: Type.Array(Passkey) }) },
  },
} as const satisfies Contract

export const beginPasskey = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/passkeys/begin',
  access: { permission: 'step-up:prove', stepUp: { for: 'change-passkeys', demand: 'always' } },
  cost: 2,
  summary: 'Get what a browser makes a passkey from; staff, in a session with a second factor',
  schema: { body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict), response: { 201: Options } },
  problems: ['wrong-state', 'second-factor-required', 'not-found'],
} as const satisfies Contract

export const addPasskey = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/passkeys',
  access: { permission: 'step-up:prove' },
  cost: 2,
  summary: 'Add the passkey that a browser made; what it was made from is good once, from this session',
  schema: {
    body: Type.Object({ name: Device.properties.name, passkey: NewPasskey }, strict),
    response: { 201: Passkey },
  },
  problems: ['wrong-state', 'second-factor-required', 'passkey-wrong'],
} as const satisfies Contract

export const removePasskey = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/passkeys/:id/remove',
  access: { permission: 'step-up:prove', stepUp: { for: 'change-passkeys', demand: 'always' } },
  cost: 2,
  summary: 'Remove a passkey of mine: it proves nothing any more',
  schema: {
    params: Type.Object({ id: Uuid }),
    body: Type.Object({ stepUp: Type.Optional(StepUp) }, strict),
    response: { 204: Type.Null() },
  },
  problems: ['not-found', 'second-factor-required'],
} as const satisfies Contract

export const challengePasskey = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/passkeys/challenge',
  access: { permission: 'step-up:prove' },
  cost: 2,
  summary: 'Get what a passkey of mine signs: for one purpose, from this session, once',
  schema: {
    body: Type.Object({ purpose: Type.Enum(['second-factor', ...stepUpPurposes]) }, strict),
    response: { 201: Options },
  },
  problems: ['wrong-state'],
} as const satisfies Contract

export const proveByPasskey = {
  service: 'auth',
  method: 'POST',
  url: '/v1/auth/passkeys/prove',
  access: { permission: 'step-up:prove' },
  cost: 2,
  summary: 'Exchange a signature of a passkey for a proof of step-up: for one change of that purpose, once',
  schema: {
    body: Type.Object({ purpose: Type.Enum(stepUpPurposes), passkey: PasskeyAnswer }, strict),
    response: { 201: Type.Object({ proof: Type.String(), expiresInS: Type.Integer() }) },
  },
  problems: ['wrong-state', 'passkey-wrong', 'login-locked'],
} as const satisfies Contract
