// What belongs to a restored database and is in no backup of it: keys, and blobs of that time.
import { existsSync } from 'node:fs'
import { cp, copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { checkpointName } from '@bahi/audit/checkpoints/checkpoint.ts'
import { connect } from '@bahi/kit/sql/sql.ts'

/** Files of a data folder that are kept apart from backups, by those who restore. */
export const keptApart = { secrets: 'secrets.json', password: 'postgres.password' } as const

/**
 * Copies keys and blobs of `from` beside the restored database. Checkpoints of the audit chain that were signed later
 * than the restored time stay behind: they name records that are lost, and the chain goes on with other ones. Returns
 * how many.
 */
export async function copyKeptApart(from: string, into: string, adminUrl: string): Promise<number> {
  await copyFile(join(from, keptApart.secrets), join(into, keptApart.secrets))
  const [blobs, target] = [join(from, 'blobs'), join(into, 'blobs')]
  if (!existsSync(blobs)) return 0
  await mkdir(target, { recursive: true, mode: 0o700 })
  const newest = await newestCheckpoint(adminUrl)
  const lastName = newest === undefined ? undefined : join(blobs, 'audit', `${checkpointName(newest)}.blob`)
  const checkpoints = join(blobs, 'audit', 'checkpoints/')
  let left = 0
  await cp(blobs, target, {
    recursive: true,
    preserveTimestamps: true,
    filter(file) {
      const isLater = file.startsWith(checkpoints) && (lastName === undefined || file > lastName)
      if (isLater) left += 1
      return !isLater
    },
  })
  return left
}

async function newestCheckpoint(adminUrl: string): Promise<number | undefined> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-restore' })
  try {
    const [row] = await sql<{ n: number | null }[]>`select max(n) as n from audit.checkpoints`
    return row?.n ?? undefined
  } finally {
    await sql.end({ timeout: 5 })
  }
}
