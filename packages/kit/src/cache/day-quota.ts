// How often something may be done in a day: a bucket that fills over the day, counted in the cache.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Clock } from '../clock.ts'
import type { Bucket, Cache, Taken } from './cache.ts'
import { memoryCache } from './memory-cache.ts'

const dayS = 24 * 3_600

/** Throws `rate-limited` with `refusal`. @param whenAway answers while the cache is unavailable */
export async function takeOfDay(
  cache: Cache,
  { key, perDay, refusal }: { key: string; perDay: number; refusal: string },
  whenAway: (bucket: Bucket) => Promise<Taken>,
): Promise<void> {
  const bucket = { capacity: perDay, refillPerS: perDay / dayS }
  const taken = await cache.take(key, bucket).catch(() => whenAway(bucket))
  if (taken.ok) return
  throw new Problem('rate-limited', refusal, { retryAfterS: Math.ceil(taken.retryAfterMs / 1_000) })
}

export type TakeOfDay = (key: string, perDay: number, refusal: string) => Promise<void>

/**
 * The function throws `rate-limited` with `refusal`. While the cache is unavailable each process counts by itself: what
 * is counted must go on.
 */
export function createDayQuota(deps: { cache: Cache; clock: Clock }): TakeOfDay {
  const fallback = memoryCache({ clock: deps.clock })
  return (key, perDay, refusal) =>
    takeOfDay(deps.cache, { key, perDay, refusal }, (bucket) => fallback.take(key, bucket))
}
