// The SQL that verifies payments: rows, their events, and rows that are open in one place only.
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

/** A payment is pending exactly when it is in the list of open ones: the rows where that does not hold. */
export function openPaymentMismatches(
  sql: Queryable,
): Promise<{ id: string | null; status: string | null }[]> {
  return sql<{ id: string | null; status: string | null }[]>`
    select p.id, p.status from payments p full join open_payments o on o.payment_id = p.id
    where (p.status = 'pending') is distinct from (o.payment_id is not null)`
}
