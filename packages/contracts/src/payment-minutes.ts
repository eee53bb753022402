// Payments counted by the minute in which they began: for the charts of the console.
import * as Type from 'typebox'
import type { Static } from 'typebox'
import type { Contract } from './contract.ts'
import { Timestamp } from './formats.ts'

/** The most minutes of one answer. */
export const maxMinutes = 1_440

const count = Type.Integer({ minimum: 0 })

const PaymentMinute = Type.Object({
  minute: Timestamp,
  settled: count,
  failed: count,
  pending: Type.Integer({ minimum: 0, description: 'Without an outcome when they were counted last.' }),
  p99Ms: Type.Optional(
    Type.Integer({ minimum: 0, description: '99 of 100 of those that ended took this long, or less.' }),
  ),
  oldestPendingS: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'Age of the oldest payment without an outcome as the minute ended; left out: nobody looked then.',
    }),
  ),
})
export type PaymentMinute = Static<typeof PaymentMinute>

export const showPaymentMinutes = {
  service: 'payment',
  method: 'GET',
  url: '/v1/operations/payment-minutes',
  access: { permission: 'payments:count' },
  recordedAfterwards: true,
  summary: 'Payments by the minute in which they began: by outcome, how long they took, the oldest in doubt',
  schema: {
    querystring: Type.Object(
      {
        minutes: Type.Optional(
          Type.Integer({ minimum: 1, maximum: maxMinutes, description: 'How far back; default: 60.' }),
        ),
      },
      { additionalProperties: false },
    ),
    response: {
      200: Type.Object({
        at: Timestamp,
        minutes: Type.Array(PaymentMinute, {
          description:
            'In order; the one of now is not over, and left out, as is one in which nobody counted.',
        }),
      }),
    },
  },
} as const satisfies Contract
