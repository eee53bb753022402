// A data folder that is begun anew: what was there is deleted once the new start has succeeded, and is back otherwise.
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ownerOf } from '@bahi/kit/sql/embedded-postgres.ts'

export type SetAside = {
  /** The new start has succeeded: deletes what was there. */
  forget(): Promise<void>
  /** It has failed: what was there takes the place of what it made. After `forget` nothing happens. */
  restore(): Promise<void>
}

/**
 * Renames the folder to `<folder>.before`, where a start that is killed leaves it. Refuses while another process uses
 * the data.
 */
export async function setAside(folder: string): Promise<SetAside> {
  const owner = await ownerOf(join(folder, 'postgres'))
  if (owner !== undefined)
    throw new Error(`another bahi (process ${owner}) is running on ${folder}: stop it first`)
  const before = `${folder}.before`
  if (existsSync(folder)) {
    await rm(before, { recursive: true, force: true })
    await rename(folder, before)
  }
  let isDone = false
  return {
    async forget() {
      isDone = true
      await rm(before, { recursive: true, force: true })
    },
    async restore() {
      if (isDone || !existsSync(before)) return
      await rm(folder, { recursive: true, force: true })
      await rename(before, folder)
    },
  }
}
