// Password hashes: argon2id, with a bound on how many are computed at once.
import { randomBytes } from 'node:crypto'
import { normalPassword } from '@bahi/contracts/password-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { hash, parseOptions, verify } from '@node-rs/argon2'

const timeCost = 2
const parallelism = 1
/** Hashes that may be computed or queued at once; at about 20 ms each the last one waits about a second. */
export const maxConcurrentHashes = 64

export type Passwords = {
  hash(password: string): Promise<string>
  /** False without a hash, after the same time. */
  matches(hash: string | undefined, password: string): Promise<boolean>
  /** True when it was made with other cost parameters. */
  isOutdated(hash: string): boolean
}

/** Its functions throw `overloaded` when too many hashes are in progress. */
export async function createPasswords(memoryKib: number): Promise<Passwords> {
  const costs = { memoryCost: memoryKib, timeCost, parallelism }
  const dummyHash = await hash(randomBytes(16), costs)
  let hashing = 0

  async function withSlot<T>(work: () => Promise<T>): Promise<T> {
    if (hashing >= maxConcurrentHashes) throw new Problem('overloaded', undefined, { retryAfterS: 1 })
    hashing += 1
    try {
      return await work()
    } finally {
      hashing -= 1
    }
  }

  return {
    hash: (password) => withSlot(() => hash(normalPassword(password), costs)),
    matches: (stored, password) =>
      withSlot(
        async () => (await verify(stored ?? dummyHash, normalPassword(password))) && stored !== undefined,
      ),
    isOutdated(stored) {
      const used = parseOptions(stored)
      return used.memoryCost !== memoryKib || used.timeCost !== timeCost || used.parallelism !== parallelism
    },
  }
}
