// Makes a new PostgreSQL from a repository of backups, as it was at one time: all schemas at the same point.
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { giveToServer, startPostgres, type EmbeddedPostgres } from '@bahi/kit/sql/embedded-postgres.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import { filesAtOnce, forEachAtOnce } from './at-once.ts'
import type { BackupKey } from './backup-key.ts'
import { manifestsIn, readPacks, readWal, segmentOf, setFolder, walIn, type Manifest } from './repository.ts'

export type RestoreOptions = {
  repository: string
  key: BackupKey
  /** A folder of data, as `npm start --data` takes it, with no `postgres` in it. */
  into: string
  /** The file with the password of the database's owner, as it was then: it is in no backup. */
  passwordFile: string
  /** Default: as far as the log was archived. */
  to?: Date
  port?: number
}

export type Restored = {
  server: EmbeddedPostgres
  /** Of the backup that it began with. */
  label: string
  /** When the last transaction that it has was committed. */
  asOf: Date
  ms: number
  /** What that was made of: unpacking the files, unpacking the log, replaying it until the server takes writes. */
  stages: { filesMs: number; logMs: number; replayMs: number }
}

/** Bounds for what hangs: a large log is replayed for long. */
const recoveryTimeoutMs = 4 * 3_600_000

/** Throws when a piece was changed, or when the archived log ends before `to`. The server runs afterwards. */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const began = performance.now()
  const { repository, key, into, to } = options
  const dataDir = join(into, 'postgres')
  if (existsSync(dataDir)) throw new Error(`there is data in ${into} already: choose an empty folder`)
  const manifest = newest(await manifestsIn(repository), to)
  await mkdir(into, { recursive: true, mode: 0o700 })
  await mkdir(dataDir, { mode: 0o700 })
  await writeFiles(dataDir, repository, manifest, key)
  const unpacked = performance.now()
  const log = join(into, 'restored-wal')
  await writeLog(log, repository, manifest, key)
  await copyFile(options.passwordFile, `${dataDir}.password`)
  for (const path of [dataDir, log]) await giveToServer(path, dataDir)
  const replaying = performance.now()
  const server = await startPostgres({
    dataDir,
    startTimeoutMs: recoveryTimeoutMs,
    ...(options.port === undefined ? {} : { port: options.port }),
    settings: {
      // An offset, not `Z`: names of time zones are not known yet when this is read.
      restore_command: `cp "${log}/%f" "%p"`,
      ...(to ? { recovery_target_time: to.toISOString().replace('Z', '+00') } : {}),
      recovery_target_action: 'promote',
      recovery_target_timeline: 'latest',
    },
  }).catch(async (error: Error) => {
    throw new Error(await whyNotStarted(dataDir, error), { cause: error })
  })
  try {
    const asOf = (await untilPromoted(server, dataDir)) ?? new Date(manifest.endedAt)
    await rm(log, { recursive: true, force: true })
    const ended = performance.now()
    const [filesMs, logMs, replayMs] = [unpacked - began, replaying - unpacked, ended - replaying].map(
      Math.round,
    )
    const stages = { filesMs: filesMs!, logMs: logMs!, replayMs: replayMs! }
    return { server, label: manifest.label, asOf, ms: Math.round(ended - began), stages }
  } catch (error) {
    await server.stop()
    throw error
  }
}

function newest(all: Manifest[], to: Date | undefined): Manifest {
  const found = all.findLast(({ endedAt }) => !to || endedAt <= to.toISOString())
  if (found) return found
  const first = all[0]
  throw new Error(first ? `the oldest backup is of ${first.endedAt}` : 'there is no backup')
}

async function writeFiles(dataDir: string, repository: string, manifest: Manifest, key: BackupKey) {
  for (const { path, mode } of manifest.folders) {
    await mkdir(join(dataDir, path), { recursive: true })
    await chmod(join(dataDir, path), mode)
  }
  const packs = readPacks(setFolder(repository, manifest.set), key)
  try {
    // The largest first: what is left at the end is small, and nobody waits long for it.
    const files = manifest.files.toSorted((a, b) => b.size - a.size)
    await forEachAtOnce(files, filesAtOnce, async ({ path, mode, size, chunks }) => {
      const handle = await open(join(dataDir, path), 'wx', mode)
      let written = 0
      try {
        for (const hash of chunks) {
          const at = manifest.chunks[hash]
          if (!at) throw new Error(`the manifest ${manifest.label} has no piece of ${path}`)
          const content = await packs.read(at, hash)
          await handle.write(content, 0, content.length, written)
          written += content.length
        }
      } finally {
        await handle.close()
      }
      if (written !== size) throw new Error(`${path} has ${written} bytes of ${size}`)
    })
  } finally {
    await packs.close()
  }
  await writeFile(join(dataDir, 'backup_label'), manifest.backupLabel, { mode: 0o600 })
  await writeFile(join(dataDir, 'recovery.signal'), '', { mode: 0o600 })
}

/** Everything since the backup began, and the histories of timelines. */
async function writeLog(folder: string, repository: string, manifest: Manifest, key: BackupKey) {
  await mkdir(folder, { mode: 0o700 })
  const first = segmentOf(manifest.startWal)!
  const names = (await walIn(repository)).filter((name) => {
    const segment = segmentOf(name)
    return segment === undefined ? name.endsWith('.history') : segment >= first
  })
  if (!names.includes(manifest.stopWal)) throw new Error(`the log of ${manifest.label} is not archived`)
  await forEachAtOnce(names, filesAtOnce, async (name) =>
    writeFile(join(folder, name), await readWal(repository, name, key), { mode: 0o600 }),
  )
}

async function untilPromoted(server: EmbeddedPostgres, dataDir: string): Promise<Date | undefined> {
  const sql = connect(server.adminUrl, { max: 1, name: 'bahi-restore' })
  try {
    for (const until = Date.now() + recoveryTimeoutMs; Date.now() < until; await delay(100)) {
      const rows = await sql<{ recovering: boolean; at: Date | null }[]>`
        select pg_is_in_recovery() as recovering, pg_last_xact_replay_timestamp() as at`.catch(
        () => undefined,
      )
      if (rows?.[0]?.recovering === false) return rows[0].at ?? undefined
      if (!rows && !existsSync(join(dataDir, 'postmaster.pid')))
        throw new Error(await whyNotStarted(dataDir, new Error('the server ended during recovery')))
    }
    throw new Error('the log was not replayed in time')
  } finally {
    await sql.end({ timeout: 1 })
  }
}

async function whyNotStarted(dataDir: string, error: Error): Promise<string> {
  const output = await readFile(`${dataDir}.log`, 'utf8').catch(() => '')
  return output.includes('recovery ended before configured recovery target was reached')
    ? 'the archived log ends before that time: leave out --to for as far as it goes'
    : error.message
}
