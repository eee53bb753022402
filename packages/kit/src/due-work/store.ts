// Every statement of the due-work workers. Leases go by the database's clock: copies with other clocks agree on them.
import type { Queryable, Tx } from '../sql/sql.ts'

export type LeasedItem = {
  key: string
  payload: unknown
  createdId: string
  dueAt: Date
  /** This one included. */
  attempts: number
}

/** A batch of one kind under one holder: a worker that lost its lease cannot write as another one. */
export type Batch = { kind: string; holder: string }

const seconds = (sql: Queryable, ms: number) => sql`make_interval(secs => ${ms / 1000}::float8)`

/** Those of the kinds of which an item is due and not leased. */
export async function kindsDue(sql: Queryable, kinds: string[], now: Date): Promise<Set<string>> {
  const rows = await sql<{ kind: string }[]>`
    select k.kind from unnest(${kinds}::text[]) as k (kind), lateral (
      select from due_work d
      where d.kind = k.kind and due_at <= ${now} and gave_up_at is null and lease_until <= clock_timestamp()
      order by due_at limit 1
    ) as one`
  return new Set(rows.map((row) => row.kind))
}

/** Leases items that are due, longest due first. */
export function leaseItems(
  sql: Queryable,
  { kind, holder }: Batch,
  { now, leaseMs, limit }: { now: Date; leaseMs: number; limit: number },
): Promise<LeasedItem[]> {
  return sql<LeasedItem[]>`
    with due as materialized (
      select key from due_work
      where kind = ${kind} and due_at <= ${now} and gave_up_at is null and lease_until <= clock_timestamp()
      order by due_at limit ${limit} for update skip locked
    )
    update due_work d
    set attempts = d.attempts + 1, lease_holder = ${holder}, lease_until = clock_timestamp() + ${seconds(sql, leaseMs)}
    from due where d.kind = ${kind} and d.key = due.key
    returning d.key, d.payload, d.created_id, d.due_at, d.attempts`
}

export async function renewLease(sql: Queryable, { kind, holder }: Batch, keys: string[], leaseMs: number) {
  await sql`
    update due_work set lease_until = clock_timestamp() + ${seconds(sql, leaseMs)}
    where kind = ${kind} and key = any (${keys}::text[]) and lease_holder = ${holder}`
}

/** Which of these items the batch still leases and nobody has rescheduled; their rows stay locked. */
export async function lockOwn(tx: Tx, { kind, holder }: Batch, items: LeasedItem[]): Promise<Set<string>> {
  const rows = await tx<{ key: string }[]>`
    select d.key from due_work d
    join unnest(${items.map((i) => i.key)}::text[], ${items.map((i) => i.attempts)}::int[]) as x (key, attempts)
      on x.key = d.key and x.attempts = d.attempts
    where d.kind = ${kind} and d.key = any (${items.map((i) => i.key)}::text[]) and d.lease_holder = ${holder}
    order by d.key for update of d`
  return new Set(rows.map((row) => row.key))
}

export async function deleteItems(tx: Tx, { kind }: Batch, keys: string[]): Promise<void> {
  await tx`delete from due_work where kind = ${kind} and key = any (${keys}::text[])`
}

export async function postpone(
  tx: Tx,
  { kind }: Batch,
  key: string,
  next: { dueAt: Date } | { gaveUpAt: Date },
  error: string | undefined,
): Promise<void> {
  await tx`
    update due_work set ${'dueAt' in next ? tx`due_at = ${next.dueAt}` : tx`gave_up_at = ${next.gaveUpAt}`},
      error = ${error ?? null}
    where kind = ${kind} and key = ${key}`
}

/** Ends the lease of what is still there: also of what was rescheduled meanwhile. */
export async function releaseItems(tx: Tx, { kind, holder }: Batch, keys: string[]): Promise<void> {
  await tx`
    update due_work set lease_holder = null, lease_until = '-infinity'
    where kind = ${kind} and key = any (${keys}::text[]) and lease_holder = ${holder}`
}

/** Seconds that the longest due item of a kind has waited, leased ones included, and how many were given up. */
export async function backlogOf(sql: Queryable, kind: string, now: Date) {
  const [row] = await sql<{ waitedS: number; givenUp: number }[]>`
    select coalesce(extract(epoch from ${now}::timestamptz - (
        select due_at from due_work where kind = ${kind} and gave_up_at is null order by due_at limit 1
      ))::float8, 0) as waited_s,
      (select count(*) from due_work where kind = ${kind} and gave_up_at is not null) as given_up`
  return { waitedS: Math.max(row?.waitedS ?? 0, 0), givenUp: row?.givenUp ?? 0 }
}
