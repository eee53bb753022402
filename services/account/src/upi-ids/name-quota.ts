// How many names a person, and a network, may look up in a day: names are what harvesters of UPI IDs are after.
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { createDayQuota } from '@bahi/kit/cache/day-quota.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

/** Not counted: the machine itself, as in development, or a proxy that hides its clients. */
const loopback = /^(127\.|::1$|0:0:0:0::)/

export type TakeName = (userId: string, network: string | undefined) => Promise<void>

/**
 * The function throws `rate-limited`. While the cache is unavailable each process counts by itself: people must still
 * be able to pay.
 */
export function createNameQuota(deps: Pick<Deps, 'cache' | 'clock'>): TakeName {
  const take = createDayQuota(deps)
  const refusal = 'too many names were looked up: try again later'
  return async (userId, network) => {
    const { namesPerDay, namesPerDayOfNetwork } = rulesAt(payRules, deps.clock.now())
    await take(`account:names:${userId}`, namesPerDay, refusal)
    if (network !== undefined && !loopback.test(network))
      await take(`account:names-of-network:${network}`, namesPerDayOfNetwork, refusal)
  }
}
