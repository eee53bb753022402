// The in-process cache: bounded; the oldest entry is evicted first.
import type { Cache } from './cache.ts'
import { systemClock, type Clock } from '../clock.ts'

export function memoryCache({
  clock = systemClock,
  maxKeys = 100_000,
}: { clock?: Clock; maxKeys?: number } = {}): Cache {
  const values = new Map<string, { value: string; untilMs: number }>()
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const nowMs = () => clock.now().getTime()
  let closed = false

  function mustBeOpen(): void {
    if (closed) throw new Error('the cache is closed')
  }

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
    async get(key) {
      mustBeOpen()
      return live(key)
    },
    async set(key, value, ttlMs) {
      mustBeOpen()
      put(key, value, ttlMs)
    },
    async add(key, value, ttlMs) {
      mustBeOpen()
      if (live(key) !== undefined) return false
      put(key, value, ttlMs)
      return true
    },
    async raise(key, value, ttlMs) {
      mustBeOpen()
      const before = live(key)
      put(key, before !== undefined && before > value ? before : value, ttlMs)
    },
    async delete(key) {
      mustBeOpen()
      values.delete(key)
    },
    async take(key, { capacity, refillPerS }, cost = 1) {
      mustBeOpen()
      const now = nowMs()
      const before = buckets.get(key) ?? { tokens: capacity, atMs: now }
      const passedMs = Math.max(0, now - before.atMs)
      const tokens = Math.min(capacity, before.tokens + (passedMs / 1000) * refillPerS)
      const ok = tokens >= cost
      const left = ok ? tokens - cost : tokens
      buckets.delete(key)
      buckets.set(key, { tokens: left, atMs: now })
      bound(buckets)
      const retryAfterMs = ok ? 0 : Math.ceil(((cost - tokens) / refillPerS) * 1000)
      return { ok, remaining: Math.floor(left), retryAfterMs }
    },
    async check() {
      mustBeOpen()
    },
    async close() {
      closed = true
      values.clear()
      buckets.clear()
    },
  }
}
