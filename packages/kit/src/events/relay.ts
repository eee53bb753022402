// Publishes a service's events after their commit: all of them, in order per stream, at least once.
import { randomUUID } from 'node:crypto'
import type { Bus } from '../bus/bus.ts'
import { toCloudEvent, type StoredEvent } from './events.ts'
import type { Sql } from '../sql/sql.ts'
import { inSpanOfMany } from '../tracing/spans.ts'
import type { Worker } from '../runtime/worker.ts'

/** The last event that was published. */
type Position = { afterXid: string; afterSeq: number }

const leaseS = 10
const maxEvents = 200
/** Publishes the events of 50 ms in one message: each message costs every consumer a transaction. */
const minIntervalMs = 50

/**
 * Sequence numbers become visible out of order, so the relay goes by transaction first, and only as far as every
 * transaction has ended: no event can appear before that point any more. Within a stream transaction ids never
 * decrease, so each stream keeps its order. One relay publishes at a time: it has a lease on the row with its position.
 */
export function relayWorker(sql: Sql, bus: Bus, source: string): Worker {
  const leaseHolder = randomUUID()

  async function lease(): Promise<Position | undefined> {
    const [row] = await sql<Position[]>`
      update relay set lease_holder = ${leaseHolder}, lease_until = now() + make_interval(secs => ${leaseS})
      where lease_holder = ${leaseHolder} or lease_until < now()
      returning after_xid::text, after_seq`
    return row
  }

  /** Ordered like the index on (xid, seq): one index scan, however many events are already published. */
  function next({ afterXid, afterSeq }: Position): Promise<(StoredEvent & { xid: string })[]> {
    return sql<(StoredEvent & { xid: string })[]>`
      select seq, id, stream, version, type, data, at, traceparent, xid::text from events_full
      where (xid, seq) > (${afterXid}::xid8, ${afterSeq}::bigint)
        and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by events_full.xid, seq limit ${maxEvents}`
  }

  /** Need not be on disk at once: after a crash the events are published again, and consumers process them once. */
  async function advance(from: Position, to: Position): Promise<boolean> {
    const rows = await sql`
      update relay set after_xid = ${to.afterXid}::xid8, after_seq = ${to.afterSeq},
        lease_until = now() + make_interval(secs => ${leaseS})
      from (select set_config('synchronous_commit', 'off', true)) as asynchronous_commit
      where lease_holder = ${leaseHolder} and after_xid = ${from.afterXid}::xid8 and after_seq = ${from.afterSeq}
      returning 1`
    return rows.length === 1
  }

  let leased: Position | undefined
  let leasedUntilMs = 0
  async function run(): Promise<boolean | 'soon'> {
    if (!leased || performance.now() > leasedUntilMs) {
      leased = await lease()
      leasedUntilMs = performance.now() + (leaseS * 1000) / 2
    }
    if (!leased) return false
    const position = leased
    const rows = await next(position)
    if (rows.length === 0) return false
    leased = undefined
    const about = { service: source, kind: 'producer', name: `publish ${source}` } as const
    await inSpanOfMany(
      rows.map(({ traceparent }) => traceparent),
      about,
      () =>
        bus.publish(
          source,
          rows.map((row) => toCloudEvent(source, row)),
        ),
    )
    const last = rows.at(-1)!
    const reached = { afterXid: last.xid, afterSeq: last.seq }
    if (await advance(position, reached)) leased = reached
    return rows.length === maxEvents ? true : 'soon'
  }
  /** Releases the lease, so that the next relay starts at once. When this fails, the lease expires by itself. */
  async function release(): Promise<void> {
    await sql`update relay set lease_until = '-infinity' where lease_holder = ${leaseHolder}`.catch(
      () => undefined,
    )
  }

  return { name: 'relay', intervalMs: 250, minIntervalMs, run, onStop: release }
}
