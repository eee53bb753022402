// What every cache guarantees, in the process and on a real Redis; then what only a server can show.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { createClient, type RedisClientType } from 'redis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { memoryCache } from './memory-cache.ts'
import { loadOf, redisCache } from './redis-cache.ts'
import type { Cache } from './cache.ts'
import { freePort } from '../port.ts'
import { ensureServers, startRedis, startSentinel, type Server } from '@bahi/testing/servers.ts'

const { missing } = await ensureServers(['redis-server'])
const noRedis = missing.length > 0 && process.env['CI'] !== 'true'
if (noRedis) console.warn('Redis is not installed: its tests are skipped')

let server: Server
const open = new Set<Cache>()
let keys = 0

beforeAll(async () => {
  if (!noRedis) server = await startRedis()
})
afterEach(async () => {
  await Promise.all([...open].map((cache) => cache.close()))
  open.clear()
})
afterAll(() => server?.stop())

function opened(cache: Cache): Cache {
  open.add(cache)
  return cache
}
const key = () => `key-${++keys}`

/** Begins now; the server's clock may be a moment behind. */
function lifetime(ms: number) {
  const until = performance.now() + ms - 2
  return { mustBeOver: () => expect(performance.now()).toBeGreaterThanOrEqual(until) }
}

/** What is guaranteed is so on a slow machine too. */
const patient = { commandTimeoutMs: 60_000 }
const redis = (url = server.url) => opened(redisCache(url, patient))
/** As a service has it: it rejects soon. */
const impatient = (url: string) => opened(redisCache(url))
const adapters = [
  { adapter: 'the in-process cache', skip: false, make: () => opened(memoryCache()) },
  { adapter: 'the cache on Redis', skip: noRedis, make: () => redis() },
]

describe.each(adapters)('$adapter', ({ skip, make }) => {
  describe.skipIf(skip)('guarantees', () => {
    it('answers what was set, and nothing for what was not', async () => {
      const [cache, a] = [make(), key()]
      expect(await cache.get(a)).toBeUndefined()
      await cache.set(a, 'ü ₹ 😀', 10_000)
      expect(await cache.get(a)).toBe('ü ₹ 😀')
      await cache.set(a, '', 10_000)
      expect(await cache.get(a)).toBe('')
    })

    it('raises a value, and never lowers it', async () => {
      const [cache, a] = [make(), key()]
      for (const value of ['05', '03', '11', '09']) await cache.raise(a, value, 10_000)
      expect(await cache.get(a)).toBe('11')
      await cache.raise(a, '02', 20)
      await delay(40)
      expect(await cache.get(a)).toBeUndefined()
    })

    it('drops a value when its lifetime is over, and not before', async () => {
      const [cache, a, b] = [make(), key(), key()]
      await cache.set(b, 'long', 600_000)
      const lives = lifetime(200)
      await cache.set(a, 'short', 200)
      await expect.poll(() => cache.get(a), { interval: 10 }).toBeUndefined()
      lives.mustBeOver()
      expect(await cache.get(b)).toBe('long')
    })

    it('restarts the lifetime when a value is set again', async () => {
      const [cache, a] = [make(), key()]
      await cache.set(a, 'first', 40)
      await cache.set(a, 'second', 10_000)
      await delay(60)
      expect(await cache.get(a)).toBe('second')
    })

    it('takes fractions of a millisecond as a time', async () => {
      const [cache, a] = [make(), key()]
      await cache.set(a, 'x', 5_000.4)
      expect(await cache.get(a)).toBe('x')
    })

    it('deletes, also what is not there', async () => {
      const [cache, a] = [make(), key()]
      await cache.set(a, 'x', 10_000)
      await cache.delete(a)
      await cache.delete(a)
      expect(await cache.get(a)).toBeUndefined()
    })

    it('adds only what is absent, once among many, and again after its time', async () => {
      const [cache, a, b] = [make(), key(), key()]
      const added = await Promise.all(Array.from({ length: 20 }, (_, i) => cache.add(a, String(i), 600_000)))
      expect(added.filter(Boolean)).toHaveLength(1)
      expect(await cache.get(a)).toBe(String(added.indexOf(true)))
      const lives = lifetime(200)
      expect(await cache.add(b, 'first', 200)).toBe(true)
      await expect.poll(() => cache.add(b, 'later', 600_000), { interval: 10 }).toBe(true)
      lives.mustBeOver()
    })

    it('gives no more tokens than a bucket holds, however many are taken at once', async () => {
      const [cache, a] = [make(), key()]
      const bucket = { capacity: 10, refillPerS: 0.001 }
      const taken = await Promise.all(Array.from({ length: 30 }, () => cache.take(a, bucket)))
      expect(taken.filter((one) => one.ok).map((one) => one.remaining)).toEqual([
        9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
      ])
      for (const one of taken.slice(10)) {
        expect(one).toMatchObject({ ok: false, remaining: 0 })
        expect(one.retryAfterMs).toBeGreaterThan(900_000)
        expect(one.retryAfterMs).toBeLessThanOrEqual(1_000_000)
      }
    })

    it('refills a bucket with time, up to what it holds', async () => {
      const [cache, a] = [make(), key()]
      const bucket = { capacity: 4, refillPerS: 2 }
      // At the same moment: between two, time refills it.
      const [all, refused] = await Promise.all([cache.take(a, bucket, 4), cache.take(a, bucket, 2)])
      expect(all).toEqual({ ok: true, remaining: 0, retryAfterMs: 0 })
      expect(refused.ok).toBe(false)
      await delay(refused.retryAfterMs + 2)
      expect((await cache.take(a, bucket, 2)).ok).toBe(true)
      await delay(2_100)
      expect(await cache.take(a, bucket)).toEqual({ ok: true, remaining: 3, retryAfterMs: 0 })
    })

    it('keeps each bucket apart, and apart from values', async () => {
      const [cache, a, b] = [make(), key(), key()]
      const bucket = { capacity: 1, refillPerS: 0.1 }
      await cache.set(a, 'x', 10_000)
      expect((await cache.take(a, bucket)).ok).toBe(true)
      expect((await cache.take(a, bucket)).ok).toBe(false)
      expect((await cache.take(b, bucket)).ok).toBe(true)
      expect(await cache.get(a)).toBe('x')
    })

    it('never gives what is more than a bucket holds, and takes nothing for it', async () => {
      const [cache, a] = [make(), key()]
      const bucket = { capacity: 2, refillPerS: 1 }
      expect((await cache.take(a, bucket, 3)).ok).toBe(false)
      expect(await cache.take(a, bucket, 2)).toMatchObject({ ok: true, remaining: 0 })
    })

    it('passes its check, and rejects it once it is closed', async () => {
      const cache = make()
      await cache.check()
      await cache.close()
      await expect(cache.check()).rejects.toThrow('the cache is closed')
      await expect(cache.get('a')).rejects.toThrow('the cache is closed')
      await cache.close()
    })
  })
})

describe('the in-process cache', () => {
  it('holds no more than it may: the oldest goes first', async () => {
    const cache = opened(memoryCache({ maxKeys: 2 }))
    for (const name of ['a', 'b', 'c']) await cache.set(name, name, 10_000)
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([undefined, 'b', 'c'])
  })

  it('goes by its clock', async () => {
    let now = 0
    const cache = opened(memoryCache({ clock: { now: () => new Date(now), sleep: async () => undefined } }))
    await cache.set('a', 'x', 1_000)
    await cache.take('b', { capacity: 1, refillPerS: 1 })
    now = 500
    expect(await cache.get('a')).toBe('x')
    const refused = await cache.take('b', { capacity: 1, refillPerS: 1 })
    expect(refused).toEqual({ ok: false, remaining: 0, retryAfterMs: 500 })
    now = 1_000
    expect(await cache.get('a')).toBeUndefined()
    expect((await cache.take('b', { capacity: 1, refillPerS: 1 })).ok).toBe(true)
  })
})

describe.skipIf(noRedis)('the cache on Redis, when the server stops and starts', () => {
  it('is shared by all who use the server', async () => {
    const [one, two, a] = [redis(), redis(), key()]
    await one.set(a, 'x', 10_000)
    expect(await two.get(a)).toBe('x')
    const bucket = { capacity: 10, refillPerS: 0.001 }
    const taken = await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? one : two).take(a, bucket)))
    expect(taken.filter((each) => each.ok)).toHaveLength(10)
  })

  it('rejects soon when there is no server, then works when there is one', async () => {
    const port = await freePort()
    const cache = impatient(`redis://127.0.0.1:${port}`)
    await rejects(() => cache.get('a'))
    await rejects(() => cache.check())
    const late = await startRedis({ port })
    await vi.waitFor(() => cache.check())
    await vi.waitFor(() => cache.set('a', 'x', 600_000))
    await late.stop()
    await rejects(() => cache.get('a'))
    const again = await startRedis({ port })
    await vi.waitFor(() => cache.check())
    expect(await vi.waitFor(() => cache.get('a'))).toBeUndefined()
    await vi.waitFor(async () =>
      expect(await cache.take('a', { capacity: 1, refillPerS: 1 })).toMatchObject({ ok: true }),
    )
    await again.stop()
  })

  it('rejects when the server hangs', async () => {
    const hanging = await startRedis()
    const cache = impatient(hanging.url)
    await vi.waitFor(() => cache.check())
    process.kill(hanging.pid, 'SIGSTOP')
    await rejects(() => cache.get('a'))
    process.kill(hanging.pid, 'SIGCONT')
    await vi.waitFor(() => cache.check())
    await hanging.stop()
  })

  it('closes when there is no server', async () => {
    const cache = impatient(`redis://127.0.0.1:${await freePort()}`)
    await expect(cache.close()).resolves.toBeUndefined()
  })
})

it('of several servers the load is that of the fullest, and counts are sums', () => {
  const info = (used: number, max: number, evicted: number, rejected: number) =>
    `# Memory\r\nused_memory:${used}\r\nused_memory_human:1.00M\r\ntotal_system_memory:4000\r\n` +
    `maxmemory:${max}\r\n# Stats\r\nrejected_connections:${rejected}\r\nevicted_keys:${evicted}\r\n`
  const counts = { evictedKeys: 3, rejectedConnections: 30 }
  const load = { usedBytes: 900, maxBytes: 1_000, ...counts }
  expect(loadOf([info(2_000, 0, 1, 10), info(900, 1_000, 2, 20)])).toEqual(load)
  const unlimited = { usedBytes: 2_000, maxBytes: 4_000, ...counts }
  expect(loadOf([info(2_000, 0, 1, 10), info(100, 1_000, 2, 20)])).toEqual(unlimited)
})

async function rejects(command: () => Promise<unknown>): Promise<void> {
  await expect(command()).rejects.toThrow('Redis did not answer')
}

describe.skipIf(noRedis)('Redis behind', () => {
  const servers: Server[] = []
  const start = async (starting: Promise<Server>) => {
    const server = await starting
    servers.push(server)
    return server
  }
  afterEach(async () => {
    for (const one of servers.splice(0).reverse()) await one.stop()
  })

  /** Values, marks and buckets of many keys at once. */
  const works = (url: string) => vi.waitFor(() => tryAll(url), { interval: 200 })

  async function tryAll(url: string): Promise<void> {
    const cache = redis(url)
    await expect.poll(() => cache.check().then(() => 'works', String)).toBe('works')
    const all = Array.from({ length: 20 }, key)
    await Promise.all(all.map((a) => cache.set(a, a, 10_000)))
    expect(await Promise.all(all.map((a) => cache.get(a)))).toEqual(all)
    expect([await cache.add(all[0]!, 'x', 1_000), await cache.add(key(), 'x', 1_000)]).toEqual([false, true])
    const taken = await Promise.all(all.map((a) => cache.take(a, { capacity: 2, refillPerS: 0.1 })))
    expect(taken.map(({ ok, remaining }) => [ok, remaining])).toEqual(all.map(() => [true, 1]))
    const { usedBytes, maxBytes, ...counts } = await cache.load!()
    expect(counts).toEqual({ evictedKeys: 0, rejectedConnections: 0 })
    expect(usedBytes).toBeGreaterThan(500_000)
    expect(maxBytes).toBeGreaterThan(10 * usedBytes)
  }

  it('Sentinel is used at its master, and at the next one when that dies', async () => {
    const master = await start(startRedis())
    await start(
      startRedis({
        args: ['--replicaof', '127.0.0.1', new URL(master.url).port, '--repl-diskless-sync-delay', '0'],
      }),
    )
    const sentinel = await start(startSentinel(master.url))
    await works(sentinel.url)
    const cache = impatient(sentinel.url)
    const watcher = createClient({
      url: sentinel.url.replace('redis-sentinel', 'redis').replace('/bahi', ''),
    })
    await watcher.connect()
    await expect
      .poll(async () => JSON.stringify(await watcher.sendCommand(['SENTINEL', 'REPLICAS', 'bahi'])))
      .toContain('"ok"')
    watcher.destroy()
    await servers.shift()!.stop()
    await expect
      .poll(() =>
        cache.set('after', 'x', 10_000).then(
          () => 'works',
          () => 'waits',
        ),
      )
      .toBe('works')
  })

  /** Of an account that may do what docs/operate/least-rights.md says. */
  function accountArgs(): string[] {
    const document = new URL('../../../../docs/operate/least-rights.md', import.meta.url)
    const [, rights = ''] = /^ {4}user (bahi on .*)$/m.exec(readFileSync(document, 'utf8')) ?? []
    return ['--user', ...rights.replace('<password>', 'sesame').split(' ')]
  }
  const asAccount = (url: string) => url.replace('://', '://bahi:sesame@')

  it('an account may do what it needs, and nothing else', async () => {
    const one = await start(startRedis({ args: accountArgs() }))
    await works(asAccount(one.url))
    const client = createClient({ url: asAccount(one.url) })
    await client.connect()
    for (const command of [['FLUSHALL'], ['CONFIG', 'GET', '*'], ['KEYS', '*'], ['GET', 'other']])
      await expect(client.sendCommand(command)).rejects.toThrow('NOPERM')
    client.destroy()
  })

  /** Of three masters with a third of the slots each, and a replica of the first one. */
  async function startCluster(): Promise<RedisClientType[]> {
    const nodes: RedisClientType[] = []
    for (let nth = 0; nth < 4; nth++) {
      // Of itself a node takes port + 10,000, which may be that of an outgoing connection.
      const busPort = String(await freePort())
      const settings = { enabled: 'yes', port: busPort, 'node-timeout': '1000' }
      const args = Object.entries(settings).flatMap(([name, value]) => [`--cluster-${name}`, value])
      const one = await start(startRedis({ args: [...args, ...accountArgs()] }))
      const node: RedisClientType = createClient({ url: one.url })
      node.on('error', () => {})
      await node.connect()
      if (nth < 3) {
        const [from, to] = [Math.ceil((16_384 * nth) / 3), Math.ceil((16_384 * (nth + 1)) / 3) - 1]
        await node.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to)])
        await node.sendCommand(['CLUSTER', 'SET-CONFIG-EPOCH', String(nth + 1)])
      }
      await nodes[0]?.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', new URL(one.url).port, busPort])
      nodes.push(node)
    }
    const [first, , , replica] = nodes as [RedisClientType, RedisClientType, RedisClientType, RedisClientType]
    const id = await first.sendCommand(['CLUSTER', 'MYID'])
    await vi.waitFor(() => replica.sendCommand(['CLUSTER', 'REPLICATE', String(id)]))
    for (const node of nodes)
      await expect.poll(() => node.sendCommand(['CLUSTER', 'INFO'])).toContain('cluster_state:ok')
    await expect.poll(() => replica.sendCommand(['INFO', 'replication'])).toContain('master_link_status:up')
    return nodes
  }

  /** Of the next of three masters, where it does not arrive. */
  async function moveSlotOf(name: string, nodes: RedisClientType[]): Promise<() => Promise<void>> {
    const slot = String(await nodes[0]!.sendCommand(['CLUSTER', 'KEYSLOT', name]))
    const owner = Math.floor((Number(slot) * 3) / 16_384)
    const [from, to] = [nodes[owner]!, nodes[(owner + 1) % 3]!]
    const set = async (node: RedisClientType, state: string, other: RedisClientType) => {
      const id = String(await other.sendCommand(['CLUSTER', 'MYID']))
      await node.sendCommand(['CLUSTER', 'SETSLOT', slot, state, id])
    }
    await set(to, 'IMPORTING', from)
    await set(from, 'MIGRATING', to)
    return async () => {
      for (const node of [from, to]) await node.sendCommand(['CLUSTER', 'SETSLOT', slot, 'STABLE'])
    }
  }

  it('a cluster is used by the slots of its keys, and a replica in the place of its master', async () => {
    const nodes = await startCluster()
    const url = asAccount(servers[0]!.url.replace('redis:', 'redis-cluster:'))
    await works(url)
    for (const node of nodes.slice(0, 3)) expect(await node.sendCommand(['DBSIZE'])).toBeGreaterThan(0)
    // Slots that are on their way: what is not there yet is asked of the node that they go to.
    const moving = key()
    const stable = [
      await moveSlotOf(`bahi:${moving}`, nodes),
      await moveSlotOf(`bahi:bucket:${moving}`, nodes),
    ]
    const patiently = redis(url)
    await patiently.set(moving, 'x', 10_000)
    expect(await patiently.get(moving)).toBe('x')
    const bucket = { capacity: 2, refillPerS: 0.1 }
    expect(await patiently.take(moving, bucket)).toMatchObject({ ok: true, remaining: 1 })
    for (const end of stable) await end()
    const cache = impatient(url)
    const all = Array.from({ length: 20 }, key)
    const setAll = () =>
      Promise.all(all.map((one) => cache.set(one, one, 10_000))).then(() => 'works', String)
    expect(await setAll()).toBe('works')
    await servers.shift()!.stop()
    await expect.poll(setAll, { timeout: 30_000 }).toBe('works')
    expect(await Promise.all(all.map((one) => cache.get(one)))).toEqual(all)
    for (const node of nodes) node.destroy()
  })
})
