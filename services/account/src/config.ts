// The settings of account and what its use cases depend on.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'
import type { PinKeys } from './pin/pin-keys.ts'

export const Config = Type.Object({
  BAHI_PIN_KEY: Type.String({
    description: 'Private JWK (EC P-256 or OKP X25519, JSON): opens the PIN blocks that apps encrypt.',
  }),
  BAHI_PIN_VERIFIER_KEY: Type.String({
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
    description: 'What stands behind the @ of the UPI IDs that are issued here.',
  }),
  BAHI_NETWORK_KEY: Type.String({
    default: '',
    description:
      'Private JWK (OKP Ed25519) that our messages are signed with; without it there is no network.',
  }),
  BAHI_NETWORK_PEER_KEY: Type.String({
    default: '',
    description: 'Public JWK (OKP Ed25519) of the payment network.',
  }),
  BAHI_NETWORK_ORG: Type.String({
    pattern: '^[A-Z0-9]{1,20}$',
    default: 'BAHI',
    description: 'Our name in the network.',
  }),
  BAHI_NETWORK_TIME_SCALE: Type.Number({
    minimum: 1,
    maximum: 10_000,
    default: 1,
    description: 'How many times faster than the rules a sandbox lives; 1 in production.',
  }),
})

export type Settings = Static<typeof Config>

export type AccountDeps = Deps<Settings> & { pins: PinKeys }
