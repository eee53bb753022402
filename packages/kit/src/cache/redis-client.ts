// A connection to Redis: one server, a master that Sentinel names, or a cluster.
import { createClient, createCluster, createSentinel, defineScript } from 'redis'
import type { Bucket, Taken } from './cache.ts'

export const prefix = 'bahi:'

export type Raise = { key: string; value: string; ttlMs: number }
export type Take = { key: string; bucket: Bucket; cost: number }

/** What the cache uses of a client, whatever is behind it. */
export type RedisClient = {
  get(key: string): Promise<string | null>
  set(key: string, value: string, options: object): Promise<string | null>
  del(key: string): Promise<number>
  takeAll(takes: Take[]): Promise<Taken[]>
  raise(to: Raise): Promise<unknown>
  /** What each server that is written to says of itself. */
  infos(): Promise<string[]>
  connect(): Promise<unknown>
  on(event: 'error', listener: (error: Error) => void): unknown
  on(event: 'ready', listener: () => void): unknown
  readonly isReady?: boolean
  destroy(): unknown
}

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

/** ARGV: the value, its lifetime in ms. */
const raiseScript = `
  local before = redis.call('get', KEYS[1])
  if before and before > ARGV[1] then
    return redis.call('pexpire', KEYS[1], ARGV[2])
  end
  return redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])`

const raise = defineScript({
  SCRIPT: raiseScript,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, { key, value, ttlMs }: Raise) {
    parser.pushKey(prefix + key)
    parser.push(value, String(ttlMs))
  },
  transformReply: (reply: unknown) => reply,
})

const scripts = { takeAll, raise }

type Place = { kind: string; tls: boolean; username: string; password: string; hosts: Host[]; path: string }
type Host = { host: string; port: number }

/** Whether a script may name keys of one bucket only: those of others may be on another server. */
export const isCluster = (url: string) => placeOf(url).kind === '-cluster'

/** Reconnects by itself. Throws for a URL that it cannot read. */
export function redisClientOf(url: string): RedisClient {
  const { kind, tls, username, password, hosts, path } = placeOf(url)
  const credentials = { ...(username ? { username } : {}), ...(password ? { password } : {}) }
  const node = {
    // The timeout is applied by the cache, once for a whole batch.
    disableOfflineQueue: true,
    // Detects a silent server: a connection without an answer is closed and opened again.
    pingInterval: 2_000,
  }
  const socket = {
    ...(tls ? { tls: true as const } : {}),
    connectTimeout: 2_000,
    socketTimeout: 6_000,
    reconnectStrategy: (tries: number) => Math.min(25 * 2 ** Math.min(tries, 10), 1_000),
  }
  const commandOptions = { timeout: 0 }
  if (kind === '') return ofOneServer(createClient({ url, scripts, commandOptions, ...node, socket }))
  if (kind === '-sentinel') {
    const sentinel = createSentinel({
      name: path,
      sentinelRootNodes: hosts,
      scripts,
      commandOptions,
      scanInterval: 1_000,
      nodeClientOptions: { ...node, ...credentials, socket },
      sentinelClientOptions: { socket },
    })
    return ofOneServer(sentinel)
  }
  const cluster = createCluster({
    rootNodes: hosts.map(({ host, port }) => ({ socket: { ...socket, host, port } })),
    defaults: { ...node, ...credentials, socket },
    scripts,
    commandOptions,
  })
  const infos = () =>
    Promise.all(cluster.masters.map(async (master) => (await cluster.nodeClient(master)).info()))
  return Object.assign(cluster as unknown as RedisClient, { infos })
}

function ofOneServer(client: { info(): Promise<string> }): RedisClient {
  const infos = async () => [await client.info()]
  return Object.assign(client as unknown as RedisClient, { infos })
}

const urlPattern = new RegExp(
  [
    /^redis(?<secure>s?)(?<kind>-sentinel|-cluster|):\/\//,
    /((?<user>[^/@:]*)(:(?<password>[^/@]*))?@)?/,
    /(?<hosts>[^/?#]*)\/?(?<path>[^?#]*)/,
  ]
    .map(({ source }) => source)
    .join(''),
)

function placeOf(url: string): Place {
  const found = urlPattern.exec(url)?.groups
  if (!found) throw new Error('REDIS_URL cannot be read')
  const { secure, kind = '', user = '', password = '', hosts = '', path = '' } = found
  if (kind === '-sentinel' && path === '') throw new Error('REDIS_URL names no master of Sentinel')
  return {
    kind,
    tls: secure === 's',
    username: decodeURIComponent(user),
    password: decodeURIComponent(password),
    hosts: hosts.split(',').map((host) => {
      const [name = '', port] = host.split(/:(?=\d+$)/)
      return { host: name, port: Number(port ?? (kind === '-sentinel' ? 26_379 : 6_379)) }
    }),
    path,
  }
}
