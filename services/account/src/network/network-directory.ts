// The banks of the network, the keys that PINs for them are encrypted for, and whose codes are signed: cached.
import type { Bank } from '@bahi/contracts/account.ts'
import type { CodeSigner } from '@bahi/contracts/codes/code-signer.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { cachedValue } from '@bahi/kit/cache/bounded-map.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const freshMs = 5 * 60_000

export type NetworkDirectory = {
  /** As last received, when the network does not answer now. Throws `bank-unreachable` when nothing was received. */
  banks(): Promise<Bank[]>
  /** As last received, or none, when the network does not answer now. */
  keys(): Promise<Record<string, unknown>[]>
  /** As last received, or none, when the network does not answer now. */
  signers(): Promise<CodeSigner[]>
}

export function createNetworkDirectory(deps: Pick<Deps, 'network' | 'clock'>): NetworkDirectory {
  const banks = cachedValue(deps.clock, freshMs, () => deps.network.listBanks())
  const keys = cachedValue(deps.clock, freshMs, () => deps.network.listKeys())
  const signers = cachedValue(deps.clock, freshMs, () => deps.network.listSigners())
  const lastOf = async <T>(list: { get(): Promise<T[]>; last(): T[] | undefined }): Promise<T[]> => {
    try {
      return await list.get()
    } catch (error) {
      if (error instanceof Problem) return list.last() ?? []
      throw error
    }
  }
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
    keys: () => lastOf(keys),
    signers: () => lastOf(signers),
  }
}
