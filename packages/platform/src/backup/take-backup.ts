// Copies a running PostgreSQL into a repository: sealed, each piece once, complete together with the archived log.
import { open, readdir, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, type Queryable, type Sql } from '@bahi/kit/sql/sql.ts'
import type { Recipient } from './backup-key.ts'
import { filesAtOnce, forEachAtOnce } from './at-once.ts'
import {
  createPack,
  manifestsIn,
  setFolder,
  sha256,
  writeManifest,
  type Chunk,
  type Manifest,
  type PackWriter,
} from './repository.ts'

export type BackupOptions = {
  /** Of a role that may do everything. The server's data must be on this machine. */
  adminUrl: string
  repository: string
  recipient: Recipient
  /** Full: refers to no earlier backup. Otherwise only what has changed since the set began is stored. */
  full?: boolean
  /** How long the server may take to archive the end of its log; by default two minutes. */
  archiveTimeoutMs?: number
}

export type TakenBackup = {
  label: string
  /** Of all files, and of what was stored for them. */
  bytes: number
  storedBytes: number
  ms: number
}

/** Files that change in part are stored in part. */
const chunkBytes = 1 << 20
const usualArchiveTimeoutMs = 120_000

/** What a restored server makes anew: pg_basebackup leaves out the same. */
const emptyFolders = ['pg_wal', 'pg_dynshmem', 'pg_notify', 'pg_replslot', 'pg_serial', 'pg_snapshots']
  .concat(['pg_stat_tmp', 'pg_subtrans'])
  .map((name) => `${name}/`)
const leftOut = /^(postmaster\.(pid|opts)|bahi-parent|current_logfiles|backup_label.*|tablespace_map.*)$/
const temporary = /(^|\/)pgsql_tmp/
/** Copied last: what it says of checkpoints is then not older than any file. */
const control = 'global/pg_control'

/** Throws when the log is not archived: a copy without it is no backup. */
export async function takeBackup(options: BackupOptions): Promise<TakenBackup> {
  const began = performance.now()
  const { repository, recipient, archiveTimeoutMs = usualArchiveTimeoutMs } = options
  const sql = connect(options.adminUrl, { max: 1, name: 'bahi-backup' })
  try {
    const server = await describe(sql)
    const earlier = (await manifestsIn(repository)).filter(
      (one) => one.systemIdentifier === server.systemIdentifier && one.recipient === recipient,
    )
    const base = options.full ? undefined : earlier.at(-1)
    // The backup mode belongs to one session, from start to stop.
    const session = await sql.reserve()
    let pack: PackWriter | undefined
    try {
      await session`select set_config('statement_timeout', ${String(archiveTimeoutMs)}, false)`
      const [started] = await session<{ at: Date; lsn: string; wal: string }[]>`
        select clock_timestamp() as at, lsn::text, pg_walfile_name(lsn) as wal
        from pg_backup_start('bahi', fast => true) as lsn`
      const label = `${compact(started!.at)}-${base ? 'incremental' : 'full'}`
      const set = base?.set ?? label
      pack = await createPack(setFolder(repository, set), label, recipient)
      const copied = await copyFiles(server.folder, pack, base?.chunks ?? {})
      const [stopped] = await session<{ at: Date; wal: string; labelfile: string }[]>`
        select clock_timestamp() as at, pg_walfile_name(lsn) as wal, labelfile
        from pg_backup_stop(wait_for_archive => true)`.catch(async (error: unknown) => {
        throw await archiveFault(session, error)
      })
      await pack.close()
      await writeManifest(repository, {
        ...{ label, set, recipient, ...copied },
        startedAt: started!.at.toISOString(),
        endedAt: stopped!.at.toISOString(),
        systemIdentifier: server.systemIdentifier,
        startWal: started!.wal,
        stopWal: stopped!.wal,
        backupLabel: stopped!.labelfile,
      } satisfies Manifest)
      return {
        label,
        bytes: copied.files.reduce((sum, { size }) => sum + size, 0),
        storedBytes: pack.bytes(),
        ms: Math.round(performance.now() - began),
      }
    } catch (error) {
      await pack?.discard()
      throw error
    } finally {
      session.release()
    }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** PostgreSQL's `query_canceled`: here that the time was up in which the log was to be archived. */
const isOutOfTime = (error: unknown) => (error as { code?: unknown }).code === '57014'

async function archiveFault(session: Queryable, error: unknown): Promise<unknown> {
  if (!isOutOfTime(error)) return error
  const [archiver] = await session<{ failures: number; wal: string | null; at: Date | null }[]>`
    select failed_count::int as failures, last_failed_wal as wal, last_failed_time as at from pg_stat_archiver`
  const { failures, wal, at } = archiver!
  const lastly =
    wal === null ? 'no attempt has failed' : `failed ${failures} times, lastly ${wal} at ${at!.toISOString()}`
  return new Error(
    `the server has not archived its log in time, so there is no backup (archive_command: ${lastly}): see its log`,
    { cause: error },
  )
}

async function describe(sql: Sql): Promise<{ folder: string; systemIdentifier: string }> {
  const [row] = await sql<
    { folder: string; systemIdentifier: string; mode: string; standby: boolean; tablespaces: number }[]
  >`
    select current_setting('data_directory') as folder, system_identifier::text,
      current_setting('archive_mode') as mode, pg_is_in_recovery() as standby,
      (select count(*) from pg_tablespace where spcname not in ('pg_default', 'pg_global')) as tablespaces
    from pg_control_system()`
  const { folder, systemIdentifier, mode, standby, tablespaces } = row!
  if (standby) throw new Error('this server is a standby: back up the primary')
  if (mode === 'off')
    throw new Error(
      'this server does not archive its log: a copy without it is no backup. npm start does with --backups <folder>, ' +
        'any other server as docs/operate/backup.md says',
    )
  if (tablespaces > 0) throw new Error('this server has tablespaces, which are not copied: use pgBackRest')
  if (!(await stat(join(folder, 'PG_VERSION')).catch(() => undefined)))
    throw new Error(`the server's data (${folder}) is not on this machine: use pgBackRest`)
  return { folder, systemIdentifier }
}

const compact = (at: Date) => `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/** A file that goes while we read it is none that the log needs: the log makes its end the same. */
async function copyFiles(
  dataDir: string,
  pack: PackWriter,
  known: Manifest['chunks'],
): Promise<Pick<Manifest, 'folders' | 'files' | 'chunks'>> {
  const [folders, files, chunks]: [Manifest['folders'], Manifest['files'], Manifest['chunks']] = [[], [], {}]
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true })
  const paths: string[] = []
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(dataDir.length + 1)
    if (entry.isSymbolicLink())
      throw new Error(`${path} leads elsewhere (${await readlink(join(dataDir, path))})`)
    const isEmptied = emptyFolders.some((one) => path.startsWith(one))
    if (entry.isDirectory()) {
      const found = await stat(join(dataDir, path)).catch(() => undefined)
      if (found && !isEmptied) folders.push({ path, mode: found.mode & 0o777 })
    } else if (!isEmptied && !leftOut.test(path) && !temporary.test(path) && path !== control)
      paths.push(path)
  }
  const stored = new Map<string, Promise<Chunk>>()
  /** A piece that several files have at once is stored once too. */
  const store: Store = async (content, hash) => {
    const chunk = chunks[hash] ?? known[hash] ?? (await (stored.get(hash) ?? keep(content, hash)))
    chunks[hash] = chunk
    stored.delete(hash)
  }
  const keep = (content: Uint8Array, hash: string) => {
    const storing = pack.add(content, hash)
    stored.set(hash, storing)
    return storing
  }
  // Not one for each file: most are small, and a mebibyte for each kept the garbage collector busy.
  const buffers = Array.from({ length: filesAtOnce }, () => Buffer.alloc(chunkBytes))
  const copy = async (path: string) => {
    const buffer = buffers.pop()!
    const copied = await copyFile(join(dataDir, path), buffer, store)
    buffers.push(buffer)
    if (copied) files.push({ path, ...copied })
  }
  await forEachAtOnce(paths.sort(), filesAtOnce, copy)
  await copy(control)
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1)
  return { folders: folders.sort(byPath), files: files.sort(byPath), chunks }
}

type Store = (content: Uint8Array, hash: string) => Promise<void>

/** @param buffer for one piece, which is used up before the next is read */
async function copyFile(
  file: string,
  buffer: Buffer,
  store: Store,
): Promise<Omit<Manifest['files'][number], 'path'> | undefined> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (!handle) return undefined
  try {
    const { mode } = await handle.stat()
    const hashes: string[] = []
    for (let size = 0; ;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, size)
      if (bytesRead === 0) return { mode: mode & 0o777, size, chunks: hashes }
      const content = buffer.subarray(0, bytesRead)
      const hash = sha256(content)
      await store(content, hash)
      hashes.push(hash)
      size += bytesRead
    }
  } finally {
    await handle.close()
  }
}
