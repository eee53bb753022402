// Who signs codes, and the public keys by which their codes are verified.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { Timestamp } from '../formats.ts'

/** A key that codes are signed with. The algorithm belongs to the key: no code chooses it. */
export const CodeKey = Type.Object({
  kid: Type.String({ maxLength: 100 }),
  algorithm: Type.Enum(['RS256', 'ES256', 'EdDSA']),
  publicKey: Type.Record(Type.String(), Type.Unknown(), { description: 'A JWK.' }),
  /** Codes are accepted by this key from then on, and until `to`. */
  from: Timestamp,
  to: Type.Optional(Timestamp),
})
export type CodeKey = Static<typeof CodeKey>

/** A PSP, or a merchant, whose signed codes can be verified. */
export const CodeSigner = Type.Object({
  /** UPI's `orgid`: six digits. */
  orgId: Type.String({ pattern: '^[0-9]{6}$' }),
  name: Type.String(),
  keys: Type.Array(CodeKey),
})
export type CodeSigner = Static<typeof CodeSigner>
