// Who stands behind UPI IDs of other apps, as the network tells: many asked in one call, and remembered for a minute.
import { Problem } from '@bahi/contracts/problem.ts'
import { batch } from '@bahi/kit/batch.ts'
import { boundedMap } from '@bahi/kit/cache/bounded-map.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Address, Network } from './network.ts'

const maxAsked = 500
const maxInFlight = 4
const maxCached = 20_000
const knownMs = 60_000
/** Whom nobody knows may come to be. */
const unknownMs = 5_000

export type AddressResolver = {
  /** @param vpas normalised. Undefined for whom nobody has; a problem where the network does not answer */
  find(vpas: string[]): Promise<Map<string, Address | Problem | undefined>>
  idle(): Promise<void>
}

export function createAddressResolver(
  deps: Pick<Deps, 'clock'>,
  network: Pick<Network, 'addresses'>,
): AddressResolver {
  const cache = boundedMap<{ address: Address | undefined }>(deps.clock, { maxEntries: maxCached })

  const ask = batch<string, Address | undefined>(
    async (vpas) => {
      const told = await network.addresses([...new Set(vpas)])
      return vpas.map((vpa) => {
        const address = told.get(vpa)
        cache.set(vpa, { address }, address ? knownMs : unknownMs)
        return address
      })
    },
    { maxItems: maxAsked, maxInFlight },
  )

  async function findOne(vpa: string): Promise<Address | Problem | undefined> {
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
