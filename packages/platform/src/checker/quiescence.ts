// Waits for quiescence: all payments have completed, all events are consumed, all messages are sent.
import { setTimeout as delay } from 'node:timers/promises'
import { subscriptions } from '@bahi/contracts/events.ts'
import { isUnavailable, type Sql } from '@bahi/kit/sql/sql.ts'
import type { Fault } from './check.ts'

const progressEveryMs = 5_000

/**
 * Counts of unfinished work by kind; empty when nothing is in flight. `network`: payments across banks, which may take
 * as long as the network's rules allow, in the worst case until its settlement report.
 */
export async function countInFlight(sql: Sql): Promise<Record<string, number>> {
  const events = (sources: readonly string[]) =>
    sources
      .map((source) => sql`select id from ${sql(source)}.events`)
      .reduce((all, one) => sql`${all} union all ${one}`)
  const unpublished = subscriptions.audit
    .map(
      (source) => sql`
        select id from ${sql(source)}.events, ${sql(source)}.relay where (xid, seq) > (after_xid, after_seq)`,
    )
    .reduce((all, one) => sql`${all} union all ${one}`)
  const [row] = await sql<Record<string, number>[]>`
    select
      (select count(*) from payment.open_payments o join payment.payments p on p.id = o.payment_id
        where p.route = 'l') as payments,
      (select count(*) from payment.open_payments o join payment.payments p on p.id = o.payment_id
        where p.route <> 'l') as network,
      (select count(*) from account.holds where closed_by is null) as holds,
      (select count(*) from notification.deliveries where status = 'waiting') as deliveries,
      (select count(*) from (${unpublished}) e) as unpublished_events,
      (select count(*) from (${events(subscriptions.audit)}) e
        where not exists (select 1 from audit.records r where r.event_id = e.id)) as events_for_audit,
      (select count(*) from (${events(subscriptions.notification)}) e
        where not exists (select 1 from notification.inbox i where i.event_id = e.id)) as events_for_notification`
  return Object.fromEntries(Object.entries(row!).filter(([, count]) => count > 0))
}

/** What was left when the timeout came, as faults. */
export const unfinishedWork = (left: Record<string, number>): Fault[] =>
  Object.entries(left).map(([what, count]) => ({ rule: 'work-completes', detail: `${count} ${what}` }))

/** Milliseconds until quiescence, and what was left if the timeout came first. `log` is called every few seconds. */
export async function waitForQuiescence(
  sql: Sql,
  timeoutMs = 100_000,
  /** Kinds of work that may be left. */
  ignored: string[] = [],
  log: (left: Record<string, number>) => void = () => undefined,
): Promise<{ ms: number; left: Record<string, number> }> {
  const began = performance.now()
  let left: Record<string, number> = {}
  let loggedMs = began
  for (let quiet = 0; quiet < 2; await delay(300)) {
    const seen = await countInFlight(sql).catch((error: unknown) => {
      if (!isUnavailable(error)) throw error
      return { database: 1 }
    })
    left = Object.fromEntries(Object.entries(seen).filter(([what]) => !ignored.includes(what)))
    quiet = Object.keys(left).length === 0 ? quiet + 1 : 0
    if (performance.now() - began > timeoutMs) break
    if (quiet > 0 || performance.now() - loggedMs < progressEveryMs) continue
    log(left)
    loggedMs = performance.now()
  }
  return { ms: Math.round(performance.now() - began), left }
}
