// Password hashes: argon2id, with a bound on how many are computed at once.
import { randomBytes } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { normalPassword } from './password-rules.ts'

const timeCost = 2
const parallelism = 1
/**
 * Hashes that may be waited for at once; at about 20 ms each this keeps the last one's wait near a second.
 */
export const maxHashing = 64

export type Passwords = {
  hash(password: string): Promise<string>
  /** Takes the same time when there is no hash to compare with; the answer is then false. */
  matches(hash: string | undefined, password: string): Promise<boolean>
  /** True when it was made with other costs than today's. */
  isOutdated(hash: string): boolean
}

/** Each of its functions throws `overloaded` when too many hashes are waited for already. */
export async function createPasswords(memoryKib: number): Promise<Passwords> {
  const costs = { memoryCost: memoryKib, timeCost, parallelism }
  const nobodys = await hash(randomBytes(16), costs)
  let hashing = 0

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (hashing >= maxHashing) throw new Problem('overloaded', undefined, { retryAfterS: 1 })
    hashing += 1
    try {
      return await work()
    } finally {
      hashing -= 1
    }
  }

  return {
    hash: (password) => inTurn(() => hash(normalPassword(password), costs)),
    matches: (known, password) =>
      inTurn(async () => (await verify(known ?? nobodys, normalPassword(password))) && known !== undefined),
    isOutdated(known) {
      const used = parseOptions(known)
      return used.memoryCost !== memoryKib || used.timeCost !== timeCost || used.parallelism !== parallelism
    },
  }
}
