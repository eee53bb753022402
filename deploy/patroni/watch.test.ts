// Watches on a real etcd with a leader that answers or does not: a majority ends the lock of a silent one, once.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@bahi/kit/port.ts'
import {
  end,
  ensureServers,
  launch,
  programPath,
  untilListening,
  type Launched,
} from '@bahi/testing/servers.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { etcdAt, type Etcd } from './etcd.ts'
import { answersRest, answersSql } from './reachable.ts'
import { createWatch, type Found, type Watch, type WatchOptions } from './watch.ts'

const { missing } = await ensureServers(['etcd'])
const skip = missing.length > 0 && process.env['CI'] !== 'true'
const zones = ['one', 'two', 'three']
/** Long enough for a lock to be that old, short enough to wait for. */
const silentS = 1
let folder: string
let server: Launched
let etcd: Etcd
let raw: (path: string, body: object) => Promise<Record<string, string>>
let api: Server
let sql: TcpServer
let port = 0
let scopes = 0
const portOf = (of: Server | TcpServer) => (of.address() as AddressInfo).port
const base64 = (text: string) => Buffer.from(text).toString('base64')

beforeAll(async () => {
  if (skip) return
  folder = await mkdtemp(join(tmpdir(), 'bahi-etcd-'))
  const peer = await freePort()
  port = await freePort()
  const url = `http://127.0.0.1:${port}`
  server = launch(
    programPath('etcd')!,
    [
      ...['--data-dir', join(folder, 'data'), '--listen-client-urls', url, '--advertise-client-urls', url],
      ...['--listen-peer-urls', `http://127.0.0.1:${peer}`],
    ],
    join(folder, 'log'),
  )
  await untilListening(server, port, 60_000)
  raw = async (path, body) => {
    const answer = await fetch(`${url}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })
    return (await answer.json()) as Record<string, string>
  }
  etcd = etcdAt({ urls: ['http://127.0.0.1:1', url], timeoutMs: 10_000 })
  await vi.waitFor(() => etcd.read('/x/'), { timeout: 60_000, interval: 100 })
  api = createServer((_request, response) => response.writeHead(503).end()).listen(0, '127.0.0.1')
  sql = createTcpServer((socket) => socket.once('data', () => socket.end('N'))).listen(0, '127.0.0.1')
}, 120_000)
afterAll(async () => {
  if (skip) return
  await end(server.child)
  await rm(folder, { recursive: true, force: true })
  api.close()
  sql.close()
})

type Cluster = {
  scope: string
  lease: string
  watch(zone: string, more?: Partial<WatchOptions>): Watch
  set(key: string, value: object | string): Promise<unknown>
  leads(): Promise<string | undefined>
}

const strict = { loop_wait: 0, synchronous_mode: true, synchronous_mode_strict: true }
/** A leader that was silent from the start, with a synchronous standby that answers. */
async function cluster(): Promise<Cluster> {
  const scope = `c${++scopes}`
  const { ID: lease } = (await raw('lease/grant', { TTL: '20', ID: '0' })) as { ID: string }
  const set: Cluster['set'] = (key, value) =>
    raw('kv/put', {
      key: base64(`/service/${scope}/${key}`),
      value: base64(typeof value === 'string' ? value : JSON.stringify(value)),
      ...(key === 'leader' ? { lease } : {}),
    })
  await set('leader', 'node1')
  await set('members/node1', {
    api_url: 'http://127.0.0.1:2/patroni',
    conn_url: 'postgres://127.0.0.1:2/postgres',
  })
  const api_url = `http://127.0.0.1:${portOf(api)}/patroni`
  await set('members/node2', { api_url, conn_url: 'postgres://127.0.0.1:3/postgres', state: 'streaming' })
  await set('config', strict)
  await set('sync', { leader: 'node1', sync_standby: 'node2' })
  const watch: Cluster['watch'] = (zone, more) =>
    createWatch({
      ...{ etcd, scope, namespace: '/service', zone, zones, silentS },
      answersRest: (url) => answersRest(url, 5_000),
      answersSql: (url) => answersSql(url, 5_000),
      ...more,
    })
  return {
    scope,
    lease,
    watch,
    set,
    leads: async () => (await etcd.read(`/service/${scope}/`)).get('leader')?.value,
  }
}
/** Looks with all of them until one finds what is wanted. */
async function until(watches: Watch[], wanted: RegExp): Promise<Found[]> {
  for (;;) {
    const found = await Promise.all(watches.map((watch) => watch.look()))
    if (found.some((one) => wanted.test('why' in one ? one.why : one.state))) return found
    await delay(100)
  }
}

describe.skipIf(skip)('a silent leader', () => {
  it('loses its lock once most of the zones have found it silent, once in a minute', async () => {
    const { watch, leads, scope, set } = await cluster()
    const all = zones.map((zone) => watch(zone))
    const [one] = all
    expect(await until([one!], / of /)).toMatchObject([{ state: 'silent', why: '1 of 3 find it silent' }])
    expect(await leads()).toBe('node1')
    const ended = (await until(all, /ended/)).filter(({ state }) => state === 'ended')
    expect(ended).toHaveLength(1)
    expect(ended[0]).toMatchObject({ leader: 'node1' })
    expect(await leads()).toBeUndefined()
    expect(await one!.look()).toEqual({ state: 'idle', why: 'nobody leads' })
    // The same one leads again, and is silent again.
    const { ID } = (await raw('lease/grant', { TTL: '20', ID: '0' })) as { ID: string }
    const key = base64(`/service/${scope}/leader`)
    await raw('kv/put', { key, value: base64('node1'), lease: ID })
    await set('sync', { leader: 'node1', sync_standby: 'node2' })
    expect((await until(all, /takeover|ended/)).map(({ state }) => state)).not.toContain('ended')
    expect(await leads()).toBe('node1')
  })

  it.each([
    ['renews its lock', async (c: Cluster) => void (await raw('lease/keepalive', { ID: c.lease }))],
    [
      'has got another session',
      async (c: Cluster) => {
        const { ID } = (await raw('lease/grant', { TTL: '20', ID: '0' })) as { ID: string }
        await raw('kv/put', { key: base64(`/service/${c.scope}/leader`), value: base64('node1'), lease: ID })
      },
    ],
    ['is another one meanwhile', (c: Cluster) => c.set('leader', 'node2')],
  ])('that %s right between vote and end keeps leading', async (what, thaws) => {
    const c = await cluster()
    const thawing: Etcd = {
      ...etcd,
      async putIf(...given) {
        await thaws(c)
        return etcd.putIf(...given)
      },
    }
    const found = await until(
      ['one', 'two'].map((zone) => c.watch(zone, { etcd: thawing })),
      /ended|was first/,
    )
    // A renewal alone changes no key: it loses this session, and takes the lock again by a new one as Patroni does.
    if (what === 'renews its lock') expect(found.map(({ state }) => state)).toContain('ended')
    else {
      expect(found.map(({ state }) => state)).not.toContain('ended')
      expect(await c.leads()).toBe(what === 'is another one meanwhile' ? 'node2' : 'node1')
    }
  })
})

describe.skipIf(skip)('nothing is ended', () => {
  const nowMs = () => performance.now() + 60_000 * Number(isLater)
  let isLater = false
  /** Both look, as long after as it takes. */
  async function looks(c: Cluster, more: Partial<WatchOptions> = {}) {
    const [one, two] = [c.watch('one', { nowMs, ...more }), c.watch('two', { nowMs, ...more })]
    isLater = false
    await Promise.all([one.look(), two.look()])
    isLater = true
    await one.look()
    return two.look()
  }
  const old = (): Etcd => ({ ...etcd, renewedAgoS: () => Promise.resolve(100) })

  it.each<[string, (c: Cluster) => Promise<unknown>]>([
    [
      'the cluster is not strictly synchronous',
      (c) => c.set('config', { ...strict, synchronous_mode_strict: false }),
    ],
    ['the cluster is not strictly synchronous', (c) => c.set('config', 'unreadable')],
    ['Patroni is paused', (c) => c.set('config', { ...strict, pause: true })],
    ['no synchronous standby answers', (c) => c.set('sync', { leader: 'node1', sync_standby: null })],
    [
      'no synchronous standby answers',
      (c) => c.set('members/node2', { api_url: 'http://127.0.0.1:2/', state: 'streaming' }),
    ],
    [
      'the leader has not named its standbys yet',
      (c) => c.set('sync', { leader: 'node3', sync_standby: 'node2' }),
    ],
  ])('while %s', async (why, change) => {
    const c = await cluster()
    await change(c)
    expect(await looks(c, { etcd: old() })).toMatchObject({ state: 'silent', why })
    expect(await c.leads()).toBe('node1')
  })

  it('while it renews its lock: the watches alone are cut off from it', async () => {
    const c = await cluster()
    expect(await looks(c, { silentS: 30 })).toMatchObject({ state: 'silent', why: 'it renews its lock' })
    // Patroni's rounds may be longer than the silence.
    await c.set('config', { ...strict, loop_wait: 30 })
    expect(await looks(c)).toMatchObject({ state: 'silent', why: 'it renews its lock' })
    // Its own default is 10 s; and what is no number cannot be compared with.
    const aged = (s: number): Etcd => ({ ...etcd, renewedAgoS: () => Promise.resolve(s) })
    await c.set('config', { ...strict, loop_wait: null })
    expect(await looks(c, { etcd: aged(11) })).toMatchObject({ why: 'it renews its lock' })
    await c.set('config', { ...strict, loop_wait: '10s' })
    expect(await looks(c, { etcd: aged(100) })).toMatchObject({ why: 'it renews its lock' })
    expect(await c.leads()).toBe('node1')
  })

  it('when it renews its lock while they vote', async () => {
    const c = await cluster()
    let votes = 0
    const renewing: Etcd = {
      ...etcd,
      async put(...given) {
        await etcd.put(...given)
        votes += 1
      },
      renewedAgoS: () => Promise.resolve(votes < 2 ? 100 : 0),
    }
    expect(await looks(c, { etcd: renewing })).toMatchObject({ state: 'silent', why: 'it renews its lock' })
    expect(votes).toBe(2)
    expect(await c.leads()).toBe('node1')
  })

  it.each([
    [
      'REST API',
      () => ({ api_url: `http://127.0.0.1:${portOf(api)}/`, conn_url: 'postgres://127.0.0.1:2/' }),
    ],
    [
      'PostgreSQL',
      () => ({ api_url: 'http://127.0.0.1:2/', conn_url: `postgres://127.0.0.1:${portOf(sql)}/` }),
    ],
  ])('while its %s answers', async (_what, member) => {
    const c = await cluster()
    await c.set('members/node1', member())
    expect(await looks(c, { etcd: old() })).toEqual({ state: 'answers', leader: 'node1' })
  })

  it('by one answer between two silences', async () => {
    const c = await cluster()
    let isSilent = true
    const answers = () => Promise.resolve(!isSilent)
    const one = c.watch('one', { nowMs, answersRest: answers, answersSql: answers })
    isLater = false
    await one.look()
    isSilent = false
    await one.look()
    isSilent = true
    isLater = true
    expect(await one.look()).toMatchObject({ why: 'not for long enough' })
  })

  it('when nobody leads', async () => {
    const c = await cluster()
    await etcd.revoke(c.lease)
    expect(await looks(c)).toEqual({ state: 'idle', why: 'nobody leads' })
  })
})

// The last: from now on etcd demands accounts.
it.skipIf(skip)(
  'an account of etcd is used, and taken again when its token is not known any more',
  async () => {
    const { ID: lease } = await raw('lease/grant', { TTL: '20', ID: '0' })
    const account = { name: 'root', password: 'of-etcd' }
    await raw('auth/user/add', account)
    await raw('auth/role/add', { name: 'root' })
    await raw('auth/user/grant', { user: 'root', role: 'root' })
    const watching = { name: 'watch', password: 'of-watch' }
    await raw('auth/user/add', watching)
    await raw('auth/role/add', { name: 'watch' })
    for (const below of ['/service/x/', '/service-leader-watch/x/'])
      await raw('auth/role/grant', {
        name: 'watch',
        perm: {
          ...{ permType: 'READWRITE', key: base64(below) },
          range_end: base64(`${below.slice(0, -1)}0`),
        },
      })
    await raw('auth/user/grant', { user: 'watch', role: 'watch' })
    const leader = base64('/service/x/leader')
    const { ID: locked } = await raw('lease/grant', { TTL: '20', ID: '0' })
    await raw('kv/put', { key: leader, value: base64('node1'), lease: locked! })
    const { ID: foreign } = await raw('lease/grant', { TTL: '20', ID: '0' })
    await raw('kv/put', { key: base64('/service/y/leader'), value: base64('node1'), lease: foreign! })
    await raw('auth/enable', {})
    const at = { urls: [`http://127.0.0.1:${port}`], timeoutMs: 10_000 }
    await expect(etcdAt(at).read('/x/')).rejects.toThrow('etcd refused kv/range')
    const own = etcdAt({ ...at, user: account })
    await own.put('/x/key', 'value', 20)
    expect((await own.read('/x/')).get('key')).toMatchObject({ value: 'value' })
    // A new password ends the tokens of the old one.
    const { token } = await raw('auth/authenticate', account)
    await fetch(`http://127.0.0.1:${port}/v3/auth/user/changepw`, {
      method: 'POST',
      headers: { authorization: token! },
      body: JSON.stringify(account),
    })
    await expect(own.read('/x/')).rejects.toThrow('etcd refused')
    expect((await own.read('/x/')).size).toBe(1)
    expect(await own.renewedAgoS(lease!)).toBeLessThan(20)
    // That of a watch needs no more than this, and ends no lock of another cluster.
    const least = etcdAt({ ...at, user: watching })
    const lock = (await least.read('/service/x/')).get('leader')!
    await least.put('/service-leader-watch/x/votes/one', 'node1', 20)
    const taken = '/service-leader-watch/x/takeover'
    expect(await least.putIf([{ key: '/service/x/leader', is: lock }], taken, '', 20)).toBe(true)
    expect(await least.renewedAgoS(lock.lease)).toBeLessThan(20)
    await expect(least.revoke(foreign!)).rejects.toThrow('etcd refused lease/revoke')
    await least.revoke(lock.lease)
    expect((await own.read('/service/x/')).size).toBe(0)
  },
)
