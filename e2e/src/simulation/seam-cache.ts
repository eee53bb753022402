// A cache that injects faults: calls fail, and all entries are lost.
import { memoryCache } from '@bahi/kit/cache/memory-cache.ts'
import type { Cache } from '@bahi/kit/cache/cache.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import type { Faults } from './faults.ts'
import { never, type Incarnation } from './incarnation.ts'

/** One cache for all incarnations; `of` gives the view of one. */
export function faultyCache({ faults, clock }: { faults: Faults; clock: Clock }) {
  let cache = memoryCache({ clock })
  function guarded<T>(incarnation: Incarnation, use: (cache: Cache) => Promise<T>): Promise<T> {
    if (incarnation.dead) return never<T>()
    if (faults.happens('cache: emptied', incarnation.process)) cache = memoryCache({ clock })
    if (faults.happens('cache: fails', incarnation.process))
      return Promise.reject(new Error('the cache does not respond'))
    return use(cache)
  }
  return {
    of: (incarnation: Incarnation): Cache => ({
      get: (key) => guarded(incarnation, (all) => all.get(key)),
      set: (key, value, ttlMs) => guarded(incarnation, (all) => all.set(key, value, ttlMs)),
      add: (key, value, ttlMs) => guarded(incarnation, (all) => all.add(key, value, ttlMs)),
      raise: (key, value, ttlMs) => guarded(incarnation, (all) => all.raise(key, value, ttlMs)),
      delete: (key) => guarded(incarnation, (all) => all.delete(key)),
      take: (key, bucket, cost) => guarded(incarnation, (all) => all.take(key, bucket, cost)),
      check: () => guarded(incarnation, (all) => all.check()),
      close: () => Promise.resolve(),
    }),
  }
}
