// Codes as pictures, and what codes say: a person's own for whoever pays them, anybody's for who is about to pay.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import { CodeSigner } from './codes/code-signer.ts'
import { CodeText } from './codes/code-text.ts'
import type { Contract } from './contract.ts'
import { AmountPaise, Note, Timestamp, Vpa } from './formats.ts'
import { Initiation, InitiationMode, Purpose, Reference } from './initiation.ts'
import { MandateTerms } from './mandate-rules.ts'

const strict = { additionalProperties: false } as const

/** Only of one's own: whose name stands in the code is the bank's. */
export const vpaQr = {
  service: 'account',
  method: 'GET',
  url: '/v1/vpas/:vpa/qr',
  access: { permission: 'vpas:read' },
  cost: 2,
  summary:
    'The QR code of a UPI ID of mine, as SVG or PNG: for any amount, for one amount, or for one order that expires ' +
    'and is paid once. Without `format` the header `accept` chooses, and SVG is the default',
  schema: {
    params: Type.Object({ vpa: Vpa }),
    querystring: Type.Object(
      {
        format: Type.Optional(Type.Union([Type.Literal('svg'), Type.Literal('png')])),
        sizePx: Type.Optional(
          Type.Integer({
            minimum: 200,
            maximum: 1_024,
            description:
              'Longest side of a PNG, default 512: as large as fits with whole points for each square.',
          }),
        ),
        amountPaise: Type.Optional(AmountPaise),
        minPaise: Type.Optional({ ...AmountPaise, description: 'The least that is taken, in paise.' }),
        note: Type.Optional({ ...Note, minLength: 1, examples: ['Tea'] }),
        reference: Type.Optional({
          ...Reference,
          description: 'The order (`tr`). It needs an amount, and makes the code one that expires.',
          examples: ['ORD-17'],
        }),
        expiresInS: Type.Optional(
          Type.Integer({
            minimum: 1,
            maximum: 366 * 86_400,
            description:
              'Seconds until an order can no longer be paid, within the rules in force; theirs is the default.',
          }),
        ),
        signed: Type.Optional(
          Type.Boolean({
            description:
              'Whether the code is signed (`GET /v1/code-signers` has the keys). Default: that of an order is; ' +
              'one to print is not, since a signature makes it three times as dense.',
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.String({ contentMediaType: 'image/svg+xml, image/png' }) },
  },
  problems: ['not-found'],
} as const satisfies Contract

const signers = Type.Object({ signers: Type.Array(CodeSigner) })

export const listCodeSigners = {
  service: 'account',
  method: 'GET',
  url: '/v1/code-signers',
  access: 'public',
  summary: 'Whose signed codes are known here, with the public keys: ours, then those of the network',
  schema: { response: { 200: signers } },
} as const satisfies Contract

export const codeSigners = {
  service: 'account',
  method: 'GET',
  url: '/internal/account/code-signers',
  access: { services: ['payment'] },
  summary: 'Whose signed codes are known',
  schema: { response: { 200: signers } },
} as const satisfies Contract

/** Of a picture in Base64: what fits into a public request. */
const maxPictureLength = 60_000

export const ScannedCode = Type.Object({
  /**
   * `pay`: an order, which `order` holds; `mandate`: one to agree to, in `mandate`. With the others nothing can be
   * done; `web` names its host.
   */
  kind: Type.Enum(['pay', 'mandate', 'other-upi', 'web', 'no-payment']),
  /** As it stands in the picture. */
  text: CodeText,
  order: Type.Optional(
    Type.Object({
      vpa: Vpa,
      amountPaise: Type.Optional(AmountPaise),
      minPaise: Type.Optional(AmountPaise),
      note: Type.Optional(Note),
      expiresAt: Type.Optional(Timestamp),
      initiation: Type.Partial(
        Type.Object({ ...Initiation.properties, mode: InitiationMode, purpose: Purpose }),
      ),
    }),
  ),
  /** As it can be agreed to today. */
  mandate: Type.Optional(
    Type.Object({
      vpa: Vpa,
      name: Type.Optional(Note),
      terms: MandateTerms,
      expiresAt: Type.Optional(Timestamp),
      initiation: Type.Partial(
        Type.Object({
          ...{ mode: InitiationMode, purpose: Purpose, reference: Initiation.properties.reference },
          ...{ infoUrl: Initiation.properties.infoUrl, mcc: Initiation.properties.mcc },
        }),
      ),
    }),
  ),
  /** Who signed it; none: nobody vouches for where it came from. */
  signer: Type.Optional(Type.Object({ orgId: CodeSigner.properties.orgId, name: Type.String() })),
  host: Type.Optional(Type.String()),
})
export type ScannedCode = Static<typeof ScannedCode>

export const readQr = {
  service: 'payment',
  method: 'POST',
  url: '/v1/qr/read',
  access: { permission: 'payments:create' },
  cost: 3,
  summary:
    'What a code says, given its text or its picture, before anything is paid or agreed to by it: whether its ' +
    'signature is right, its time not over, and its order neither paid nor agreed to',
  schema: {
    body: Type.Union([
      Type.Object(
        { text: { ...CodeText, examples: ['upi://pay?pa=asha@bahi&pn=Asha%20Rao&am=250.00&cu=INR'] } },
        strict,
      ),
      Type.Object(
        {
          picture: Type.String({
            pattern: '^[A-Za-z0-9+/]+={0,2}$',
            maxLength: maxPictureLength,
            description: 'A PNG or JPEG of 4 megapixels at most, in Base64.',
          }),
        },
        strict,
      ),
    ]),
    response: { 200: ScannedCode },
  },
  problems: [
    ...(['code-invalid', 'code-unsigned', 'code-forged', 'code-signer-unknown', 'code-expired'] as const),
    ...(['code-paid', 'code-used'] as const),
  ],
} as const satisfies Contract
