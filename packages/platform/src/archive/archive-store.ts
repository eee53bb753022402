// An archived month of the books: one sealed pack with the rows of its tables as CSV, and a manifest that says what is
// in it. Beside the backups in their repository, and never expired with them.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { BackupKey, Recipient } from '../backup/backup-key.ts'
import {
  createPack,
  readPacks,
  readSummed,
  sha256,
  writeSummed,
  type Chunk,
  type PackWriter,
} from '../backup/repository.ts'

export type ArchivedTable = {
  schema: string
  table: string
  /** As PostgreSQL writes it, such as `uuid`; in the order of the CSV. */
  columns: { name: string; type: string; isRequired: boolean }[]
  primaryKey: string[]
  rows: number
  /** Of the CSV, which begins with a line of names. */
  bytes: number
  sha256: string
  chunks: (Chunk & { hash: string })[]
}

export type ArchiveManifest = {
  format: 'bahi-archive-1'
  /** Such as `2026-11`, in UTC; rows belong to it by the time in their id. */
  month: string
  fromId: string
  toId: string
  exportedAt: string
  systemIdentifier: string
  recipient: Recipient
  /** The last migration of each schema, as of which its tables are described. */
  schemas: Record<string, string>
  tables: ArchivedTable[]
  /** The signed checkpoint of the audit chain that covers every event of these payments. */
  checkpoint: string
}

const chunkBytes = 1 << 20
const folderOf = (repository: string, month: string) => join(repository, 'archive', month)
const manifestName = 'manifest.json'
const packName = 'rows'

/** Months with a complete archive. */
export async function archivedIn(repository: string): Promise<string[]> {
  const names = await readdir(folderOf(repository, ''), { recursive: true }).catch(() => [])
  return names.flatMap((name) => (name.endsWith(`/${manifestName}`) ? [name.split('/')[0]!] : [])).sort()
}

/** Undefined when there is no complete archive. Throws when its manifest was changed. */
export async function manifestOf(repository: string, month: string): Promise<ArchiveManifest | undefined> {
  if (!existsSync(join(folderOf(repository, month), manifestName))) return undefined
  return readSummed<ArchiveManifest>(folderOf(repository, month), manifestName)
}

/** What was left of an export that did not end is replaced. The archive exists once its manifest does. */
export async function writeArchive(
  repository: string,
  about: Omit<ArchiveManifest, 'format' | 'tables'>,
  tables: (Pick<ArchivedTable, 'schema' | 'table' | 'columns' | 'primaryKey' | 'rows'> & {
    csv: () => Promise<Readable>
  })[],
): Promise<ArchiveManifest> {
  const folder = folderOf(repository, about.month)
  await rm(folder, { recursive: true, force: true })
  const pack = await createPack(folder, packName, about.recipient)
  try {
    const written: ArchivedTable[] = []
    for (const { csv, ...table } of tables) written.push({ ...table, ...(await store(pack, await csv())) })
    await pack.close()
    const manifest: ArchiveManifest = { format: 'bahi-archive-1', ...about, tables: written }
    await writeSummed(folder, manifestName, manifest)
    return manifest
  } catch (error) {
    await pack.discard()
    throw error
  }
}

export const quoted = (names: string[]): string => names.map((name) => `"${name}"`).join(', ')

/** What the audit record of the month says. */
export const auditedOf = ({
  month,
  tables,
}: ArchiveManifest): { month: string; rows: number; sha256: string } => ({
  month,
  rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  sha256: archiveHash({ tables }),
})

/** Over the hashes of its tables: whoever has the archive can compute it, and compare it with the audit record. */
const archiveHash = ({ tables }: Pick<ArchiveManifest, 'tables'>): string =>
  sha256(tables.map((one) => `${one.schema}.${one.table} ${one.sha256}\n`).join(''))

async function store(
  pack: PackWriter,
  csv: Readable,
): Promise<Pick<ArchivedTable, 'bytes' | 'sha256' | 'chunks'>> {
  const [hash, chunks] = [createHash('sha256'), [] as ArchivedTable['chunks']]
  let [waiting, length, bytes] = [[] as Buffer[], 0, 0]
  const flush = async () => {
    const content = Buffer.concat(waiting)
    ;[waiting, length] = [[], 0]
    if (content.length === 0) return
    const chunkHash = sha256(content)
    chunks.push({ hash: chunkHash, ...(await pack.add(content, chunkHash)) })
  }
  for await (const piece of csv as AsyncIterable<Buffer>) {
    hash.update(piece)
    waiting.push(piece)
    ;[length, bytes] = [length + piece.length, bytes + piece.length]
    if (length >= chunkBytes) await flush()
  }
  await flush()
  return { bytes, sha256: hash.digest('hex'), chunks }
}

/** The CSV of a table. Throws when a piece was changed, or when it is not, as a whole, what the manifest says. */
export async function* readArchived(
  repository: string,
  month: string,
  table: ArchivedTable,
  key: BackupKey,
): AsyncGenerator<Buffer> {
  const packs = readPacks(folderOf(repository, month), key)
  const hash = createHash('sha256')
  try {
    for (const { hash: chunkHash, ...chunk } of table.chunks) {
      const content = await packs.read(chunk, chunkHash)
      hash.update(content)
      yield content
    }
  } finally {
    await packs.close()
  }
  if (hash.digest('hex') !== table.sha256)
    throw new Error(`the archived ${table.schema}.${table.table} of ${month} is another than it was`)
}
