// SQL of acts: an index over records.
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { ActRow } from './act-of.ts'

export async function insertActs(tx: Tx, acts: (ActRow & { seq: number })[]): Promise<void> {
  if (acts.length === 0) return
  await tx`
    insert into acts (seq, kind, actor, object)
    select a.seq, a.kind, a.actor, a.object
    from json_to_recordset(${rowsIn(tx, acts)}) as a (seq bigint, kind text, actor uuid, object text)`
}

export type ActFilter = {
  actor: string | null
  object: string | null
  kind: string | null
  from: Date | null
  to: Date | null
  before: number | null
  limit: number
}

export type FoundAct = ActRow & {
  seq: number
  eventId: string
  at: Date
  data: Record<string, unknown>
  hash: string
}

/** Newest first; from `from` on, before `to`. */
export function findActs(sql: Queryable, filter: ActFilter): Promise<FoundAct[]> {
  const { actor, object, kind, from, to, before } = filter
  return sql<FoundAct[]>`
    select a.seq, a.kind, a.actor, a.object, r.event_id, r.at, r.data, encode(r.hash, 'hex') as hash
    from acts a join records r on r.seq = a.seq
    where true
      ${before === null ? sql`` : sql`and a.seq < ${before}`}
      ${actor === null ? sql`` : sql`and a.actor = ${actor}`}
      ${object === null ? sql`` : sql`and a.object = ${object}`}
      ${kind === null ? sql`` : sql`and a.kind = ${kind}`}
      ${from === null ? sql`` : sql`and r.at >= ${from}`}
      ${to === null ? sql`` : sql`and r.at < ${to}`}
    order by a.seq desc limit ${filter.limit}`
}
