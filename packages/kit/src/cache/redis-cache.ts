// The cache on Redis: shared by all processes, with a short timeout, so that an outage slows nothing down.
import { batch } from '../batch.ts'
import type { Cache, CacheLoad, Taken } from './cache.ts'
import { isCluster, prefix, redisClientOf, type Take } from './redis-client.ts'
import { systemClock } from '../clock.ts'
import { dependencies, failureOf, type Outages } from '../outages.ts'

const usualTimeoutMs = 250

/** An interval of 3 ms is not noticeable, and halves the round trips of a gateway under load. */
const takeBatch = {
  name: 'take rate limits',
  maxItems: 100,
  maxInFlight: 8,
  interval: { ms: 3, clock: systemClock },
}

type Options = {
  outages?: Outages
  /** After which a command that is not answered rejects; by default 250 ms. */
  commandTimeoutMs?: number
}

/** Reconnects by itself. */
export function redisCache(url: string, options: Options = {}): Cache {
  const { outages, commandTimeoutMs = usualTimeoutMs } = options
  const redis = dependencies.redis(url)
  const client = redisClientOf(url)
  let lastError: Error | undefined
  let closed = false
  client.on('error', (error: Error) => {
    lastError = error
    outages?.failed(redis, error)
  })
  client.on('ready', () => outages?.recovered(redis))
  // A command sent before the first connection waits for it, within its own timeout.
  const connected = client.connect().then(
    () => undefined,
    () => undefined,
  )

  async function withTimeout<T>(command: () => Promise<T>): Promise<T> {
    if (closed) throw new Error('the cache is closed')
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = unavailable()
        if (!closed) outages?.failed(redis, error)
        reject(error)
      }, commandTimeoutMs)
    })
    try {
      const answer = await Promise.race([connected.then(command), late])
      outages?.recovered(redis)
      return answer
    } catch (error) {
      throw (client.isReady ?? true) ? error : unavailable()
    } finally {
      clearTimeout(timer)
    }
  }
  const unavailable = () => {
    const text = `Redis did not answer within ${commandTimeoutMs} ms`
    return failureOf('Redis', new Error(text, lastError && { cause: lastError }))
  }

  /** Takes of the same moment share one round trip. */
  const take = batch<Take, Taken>(
    (takes) => withTimeout(() => client.takeAll(takes)),
    isCluster(url) ? { ...takeBatch, maxItems: 1, maxInFlight: 1_000 } : takeBatch,
  )

  return {
    get: (key) => withTimeout(async () => (await client.get(prefix + key)) ?? undefined),
    set: (key, value, ttlMs) =>
      withTimeout(async () => {
        await client.set(prefix + key, value, { expiration: { type: 'PX', value: wholeMs(ttlMs) } })
      }),
    add: (key, value, ttlMs) =>
      withTimeout(async () => {
        const options = { condition: 'NX', expiration: { type: 'PX', value: wholeMs(ttlMs) } } as const
        return (await client.set(prefix + key, value, options)) !== null
      }),
    raise: (key, value, ttlMs) =>
      withTimeout(async () => {
        await client.raise({ key, value, ttlMs: wholeMs(ttlMs) })
      }),
    delete: (key) =>
      withTimeout(async () => {
        await client.del(prefix + key)
      }),
    take: (key, bucket, cost = 1) => take({ key, bucket, cost }),
    check: () =>
      withTimeout(async () => {
        await client.get(`${prefix}check`)
      }),
    load: () => withTimeout(async () => loadOf(await client.infos())),
    async close() {
      if (!closed) await client.destroy()
      closed = true
    },
  }
}

/** @param infos what each server answers to INFO */
export function loadOf(infos: string[]): CacheLoad {
  const servers = infos.map((info) => {
    const read = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1])
    return {
      usedBytes: read('used_memory'),
      maxBytes: read('maxmemory') || read('total_system_memory'),
      evictedKeys: read('evicted_keys'),
      rejectedConnections: read('rejected_connections'),
    }
  })
  const share = (of: CacheLoad) => of.usedBytes / of.maxBytes
  const fullest = servers.reduce((one, other) => (share(other) > share(one) ? other : one))
  const sum = (of: 'evictedKeys' | 'rejectedConnections') => servers.reduce((all, one) => all + one[of], 0)
  return {
    ...{ usedBytes: fullest.usedBytes, maxBytes: fullest.maxBytes },
    ...{ evictedKeys: sum('evictedKeys'), rejectedConnections: sum('rejectedConnections') },
  }
}

function wholeMs(ms: number): number {
  return Math.max(1, Math.round(ms))
}
