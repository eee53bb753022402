// Blobs in a folder: for one machine, or a file system that all processes mount.
import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { Problem } from '@bahi/contracts/problem.ts'
import { isBlobKey, maxSealedBytes, type BlobStorage } from './blobs.ts'
import { syncFolder, writeWhole } from './whole-file.ts'

/** No name has a dot: a blob is never in the way of the folder of longer names. */
const suffix = '.blob'

/**
 * @param path must exist: one that is missing is a volume that is not mounted
 *
 * A file is written beside its place, flushed, and renamed: readers see the old content or the new one, and after a
 * crash there is one of both. What a crash leaves of an unfinished file lies in `.unfinished` and may be removed.
 */
export function folderStorage(path: string): BlobStorage {
  const folder = resolve(path)
  const unfinished = join(folder, '.unfinished')
  const fileOf = (key: string) => join(folder, ...key.split('/')) + suffix

  async function check(): Promise<void> {
    if (!(await stat(folder)).isDirectory()) throw new Error('no folder')
  }

  async function writeFile(key: string, bytes: Uint8Array): Promise<void> {
    await check()
    const [file, temporary] = [fileOf(key), join(unfinished, randomUUID())]
    for (const path of [unfinished, dirname(file)]) await mkdir(path, { recursive: true, mode: 0o700 })
    await writeWhole(file, bytes, temporary)
    // Up to the top: a new folder is durable when the one that it was made in is.
    for (let path = dirname(file); path !== folder; path = dirname(path)) await syncFolder(path)
    await syncFolder(folder)
  }

  async function readFile(key: string): Promise<Buffer> {
    const handle = await open(fileOf(key), 'r')
    try {
      const { size } = await handle.stat()
      if (size > maxSealedBytes)
        throw new RangeError(`the blob ${key} has ${size} bytes: more than any may have`)
      return await handle.readFile()
    } finally {
      await handle.close()
    }
  }

  async function deleteFile(key: string): Promise<void> {
    await unlink(fileOf(key))
    await syncFolder(dirname(fileOf(key)))
  }

  async function listFiles(under: string): Promise<string[]> {
    const entries = await readdir(join(folder, ...under.split('/')), { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .map((path) => path.slice(0, -suffix.length))
      .filter(isBlobKey)
  }

  /** Undefined when there is no such file in a folder that is there. */
  async function ifFound<T>(run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run()
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      await check()
      return undefined
    }
  }

  return {
    write: (key, bytes) => orUnavailable(() => writeFile(key, bytes)),
    read: (key) => orUnavailable(() => ifFound(() => readFile(key))),
    delete: (key) => orUnavailable(() => ifFound(() => deleteFile(key))),
    async list({ under, after, limit }) {
      const keys = (await orUnavailable(() => ifFound(() => listFiles(under)))) ?? []
      return keys
        .filter((key) => key > after)
        .sort()
        .slice(0, limit)
    },
    check: () => orUnavailable(check),
  }
}

async function orUnavailable<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof RangeError) throw error
    throw new Problem('unavailable', `the folder of blobs cannot be used: ${codeOf(error)}`)
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message
