// Events of before the services ran: recorded by audit and taken by notification, as if both had consumed them, without
// the messages that people would have got.
import { setTimeout as delay } from 'node:timers/promises'
import { appendEvents } from '@bahi/audit/records/append-events.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { toCloudEvent, type StoredEvent } from '@bahi/kit/events/events.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import type { Secrets } from '@bahi/platform/secrets.ts'

const pageEvents = 8_000
const pollMs = 100
type Source = (typeof subscriptions.audit)[number]

/**
 * All events of these services that their relays have not published. Only while no service runs.
 * @param writing goes on until it ends, and has its last events too
 */
export async function consumeEvents(
  adminUrl: string,
  secrets: Secrets,
  sources: readonly Source[] = ['payment'],
  writing: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-bench' })
  const seal = createSeal('audit', secrets.dataKeys['audit']!)
  const next = (source: Source) =>
    sql.begin(async (tx) => {
      await tx`set local search_path = audit`
      const events = await tx<(StoredEvent & { xid: string })[]>`
        select e.seq, e.id, e.stream, e.version, e.type, e.data, e.at, e.traceparent, e.xid::text
        from ${sql(source)}.events_full e, ${sql(source)}.relay r where (e.xid, e.seq) > (r.after_xid, r.after_seq)
        order by e.xid, e.seq limit ${pageEvents}`
      const last = events.at(-1)
      if (!last) return false
      await appendEvents(
        { seal },
        tx,
        events.map((event) => toCloudEvent(source, event)),
      )
      if (subscriptions.notification.some((one) => one === source))
        await tx`insert into notification.inbox (event_id) select unnest(${events.map(({ id }) => id)}::uuid[])`
      await tx`update ${sql(source)}.relay set after_xid = ${last.xid}::xid8, after_seq = ${last.seq}`
      return true
    })
  let isOver = false
  const end = () => (isOver = true)
  // How it ended is asked at the end: until then an error of it must not end the process.
  void writing.then(end, end)
  try {
    for (let wasOver = false; !wasOver;) {
      wasOver = isOver
      for (const source of sources) while (await next(source));
      if (!isOver) await delay(pollMs)
    }
    for (const source of sources) await sql`vacuum analyze ${sql(source)}.events`
    await sql`analyze audit.records, notification.inbox`
    await writing
  } finally {
    await sql.end()
  }
}
