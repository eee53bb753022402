// Loads an archived month into a schema of its own, which nobody can change: for an auditor.
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { connect, type Tx } from '@bahi/kit/sql/sql.ts'
import type { BackupKey } from '../backup/backup-key.ts'
import { auditedOf, manifestOf, quoted, readArchived, type ArchivedTable } from './archive-store.ts'

export type OpenOptions = {
  /** Of any database, such as an empty one of the auditor's; its role makes the schema. */
  databaseUrl: string
  repository: string
  key: BackupKey
  month: string
  /** Who may read it, besides the role that makes it. */
  reader?: string
}

/** `sha256`: what the audit record of the month must say, `payment.month-archived`. */
export type Opened = { schema: string; rows: number; sha256: string }

/** What the manifest names becomes SQL, and whoever can write to the repository can change it. */
const isName = (name: string) => /^[a-z_][a-z0-9_]{0,62}$/.test(name)
const isType = (type: string) => /^"?[a-z][a-z0-9 ]*"?(\(\d+(,\d+)?\))?( [a-z ]+)?(\[\])?$/.test(type)

/** The schema, such as `archive_2026_11`. Throws, and leaves nothing, when it is there or the archive was changed. */
export async function openArchive(options: OpenOptions): Promise<Opened> {
  const { repository, month, key, reader } = options
  const manifest = await manifestOf(repository, month)
  if (!manifest) throw new Error(`there is no archive of ${month} in ${repository}`)
  for (const { table, columns, primaryKey } of manifest.tables)
    if (
      ![table, ...primaryKey, ...columns.map(({ name }) => name)].every(isName) ||
      !columns.every(({ type }) => isType(type))
    )
      throw new Error(`the manifest of ${month} has names that no table has`)
  const schema = `archive_${month.replace('-', '_')}`
  const sql = connect(options.databaseUrl, { max: 1, name: 'bahi-archive' })
  try {
    await sql.begin(async (tx) => {
      await tx`set local statement_timeout = 0`
      await tx.unsafe(
        `create schema "${schema}";
         create function "${schema}".reject_change() returns trigger language plpgsql as $$
         begin raise exception 'an archive is read only' using errcode = 'insufficient_privilege'; end $$;`,
      )
      for (const table of manifest.tables) {
        await load(tx, schema, table, readArchived(repository, month, table, key))
        await protect(tx, schema, table)
      }
      if (reader !== undefined) {
        await tx`grant usage on schema ${tx(schema)} to ${tx(reader)}`
        await tx`grant select on all tables in schema ${tx(schema)} to ${tx(reader)}`
      }
    })
  } finally {
    await sql.end({ timeout: 5 })
  }
  const { rows, sha256 } = auditedOf(manifest)
  return { schema, rows, sha256 }
}

async function load(tx: Tx, schema: string, table: ArchivedTable, csv: AsyncIterable<Buffer>): Promise<void> {
  const name = `"${schema}"."${table.table}"`
  const columns = table.columns.map((one) => `"${one.name}" ${one.type}${one.isRequired ? ' not null' : ''}`)
  await tx.unsafe(`create table ${name} (${columns.join(', ')}, primary key (${quoted(table.primaryKey)}))`)
  const names = quoted(table.columns.map((one) => one.name))
  const copy = `copy ${name} (${names}) from stdin (format csv, header match)`
  await pipeline(Readable.from(csv), await tx.unsafe(copy).writable())
  const [found] = await tx.unsafe<{ count: number }[]>(`select count(*) as count from ${name}`)
  if (found!.count !== table.rows)
    throw new Error(`${table.table} has ${found!.count} rows, its manifest says ${table.rows}`)
}

async function protect(tx: Tx, schema: string, { table }: ArchivedTable): Promise<void> {
  const name = `"${schema}"."${table}"`
  await tx.unsafe(
    `create trigger read_only before insert or update or delete or truncate on ${name}
       for each statement execute function "${schema}".reject_change();
     alter table ${name} enable always trigger read_only;`,
  )
}
