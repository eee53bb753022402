// A cache in the process, bounded in time and number of entries.
import type { Clock } from '@bahi/kit/clock.ts'

/**
 * Calls `find` once for simultaneous requests of a key, and keeps what it found for `ttlMs`. Failures and `undefined`
 * are not kept. Beyond `maxEntries` the oldest entry goes.
 */
export function boundedCache<V>(
  clock: Clock,
  bounds: { ttlMs: number; maxEntries: number },
  find: (key: string) => Promise<V | undefined>,
): (key: string) => Promise<V | undefined> {
  const entries = new Map<string, { untilMs: number; value: Promise<V | undefined> }>()
  return (key) => {
    const nowMs = clock.now().getTime()
    const found = entries.get(key)
    if (found && found.untilMs > nowMs) return found.value
    const entry = { untilMs: nowMs + bounds.ttlMs, value: find(key) }
    entries.delete(key)
    entries.set(key, entry)
    const remove = () => {
      if (entries.get(key) === entry) entries.delete(key)
    }
    entry.value.then((value) => {
      if (value === undefined) remove()
    }, remove)
    if (entries.size > bounds.maxEntries) entries.delete(entries.keys().next().value!)
    return entry.value
  }
}
