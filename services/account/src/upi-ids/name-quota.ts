// How many names a person, and a network, may look up in a day: names are what harvesters of UPI IDs are after.
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const dayS = 24 * 3_600
/** Not counted: the machine itself, as in development, or a proxy that hides its clients. */
const loopback = /^(127\.|::1$|0:0:0:0::)/

export type TakeName = (userId: string, network: string | undefined) => Promise<void>

/**
 * The function throws `rate-limited`. While the cache is unavailable each process counts by itself: people must still
 * be able to pay.
 */
export function createNameQuota(deps: Pick<Deps, 'cache' | 'clock'>): TakeName {
  const fallback = memoryCache({ clock: deps.clock })

  async function take(key: string, perDay: number): Promise<void> {
    const bucket = { capacity: perDay, refillPerS: perDay / dayS }
    const taken = await deps.cache.take(key, bucket).catch(() => fallback.take(key, bucket))
    if (taken.ok) return
    const retryAfterS = Math.ceil(taken.retryAfterMs / 1_000)
    throw new Problem('rate-limited', 'too many names were looked up: try again later', { retryAfterS })
  }

  return async (userId, network) => {
    const { namesPerDay, namesPerDayOfNetwork } = rulesAt(payRules, deps.clock.now())
    await take(`account:names:${userId}`, namesPerDay)
    if (network !== undefined && !loopback.test(network))
      await take(`account:names-of-network:${network}`, namesPerDayOfNetwork)
  }
}
