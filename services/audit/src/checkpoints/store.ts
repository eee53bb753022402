// SQL of checkpoints.
import type { Queryable } from '@bahi/kit/sql/sql.ts'

export type StoredCheckpoint = { n: number; seq: number; document: string; at: Date; storedAt: Date | null }

export async function lastCheckpoint(sql: Queryable): Promise<StoredCheckpoint | undefined> {
  const [row] = await sql<StoredCheckpoint[]>`
    select n, seq, document, at, stored_at from checkpoints order by n desc limit 1`
  return row
}

/** False when another copy has written the checkpoint with this number. */
export async function insertCheckpoint(
  sql: Queryable,
  row: Omit<StoredCheckpoint, 'storedAt'>,
): Promise<boolean> {
  const rows = await sql`
    insert into checkpoints (n, seq, document, at)
    values (${row.n}, ${row.seq}, ${row.document}, ${row.at})
    on conflict do nothing returning 1`
  return rows.length === 1
}

export async function markStored(sql: Queryable, n: number, now: Date): Promise<void> {
  await sql`update checkpoints set stored_at = ${now} where n = ${n} and stored_at is null`
}

/** How many the database knows to have been stored outside of it. */
export async function storedCheckpoints(sql: Queryable): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select coalesce(max(n), 0) as n from checkpoints where stored_at is not null`
  return row!.n
}

export async function hashAt(sql: Queryable, seq: number): Promise<string | undefined> {
  const [row] = await sql<{ hash: string }[]>`
    select encode(hash, 'hex') as hash from records where seq = ${seq}`
  return row?.hash
}
