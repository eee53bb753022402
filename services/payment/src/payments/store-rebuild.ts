// The SQL that proves payments right: rows and their events, and every row that is open in one place alone.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { columns, type PaymentRow } from './store.ts'

/** In the order of their ids. */
export function paymentsAfter(sql: Queryable, after: string, limit: number): Promise<PaymentRow[]> {
  return sql<PaymentRow[]>`
    select ${columns(sql)} from payments where id > ${after}::uuid order by id limit ${limit}`
}

export type StreamEvent = { stream: string; type: string; at: Date; data: Record<string, unknown> }

export function streamsOf(sql: Queryable, ids: string[]): Promise<StreamEvent[]> {
  return sql<StreamEvent[]>`
    select stream, type, at, data from events_full where stream = any (${ids}) order by stream, version`
}

/** A payment is pending just when it is in the list of open ones. */
export function openFaults(sql: Queryable): Promise<{ id: string | null; status: string | null }[]> {
  return sql<{ id: string | null; status: string | null }[]>`
    select p.id, p.status from payments p full join open_payments o on o.payment_id = p.id
    where (p.status = 'pending') is distinct from (o.payment_id is not null)`
}
