// What a restored database needs before the platform runs on it: what lay in the broker is published again, and no
// number that the outside world may have seen from the lost time is given out again.
import { subscriptions } from '@bahi/contracts/events.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { connect, type Sql } from '@bahi/kit/sql/sql.ts'

/** Of each service whose relay goes back: how many events are published again, at least. */
export type Republished = Record<string, number>

/**
 * RRNs of the lost time, whose number nobody knows, are left out: more than a day has at the highest rate that was
 * measured, and less than the billion after which they begin again.
 */
const skippedRrns = 100_000_000
const xidsAtOnce = 1_000

/**
 * For a database that was restored to a point in time, before any service starts, together with a broker that is
 * empty. Events that were published but not consumed by then were in the broker: each relay goes back to the first
 * event that one of its consumers has not marked; what is published twice is consumed once. May run again.
 */
export async function prepareRestored(adminUrl: string): Promise<Republished> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-restore' })
  try {
    await sql`set statement_timeout = 0`
    await sql`set work_mem = '128MB'`
    await passKnownTransactions(sql)
    const republished: Republished = {}
    for (const source of new Set(Object.values(subscriptions).flat())) {
      const events = await rewind(sql, source)
      if (events > 0) republished[source] = events
    }
    await sql`select setval('payment.rrn_sequence', (nextval('payment.rrn_sequence') + ${skippedRrns}) % 1000000000)`
    return republished
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/**
 * An event names the latest transaction that had an id when it was written. That one may not be in the log that was
 * replayed: then ids go on below it, and later events would come before this one. Its ids are used up here.
 */
async function passKnownTransactions(sql: Sql): Promise<void> {
  for (const source of subscriptions.audit) {
    const behind = async () => {
      const [row] = await sql<{ behind: number }[]>`
        select coalesce(max(xid)::text::bigint, 0) - pg_current_xact_id()::text::bigint as behind
        from ${sql(source)}.events`
      return row!.behind
    }
    for (let left = await behind(); left >= 0; left = await behind())
      for (let nth = 0; nth < Math.min(left + 1, xidsAtOnce); nth++) await sql`select pg_current_xact_id()`
  }
}

/** Returns how many events come after the new position. */
async function rewind(sql: Sql, source: string): Promise<number> {
  const consumers = Object.entries(subscriptions).filter(([, sources]) =>
    (sources as readonly string[]).includes(source),
  )
  // One query for each consumer: with both in one condition, each event would be looked up by itself.
  const missing = consumers
    .map(([name]) => {
      // audit has a record for each event instead of a mark.
      const marks = name === 'audit' ? sql`audit.records` : sql`${sql(name)}.inbox`
      return sql`
        select e.xid, e.seq from ${sql(source)}.events e
        where e.at > now() - make_interval(days => ${daysOfMarks()})
          and not exists (select 1 from ${marks} m where m.event_id = e.id)`
    })
    .reduce((all, one) => sql`${all} union all ${one}`)
  const [first] = await sql<{ xid: string; seq: number }[]>`
    select m.xid::text, m.seq from (${missing}) m order by m.xid, m.seq limit 1`
  if (!first) return 0
  const rows = await sql`
    update ${sql(source)}.relay set after_xid = ${first.xid}::xid8, after_seq = ${first.seq - 1},
      lease_holder = null, lease_until = '-infinity'
    where (after_xid, after_seq) > (${first.xid}::xid8, ${first.seq - 1}::bigint) returning 1`
  if (rows.length === 0) return 0
  const [left] = await sql<{ count: number }[]>`
    select count(*) as count from ${sql(source)}.events e
    where (e.xid, seq) >= (${first.xid}::xid8, ${first.seq}::bigint)`
  return left!.count
}

/** Older events have no marks any more: they would be consumed twice. */
function daysOfMarks(): number {
  const days = Object.values(rulesAt(retention, new Date()).services).flatMap((tables) => {
    const kept = tables['inbox']
    return kept && !('keeps' in kept) ? kept.map((one) => one.days) : []
  })
  return Math.min(...days) - 1
}
