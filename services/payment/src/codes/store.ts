// The SQL of the orders of dynamic codes, of payments and of mandates.
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'

/** `amountPaise`: 0 when the code is signed, which then says the amount itself. */
export type OrderKey = { payeeVpa: string; reference: string; amountPaise: number }
export type OrderOfPayment = OrderKey & { paymentId: string }

const rowOf = ({ payeeVpa, reference, amountPaise }: OrderKey) => ({
  payee_vpa: payeeVpa,
  reference,
  amount_paise: amountPaise,
})
const rowsOf = (orders: OrderOfPayment[]) =>
  orders.map((order) => ({ ...rowOf(order), payment_id: order.paymentId }))

export const keyOf = ({ payeeVpa, reference, amountPaise }: OrderKey) =>
  JSON.stringify([payeeVpa, reference, amountPaise])

/**
 * Binds each order to its payment, unless another one has it. Of two payments for one order the first in the list gets
 * it. Waits for other transactions that bind or free the same order. Returns what was bound here.
 */
export async function insertOrders(tx: Tx, orders: OrderOfPayment[], at: Date): Promise<Set<string>> {
  const bound = await tx<{ paymentId: string }[]>`
    insert into code_orders (payee_vpa, reference, amount_paise, payment_id, claimed_at)
    select distinct on (r.payee_vpa, r.reference, r.amount_paise)
      r.payee_vpa, r.reference, r.amount_paise, r.payment_id, ${at}::timestamptz
    from rows from (json_to_recordset(${rowsIn(tx, rowsOf(orders))})
      as (payee_vpa text, reference text, amount_paise bigint, payment_id uuid))
      with ordinality as r (payee_vpa, reference, amount_paise, payment_id, nth)
    order by r.payee_vpa, r.reference, r.amount_paise, r.nth
    on conflict do nothing
    returning payment_id`
  return new Set(bound.map(({ paymentId }) => paymentId))
}

/** Which of these orders are paid; those that are neither paid nor being paid are left out. By `keyOf`. */
export async function findOrders(
  sql: Queryable,
  orders: OrderKey[],
): Promise<Map<string, { isPaid: boolean }>> {
  const rows = await sql<(OrderKey & { isPaid: boolean })[]>`
    select payee_vpa, reference, amount_paise, paid_at is not null as is_paid from code_orders
    where (payee_vpa, reference, amount_paise) in (
      select payee_vpa, reference, amount_paise from json_to_recordset(${rowsIn(sql, orders.map(rowOf))})
        as r (payee_vpa text, reference text, amount_paise bigint))`
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** The orders of payments that failed, or did not begin, can be paid again. */
export async function freeOrders(tx: Tx, orders: OrderOfPayment[]): Promise<void> {
  await tx`
    delete from code_orders o
    using json_to_recordset(${rowsIn(tx, rowsOf(orders))})
      as r (payee_vpa text, reference text, amount_paise bigint, payment_id uuid)
    where (o.payee_vpa, o.reference, o.amount_paise, o.payment_id)
      = (r.payee_vpa, r.reference, r.amount_paise, r.payment_id) and o.paid_at is null`
}

export async function markPaid(tx: Tx, orders: OrderOfPayment[], at: Date): Promise<void> {
  await tx`
    update code_orders o set paid_at = ${at}
    from json_to_recordset(${rowsIn(tx, rowsOf(orders))})
      as r (payee_vpa text, reference text, amount_paise bigint, payment_id uuid)
    where (o.payee_vpa, o.reference, o.amount_paise, o.payment_id)
      = (r.payee_vpa, r.reference, r.amount_paise, r.payment_id)`
}

/** Whether a mandate was made for the payee's order; one whose authorisation was declined is none. */
export async function isAgreedTo(sql: Queryable, payeeVpa: string, reference: string): Promise<boolean> {
  const rows = await sql`
    select 1 from mandates where payee_vpa = ${payeeVpa} and order_reference = ${reference}
      and status not in ('failed', 'declined')`
  return rows.length > 0
}
