// Seals what is under an older data key under the current one: while services run, in batches, with a count as proof.
import type { Sql, Tx } from '../sql/sql.ts'
import { retryRaces } from '../sql/sql.ts'
import type { Seal, SealedColumn } from './seal.ts'

export type Resealed = {
  column: SealedColumn
  /** Values that were sealed again. */
  changed: number
  /** Rows whose value does not open: changed, moved from another row, or under a key that is not known. */
  unopened: string[]
  /** After it: how many values there are under each key. */
  byKey: Record<string, number>
}

export type ResealOptions = {
  schema: string
  seal: Seal
  columns: readonly SealedColumn[]
  batchSize?: number
}

/**
 * @param sql as the owner of the schema
 *
 * A row is locked for as long as its batch takes. A value that a service writes meanwhile is newer, and stays; a
 * service that still seals under the older key leaves values for the next run, as `byKey` shows.
 */
export async function resealSchema(sql: Sql, options: ResealOptions): Promise<Resealed[]> {
  const results: Resealed[] = []
  for (const column of options.columns) results.push(await resealColumn(sql, options, column))
  return results
}

async function resealColumn(sql: Sql, options: ResealOptions, column: SealedColumn): Promise<Resealed> {
  const { schema } = options
  const result: Resealed = { column, changed: 0, unopened: [], byKey: {} }
  const [type] = await sql<{ name: string }[]>`
    select format_type(atttypid, null) as name from pg_attribute
    where attrelid = to_regclass(${`"${schema}".${column.table}`}) and attname = ${column.row}`
  if (!type) throw new Error(`there is no column ${schema}.${column.table}.${column.row}`)
  for (let after: string | undefined; ;) {
    const batch = await retryRaces(() =>
      sql.begin((tx) => resealBatch(tx, options, column, type.name, after)),
    )
    result.changed += batch.changed
    result.unopened.push(...batch.unopened)
    if (batch.last === undefined) break
    after = batch.last
  }
  const counts = await sql<{ key: string; count: number }[]>`
    select split_part(${sql(column.column)}, '.', 2) as key, count(*) as count
    from ${sql(schema)}.${sql(column.table)} where ${sql(column.column)} is not null group by 1 order by 1`
  result.byKey = Object.fromEntries(counts.map(({ key, count }) => [key, count]))
  return result
}

async function resealBatch(
  tx: Tx,
  { schema, seal, batchSize = 500 }: ResealOptions,
  column: SealedColumn,
  rowType: string,
  after: string | undefined,
): Promise<{ changed: number; unopened: string[]; last: string | undefined }> {
  const table = tx`${tx(schema)}.${tx(column.table)}`
  const [row, value] = [tx(column.row), tx(column.column)]
  const type = tx.unsafe(rowType)
  // In the order of their ids, as services lock them: two of them never wait for each other in a circle.
  const rows = await tx<{ row: string; sealed: string }[]>`
    select ${row}::text as row, ${value} as sealed from ${table}
    where not starts_with(${value}, ${seal.prefix})
      ${after === undefined ? tx`` : tx`and ${row} > ${after}::text::${type}`}
    order by ${row} limit ${batchSize} for no key update`
  const changes: { old: string; fresh: string }[] = []
  const unopened: string[] = []
  for (const { row: id, sealed } of rows) {
    try {
      changes.push({ old: sealed, fresh: seal.seal(seal.open(sealed, column, id), column, id) })
    } catch {
      unopened.push(id)
    }
  }
  if (changes.length > 0) {
    await tx`
      update ${table} as t set ${value} = x.fresh
      from unnest(${changes.map((c) => c.old)}::text[], ${changes.map((c) => c.fresh)}::text[]) as x (old, fresh)
      where t.${row} = any (${rows.map((r) => r.row)}::text[]::${type}[]) and t.${value} = x.old`
  }
  return { changed: changes.length, unopened, last: rows.length < batchSize ? undefined : rows.at(-1)?.row }
}
