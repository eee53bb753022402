// The banks of the network and the keys that PINs for them are encrypted for, cached for some minutes.
import type { Bank } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { cachedValue } from '@bahi/kit/cache/bounded-map.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const freshMs = 5 * 60_000

export type NetworkDirectory = {
  /** As last received, when the network does not answer now. Throws `bank-unreachable` when nothing was received. */
  banks(): Promise<Bank[]>
  /** As last received, or none, when the network does not answer now. */
  keys(): Promise<Record<string, unknown>[]>
}

export function createNetworkDirectory(deps: Pick<Deps, 'network' | 'clock'>): NetworkDirectory {
  const banks = cachedValue(deps.clock, freshMs, () => deps.network.listBanks())
  const keys = cachedValue(deps.clock, freshMs, () => deps.network.listKeys())
  return {
    async banks() {
      try {
        return await banks.get()
      } catch (error) {
        const last = banks.last()
        if (last && error instanceof Problem) return last
        throw error
      }
    },
    async keys() {
      try {
        return await keys.get()
      } catch (error) {
        if (error instanceof Problem) return keys.last() ?? []
        throw error
      }
    },
  }
}
