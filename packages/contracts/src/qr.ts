// Codes as pictures: a person's own, for whoever pays them. What codes say is in codes/.
import * as Type from 'typebox'
import type { Contract } from './contract.ts'
import { AmountPaise, Note, Vpa } from './formats.ts'
import { Reference } from './initiation.ts'

const strict = { additionalProperties: false } as const

/** Only of one's own: whose name stands in the code is the bank's. */
export const vpaQr = {
  service: 'account',
  method: 'GET',
  url: '/v1/vpas/:vpa/qr',
  access: { permission: 'vpas:read' },
  cost: 2,
  summary:
    'The QR code of a UPI ID of mine, as SVG or PNG: for any amount, for one amount, or for one order that expires. ' +
    'Without `format` the header `accept` chooses, and SVG is the default',
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
            minimum: 30,
            maximum: 86_400,
            description: 'Seconds until an order can no longer be paid; the rule in force is the default.',
          }),
        ),
      },
      strict,
    ),
    response: { 200: Type.String({ contentMediaType: 'image/svg+xml, image/png' }) },
  },
  problems: ['not-found'],
} as const satisfies Contract
