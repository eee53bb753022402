// The SQL files of a schema: numbered migrations for tables, and repeatable files for functions, views and triggers.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'

export type SqlFile = { name: string; text: string; sha256: string }

export type SchemaFiles = {
  /** The kit's, then the service's: each set in the order of its numbers. */
  migrations: SqlFile[][]
  /** In the order in which they are applied: the kit's, then the service's, each by name. */
  repeatables: SqlFile[]
}

const kitMigrations = new URL('../../migrations/', import.meta.url)

/** Where a schema keeps its repeatable SQL: beside its migrations. */
const repeatableFolder = (migrations: URL) => new URL('../sql/', migrations)

/** Throws when a file has a name that would never be found or that says nothing of its order. */
export async function readSchemaFiles(migrations: URL): Promise<SchemaFiles> {
  const numbered = [await numberedFiles(kitMigrations), await numberedFiles(migrations)]
  // A view keeps a table's columns in use: what stands on the tables is applied again after any change of them.
  const tables = numbered.flatMap((files) => files.map((file) => file.sha256)).join('\n')
  const repeatables = [
    ...(await repeatableFiles(kitMigrations, 'kit/', tables)),
    ...(await repeatableFiles(migrations, '', tables)),
  ]
  return { migrations: numbered, repeatables }
}

async function numberedFiles(folder: URL): Promise<SqlFile[]> {
  const names = await sqlFiles(folder)
  const odd = names.find((name) => !/^\d{3}_[a-z0-9_]+\.sql$/.test(name))
  if (odd) throw new Error(`${odd} is no name for a migration: write it like 001_words.sql`)
  return Promise.all(names.map(async (name) => fileOf(name, await readFile(new URL(name, folder), 'utf8'))))
}

async function repeatableFiles(migrations: URL, prefix: string, tables: string): Promise<SqlFile[]> {
  const folder = repeatableFolder(migrations)
  const names = await sqlFiles(folder)
  const odd = names.find((name) => !/^[a-z][a-z0-9-]*\.sql$/.test(name))
  if (odd) throw new Error(`${odd} is no name for repeatable SQL: write it like words.sql`)
  return Promise.all(
    names.map(async (name) =>
      fileOf(prefix + name, await readFile(new URL(name, folder), 'utf8'), `${tables}\n`),
    ),
  )
}

const fileOf = (name: string, text: string, stands = ''): SqlFile => ({
  name,
  text,
  sha256: createHash('sha256').update(stands).update(text).digest('hex'),
})

/** The names of a folder's SQL files in order; none when there is no such folder. */
async function sqlFiles(folder: URL): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return names.filter((name) => name.endsWith('.sql')).sort()
}
