// Remembers answers for a short while, in this process: bounded in time and number, and only good ones.
import type { Clock } from '@bahi/kit/clock.ts'

/**
 * Asks `find` once for all who ask at the same time, and keeps what it found for `ttlMs`. Nothing found and failures
 * are not kept. Beyond `maxEntries` the oldest answer goes.
 */
export function remember<V>(
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
    const forget = () => {
      if (entries.get(key) === entry) entries.delete(key)
    }
    entry.value.then((value) => {
      if (value === undefined) forget()
    }, forget)
    if (entries.size > bounds.maxEntries) entries.delete(entries.keys().next().value!)
    return entry.value
  }
}
