// The database of `npm start`, for commands that inspect it: the running one, or started for the time of the command.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { secretOf } from '@bahi/kit/runtime/config.ts'
import { ownerOf, startPostgres } from '@bahi/kit/sql/embedded-postgres.ts'

export type Opened = { url: string; close(): Promise<unknown> }

/** The options of a command that inspects a database. */
export const databaseOptions = {
  database: { type: 'string' },
  data: { type: 'string', default: '.bahi' },
} as const

/** The database named by option or environment; otherwise that of `npm start`. */
export async function databaseAt({ database, data }: { database?: string; data: string }): Promise<Opened> {
  const url = database ?? secretOf('DATABASE_ADMIN_URL', process.env)
  return url ? { url, close: () => Promise.resolve() } : ownDatabase(resolve(data))
}

/** The running database, or one that is started until `close`. */
async function ownDatabase(folder: string): Promise<Opened> {
  const dataDir = join(folder, 'postgres')
  if (!existsSync(dataDir))
    throw new Error(`there is no data in ${folder}: npm start creates some, or name a --database`)
  if ((await ownerOf(dataDir)) === undefined) {
    const postgres = await startPostgres({ dataDir })
    return { url: postgres.adminUrl, close: () => postgres.stop() }
  }
  const password = (await readFile(`${dataDir}.password`, 'utf8')).trim()
  const port = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n')[3]
  return { url: `postgres://bahi:${password}@127.0.0.1:${port}/bahi`, close: () => Promise.resolve() }
}
