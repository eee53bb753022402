// The cache on Redis: shared by all processes, and quick to give up, so that its absence slows nothing down.
import { createClient, defineScript } from 'redis'
import type { Cache, Taken } from './cache.ts'

const prefix = 'bahi:'
const commandTimeoutMs = 250

/**
 * One bucket, by the server's clock. ARGV: capacity, tokens per second, cost. Answers taken (1 or 0), whole
 * tokens left, and the wait in ms. A bucket that could fill up is forgotten: absent and full are the same.
 */
const takeScript = `
  local capacity, refill, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
  local time = redis.call('time')
  local now = time[1] * 1000 + time[2] / 1000
  local had = redis.call('hmget', KEYS[1], 'tokens', 'at')
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
  redis.call('hset', KEYS[1], 'tokens', string.format('%.9f', tokens), 'at', string.format('%.3f', now))
  redis.call('pexpire', KEYS[1], math.ceil(capacity / refill * 1000) + 1000)
  return { ok, math.floor(tokens), wait }`

const take = defineScript({
  SCRIPT: takeScript,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, ...numbers: number[]) {
    parser.pushKey(key)
    parser.push(...numbers.map(String))
  },
  transformReply(reply: unknown): Taken {
    const [ok, remaining, retryAfterMs] = reply as [number, number, number]
    return { ok: ok === 1, remaining, retryAfterMs }
  },
})

/** Connects by itself, again and again; a command that can't be answered within 250 ms rejects. */
export function redisCache(url: string): Cache {
  const client = createClient({
    url,
    scripts: { take },
    disableOfflineQueue: true,
    // Notices a server that went silent: a connection without an answer is given up and made anew.
    pingInterval: 2_000,
    socket: {
      connectTimeout: 2_000,
      socketTimeout: 6_000,
      reconnectStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), 1_000),
    },
  })
  let lastError: Error | undefined
  let closed = false
  client.on('error', (error: Error) => (lastError = error))
  // A command given before the first connection waits for it, within its own time.
  const connected = client.connect().then(
    () => undefined,
    () => undefined,
  )

  async function soon<T>(command: () => Promise<T>): Promise<T> {
    if (closed) throw new Error('the cache is closed')
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(unavailable()), commandTimeoutMs)
    })
    try {
      return await Promise.race([connected.then(command), late])
    } catch (error) {
      throw client.isReady ? error : unavailable()
    } finally {
      clearTimeout(timer)
    }
  }
  const unavailable = () =>
    new Error(`Redis did not answer within ${commandTimeoutMs} ms`, lastError && { cause: lastError })

  return {
    get: (key) => soon(async () => (await client.get(prefix + key)) ?? undefined),
    set: (key, value, ttlMs) =>
      soon(async () => {
        await client.set(prefix + key, value, { expiration: { type: 'PX', value: wholeMs(ttlMs) } })
      }),
    add: (key, value, ttlMs) =>
      soon(async () => {
        const options = { condition: 'NX', expiration: { type: 'PX', value: wholeMs(ttlMs) } } as const
        return (await client.set(prefix + key, value, options)) !== null
      }),
    delete: (key) =>
      soon(async () => {
        await client.del(prefix + key)
      }),
    take: (key, { capacity, refillPerS }, cost = 1) =>
      soon(() => client.take(`${prefix}bucket:${key}`, capacity, refillPerS, cost)),
    check: () =>
      soon(async () => {
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
