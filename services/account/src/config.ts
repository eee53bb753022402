// The settings of account and what its use cases depend on.
import { MandateMovesConfig } from '@bahi/contracts/mandate-moves.ts'
import { NetworkConfig } from '@bahi/kit/network/network-config.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'
import type { PinKeys } from './pin/pin-keys.ts'
import type { CodeKeys } from './upi-ids/code-keys.ts'

export const Config = Type.Object({
  BAHI_PIN_KEY: Type.String({
    secret: true,
    examples: ['{"kty":"EC","crv":"P-256","kid":"…","x":"…","y":"…","d":"…"}'],
    description:
      'Private JWK (EC P-256 or OKP X25519, JSON): opens the PIN blocks that apps encrypt. A list while it is ' +
      'replaced: the first is published to apps, the others still open what was encrypted for them.',
  }),
  BAHI_PIN_VERIFIER_KEY: Type.String({
    secret: true,
    examples: ['openssl rand -base64 32'],
    pattern: '^[A-Za-z0-9+/]{43}=$',
    description: 'Base64 of 32 bytes: what PINs are verified under; in production it never leaves an HSM.',
  }),
  BAHI_LEDGER_PARTITIONS: Type.Integer({
    minimum: 1,
    maximum: 16,
    default: 1,
    description:
      'Sets of transfers that are posted at once; more than one only where the database has cores to spare.',
  }),
  BAHI_HANDLE: Type.String({
    pattern: '^[a-z][a-z0-9]{1,29}$',
    default: 'bahi',
    description: 'The handle: what follows the @ in UPI IDs that are issued here.',
  }),
  BAHI_CODE_KEYS: Type.String({
    secret: true,
    default: '[]',
    description:
      'Keys that codes are signed with, a JSON list of private JWKs with `alg` (RS256 in UPI), `kid`, and the times ' +
      '`from` and `to` of their use: the newest in force signs, all are published. None: codes are not signed.',
  }),
  BAHI_CODE_ORG: Type.String({
    pattern: '^[0-9]{6}$',
    default: '159001',
    description: 'Our originator id (`orgid`) in signed codes, given by the network.',
  }),
  BAHI_DATABASE_STANDBYS: Type.Integer({
    minimum: 0,
    maximum: 100,
    default: 0,
    description:
      'How many standbys of PostgreSQL there should be: with fewer there is an alert. 0: one more than a commit ' +
      'waits for, where replication is synchronous.',
  }),
  ...NetworkConfig.properties,
  ...MandateMovesConfig,
})

export type Settings = Static<typeof Config>

export type AccountDeps = Deps<Settings> & { pins: PinKeys; codeKeys: CodeKeys }
