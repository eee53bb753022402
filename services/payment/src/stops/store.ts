// The SQL of stops: which are in force, and how one is set and ended.
import type { StopScope } from '@bahi/contracts/payment-stops.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type StopRow = {
  id: string
  scope: StopScope
  handle: string | null
  reason: string
  message: string | null
  setBy: string
  setAt: Date
  endedBy: string | null
  endedAt: Date | null
  endReason: string | null
}

/** What stands in the way of a payment. */
export type StopInForce = Pick<StopRow, 'scope' | 'handle' | 'message'>

const columns = (sql: Queryable) =>
  sql`id, scope, handle, reason, message, set_by, set_at, ended_by, ended_at, end_reason`

/** Oldest first. Almost always none: an index of these alone answers it. */
export function stopsInForce(sql: Queryable): Promise<StopInForce[]> {
  return sql<StopInForce[]>`
    select scope, handle, message from payment_stops where ended_at is null order by set_at, id`
}

/** Newest first: by their ids, which were minted as they were set. */
export function findStops(
  sql: Queryable,
  { before, limit }: { before: string | null; limit: number },
): Promise<StopRow[]> {
  return sql<StopRow[]>`
    select ${columns(sql)} from payment_stops where ${before}::uuid is null or id < ${before}
    order by id desc limit ${limit}`
}

export async function findStop(sql: Queryable, id: string): Promise<StopRow | undefined> {
  const [row] = await sql<StopRow[]>`select ${columns(sql)} from payment_stops where id = ${id}`
  return row
}

/** Undefined when it is there, or another one of the same scope is in force. */
export async function insertStop(
  tx: Tx,
  { id, scope, handle, reason, message, setBy, setAt }: Omit<StopRow, 'endedBy' | 'endedAt' | 'endReason'>,
): Promise<StopRow | undefined> {
  const [row] = await tx<StopRow[]>`
    insert into payment_stops (id, scope, handle, reason, message, set_by, set_at)
    values (${id}, ${scope}, ${handle}, ${reason}, ${message}, ${setBy}, ${setAt})
    on conflict do nothing returning ${columns(tx)}`
  return row
}

/** Undefined when there is none in force with this id. */
export async function markEnded(
  tx: Tx,
  id: string,
  { by, at, reason }: { by: string; at: Date; reason: string },
): Promise<StopRow | undefined> {
  const [row] = await tx<StopRow[]>`
    update payment_stops set ended_by = ${by}, ended_at = greatest(${at}, set_at), end_reason = ${reason}
    where id = ${id} and ended_at is null returning ${columns(tx)}`
  return row
}

/** How many are in force of each scope that has one. */
export function countStops(sql: Queryable): Promise<{ scope: StopScope; count: number }[]> {
  return sql<{ scope: StopScope; count: number }[]>`
    select scope, count(*) as count from payment_stops where ended_at is null group by scope`
}
