// The SQL of looking payments up: by their numbers, by who paid or was paid, those in doubt; and a payment's events.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Payment } from '../payments/payment.ts'
import { columns, toPayment, type PaymentRow } from '../payments/store.ts'

type Page = { before: string | null; limit: number }

const isBefore = (sql: Queryable, before: string | null) => sql`
  (${before}::uuid is null or (created_at, id) < (select b.created_at, b.id from payments b where b.id = ${before}))`

/** RRNs are unique for their day: other apps' may repeat one of ours. */
export async function paymentsByRrn(sql: Queryable, rrn: string, page: Page): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    select ${columns(sql)} from payments where rrn = ${rrn} and ${isBefore(sql, page.before)}
    order by created_at desc, id desc limit ${page.limit}`
  return rows.map(toPayment)
}

/** Of a person: all that they paid, and all that somebody tried to pay them. `vpa`: by that UPI ID of theirs alone. */
export async function paymentsOfPerson(
  sql: Queryable,
  { userId, vpa }: { userId: string; vpa: string | null },
  { before, limit }: Page,
): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    (select ${columns(sql)} from payments
      where payer_user_id = ${userId} and (${vpa}::text is null or payer_vpa = ${vpa}) and ${isBefore(sql, before)}
      order by created_at desc, id desc limit ${limit})
    union all
    (select ${columns(sql)} from payments
      where payee_user_id = ${userId} and payer_user_id is distinct from ${userId}
        and (${vpa}::text is null or payee_vpa = ${vpa}) and ${isBefore(sql, before)}
      order by created_at desc, id desc limit ${limit})
    order by created_at desc, id desc limit ${limit}`
  return rows.map(toPayment)
}

/** Those that are pending, newest first. */
export async function openPayments(sql: Queryable, { before, limit }: Page): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    select ${columns(sql)} from payments
    where id in (select payment_id from open_payments) and ${isBefore(sql, before)}
    order by created_at desc, id desc limit ${limit}`
  return rows.map(toPayment)
}

export type StreamEvent = { id: string; type: string; data: Record<string, unknown>; at: Date }

/** In order. */
export function eventsOf(sql: Queryable, paymentId: string): Promise<StreamEvent[]> {
  return sql<StreamEvent[]>`
    select id, type, data, at from events where stream = ${paymentId} order by version`
}
