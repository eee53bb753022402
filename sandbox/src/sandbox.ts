// The sandbox's settings and dependencies.
import type { Deps } from '@bahi/kit/runtime/service.ts'
import Type, { type Static } from 'typebox'
import type { NetworkKeys } from './switch/keys.ts'

export const Config = Type.Object({
  BAHI_SANDBOX_SMTP_PORT: Type.Integer({
    minimum: 0,
    maximum: 65_535,
    default: 0,
    description: 'Port of the SMTP server whose mail is stored in the inbox; 0: no SMTP server.',
  }),
  BAHI_SANDBOX_SMTP_HOST: Type.String({
    default: '127.0.0.1',
    description: 'Address that the SMTP server listens on; it accepts any mail, so keep it private.',
  }),
  BAHI_SANDBOX_NETWORK_KEY: Type.String({
    secret: true,
    description: 'Private JWK (Ed25519) that the switch signs its messages with.',
  }),
  BAHI_SANDBOX_MEMBER_KEY: Type.String({
    description: 'Public JWK (Ed25519) of the member, or a list of them, for verifying its messages.',
  }),
  BAHI_NETWORK_TIME_SCALE: Type.Number({
    minimum: 1,
    default: 1,
    description: 'How many times faster than the rules the network runs: divides all its waiting times.',
  }),
  BAHI_SANDBOX_SEED: Type.String({
    minLength: 1,
    default: 'bahi',
    description: 'Seed that decides which transactions get the faults with a share.',
  }),
})

export type SandboxDeps = Deps<Static<typeof Config>>

/** Dependencies of the switch and the banks. */
export type NetworkDeps = SandboxDeps & {
  keys: NetworkKeys
  /** Lets the outbox sender send due messages soon. */
  wakeOutbox(): void
}
