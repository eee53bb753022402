// The settings of the network, for every service that uses it, and the adapter that they choose.
import type { Call } from '@bahi/contracts/call.ts'
import type { NetworkAdapter } from '@bahi/contracts/network-adapter.ts'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { noNetwork } from './no-network.ts'
import { sandboxNetwork } from './sandbox-network.ts'

export const NetworkConfig = Type.Object({
  BAHI_NETWORK: Type.Union([Type.Literal('sandbox'), Type.Literal('none')], {
    default: 'sandbox',
    description: 'The adapter to the network: `sandbox` (JSON over JWS; without keys as `none`) or `none`.',
  }),
  BAHI_NETWORK_KEY: Type.String({
    secret: true,
    default: '',
    description:
      'Private JWK (OKP Ed25519) that our messages are signed with; without it there is no network.',
  }),
  BAHI_NETWORK_PEER_KEY: Type.String({
    default: '',
    description:
      'Public JWK (OKP Ed25519) of the network, or a list of them while it replaces its key; the `kid` of a message ' +
      'chooses.',
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
    description: 'How many times faster than the rules the waiting times of a sandbox run; 1 in production.',
  }),
})
export type NetworkConfig = Static<typeof NetworkConfig>

/** What is wrong with these settings in production. */
export function networkFaults({ BAHI_NETWORK: adapter }: NetworkConfig): string[] {
  return adapter === 'sandbox'
    ? ['BAHI_NETWORK is the network of testers: set `none`, or an adapter to a real one']
    : []
}

/** @param config of a service; one that does not use the network has none of the settings */
export async function createNetwork(
  config: unknown,
  deps: { call: Call; mode: 'sandbox' | 'production' },
): Promise<NetworkAdapter> {
  if (!Value.Check(NetworkConfig, config)) return noNetwork({ orgId: '', timeScale: 1 })
  const { BAHI_NETWORK: adapter, BAHI_NETWORK_KEY: key, BAHI_NETWORK_PEER_KEY: peerKey } = config
  const about = {
    orgId: config.BAHI_NETWORK_ORG,
    timeScale: deps.mode === 'production' ? 1 : config.BAHI_NETWORK_TIME_SCALE,
  }
  if (adapter === 'none') return noNetwork(about)
  return sandboxNetwork(deps, { ...about, key, peerKey })
}
