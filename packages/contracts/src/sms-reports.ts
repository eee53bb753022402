// What the carrier of SMS reports of those that it took: whether each reached its phone.
import * as Type from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp, Uuid } from './formats.ts'

const strict = { additionalProperties: false } as const

export const SmsReport = Type.Enum(['delivered', 'failed'])

/** The carrier proves itself by the key in the body, which the operator gave to it. */
export const reportSms = {
  service: 'notification',
  method: 'POST',
  url: '/v1/carriers/sms/reports',
  access: 'public',
  summary:
    'Delivery reports of the SMS carrier; the same again changes nothing, and unknown ids are left out',
  schema: {
    body: Type.Object(
      {
        key: Type.String({ minLength: 16, maxLength: 200, examples: ['not-the-key-of-this-carrier'] }),
        reports: Type.Array(
          Type.Object(
            {
              id: Type.String({ ...Uuid, description: 'The id that the SMS was sent with.' }),
              status: SmsReport,
              code: Type.Optional(Type.String({ maxLength: 40, pattern: '^[A-Za-z0-9_. -]*$' })),
              at: Timestamp,
            },
            strict,
          ),
          { minItems: 1, maxItems: 300 },
        ),
      },
      strict,
    ),
    response: { 200: Type.Object({ taken: Type.Integer({ description: 'Reports that were new.' }) }) },
  },
  problems: ['unauthenticated'],
  cost: 5,
} as const satisfies Contract
