// The cache on Redis: shared by all processes, with a short timeout, so that an outage slows nothing down.
import { createClient, defineScript } from 'redis'
import { batch } from '../batch.ts'
import type { Bucket, Cache, Taken } from './cache.ts'
import { systemClock } from '../clock.ts'
import { dependencies, failureOf, type Outages } from '../outages.ts'

const prefix = 'bahi:'
const commandTimeoutMs = 250

/**
 * Takes from buckets in the order given, by the server's clock. ARGV, for each: capacity, tokens per second, cost.
 * Returns, for each: taken (1 or 0), whole tokens left, and the wait in ms. A full bucket expires: absent and full are
 * the same.
 */
const takeScript = `
  local time = redis.call('time')
  local now = time[1] * 1000 + time[2] / 1000
  local answers = {}
  for nth, key in ipairs(KEYS) do
    local at = nth * 3
    local capacity, refill, cost = tonumber(ARGV[at - 2]), tonumber(ARGV[at - 1]), tonumber(ARGV[at])
    local had = redis.call('hmget', key, 'tokens', 'at')
    local tokens = tonumber(had[1]) or capacity
    local passed = math.max(0, now - (tonumber(had[2]) or now))
    tokens = math.min(capacity, tokens + passed / 1000 * refill)
    local ok, wait = 0, 0
    if tokens >= cost then
      ok = 1
      tokens = tokens - cost
    else
      wait = math.ceil((cost - tokens) / refill * 1000)
    end
    redis.call('hset', key, 'tokens', string.format('%.9f', tokens), 'at', string.format('%.3f', now))
    redis.call('pexpire', key, math.ceil(capacity / refill * 1000) + 1000)
    answers[at - 2], answers[at - 1], answers[at] = ok, math.floor(tokens), wait
  end
  return answers`

type Take = { key: string; bucket: Bucket; cost: number }
/** An interval of 3 ms is not noticeable, and halves the round trips of a gateway under load. */
const takeBatch = {
  name: 'take rate limits',
  maxItems: 100,
  maxInFlight: 8,
  interval: { ms: 3, clock: systemClock },
}

const takeAll = defineScript({
  SCRIPT: takeScript,
  parseCommand(parser, takes: Take[]) {
    parser.pushKeysLength(takes.map(({ key }) => `${prefix}bucket:${key}`))
    for (const { bucket, cost } of takes)
      parser.push(String(bucket.capacity), String(bucket.refillPerS), String(cost))
  },
  transformReply(reply: unknown): Taken[] {
    const numbers = reply as number[]
    return Array.from({ length: numbers.length / 3 }, (_, nth) => {
      const [ok, remaining, retryAfterMs] = numbers.slice(nth * 3)
      return { ok: ok === 1, remaining: remaining!, retryAfterMs: retryAfterMs! }
    })
  },
})

/** Reconnects by itself; a command that is not answered within 250 ms rejects. */
export function redisCache(url: string, { outages }: { outages?: Outages } = {}): Cache {
  const redis = dependencies.redis(url)
  const client = createClient({
    url,
    scripts: { takeAll },
    // The timeout is applied here, once for a whole batch.
    commandOptions: { timeout: 0 },
    disableOfflineQueue: true,
    // Detects a silent server: a connection without an answer is closed and opened again.
    pingInterval: 2_000,
    socket: {
      connectTimeout: 2_000,
      socketTimeout: 6_000,
      reconnectStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), 1_000),
    },
  })
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
      throw client.isReady ? error : unavailable()
    } finally {
      clearTimeout(timer)
    }
  }
  const unavailable = () => {
    const text = `Redis did not answer within ${commandTimeoutMs} ms`
    return failureOf('Redis', new Error(text, lastError && { cause: lastError }))
  }

  /** Takes of the same moment share one round trip. */
  const take = batch<Take, Taken>((takes) => withTimeout(() => client.takeAll(takes)), takeBatch)

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
    delete: (key) =>
      withTimeout(async () => {
        await client.del(prefix + key)
      }),
    take: (key, bucket, cost = 1) => take({ key, bucket, cost }),
    check: () =>
      withTimeout(async () => {
        await client.ping()
      }),
    close() {
      if (!closed) client.destroy()
      closed = true
      return Promise.resolve()
    },
  }
}

function wholeMs(ms: number): number {
  return Math.max(1, Math.round(ms))
}
