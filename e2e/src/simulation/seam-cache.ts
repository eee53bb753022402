// A cache with bad luck: it fails, and it forgets everything.
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Cache } from '@bahi/kit/cache/cache.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import type { Faults } from './faults.ts'
import { never, type Life } from './life.ts'

/** One for all incarnations; `seenBy` one of them. */
export function unluckyCache({ faults, clock }: { faults: Faults; clock: Clock }) {
  let cache = memoryCache({ clock })
  function guarded<T>(life: Life, use: (cache: Cache) => Promise<T>): Promise<T> {
    if (life.dead) return never<T>()
    if (faults.happens('cache: emptied', life.service)) cache = memoryCache({ clock })
    if (faults.happens('cache: fails', life.service))
      return Promise.reject(new Error('the cache does not answer'))
    return use(cache)
  }
  return {
    seenBy: (life: Life): Cache => ({
      get: (key) => guarded(life, (all) => all.get(key)),
      set: (key, value, ttlMs) => guarded(life, (all) => all.set(key, value, ttlMs)),
      add: (key, value, ttlMs) => guarded(life, (all) => all.add(key, value, ttlMs)),
      delete: (key) => guarded(life, (all) => all.delete(key)),
      take: (key, bucket, cost) => guarded(life, (all) => all.take(key, bucket, cost)),
      check: () => guarded(life, (all) => all.check()),
      close: () => Promise.resolve(),
    }),
  }
}
