// Caches in this process, bounded in time and in number of entries. What copies must share is in the cache of `Deps`.
import type { Clock } from '../clock.ts'

export type BoundedMap<V> = {
  /** Undefined when there is none, or its time is over. */
  get(key: string): V | undefined
  /** The entry becomes the newest one. Beyond the bound the oldest one goes. */
  set(key: string, value: V, ttlMs: number): void
  delete(key: string): void
  readonly size: number
}

export function boundedMap<V>(clock: Clock, bounds: { maxEntries: number }): BoundedMap<V> {
  const entries = new Map<string, { value: V; untilMs: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (entry.untilMs > clock.now().getTime()) return entry.value
      entries.delete(key)
      return undefined
    },
    set(key, value, ttlMs) {
      const nowMs = clock.now().getTime()
      entries.delete(key)
      entries.set(key, { value, untilMs: nowMs + ttlMs })
      for (const [oldest, { untilMs }] of entries) {
        if (untilMs > nowMs && entries.size <= bounds.maxEntries) break
        entries.delete(oldest)
      }
    },
    delete: (key) => void entries.delete(key),
    get size() {
      return entries.size
    },
  }
}

/**
 * Calls `find` once for simultaneous requests of a key, and keeps what it found for `ttlMs`. Failures and `undefined`
 * are not kept.
 */
export function cachedBy<V>(
  clock: Clock,
  bounds: { ttlMs: number; maxEntries: number },
  find: (key: string) => Promise<V | undefined>,
): (key: string) => Promise<V | undefined> {
  const cache = boundedMap<Promise<V | undefined>>(clock, bounds)
  return (key) => {
    const known = cache.get(key)
    if (known) return known
    const finding = find(key)
    cache.set(key, finding, bounds.ttlMs)
    const remove = () => {
      if (cache.get(key) === finding) cache.delete(key)
    }
    finding.then((value) => {
      if (value === undefined) remove()
    }, remove)
    return finding
  }
}

export type CachedValue<V> = {
  /** Rejects as `find` does. */
  get(): Promise<V>
  /** What was found last, however long ago. */
  last(): V | undefined
  /** The next `get` finds it anew. */
  clear(): void
}

/** One value that is found anew after `ttlMs`, once for simultaneous requests. A failure is not kept. */
export function cachedValue<V>(clock: Clock, ttlMs: number, find: () => Promise<V>): CachedValue<V> {
  let last: V | undefined
  const cached = cachedBy(clock, { ttlMs, maxEntries: 1 }, async () => ({ value: (last = await find()) }))
  let generation = 0
  return {
    get: async () => (await cached(String(generation)))!.value,
    last: () => last,
    clear: () => void (generation += 1),
  }
}
