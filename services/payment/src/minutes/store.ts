// Every statement about payments counted by minute.
import { firstIdAt } from '@bahi/contracts/id.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'

export type MinuteRow = {
  minute: Date
  settled: number
  failed: number
  pending: number
  p99Ms: number | null
  oldestPendingS: number | null
}

export async function newestMinute(sql: Queryable): Promise<Date | undefined> {
  const [row] = await sql<{ minute: Date }[]>`
    select minute from payment_minutes order by minute desc limit 1`
  return row?.minute
}

/** Those in which something had no outcome yet when it was counted, the newest first. */
export async function unfinishedMinutes(sql: Queryable, since: Date, limit: number): Promise<Date[]> {
  const rows = await sql<{ minute: Date }[]>`
    select minute from payment_minutes where pending > 0 and minute >= ${since}
    order by minute desc limit ${limit}`
  return rows.map(({ minute }) => minute)
}

/**
 * Counts the payments begun in these minutes, by their ids, which have the time in them, so that only their rows are
 * read. Twice is as once.
 *
 * @param oldestPendingS of now, for the minutes that were never counted before
 */
export async function countMinutes(
  sql: Queryable,
  minutes: readonly Date[],
  oldestPendingS: number | null,
): Promise<void> {
  const ids = minutes.map((minute) => [
    firstIdAt(minute.getTime()),
    firstIdAt(minute.getTime() + 60_000),
  ]) as [string, string][]
  await sql`
    insert into payment_minutes (minute, settled, failed, pending, p99_ms, oldest_pending_s)
    select m.minute, p.settled, p.failed, p.pending, p.p99_ms, ${oldestPendingS}::integer
    from unnest(${minutes.map((minute) => minute.toISOString())}::timestamptz[], ${ids.map(([low]) => low)}::uuid[],
      ${ids.map(([, high]) => high)}::uuid[]) as m (minute, low, high)
    cross join lateral (
      select count(*) filter (where status = 'settled') as settled, count(*) filter (where status = 'failed') as failed,
        count(*) filter (where status = 'pending') as pending,
        percentile_disc(0.99) within group (order by ms) as p99_ms
      from (
        select status, greatest(extract(epoch from completed_at - created_at) * 1000, 0)::integer as ms
        from payments where id >= m.low and id < m.high) begun
    ) p
    on conflict (minute) do update set settled = excluded.settled, failed = excluded.failed,
      pending = excluded.pending, p99_ms = excluded.p99_ms`
}

/** In order. */
export function minutesSince(sql: Queryable, since: Date): Promise<MinuteRow[]> {
  return sql<MinuteRow[]>`
    select minute, settled, failed, pending, p99_ms, oldest_pending_s from payment_minutes
    where minute >= ${since} order by minute`
}
