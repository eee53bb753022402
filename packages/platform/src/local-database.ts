// The database of `npm start`, for commands that look into it: as it runs, or started for as long as they look.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ownerOf, startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'

export type Opened = { url: string; close(): Promise<unknown> }

/** The options of a command that looks into a database. */
export const databaseOptions = {
  database: { type: 'string' },
  data: { type: 'string', default: '.bahi' },
} as const

/** The database that is named, in the environment too; else that of `npm start`, as `ownDatabase` gives it. */
export async function databaseAt({ database, data }: { database?: string; data: string }): Promise<Opened> {
  const url = database ?? process.env['DATABASE_ADMIN_URL']
  return url ? { url, close: () => Promise.resolve() } : ownDatabase(resolve(data))
}

/** As it runs, or started until the check is over. */
async function ownDatabase(folder: string): Promise<Opened> {
  const dataDir = join(folder, 'postgres')
  if (!existsSync(dataDir))
    throw new Error(`there is no data in ${folder}: npm start makes some, or name a --database`)
  if ((await ownerOf(dataDir)) === undefined) {
    const postgres = await startPostgres({ dataDir })
    return { url: postgres.adminUrl, close: () => postgres.stop() }
  }
  const password = (await readFile(`${dataDir}.password`, 'utf8')).trim()
  const port = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[3]
  return { url: `postgres://bahi:${password}@127.0.0.1:${port}/bahi`, close: () => Promise.resolve() }
}
