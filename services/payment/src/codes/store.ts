// The SQL of the orders of dynamic codes.
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'

export type OrderKey = { payeeVpa: string; reference: string }
export type OrderOfPayment = OrderKey & { paymentId: string }

const rowsOf = (orders: OrderOfPayment[]) =>
  orders.map(({ payeeVpa, reference, paymentId }) => ({
    payee_vpa: payeeVpa,
    reference,
    payment_id: paymentId,
  }))

/**
 * Binds each order to its payment, unless another one has it. Of two payments for one order the first in the list gets
 * it. Waits for other transactions that bind or free the same order. Returns what was bound here.
 */
export async function insertOrders(tx: Tx, orders: OrderOfPayment[], at: Date): Promise<Set<string>> {
  const bound = await tx<{ paymentId: string }[]>`
    insert into code_orders (payee_vpa, reference, payment_id, claimed_at)
    select distinct on (r.payee_vpa, r.reference) r.payee_vpa, r.reference, r.payment_id, ${at}::timestamptz
    from rows from (json_to_recordset(${rowsIn(tx, rowsOf(orders))})
      as (payee_vpa text, reference text, payment_id uuid)) with ordinality as r (payee_vpa, reference, payment_id, nth)
    order by r.payee_vpa, r.reference, r.nth
    on conflict do nothing
    returning payment_id`
  return new Set(bound.map(({ paymentId }) => paymentId))
}

/** Whether an order is paid, or a payment of it is in progress; undefined: neither. */
export async function findOrder(
  sql: Queryable,
  { payeeVpa, reference }: OrderKey,
): Promise<{ paymentId: string; paidAt: Date | null } | undefined> {
  const [row] = await sql<{ paymentId: string; paidAt: Date | null }[]>`
    select payment_id, paid_at from code_orders where payee_vpa = ${payeeVpa} and reference = ${reference}`
  return row
}

/** The orders of payments that failed, or did not begin, can be paid again. */
export async function freeOrders(tx: Tx, orders: OrderOfPayment[]): Promise<void> {
  await tx`
    delete from code_orders o
    using json_to_recordset(${rowsIn(tx, rowsOf(orders))}) as r (payee_vpa text, reference text, payment_id uuid)
    where (o.payee_vpa, o.reference, o.payment_id) = (r.payee_vpa, r.reference, r.payment_id) and o.paid_at is null`
}

export async function markPaid(tx: Tx, orders: OrderOfPayment[], at: Date): Promise<void> {
  await tx`
    update code_orders o set paid_at = ${at}
    from json_to_recordset(${rowsIn(tx, rowsOf(orders))}) as r (payee_vpa text, reference text, payment_id uuid)
    where (o.payee_vpa, o.reference, o.payment_id) = (r.payee_vpa, r.reference, r.payment_id)`
}
