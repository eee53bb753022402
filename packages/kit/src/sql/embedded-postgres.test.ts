// The embedded PostgreSQL as a user sees it: restarts, interruptions, refusals with a helpful message.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startPostgres, type EmbeddedOptions, type EmbeddedPostgres } from './embedded-postgres.ts'
import { connect } from './sql.ts'

const isRoot = process.getuid?.() === 0
const here = import.meta.dirname
let folder: string
let dataDir: string
const running = new Set<EmbeddedPostgres>()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bahi-postgres-'))
  dataDir = join(folder, 'postgres')
})
afterEach(async () => {
  await Promise.all([...running].map((one) => one.stop()))
  running.clear()
  await rm(folder, { recursive: true, force: true })
})

/** The data of a first start, made once; each test but those of a first start has a copy. */
let made: Promise<string> | undefined
async function makeData(): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'bahi-postgres-')), 'postgres')
  await (await startPostgres({ dataDir: path, durable: false })).stop()
  return path
}
async function startedBefore(): Promise<void> {
  const path = await (made ??= makeData())
  // Keeps owners and modes, which fs.cp does not.
  execFileSync('cp', ['-a', path, `${path}.password`, folder])
}
afterAll(async () => {
  if (made) await rm(dirname(await made), { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
  const started = await startPostgres({ dataDir, durable: false, ...options })
  running.add(started)
  return started
}

async function runQuery(url: string, query: string): Promise<Record<string, unknown>[]> {
  const sql = connect(url, { max: 1 })
  try {
    return await sql.unsafe(query)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const gone = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false))
const deadPid = () => spawnSync('/bin/true').pid
const postmasterFile = () => join(dataDir, 'postmaster.pid')

/** A process of its own that starts PostgreSQL, prints `{ pid, adminUrl }`, and waits. */
async function startElsewhere(onSigint = '') {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(join(here, 'embedded-postgres.ts'))})
    const { connect } = await import(${JSON.stringify(join(here, 'sql.ts'))})
    const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, durable: false })
    ${onSigint}
    console.log(JSON.stringify({ pid: postgres.pid, adminUrl: postgres.adminUrl }))
    setInterval(() => undefined, 1_000)`
  const args = ['--input-type=module', '--eval', script]
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, ...(JSON.parse(line.toString()) as { pid: number; adminUrl: string }) }
}

describe('starting and stopping', () => {
  it('keeps the data over a restart, and leaves nothing running', async () => {
    const first = await start({ durable: true })
    await runQuery(first.adminUrl, `create table kept as select 'ü ₹' as word`)
    expect(await runQuery(first.adminUrl, 'show fsync')).toEqual([{ fsync: 'on' }])
    await first.stop()
    await first.stop()
    expect([isAlive(first.pid), existsSync(postmasterFile())]).toEqual([false, false])
    const second = await start({ durable: true })
    expect(await runQuery(second.adminUrl, 'select word from kept')).toEqual([{ word: 'ü ₹' }])
  })

  it('gives up durability for speed only when asked to', async () => {
    await startedBefore()
    const { adminUrl } = await start({ durable: false })
    expect(await runQuery(adminUrl, 'show fsync')).toEqual([{ fsync: 'off' }])
  })

  it('takes connections on the loopback address alone, and with the password alone', async () => {
    const { adminUrl, port } = await start({})
    expect(await runQuery(adminUrl, 'show listen_addresses')).toEqual([{ listenAddresses: '127.0.0.1' }])
    const wrong = new URL(adminUrl)
    wrong.password = 'wrong'
    await expect(runQuery(wrong.toString(), 'select 1')).rejects.toThrow('password authentication failed')
    const file = `${dataDir}.password`
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(adminUrl).toBe(`postgres://bahi:${(await readFile(file, 'utf8')).trim()}@127.0.0.1:${port}/bahi`)
  })

  it('listens on the port it was given', async () => {
    await startedBefore()
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as { port: number }
    probe.close()
    await once(probe, 'close')
    expect((await start({ port })).port).toBe(port)
  })

  it('links its libraries itself where npm ran no install scripts', async () => {
    await startedBefore()
    const [first] = await links()
    await rm(first!, { force: true })
    await start()
    expect(existsSync(first!)).toBe(true)
  })
})

describe('when the process that started it ends', () => {
  it('survives Ctrl-C until it is stopped in order', async () => {
    await startedBefore()
    const { child, pid } = await startElsewhere(`process.on('SIGINT', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const sql = connect(postgres.adminUrl, { max: 1 })
      const [row] = await sql\`select 1 as one\`
      await sql.end()
      await postgres.stop()
      process.exit(row.one === 1 ? 42 : 1)
    })`)
    process.kill(-child.pid!, 'SIGINT')
    const [status] = (await once(child, 'exit')) as [number]
    expect(status).toBe(42)
    expect([isAlive(pid), existsSync(postmasterFile())]).toEqual([false, false])
  })

  it('ends in order when that process is killed', async () => {
    await startedBefore()
    const { child, pid } = await startElsewhere()
    child.kill('SIGKILL')
    await gone(pid)
    expect(existsSync(postmasterFile())).toBe(false)
    await start()
  })

  it('stops a server that was left behind, and starts again', async () => {
    await startedBefore()
    const left = await start()
    await writeFile(join(dataDir, 'bahi-parent'), String(deadPid()))
    const next = await start()
    expect([isAlive(left.pid), isAlive(next.pid)]).toEqual([false, true])
  })

  it.each([
    ['of a process that ended', () => deadPid()],
    ['whose process id belongs to another program now', () => process.pid],
  ])('starts over a pid file %s', async (_, pid) => {
    await startedBefore()
    const first = await start()
    await first.stop()
    await writeFile(postmasterFile(), `${pid()}\n${dataDir}\n0\n1\n\n127.0.0.1\n`)
    expect(isAlive((await start()).pid)).toBe(true)
  })
})

describe('refuses with a helpful message', () => {
  it('when another one runs on the folder, and leaves that alone', async () => {
    await startedBefore()
    const first = await start()
    const who = `process ${first.pid}, started by ${process.pid}`
    const already = `a PostgreSQL (${who}) already runs on ${dataDir}`
    await expect(start()).rejects.toThrow(`${already}: stop it first`)
    expect(await runQuery(first.adminUrl, 'select 1 as one')).toEqual([{ one: 1 }])
    await rm(join(dataDir, 'bahi-parent'))
    await expect(start()).rejects.toThrow(`(process ${first.pid}) already runs on`)
    expect(isAlive(first.pid)).toBe(true)
  })

  it('when the port is in use, before anything is made', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const message = `PostgreSQL cannot listen on port ${port}: something else uses it; choose another port`
    await expect(start({ port })).rejects.toThrow(message)
    expect(existsSync(dataDir)).toBe(false)
    other.close()
  })

  it('when the folder may not be written', async () => {
    const path = join(folder, 'locked', 'data')
    await mkdir(dirname(path))
    await chmod(folder, 0o755)
    await chmod(dirname(path), 0o555)
    // Root may write anywhere, and the user nobody may not read a checkout of root's: load first, then change user.
    const becomeNobody = isRoot ? 'process.setgid(65534); process.setuid(65534)' : ''
    const script = `
      const { startPostgres } = await import(${JSON.stringify(join(here, 'embedded-postgres.ts'))})
      const dataDir = ${JSON.stringify(join(path, 'postgres'))}
      ${becomeNobody}
      await startPostgres({ dataDir }).catch((error) => console.log(error.message))`
    const args = ['--input-type=module', '--eval', script]
    const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 })
    expect(stdout).toContain(`no permission to write in ${path}: choose another folder`)
  })

  it('when a first start was interrupted', async () => {
    await startedBefore()
    await (await start()).stop()
    await rm(join(dataDir, 'bahi-ready'))
    const message =
      'is only half initialised (a first start was interrupted): npm start -- --fresh starts over'
    await expect(start()).rejects.toThrow(`${dataDir} ${message}`)
  })

  it('when the data are of another version, finished or not', async () => {
    await mkdir(dataDir)
    await writeFile(join(dataDir, 'PG_VERSION'), '15\n')
    const message = `${dataDir} was made by PostgreSQL 15, this is 18: dump it with that version`
    await expect(start()).rejects.toThrow(message)
    await writeFile(join(dataDir, 'bahi-ready'), '')
    await expect(start()).rejects.toThrow(message)
  })

  it('when the password is gone, or is not the one of these data', async () => {
    await startedBefore()
    await (await start()).stop()
    await writeFile(`${dataDir}.password`, 'another\n')
    await expect(start()).rejects.toThrow('its password file does not match')
    expect(existsSync(postmasterFile())).toBe(false)
    await rm(`${dataDir}.password`)
    await expect(start()).rejects.toThrow(`${dataDir}.password is missing: restore it, or start over`)
  })
})

/** Of the platform's package; the first one no server needs, so that those of other tests live on. */
async function links(): Promise<string[]> {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = dirname(dirname(require.resolve(name)))
  const list = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
    target: string
  }[]
  return list.filter(({ target }) => target.includes('libecpg')).map(({ target }) => join(root, target))
}
