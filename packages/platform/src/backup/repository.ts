// Where backups are kept: a folder with a sealed pack and a manifest for each backup, and the sealed log (WAL).
import { createHash, type KeyObject } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, inflate, zstdCompress, zstdDecompress } from 'node:zlib'
import { syncFolder, writeWhole as writeWholeFile } from '@bahi/kit/blobs/whole-file.ts'
import { decrypt, encrypt } from '@bahi/kit/crypto/aead.ts'
import { headerBytes, openingKey, sealingKey, type BackupKey, type Recipient } from './backup-key.ts'

/** A piece of a file, stored once in a set: by the SHA-256 of its content. */
export type Chunk = { pack: string; offset: number; length: number }

export type Manifest = {
  /** Its start in UTC and its kind, such as `20261127T163000Z-full`; sorts by time. */
  label: string
  /** The full backup that it belongs to: packs of other sets are never referred to. */
  set: string
  startedAt: string
  /** By the database's clock: a restore to this time or later can begin with it. */
  endedAt: string
  systemIdentifier: string
  /** The first and the last segment of the log that it needs. */
  startWal: string
  stopWal: string
  /** The content of the file `backup_label`, which the restored server starts from. */
  backupLabel: string
  recipient: Recipient
  folders: { path: string; mode: number }[]
  files: { path: string; mode: number; size: number; chunks: string[] }[]
  chunks: Record<string, Chunk>
}

const [compress, decompress, inflated] = [
  promisify(zstdCompress),
  promisify(zstdDecompress),
  promisify(inflate),
]
const quickly = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
const zstdMagic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
/** What earlier versions stored is deflated. */
const decompressed = (bytes: Buffer) =>
  bytes.subarray(0, zstdMagic.length).equals(zstdMagic) ? decompress(bytes) : inflated(bytes)
const manifestSuffix = '.manifest.json'
const walSuffix = '.sealed'

export const walFolder = (repository: string): string => join(repository, 'wal')
export const setFolder = (repository: string, set: string): string => join(repository, 'sets', set)
const packFile = (folder: string, pack: string) => join(folder, `${pack}.pack`)

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

/** There is the whole file or none, and nothing of one that was interrupted. */
export async function writeWhole(file: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${file}.unfinished`
  await rm(temporary, { force: true })
  await writeWholeFile(file, bytes, temporary)
}

export type PackWriter = {
  /** May be called again before it has ended. */
  add(content: Uint8Array, hash: string): Promise<Chunk>
  bytes(): number
  /** On disk for good. */
  close(): Promise<void>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

export async function createPack(folder: string, pack: string, recipient: Recipient): Promise<PackWriter> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = packFile(folder, pack)
  const handle = await open(file, 'wx', 0o600)
  const { key, header } = sealingKey(recipient)
  await handle.write(header)
  let end = header.length
  return {
    async add(content, hash) {
      const sealed = encrypt(key, await compress(content, quickly), Buffer.from(hash))
      const chunk = { pack, offset: end, length: sealed.length }
      end += sealed.length
      await handle.write(sealed, 0, sealed.length, chunk.offset)
      return chunk
    },
    bytes: () => end,
    async close() {
      await handle.sync()
      await handle.close()
      await syncFolder(folder)
    },
    async discard() {
      await handle.close().catch(() => undefined)
      await rm(file, { force: true })
    },
  }
}

export type PackReader = { read(chunk: Chunk, hash: string): Promise<Buffer>; close(): Promise<void> }

/** Each piece that is read has been neither changed nor moved, or an error is thrown. */
export function readPacks(folder: string, key: BackupKey): PackReader {
  type Opened = { handle: Awaited<ReturnType<typeof open>>; key: KeyObject }
  const opened = new Map<string, Promise<Opened>>()
  const openPack = async (pack: string): Promise<Opened> => {
    const handle = await open(packFile(folder, pack), 'r')
    const header = Buffer.alloc(headerBytes)
    await handle.read(header, 0, headerBytes, 0)
    return { handle, key: openingKey(key, header) }
  }
  return {
    async read({ pack, offset, length }, hash) {
      const of = opened.get(pack) ?? openPack(pack)
      opened.set(pack, of)
      const { handle, key } = await of
      const sealed = Buffer.alloc(length)
      const { bytesRead } = await handle.read(sealed, 0, length, offset)
      const content = await decompressed(decrypt(key, sealed.subarray(0, bytesRead), Buffer.from(hash)))
      if (sha256(content) !== hash) throw new Error(`a piece of ${pack} is another than it was`)
      return content
    },
    async close() {
      for (const one of opened.values()) await (await one).handle.close()
    },
  }
}

/** The backup exists once its manifest does. */
export function writeManifest(repository: string, manifest: Manifest): Promise<void> {
  return writeSummed(setFolder(repository, manifest.set), `${manifest.label}${manifestSuffix}`, manifest)
}

/** As JSON; the first line is the checksum of the rest. */
export async function writeSummed(folder: string, name: string, value: object): Promise<void> {
  const text = JSON.stringify(value)
  await writeWhole(join(folder, name), `${sha256(text)}\n${text}`)
  await syncFolder(folder)
}

/** Throws when it was changed. */
export async function readSummed<T>(folder: string, name: string): Promise<T> {
  const content = await readFile(join(folder, name), 'utf8')
  const [checksum] = content.split('\n', 1)
  const text = content.slice(checksum!.length + 1)
  if (sha256(text) !== checksum) throw new Error(`the manifest ${name} is another than it was`)
  return JSON.parse(text) as T
}

/** All backups that are complete, oldest first. Throws when a manifest was changed. */
export async function manifestsIn(repository: string): Promise<Manifest[]> {
  const sets = await readdir(setFolder(repository, '')).catch(() => [])
  const all: Manifest[] = []
  for (const set of sets.sort()) {
    const names = await readdir(setFolder(repository, set))
    for (const name of names.filter((one) => one.endsWith(manifestSuffix)).sort())
      all.push(await readSummed<Manifest>(setFolder(repository, set), name))
  }
  return all.sort((a, b) => (a.label < b.label ? -1 : 1))
}

/**
 * Seals a finished segment of the log. Again is no fault when the content is the same: the server asks again when it
 * did not learn of the first time. Sealed files of the same content differ, so its checksum lies beside it.
 */
export async function storeWal(
  folder: string,
  name: string,
  content: Buffer,
  recipient: string,
): Promise<void> {
  const [file, sumFile] = [join(folder, `${name}${walSuffix}`), join(folder, `${name}.sha256`)]
  const sum = sha256(content)
  if (await stat(file).catch(() => undefined)) {
    if ((await readFile(sumFile, 'utf8')) === sum) return
    throw new Error(`another ${name} is archived already`)
  }
  const { key, header } = sealingKey(recipient)
  const sealed = encrypt(key, await compress(content, quickly), Buffer.from(name))
  await writeWhole(sumFile, sum)
  await writeWhole(file, Buffer.concat([header, sealed]))
  await syncFolder(folder)
}

export async function readWal(repository: string, name: string, key: BackupKey): Promise<Buffer> {
  const bytes = await readFile(join(walFolder(repository), `${name}${walSuffix}`))
  const fileKey = openingKey(key, bytes.subarray(0, headerBytes))
  return decompressed(decrypt(fileKey, bytes.subarray(headerBytes), Buffer.from(name)))
}

/** Names of archived files of the log, sorted: segments, and histories of timelines. */
export async function walIn(repository: string): Promise<string[]> {
  const names = await readdir(walFolder(repository)).catch(() => [])
  return names.flatMap((name) => (name.endsWith(walSuffix) ? [name.slice(0, -walSuffix.length)] : [])).sort()
}

/** The position of a segment whatever its timeline; undefined for other files. */
export function segmentOf(name: string): string | undefined {
  return /^[0-9A-F]{24}$/.test(name) ? name.slice(8) : undefined
}

/** Keeps the newest sets and the log since the oldest of them began; returns the labels that are gone. */
export async function expire(repository: string, keepSets: number): Promise<string[]> {
  const all = await manifestsIn(repository)
  const sets = [...new Set(all.map(({ set }) => set))].sort()
  const gone = sets.slice(0, Math.max(0, sets.length - keepSets))
  if (gone.length === 0) return []
  for (const set of gone) await rm(setFolder(repository, set), { recursive: true, force: true })
  const oldest = all.find(({ set }) => !gone.includes(set))
  const needed = oldest && segmentOf(oldest.startWal)
  for (const name of await walIn(repository)) {
    const segment = segmentOf(name.slice(0, 24))
    if (!segment || !needed || segment >= needed) continue
    for (const suffix of [walSuffix, '.sha256'])
      await rm(join(walFolder(repository), `${name}${suffix}`), { force: true })
  }
  return all.flatMap(({ label, set }) => (gone.includes(set) ? [label] : []))
}
