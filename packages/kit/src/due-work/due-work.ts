// Work that is due at a time or tried again until it is done: scheduled in a transaction, run by one copy at a time.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { rowsIn, type Queryable } from '../sql/sql.ts'

export type NewDueWork = {
  kind: string
  /** Unique for its kind: the id of what it is about. */
  key: string
  dueAt: Date
  payload?: unknown
  /** The id of what running it creates; default: a new one. */
  createdId?: string
}

/**
 * Schedules items in the caller's transaction. One that is there already stays as it is; with `existing: 'reschedule'`
 * it is due at the new time with the new payload, and with no attempts behind it.
 */
export async function schedule(
  sql: Queryable,
  items: readonly NewDueWork[],
  { existing = 'keep' }: { existing?: 'keep' | 'reschedule' } = {},
): Promise<void> {
  // Each once, and in one order: transactions that schedule the same items never wait in a circle.
  const once = new Map(items.map((item) => [`${item.kind} ${item.key}`, item]))
  const rows = [...once.values()].map((item) => ({
    kind: item.kind,
    key: item.key,
    due_at: item.dueAt.toISOString(),
    payload: item.payload ?? {},
    created_id: item.createdId ?? uuidv7(item.dueAt.getTime()),
  }))
  await sql`
    insert into due_work (kind, key, due_at, payload, created_id)
    select r.kind, r.key, r.due_at, r.payload, r.created_id
    from json_to_recordset(${rowsIn(sql, rows)})
      as r (kind text, key text, due_at timestamptz, payload jsonb, created_id uuid)
    order by r.kind, r.key
    on conflict (kind, key) ${
      existing === 'keep'
        ? sql`do nothing`
        : sql`do update set due_at = excluded.due_at, payload = excluded.payload,
            attempts = 0, error = null, gave_up_at = null`
    }`
}

/**
 * Makes items due at another time, with no attempts behind them; those that were given up too. One that runs just now
 * is run once more at that time. Returns how many there were.
 */
export async function reschedule(
  sql: Queryable,
  kind: string,
  keys: readonly string[],
  dueAt: Date,
): Promise<number> {
  const { count } = await sql`
    update due_work set due_at = ${dueAt}, attempts = 0, error = null, gave_up_at = null
    where kind = ${kind} and key = any (${keys as string[]}::text[])`
  return count
}

/** Removes items that are done or not wanted any more; one that runs just now ends without effect on the table. */
export async function cancel(sql: Queryable, kind: string, keys: readonly string[]): Promise<void> {
  await sql`delete from due_work where kind = ${kind} and key = any (${keys as string[]}::text[])`
}
