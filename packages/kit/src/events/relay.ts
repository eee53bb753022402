// Publishes a service's events after their commit: all of them, in order per stream, at least once.
import { randomUUID } from 'node:crypto'
import type { Bus } from '../bus/bus.ts'
import { toCloudEvent, type StoredEvent } from './events.ts'
import type { Sql } from '../sql/sql.ts'
import type { Worker } from '../runtime/worker.ts'

/** The last event that was published. */
type Place = { afterXid: string; afterSeq: number }

const leaseS = 10
const maxEvents = 200
/** Events of a few milliseconds travel together: each message costs everybody who hears it a transaction. */
const paceMs = 50

/**
 * Sequence numbers become visible out of order, so the relay goes by transaction first, and only as far as every
 * transaction has ended: behind it nothing can turn up any more. Within a stream the transaction never falls, so each
 * stream keeps its order. One relay publishes at a time: it holds a lease on the row that says how far it came.
 */
export function relayWorker(sql: Sql, bus: Bus, source: string): Worker {
  const leaseHolder = randomUUID()

  async function lease(): Promise<Place | undefined> {
    const [row] = await sql<Place[]>`
      update relay set lease_holder = ${leaseHolder}, lease_until = now() + make_interval(secs => ${leaseS})
      where lease_holder = ${leaseHolder} or lease_until < now()
      returning after_xid::text, after_seq`
    return row
  }

  /** Along the index on (xid, seq), whose order it asks for: one look, however much lies behind. */
  function next({ afterXid, afterSeq }: Place): Promise<(StoredEvent & { xid: string })[]> {
    return sql<(StoredEvent & { xid: string })[]>`
      select seq, id, stream, version, type, data, at, traceparent, xid::text from events_full
      where (xid, seq) > (${afterXid}::xid8, ${afterSeq}::bigint)
        and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by events_full.xid, seq limit ${maxEvents}`
  }

  /** Need not be on disk at once: what is published again after a crash is heard once all the same. */
  async function advance(from: Place, to: Place): Promise<boolean> {
    const rows = await sql`
      update relay set after_xid = ${to.afterXid}::xid8, after_seq = ${to.afterSeq},
        lease_until = now() + make_interval(secs => ${leaseS})
      from (select set_config('synchronous_commit', 'off', true)) as unhurried
      where lease_holder = ${leaseHolder} and after_xid = ${from.afterXid}::xid8 and after_seq = ${from.afterSeq}
      returning 1`
    return rows.length === 1
  }

  let held: Place | undefined
  let heldUntilMs = 0
  async function run(): Promise<boolean | 'soon'> {
    if (!held || performance.now() > heldUntilMs) {
      held = await lease()
      heldUntilMs = performance.now() + (leaseS * 1000) / 2
    }
    if (!held) return false
    const place = held
    const rows = await next(place)
    if (rows.length === 0) return false
    held = undefined
    await bus.publish(
      source,
      rows.map((row) => toCloudEvent(source, row)),
    )
    const last = rows.at(-1)!
    const reached = { afterXid: last.xid, afterSeq: last.seq }
    if (await advance(place, reached)) held = reached
    return rows.length === maxEvents ? true : 'soon'
  }
  /** Lets the next relay begin at once. When even this fails, the lease runs out by itself. */
  async function end(): Promise<void> {
    await sql`update relay set lease_until = '-infinity' where lease_holder = ${leaseHolder}`.catch(
      () => undefined,
    )
  }

  return { name: 'relay', intervalMs: 250, minIntervalMs: paceMs, run, onStop: end }
}
