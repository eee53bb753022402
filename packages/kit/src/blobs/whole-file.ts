// Files that are there whole or not at all, whenever the machine stops.
import { open, rename, rm } from 'node:fs/promises'

/**
 * Written beside its place, flushed, and renamed: readers see the old content or the new one.
 * @param temporary on the same file system; it must not be there
 */
export async function writeWhole(file: string, bytes: Uint8Array | string, temporary: string): Promise<void> {
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
  }
}

/** A rename is durable once its folder is; Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
