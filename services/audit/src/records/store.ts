// SQL of the chain of records.
import { rowsIn, type Queryable, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import type { Head, HashedRecord } from './chain.ts'

const pageRecords = 1_000

/** Reads the head and locks it until the transaction ends, which makes this the only writer. */
export async function lockHead(tx: Tx): Promise<Head> {
  const [row] = await tx<Head[]>`select seq, encode(hash, 'hex') as hash from head for update`
  return row!
}

export async function readHead(sql: Queryable): Promise<Head> {
  const [row] = await sql<Head[]>`select seq, encode(hash, 'hex') as hash from head`
  return row!
}

export async function advanceHead(tx: Tx, head: Head): Promise<void> {
  await tx`update head set seq = ${head.seq}, hash = decode(${head.hash}, 'hex')`
}

/** Those of these events that already have a record. */
export async function findRecordedIds(tx: Tx, eventIds: string[]): Promise<string[]> {
  const rows = await tx<{ eventId: string }[]>`
    select event_id from records where event_id = any(${eventIds}::uuid[])`
  return rows.map((row) => row.eventId)
}

export async function insertRecords(tx: Tx, records: HashedRecord[]): Promise<void> {
  const rows = records.map(({ eventId, dataText, ...rest }) => ({
    ...rest,
    event_id: eventId,
    data_text: dataText,
  }))
  await tx`
    insert into records (seq, event_id, source, type, subject, version, at, data_text, hash)
    select r.seq, r.event_id, r.source, r.type, r.subject, r.version, r.at, r.data_text, decode(r.hash, 'hex')
    from json_to_recordset(${rowsIn(tx, rows)}) as r (
      seq bigint, event_id uuid, source text, type text, subject text, version int, at timestamptz, data_text text,
      hash text
    )
    order by r.seq`
}

export type RecordFilter = {
  limit: number
  /** Records with a smaller number. */
  before?: number
  source?: string
  type?: string
  subject?: string
  from?: Date
  to?: Date
}
export type RecordRow = Pick<
  HashedRecord,
  'seq' | 'eventId' | 'source' | 'type' | 'subject' | 'at' | 'hash'
> & {
  data: Record<string, unknown>
}

/** Newest first; from `from` on, before `to`. */
export function findRecords(sql: Sql, filter: RecordFilter): Promise<RecordRow[]> {
  const { before, source, type, subject, from, to } = filter
  return sql<RecordRow[]>`
    select seq, event_id, source, type, subject, at, data, encode(hash, 'hex') as hash
    from records
    where true
      ${before === undefined ? sql`` : sql`and seq < ${before}`}
      ${source === undefined ? sql`` : sql`and source = ${source}`}
      ${type === undefined ? sql`` : sql`and type = ${type}`}
      ${subject === undefined ? sql`` : sql`and subject = ${subject}`}
      ${from === undefined ? sql`` : sql`and at >= ${from}`}
      ${to === undefined ? sql`` : sql`and at < ${to}`}
    order by seq desc limit ${filter.limit}`
}

/** All records up to a number, oldest first, a page at a time. */
export async function* pagesUpTo(sql: Queryable, seq: number): AsyncGenerator<HashedRecord[]> {
  for (let after = 0; after < seq;) {
    const rows = await sql<HashedRecord[]>`
      select seq, event_id, source, type, subject, version, at, data_text, encode(hash, 'hex') as hash
      from records where seq > ${after} and seq <= ${seq} order by seq limit ${pageRecords}`
    if (rows.length === 0) return
    yield rows
    after = rows.at(-1)!.seq
  }
}

/** The highest number of a record; 0 without records. */
export async function lastSeq(sql: Queryable): Promise<number> {
  const [row] = await sql<{ seq: number }[]>`select coalesce(max(seq), 0) as seq from records`
  return row!.seq
}
