// Who is behind UPI IDs of other PSPs: many are asked of the network in one call, and cached for a minute.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import type { NetworkAddress } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { batch } from '@bahi/kit/batch.ts'
import { boundedMap } from '@bahi/kit/cache/bounded-map.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const maxAsked = 500
const maxInFlight = 4
const maxCached = 20_000
const knownMs = 60_000
/** An address that does not exist may be created soon. */
const unknownMs = 5_000

export type AddressResolver = {
  /** @param vpas normalised. Undefined for one that does not exist; a problem where the network does not answer */
  find(vpas: string[]): Promise<Map<string, NetworkAddress | Problem | undefined>>
  idle(): Promise<void>
}

export function createAddressResolver(deps: Pick<Deps, 'clock' | 'network'>): AddressResolver {
  const cache = boundedMap<{ address: NetworkAddress | undefined }>(deps.clock, { maxEntries: maxCached })

  const ask = batch<string, NetworkAddress | undefined>(
    async (vpas) => {
      const found = await deps.network.resolveAddresses([...new Set(vpas)])
      const byVpa = new Map(found.map((address) => [normaliseVpa(address.addr), address]))
      return vpas.map((vpa) => {
        const address = byVpa.get(vpa)
        cache.set(vpa, { address }, address ? knownMs : unknownMs)
        return address
      })
    },
    { name: 'ask for addresses', maxItems: maxAsked, maxInFlight },
  )

  async function findOne(vpa: string): Promise<NetworkAddress | Problem | undefined> {
    const cached = cache.get(vpa)
    if (cached) return cached.address
    return ask(vpa).catch((error: unknown) => {
      if (error instanceof Problem) return error
      throw error
    })
  }
  return {
    async find(vpas) {
      return new Map(await Promise.all(vpas.map(async (vpa) => [vpa, await findOne(vpa)] as const)))
    },
    idle: () => ask.idle(),
  }
}
