// Lets PostgreSQL plan as if tables were large: for tests of the plans, whose databases hold a few rows.
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { connect } from '@bahi/kit/sql/sql.ts'

const pageBytes = 8192

/**
 * For the planner each table of services is one page with that many rows; nothing is written into it. Only for a server
 * of this machine, in a database that nobody else uses.
 * @param small tables that stay as they are
 */
export async function pretendRows(url: string, rows: number, small: readonly string[]): Promise<void> {
  const sql = connect(url, { max: 1 })
  const [server] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`
  const tables = await sql<{ schema: string; name: string; file: string; isEmpty: boolean }[]>`
    select n.nspname as schema, c.relname as name, pg_relation_filepath(c.oid) as file,
      pg_relation_size(c.oid) = 0 as is_empty
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
      and c.relname <> all (${[...small]}::text[])`
  for (const { schema, name, file, isEmpty } of tables) {
    // A page of zeros is one that nothing was written to yet. Without a page there are no rows for the planner.
    if (isEmpty) await truncate(join(server!.folder, file), pageBytes)
    await sql`select pg_restore_relation_stats('schemaname', ${schema}::text, 'relname', ${name}::text,
      'relpages', 1::int, 'reltuples', ${rows}::real)`
  }
  await sql.end()
}
