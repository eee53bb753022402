// Redis, RabbitMQ and PgBouncer as installed on this machine, started for tests and for the distributed start, on
// loopback only.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, tryPort } from '@bahi/kit/port.ts'
import { stopWithParent } from '@bahi/kit/runtime/watchdog.ts'

/** Names of programs; a browser and the baseline's program are installed in the same way as servers. */
export type ServerName =
  | 'redis-server'
  | 'rabbitmq-server'
  | 'pgbouncer'
  | 'chromium'
  | 'chromium-headless-shell'
  | 'pgbench'
  | 'patroni'
  | 'etcd'
  | 'haproxy'
  | 'pg_isready'
  | 'promtool'
  | 'prometheus'
  | 'prometheus-node-exporter'
  | 'amtool'
  | 'clamd'

/** Debian packages that are not named like their program. */
const packages: Partial<Record<ServerName, string>> = {
  pgbench: 'postgresql',
  etcd: 'etcd-server',
  pg_isready: 'postgresql-client',
  promtool: 'prometheus',
  amtool: 'prometheus-alertmanager',
  clamd: 'clamav-daemon',
}

export const packageOf = (name: string): string => packages[name as ServerName] ?? name

export type Server = {
  url: string
  /** Of the server itself, not of a script that started it. */
  pid: number
  /** Shuts it down; a folder that was made for it is removed. */
  stop(): Promise<void>
}

/** Without `dir`: a temporary one. Without `port`: any free one. */
export type ServerOptions = { port?: number; dir?: string }

const stopTimeoutMs = 15_000
const redisStartMs = 10_000
const rabbitStartMs = 60_000

/** Installs missing programs where that is allowed (root, Debian), and returns those still missing. */
export async function ensureServers(names: ServerName[]): Promise<{ missing: ServerName[] }> {
  const absent = () => names.filter((name) => !find(name))
  if (absent().length > 0 && process.getuid?.() === 0 && find('apt-get')) {
    // At runlevel 1 Debian's scripts install a service without starting it.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, { env, stdio: 'ignore', timeout: 300_000 }).status === 0
    const install = () => apt('install', '-y', '-q', '--no-install-recommends', ...absent().map(packageOf))
    if (!install() && apt('update', '-q')) install()
  }
  return Promise.resolve({ missing: absent() })
}

/** `durable`: each write on disk within a second. `args`: further ones of the program. */
export async function startRedis(
  options: ServerOptions & { durable?: boolean; args?: string[] } = {},
): Promise<Server> {
  const program = need('redis-server')
  const { dir, port, release } = await claim(options, 'redis')
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    dir,
    '--daemonize',
    'no',
    '--save',
    '',
  ]
  args.push('--appendonly', options.durable ? 'yes' : 'no', ...(options.args ?? []))
  const server = launch(program, args, join(dir, 'redis.log'))
  await untilListening(server, port, redisStartMs)
  const stop = async () => {
    await end(server.child)
    await release()
  }
  return { url: `redis://127.0.0.1:${port}`, pid: server.child.pid!, stop }
}

/** A Sentinel that watches the master at `masterUrl` by the name `bahi`; so many of them must agree that it is away. */
export async function startSentinel(
  masterUrl: string,
  options: ServerOptions & { quorum?: number } = {},
): Promise<Server> {
  const program = need('redis-server')
  const { dir, port, release } = await claim(options, 'sentinel')
  const config = join(dir, 'sentinel.conf')
  const lines = [
    ...[`port ${port}`, 'bind 127.0.0.1', `dir ${dir}`],
    `sentinel monitor bahi 127.0.0.1 ${new URL(masterUrl).port} ${options.quorum ?? 1}`,
    'sentinel down-after-milliseconds bahi 500',
  ]
  await writeFile(config, `${lines.join('\n')}\n`)
  const server = launch(program, [config, '--sentinel'], join(dir, 'sentinel.log'))
  await untilListening(server, port, redisStartMs)
  const stop = async () => {
    await end(server.child)
    await release()
  }
  return { url: `redis-sentinel://127.0.0.1:${port}/bahi`, pid: server.child.pid!, stop }
}

/** Whether the installed PgBouncer can keep track of prepared statements: since 1.21. */
export function poolerKnowsStatements(): boolean {
  const program = find('pgbouncer')
  const { stdout } = program ? spawnSync(program, ['--version'], { encoding: 'utf8' }) : { stdout: '' }
  const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(stdout) ?? []
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 21)
}

/**
 * A pooler in front of that database: each transaction of a client gets any of a few connections. It keeps track of so
 * many prepared statements; by default of none, as before 1.21.
 */
export async function startPgBouncer(
  databaseUrl: string,
  options: ServerOptions & { poolSize?: number; statements?: number } = {},
): Promise<Server> {
  const program = need('pgbouncer')
  const { dir, port, release } = await claim(options, 'pgbouncer')
  const { hostname, port: databasePort, username, password, pathname } = new URL(databaseUrl)
  const config = join(dir, 'pgbouncer.ini')
  const database = `host=${hostname} port=${databasePort} user=${username} password=${decodeURIComponent(password)}`
  await writeFile(
    config,
    `[databases]
* = ${database}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${options.poolSize ?? 20}
${poolerKnowsStatements() ? `max_prepared_statements = ${options.statements ?? 0}` : ''}
`,
  )
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const server = launch(program, [...user, config], join(dir, 'pgbouncer.log'))
  await untilListening(server, port, redisStartMs)
  const stop = async () => {
    await end(server.child)
    await release()
  }
  return { url: `postgres://${username}@127.0.0.1:${port}${pathname}`, pid: server.child.pid!, stop }
}

export type RabbitServer = Server & {
  /** Runs rabbitmqctl or rabbitmq-plugins on it. */
  command(program: 'rabbitmqctl' | 'rabbitmq-plugins', ...args: string[]): Promise<void>
}

/**
 * A node of its own with its own name service, so that it meets no other broker of this machine. With `definitions` it
 * has their users alone; its plugin for Prometheus listens on `metricsPort`, and without one is off.
 */
export async function startRabbit(
  options: ServerOptions & { definitions?: object; metricsPort?: number } = {},
): Promise<RabbitServer> {
  const { dir, port, release } = await claim(options, 'rabbit')
  const names = await startNames(dir)
  const { definitions, metricsPort } = options
  const definitionsFile = join(dir, 'definitions.json')
  if (definitions) await writeFile(definitionsFile, JSON.stringify(definitions))
  const settings = [
    ...(definitions ? [`load_definitions = ${definitionsFile}`] : []),
    ...(metricsPort ? ['prometheus.tcp.ip = 127.0.0.1', `prometheus.tcp.port = ${metricsPort}`] : []),
  ]
  const plugins = metricsPort ? ['rabbitmq_prometheus'] : []
  const node = { dir, port, nodesPort: await freePort(), names, settings, plugins }
  const server = await launchRabbit(node)
  const stop = async () => {
    await end(server.child)
    await end(names.child)
    await release()
  }
  await untilListening(server, port, rabbitStartMs).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    ...{ url: `amqp://guest:guest@127.0.0.1:${port}`, pid: server.child.pid!, stop },
    async command(program, ...args) {
      const env = { ...process.env, ...rabbitEnv(node) }
      await promisify(execFile)(need(program), args, { env, timeout: rabbitStartMs })
    },
  }
}

/** One of several servers that was lost. */
export type Lost = {
  name: string
  /** Brings it back. Without, it stays away. */
  back?(): Promise<void>
}

/** By which nodes of RabbitMQ find each other. */
export type Names = Launched & { port: number }

export async function startNames(dir: string): Promise<Names> {
  const port = await freePort()
  const args = ['-address', '127.0.0.1', '-port', String(port)]
  const names = launch(need('epmd'), args, join(dir, 'epmd.log'))
  await untilListening(names, port, redisStartMs)
  return { ...names, port }
}

export type RabbitNode = {
  dir: string
  port: number
  /** For other nodes. */
  nodesPort: number
  names: Names
  name?: string
  /** Lines of its configuration. */
  settings: string[]
  plugins?: string[]
}

/** Which folder, ports and name a node has: for itself, and for commands to it. */
export const rabbitEnv = ({ dir, names, name = 'bahi' }: RabbitNode): Record<string, string> => ({
  HOME: dir,
  ERL_EPMD_ADDRESS: '127.0.0.1',
  ERL_EPMD_PORT: String(names.port),
  RABBITMQ_NODENAME: `${name}@localhost`,
  RABBITMQ_CONF_ENV_FILE: join(dir, 'rabbitmq-env.conf'),
  RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'enabled_plugins'),
})

export async function launchRabbit(node: RabbitNode): Promise<Launched> {
  const program = need('rabbitmq-server')
  const { dir, port, nodesPort, settings, plugins = [] } = node
  const lines = ['log.file.level = warning', 'log.console = false', ...settings]
  await writeFile(join(dir, 'rabbitmq.conf'), `${lines.join('\n')}\n`)
  await writeFile(join(dir, 'enabled_plugins'), `[${plugins.join(',')}].\n`)
  return launch(program, [], join(dir, 'rabbitmq.out'), {
    ...rabbitEnv(node),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(nodesPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} ',
    RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
    RABBITMQ_LOG_BASE: join(dir, 'log'),
    RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
    RABBITMQ_PID_FILE: join(dir, 'rabbitmq.pid'),
    // Then the script becomes the server, instead of waiting beside it.
    RUNNING_UNDER_SYSTEMD: 'true',
  })
}

/** The path of an installed program; undefined when it is not installed. */
export function programPath(name: ServerName): string | undefined {
  return find(name)
}

/** Debian's programs of RabbitMQ on the path change user and folder; those they start take them from us. */
function find(name: string): string | undefined {
  const ofRabbit = `/usr/lib/rabbitmq/bin/${name}`
  if (existsSync(ofRabbit)) return ofRabbit
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']) {
    try {
      const file = join(folder, name)
      accessSync(file, constants.X_OK)
      return file
    } catch {
      continue
    }
  }
  return undefined
}

export function need(name: string): string {
  const program = find(name)
  if (!program) throw new Error(`${name} is not installed here: install it, or give a running one by its URL`)
  return program
}

export async function claim({ dir, port }: ServerOptions, kind: string) {
  const own = dir ?? (await mkdtemp(join(tmpdir(), `bahi-${kind}-`)))
  await mkdir(own, { recursive: true })
  const free = port === undefined ? await freePort() : port
  await tryPort(free).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${kind} cannot listen on port ${free} (${error.code}): something else uses it`, {
      cause: error,
    })
  })
  const release = () => (dir ? Promise.resolve() : rm(own, { recursive: true, force: true }))
  return { dir: own, port: free, release }
}

export type Launched = { child: ChildProcess; program: string; log: string; fault(): Error | undefined }

/** In a group of its own, so that Ctrl-C reaches it through us. */
export function launch(
  program: string,
  args: string[],
  log: string,
  env: Record<string, string> = {},
  identity: { uid?: number; gid?: number } = {},
): Launched {
  const out = openSync(log, 'a')
  const child = spawn(program, args, {
    detached: true,
    ...identity,
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
  })
  closeSync(out)
  let fault: Error | undefined
  child.once('error', (error) => (fault = error))
  child.unref()
  stopWithParent(child, 'TERM')
  return { child, program, log, fault: () => fault }
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null
}

export async function untilListening(server: Launched, port: number, timeoutMs: number): Promise<void> {
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(25)) {
    if (server.fault() || hasEnded(server.child)) {
      const output = (await readFile(server.log, 'utf8').catch(() => ''))
        .trim()
        .split('\n')
        .slice(-6)
        .join('\n')
      throw new Error(
        `${server.program} did not start (${server.fault()?.message ?? 'it ended'}):\n${output}`,
      )
    }
    if (await answers(port)) return
  }
  await end(server.child)
  throw new Error(`${server.program} took no connection within ${timeoutMs / 1000} s; see ${server.log}`)
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (yes: boolean) => {
      socket.destroy()
      resolve(yes)
    }
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })
}

export async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  // A suspended process handles no other signal.
  child.kill('SIGCONT')
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}
