// The cache inside one process: bounded, oldest out first.
import type { Cache } from './cache.ts'
import { systemClock, type Clock } from './clock.ts'

export function memoryCache({
  clock = systemClock,
  maxKeys = 100_000,
}: { clock?: Clock; maxKeys?: number } = {}): Cache {
  const values = new Map<string, { value: string; untilMs: number }>()
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const nowMs = () => clock.now().getTime()

  function bound(map: Map<string, unknown>): void {
    if (map.size <= maxKeys) return
    const [oldest] = map.keys()
    if (oldest !== undefined) map.delete(oldest)
  }
  function live(key: string): string | undefined {
    const found = values.get(key)
    if (found && found.untilMs > nowMs()) return found.value
    values.delete(key)
    return undefined
  }
  function put(key: string, value: string, ttlMs: number): void {
    values.delete(key)
    values.set(key, { value, untilMs: nowMs() + ttlMs })
    bound(values)
  }

  return {
    get: (key) => Promise.resolve(live(key)),
    set: (key, value, ttlMs) => Promise.resolve(put(key, value, ttlMs)),
    add(key, value, ttlMs) {
      if (live(key) !== undefined) return Promise.resolve(false)
      put(key, value, ttlMs)
      return Promise.resolve(true)
    },
    delete: (key) => Promise.resolve(void values.delete(key)),
    take(key, { capacity, refillPerS }, cost = 1) {
      const now = nowMs()
      const before = buckets.get(key) ?? { tokens: capacity, atMs: now }
      const tokens = Math.min(capacity, before.tokens + ((now - before.atMs) / 1000) * refillPerS)
      const ok = tokens >= cost
      const left = ok ? tokens - cost : tokens
      buckets.delete(key)
      buckets.set(key, { tokens: left, atMs: now })
      bound(buckets)
      const retryAfterMs = ok ? 0 : Math.ceil(((cost - tokens) / refillPerS) * 1000)
      return Promise.resolve({ ok, remaining: Math.floor(left), retryAfterMs })
    },
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}
