// What a browser makes of WebAuthn's options, as JSON: a new passkey, and a signature of one. Everything is bounded.
import * as Type from 'typebox'
import type { Static } from 'typebox'

const strict = { additionalProperties: false } as const

const base64url = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$' })
const maxIdLength = 1_366
const credential = {
  id: base64url(maxIdLength),
  rawId: base64url(maxIdLength),
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Type.Enum(['platform', 'cross-platform'])),
  clientExtensionResults: Type.Object(
    {},
    {
      ...strict,
      description: 'Empty: what an extension gave the app, such as a key, stays there.',
    },
  ),
}

/** As `PublicKeyCredential.toJSON()` says it, without its extensions. */
export const NewPasskey = Type.Object(
  {
    ...credential,
    response: Type.Object(
      {
        clientDataJSON: base64url(4_096),
        attestationObject: base64url(16_384),
        transports: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 8 })),
      },
      strict,
    ),
  },
  strict,
)
export type NewPasskey = Static<typeof NewPasskey>

/** A signature of a passkey over a challenge. */
export const PasskeyAnswer = Type.Object(
  {
    ...credential,
    response: Type.Object(
      {
        clientDataJSON: base64url(4_096),
        authenticatorData: base64url(4_096),
        signature: base64url(2_048),
        userHandle: Type.Optional(base64url(128)),
      },
      strict,
    ),
  },
  strict,
)
export type PasskeyAnswer = Static<typeof PasskeyAnswer>
