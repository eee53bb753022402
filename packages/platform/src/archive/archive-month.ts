// Moves a month of the books from its partitions to a sealed archive. Each step can be repeated: whoever is stopped
// half-way runs it again. The partitions go in one transaction, after the archive was read back and compared with them.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import { connect, sqlState, type Queryable, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import type { BackupKey } from '../backup/backup-key.ts'
import {
  auditedOf,
  manifestOf,
  quoted,
  readArchived,
  writeArchive,
  type ArchivedTable,
  type ArchiveManifest,
} from './archive-store.ts'
import { monthsOf, whyNeeded, type Month, type Part } from './months.ts'

export type ArchiveOptions = {
  /** As the owner of the schemas. */
  adminUrl: string
  repository: string
  /** With its private half: what cannot be read back is not dropped. */
  key: BackupKey
  month: string
  note: string
  now: Date
  /** Tests stop it there. */
  onStep?: (step: 'closed' | 'exported' | 'verified') => void
}

export type Archived = {
  month: string
  rows: number
  /** Of the rows as CSV. */
  bytes: number
  /** Compressed and sealed, in the repository. */
  storedBytes: number
  sha256: string
  isNew: boolean
}

const lockId = 6_214_473
const lockTries = 20

/** Throws, and changes nothing, when something still needs the month. */
export async function archiveMonth(options: ArchiveOptions): Promise<Archived> {
  const { repository, key, now } = options
  if (!key.d)
    throw new Error('this key of backups has no private half: an archive that nobody read drops nothing')
  const sql = connect(options.adminUrl, { max: 1, name: 'bahi-archive' })
  try {
    await sql`set statement_timeout = 0`
    const [lock] = await sql<{ isFree: boolean }[]>`select pg_try_advisory_lock(${lockId}) as is_free`
    if (!lock!.isFree) throw new Error('another archive is being made')
    const month = (await monthsOf(sql, now)).find((one) => one.month === options.month)
    if (!month) throw new Error(`there is no month ${options.month}`)
    const made = await manifestOf(repository, month.month)
    if (month.isArchived) {
      if (!made) throw new Error(`${month.month} is archived, and not in ${repository}`)
      return resultOf(made, false)
    }
    await refuseNeeded(sql, month, now)
    if (made && made.systemIdentifier !== (await systemIdentifier(sql)))
      throw new Error(`${repository} has a ${month.month} of another database`)
    for (const part of month.parts) if (!part.isClosed) await close(sql, part)
    // What began before it was closed has ended by now.
    await refuseNeeded(sql, month, now).catch(async (error: unknown) => {
      await reopen(sql, month)
      throw error
    })
    options.onStep?.('closed')
    const manifest = made ?? (await exportMonth(sql, month, options))
    options.onStep?.('exported')
    for (const table of manifest.tables) await compare(sql, month, table, options)
    options.onStep?.('verified')
    await drop(sql, month, manifest, options)
    return resultOf(manifest, true)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

async function refuseNeeded(sql: Sql, month: Month, now: Date): Promise<void> {
  const why = await whyNeeded(sql, month, now)
  if (why.length > 0) throw new Error(`${month.month} must stay: ${why.join(', ')}`)
}

const nameOf = ({ schema, partition }: Part) => `"${schema}"."${partition}"`

/** Rows that are there are not looked at; none is written any more, not even changed. */
function close(sql: Sql, part: Part): Promise<void> {
  return brieflyLocked(sql, (tx) =>
    tx.unsafe(`alter table ${nameOf(part)} add constraint closed check (false) not valid`),
  )
}

/** A month that was closed and is not dropped takes writes again, such as the erasure of a person. */
async function reopen(sql: Sql, { parts }: Pick<Month, 'parts'>): Promise<void> {
  for (const part of parts)
    await brieflyLocked(sql, (tx) =>
      tx.unsafe(`alter table ${nameOf(part)} drop constraint if exists closed`),
    )
}

/** Others do not wait behind us for long: a lock that is not free soon is asked for again. */
async function brieflyLocked(sql: Sql, run: (tx: Tx) => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await sql.begin(async (tx) => {
        await tx`set local lock_timeout = '1s'`
        await run(tx)
      })
      return
    } catch (error) {
      if (sqlState(error) !== '55P03' || tries >= lockTries) throw error
      await delay(1_000 * Math.random())
    }
  }
}

async function exportMonth(sql: Sql, month: Month, options: ArchiveOptions): Promise<ArchiveManifest> {
  const { fromId, toId } = month.parts[0]!
  const schemas: Record<string, string> = {}
  const tables = []
  for (const part of month.parts) {
    const described = { ...(await describe(sql, part)), rows: await countOf(sql, part) }
    const { schema, table } = part
    schemas[schema] ??= await lastMigration(sql, schema)
    tables.push({ schema, table, ...described, csv: () => csvOf(sql, part, described) })
  }
  const [checkpoint] = await sql<{ document: string }[]>`
    select document from audit.checkpoints where stored_at is not null order by n desc limit 1`
  return writeArchive(
    options.repository,
    {
      ...{ month: month.month, fromId, toId, exportedAt: options.now.toISOString(), schemas },
      ...{ systemIdentifier: await systemIdentifier(sql), recipient: options.key.x },
      checkpoint: checkpoint?.document ?? '',
    },
    tables,
  )
}

async function describe(sql: Sql, part: Part): Promise<Pick<ArchivedTable, 'columns' | 'primaryKey'>> {
  const columns = await sql<{ name: string; type: string; isRequired: boolean; nth: number | null }[]>`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as is_required,
      array_position(k.indkey::int2[], a.attnum) as nth
    from pg_attribute a left join pg_index k on k.indrelid = a.attrelid and k.indisprimary
    where a.attrelid = ${nameOf(part)}::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    order by a.attnum`
  const keys = columns.filter(({ nth }) => nth !== null).sort((a, b) => a.nth! - b.nth!)
  return {
    columns: columns.map(({ name, type, isRequired }) => ({ name, type, isRequired })),
    primaryKey: keys.map(({ name }) => name),
  }
}

function csvOf(
  sql: Sql,
  part: Part,
  { columns, primaryKey }: Pick<ArchivedTable, 'columns' | 'primaryKey'>,
): Promise<Readable> {
  const names = quoted(columns.map(({ name }) => name))
  const rows = `select ${names} from ${nameOf(part)} order by ${quoted(primaryKey)}`
  return sql.unsafe(`copy (${rows}) to stdout (format csv, header)`).readable()
}

async function countOf(sql: Sql, part: Part): Promise<number> {
  const [row] = await sql.unsafe<{ count: number }[]>(`select count(*) as count from ${nameOf(part)}`)
  return row!.count
}

async function lastMigration(sql: Sql, schema: string): Promise<string> {
  const [row] = await sql<{ name: string }[]>`
    select name from ${sql(schema)}.migrations order by applied_at desc, name desc limit 1`
  return row?.name ?? ''
}

async function systemIdentifier(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`
    select system_identifier || '/' || current_database() as id from pg_control_system()`
  return row!.id
}

/** Reads the whole archive, and the whole partition again. */
async function compare(sql: Sql, month: Month, table: ArchivedTable, options: ArchiveOptions): Promise<void> {
  const part = month.parts.find((one) => one.schema === table.schema && one.table === table.table)
  if (!part) throw new Error(`the archive has a table that the month has not: ${table.schema}.${table.table}`)
  let bytes = 0
  for await (const piece of readArchived(options.repository, month.month, table, options.key))
    bytes += piece.length
  const hash = createHash('sha256')
  for await (const piece of (await csvOf(sql, part, table)) as AsyncIterable<Buffer>) hash.update(piece)
  const rows = await countOf(sql, part)
  if (hash.digest('hex') !== table.sha256 || rows !== table.rows || bytes !== table.bytes)
    throw new Error(
      `${table.schema}.${table.table} of ${month.month} has other rows than its archive: remove that one, run it again`,
    )
}

/** All in one: there is the whole month or none of it, whenever the machine stops. */
async function drop(
  sql: Sql,
  month: Month,
  manifest: ArchiveManifest,
  options: ArchiveOptions,
): Promise<void> {
  const { parts } = month
  const { fromId, toId } = parts[0]!
  const day = `${month.month}-01`
  const [row] = await sql<{ at: Date }[]>`select clock_timestamp() as at`
  const at = row!.at
  await brieflyLocked(sql, async (tx) => {
    const entries = parts.find(({ table }) => table === 'entries')!
    for (const schema of new Set(parts.map((part) => part.schema))) {
      const rows = manifest.tables.reduce((sum, one) => sum + (one.schema === schema ? one.rows : 0), 0)
      await tx`
        insert into ${tx(schema)}.archived_months (month, from_id, to_id, rows, archived_at)
        values (${day}, ${fromId}, ${toId}, ${rows}, ${at})`
    }
    await tx.unsafe(
      `insert into account.archived_entries (month, account_id, entries, amount_paise, first_nth, last_nth)
       select '${day}', account_id, count(*), sum(amount_paise), min(nth), max(nth)
       from ${nameOf(entries)} group by account_id`,
    )
    for (const part of parts) await replaceByNothing(tx, part)
    await tx`set local search_path = payment`
    await appendEvents(tx, at, [
      {
        type: 'payment.month-archived',
        stream: deriveId(0, 'payment.month', month.month),
        data: { ...auditedOf(manifest), note: options.note },
      },
    ])
  })
}

/** The month keeps its place, with a partition that takes no row: an id of it is never used a second time. */
async function replaceByNothing(tx: Queryable, part: Part): Promise<void> {
  const parent = `"${part.schema}"."${part.table}"`
  await tx.unsafe(
    `alter table ${parent} detach partition ${nameOf(part)};
     drop table ${nameOf(part)};
     create table ${nameOf(part)} partition of ${parent} for values from ('${part.fromId}') to ('${part.toId}');
     alter table ${nameOf(part)} add constraint archived check (false);`,
  )
}

const resultOf = (manifest: ArchiveManifest, isNew: boolean): Archived => ({
  ...auditedOf(manifest),
  bytes: manifest.tables.reduce((sum, { bytes }) => sum + bytes, 0),
  storedBytes: manifest.tables.flatMap(({ chunks }) => chunks).reduce((sum, { length }) => sum + length, 0),
  isNew,
})
