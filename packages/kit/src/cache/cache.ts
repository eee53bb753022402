// A cache for what can be rebuilt: copies, counters, short-lived marks. One interface; in the process, or Redis.

/** Token bucket: `capacity` at most, `refillPerS` tokens returned each second. */
export type Bucket = { capacity: number; refillPerS: number }
export type Taken = { ok: boolean; remaining: number; retryAfterMs: number }

/** Of several servers: of the one that is fullest, and counts of all. Counts are since a server started. */
export type CacheLoad = {
  usedBytes: number
  /** That it may use: its limit, else the memory of its machine. */
  maxBytes: number
  /** Keys that were dropped before their lifetime ended, for want of memory. */
  evictedKeys: number
  rejectedConnections: number
}

/** It can be emptied at any time: never the only place of money, identity or an acknowledged request. */
export type Cache = {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttlMs: number): Promise<void>
  /** Sets the key only when it is absent; true when this call set it. */
  add(key: string, value: string, ttlMs: number): Promise<boolean>
  /** Sets the key when it is absent or less, as text, atomically across processes; its lifetime begins anew. */
  raise(key: string, value: string, ttlMs: number): Promise<void>
  delete(key: string): Promise<void>
  /** Takes `cost` (default 1) tokens from the bucket of `key`, atomically across processes. */
  take(key: string, bucket: Bucket, cost?: number): Promise<Taken>
  /** Rejects when the cache cannot be used; for `/readyz`. */
  check(): Promise<void>
  /** What it has used up; absent where no server keeps it. */
  load?(): Promise<CacheLoad>
  close(): Promise<void>
}
