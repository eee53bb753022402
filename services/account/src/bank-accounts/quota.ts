// How often a day a person may ask something of banks; the numbers are in rules.ts.
import { Problem } from '@bahi/contracts/problem.ts'
import { takeOfDay } from '@bahi/kit/cache/day-quota.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

/** Throws `rate-limited`; `unavailable` when the cache cannot count. */
export function takeQuota(
  deps: Pick<Deps, 'cache'>,
  what: string,
  userId: string,
  perDay: number,
): Promise<void> {
  const refusal = `${what}: ${perDay} a day are the most`
  return takeOfDay(deps.cache, { key: `account:${what}:${userId}`, perDay, refusal }, () => {
    throw new Problem('unavailable', 'this cannot be counted now', { retryAfterS: 1 })
  })
}
