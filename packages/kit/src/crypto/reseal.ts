// Seals what is under an older data key under the current one: while services run, in batches, with a count as proof.
import type { Fragment, Sql, Tx } from '../sql/sql.ts'
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

/** What names a row: columns of its key in order, with their types. */
type RowKey = { name: string; type: string }[]

async function resealColumn(sql: Sql, options: ResealOptions, column: SealedColumn): Promise<Resealed> {
  const { schema } = options
  const result: Resealed = { column, changed: 0, unopened: [], byKey: {} }
  const key = await rowKey(sql, schema, column)
  for (let after: string[] | undefined; ;) {
    const batch = await retryRaces(() => sql.begin((tx) => resealBatch(tx, options, column, key, after)))
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

async function rowKey(sql: Sql, schema: string, { table, row }: SealedColumn): Promise<RowKey> {
  const names = [row].flat()
  const types = await sql<{ name: string; type: string }[]>`
    select attname as name, format_type(atttypid, null) as type from pg_attribute
    where attrelid = to_regclass(${`"${schema}".${table}`}) and attname = any (${names})`
  return names.map((name) => {
    const found = types.find((one) => one.name === name)
    if (!found) throw new Error(`there is no column ${schema}.${table}.${name}`)
    return found
  })
}

async function resealBatch(
  tx: Tx,
  { schema, seal, batchSize = 500 }: ResealOptions,
  column: SealedColumn,
  key: RowKey,
  after: string[] | undefined,
): Promise<{ changed: number; unopened: string[]; last: string[] | undefined }> {
  const table = tx`${tx(schema)}.${tx(column.table)}`
  const value = tx(column.column)
  const list = (parts: Fragment[]) => parts.reduce((all, part) => tx`${all}, ${part}`)
  const names = list(key.map(({ name }) => tx`${tx(name)}`))
  const texts = list(key.map(({ name }) => tx`${tx(name)}::text`))
  // In the order of their keys: two of these never wait for each other in a circle. Who locks the rows in another order
  // may, until PostgreSQL ends one of the two; this one is then tried again.
  const rows = await tx<{ row: string[]; sealed: string }[]>`
    select array[${texts}] as row, ${value} as sealed from ${table}
    where not starts_with(${value}, ${seal.prefix})
      ${
        after === undefined
          ? tx``
          : tx`and (${names}) > (${list(after.map((text, i) => tx`${text}::text::${tx.unsafe(key[i]!.type)}`))})`
      }
    order by ${names} limit ${batchSize} for no key update`
  const changes: { row: string[]; old: string; fresh: string }[] = []
  const unopened: string[] = []
  for (const { row, sealed } of rows) {
    const id = row.join(' ')
    try {
      changes.push({ row, old: sealed, fresh: seal.seal(seal.open(sealed, column, id), column, id) })
    } catch {
      unopened.push(id)
    }
  }
  if (changes.length > 0) {
    const keys = key.map(
      ({ type }, i) => tx`${changes.map(({ row }) => row[i]!)}::text[]::${tx.unsafe(type)}[]`,
    )
    const [olds, fresh] = [changes.map((one) => one.old), changes.map((one) => one.fresh)]
    await tx`
      update ${table} as t set ${value} = x.fresh
      from unnest(${olds}::text[], ${fresh}::text[], ${list(keys)}) as x (old, fresh, ${names})
      where (${list(key.map(({ name }) => tx`t.${tx(name)}`))}) = (${list(key.map(({ name }) => tx`x.${tx(name)}`))})
        and t.${value} = x.old`
  }
  return { changed: changes.length, unopened, last: rows.length < batchSize ? undefined : rows.at(-1)?.row }
}
