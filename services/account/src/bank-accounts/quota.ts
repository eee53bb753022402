// How often a day a person may ask something of banks; the numbers are in rules.ts.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

const dayS = 24 * 3_600

/** Throws `rate-limited`; `unavailable` when the cache cannot count. */
export async function takeQuota(
  deps: Pick<Deps, 'cache'>,
  what: string,
  userId: string,
  perDay: number,
): Promise<void> {
  const bucket = { capacity: perDay, refillPerS: perDay / dayS }
  const taken = await deps.cache.take(`account:${what}:${userId}`, bucket).catch(() => {
    throw new Problem('unavailable', 'this cannot be counted now', { retryAfterS: 1 })
  })
  if (taken.ok) return
  const retryAfterS = Math.ceil(taken.retryAfterMs / 1_000)
  throw new Problem('rate-limited', `${what}: ${perDay} a day are the most`, { retryAfterS })
}
