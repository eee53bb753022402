// Events of before the services ran: recorded by audit and taken by notification, as if both had consumed them, without
// the messages that people would have got.
import { appendEvents } from '@bahi/audit/records/append-events.ts'
import { createSeal } from '@bahi/kit/crypto/seal.ts'
import { toCloudEvent, type StoredEvent } from '@bahi/kit/events/events.ts'
import { connect } from '@bahi/kit/sql/sql.ts'
import type { Secrets } from '@bahi/platform/secrets.ts'

const pageEvents = 2_000

/** All events of payment that its relay has not published. Only while no service runs. */
export async function consumeEvents(adminUrl: string, secrets: Secrets): Promise<void> {
  const sql = connect(adminUrl, { max: 1, name: 'bahi-bench' })
  const seal = createSeal('audit', secrets.dataKeys['audit']!)
  const next = () =>
    sql.begin(async (tx) => {
      await tx`set local search_path = audit`
      const events = await tx<(StoredEvent & { xid: string })[]>`
        select e.seq, e.id, e.stream, e.version, e.type, e.data, e.at, e.traceparent, e.xid::text
        from payment.events_full e, payment.relay r where (e.xid, e.seq) > (r.after_xid, r.after_seq)
        order by e.xid, e.seq limit ${pageEvents}`
      const last = events.at(-1)
      if (!last) return false
      await appendEvents(
        { seal },
        tx,
        events.map((event) => toCloudEvent('payment', event)),
      )
      await tx`insert into notification.inbox (event_id) select unnest(${events.map(({ id }) => id)}::uuid[])`
      await tx`update payment.relay set after_xid = ${last.xid}::xid8, after_seq = ${last.seq}`
      return true
    })
  try {
    while (await next());
    await sql`vacuum analyze payment.events`
    await sql`analyze audit.records, notification.inbox`
  } finally {
    await sql.end()
  }
}
