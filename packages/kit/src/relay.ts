// Publishes a service's events after their commit: all of them, in order per stream, at least once.
import { randomUUID } from 'node:crypto'
import type { Bus } from './bus.ts'
import { toCloudEvent, type StoredEvent } from './events.ts'
import type { Sql } from './sql.ts'
import type { Worker } from './worker.ts'

type Window = { low: string; high: string; afterSeq: number }

const leaseS = 10
const maxEvents = 200

/**
 * Sequence numbers become visible out of order, so the relay reads windows of transactions: from `low` up to, not
 * including, `high`, where everything below `high` has ended. Inside a window it goes by `seq`; no event can turn up
 * in a window that was left. One relay publishes at a time: it holds a lease on the row that says how far it came.
 */
export function relayWorker(sql: Sql, bus: Bus, source: string): Worker {
  const holder = randomUUID()

  async function lease(): Promise<Window | undefined> {
    const [row] = await sql<Window[]>`
      update relay set holder = ${holder}, held_until = now() + make_interval(secs => ${leaseS})
      where holder = ${holder} or held_until < now()
      returning low::text, high::text, after_seq`
    return row
  }

  async function advance(from: Window, to: Window): Promise<boolean> {
    const rows = await sql`
      update relay set low = ${to.low}::xid8, high = ${to.high}::xid8, after_seq = ${to.afterSeq},
        held_until = now() + make_interval(secs => ${leaseS})
      where holder = ${holder} and high = ${from.high}::xid8 and after_seq = ${from.afterSeq}
      returning 1`
    return rows.length === 1
  }

  /** Two looks at one index each: what came after the window, and only without any, what is left in it. */
  async function pending(window: Window): Promise<boolean> {
    const [row] = await sql<{ found: boolean }[]>`
      select exists (select from events where xid >= ${window.high}::xid8)
        or exists (
          select from events
          where seq > ${window.afterSeq} and xid >= ${window.low}::xid8 and xid < ${window.high}::xid8
        ) as found`
    return row?.found === true
  }

  let held: Window | undefined
  let heldUntilMs = 0
  async function run(): Promise<boolean> {
    if (!held || performance.now() > heldUntilMs) {
      held = await lease()
      heldUntilMs = performance.now() + (leaseS * 1000) / 2
    }
    if (!held || !(await pending(held))) return false
    const window = held
    held = undefined
    const rows = await sql<StoredEvent[]>`
      select seq, id, stream, version, type, data, at, traceparent from events
      where xid >= ${window.low}::xid8 and xid < ${window.high}::xid8 and seq > ${window.afterSeq}
      order by seq limit ${maxEvents}`
    let next: Window
    if (rows.length > 0) {
      await bus.publish(
        source,
        rows.map((row) => toCloudEvent(source, row)),
      )
      next = { ...window, afterSeq: rows.at(-1)!.seq }
    } else {
      const [row] = await sql<
        { high: string }[]
      >`select pg_snapshot_xmin(pg_current_snapshot())::text as high`
      if (row!.high === window.high) {
        held = window
        return false
      }
      next = { low: window.high, high: row!.high, afterSeq: 0 }
    }
    if (!(await advance(window, next))) return true
    held = next
    return true
  }
  /** Lets the next relay begin at once. When even this fails, the lease runs out by itself. */
  async function end(): Promise<void> {
    await sql`update relay set held_until = '-infinity' where holder = ${holder}`.catch(() => undefined)
  }

  return { name: 'relay', everyMs: 250, run, end }
}
