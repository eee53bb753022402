// The settings of payment.
import { KycLimitsConfig } from '@bahi/contracts/kyc-rules.ts'
import { MandateMovesConfig } from '@bahi/contracts/mandate-moves.ts'
import { NetworkConfig } from '@bahi/kit/network/network-config.ts'
import Type from 'typebox'

export const Config = Type.Object({
  ...NetworkConfig.properties,
  ...MandateMovesConfig,
  BAHI_TXN_PREFIX: Type.String({
    pattern: '^[A-Z0-9]{3}$',
    default: 'BHI',
    description: 'Three letters that UPI transaction ids begin with, assigned by the network.',
  }),
  BAHI_RECOVERY_AFTER_MS: Type.Integer({
    minimum: 50,
    maximum: 3_600_000,
    default: 20_000,
    description: 'Milliseconds that a payment may be pending until account is asked for its outcome.',
  }),
  BAHI_RECOVERY_EVERY_MS: Type.Integer({
    minimum: 20,
    maximum: 60_000,
    default: 2_000,
    description: 'Milliseconds between searches for payments that have been pending too long.',
  }),
  BAHI_MAX_CONCURRENT_PAYMENTS: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 200,
    description: 'Payments that a process works on at once; more are refused with 503 and retry-after.',
  }),
  BAHI_CLOSED_LOOP_REQUESTS: Type.Optional(
    Type.String({
      description:
        'Dated rows that permit payment requests between customers of this platform, whatever the network permits: ' +
        '[{"effectiveFrom":"2026-04-01T00:00:00+05:30","persons":{"maxPaise":200000,"perDay":50}}]. ' +
        'Default: none; in the sandbox a row like this one.',
    }),
  ),
  BAHI_LIMITS: Type.Optional(
    Type.String({
      description:
        'Dated limits of the operator beside those of the network, which they only lower; each of the payments that ' +
        'its fields name: banks, mccs, modes, purposes, newPayee. ' +
        '[{"effectiveFrom":"2026-04-01T00:00:00+05:30","name":"own-bank","banks":["BAHI"],' +
        '"limits":{"perDayPaise":5000000}}]. Default: none.',
    }),
  ),
  BAHI_PUBLIC_URL: Type.String({
    pattern: '^(https?://[^\\s/]+/?)?$',
    default: '',
    description:
      'Where people open the app, such as https://pay.example: printed on statements with the page that verifies ' +
      'them. Without it only the path is.',
  }),
  ...KycLimitsConfig,
  BAHI_BATCH_INTERVAL_MS: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 15,
    description:
      'Batch interval: the least milliseconds between two batches of the same step; a single payment never waits.',
  }),
})
