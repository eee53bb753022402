// The SQL of payments through the network: by transaction id, pending before a moment, and their checks.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Payment } from './payment.ts'
import { columns, toPayment, type PaymentRow } from './store.ts'

/** Payments of UPI transactions, ours by their prefix and inbound ones; unknown ones are left out. */
export async function findByTxnIds(sql: Queryable, txnIds: string[], prefix: string): Promise<Payment[]> {
  const own = txnIds.filter((id) => id.startsWith(prefix) && /^[0-9a-f]{32}$/.test(id.slice(prefix.length)))
  const others = txnIds.filter((id) => !id.startsWith(prefix))
  const rows = await sql<PaymentRow[]>`
    select ${columns(sql)} from payments where id = any (${own.map((id) => id.slice(prefix.length))}::uuid[])
    union all
    select ${columns(sql)} from payments where route = 'i' and txn_prefix = any (${others})`
  return rows.map(toPayment).filter(({ txnId }) => txnIds.includes(txnId))
}

/** When the first payment went through the network; undefined when none did. */
export async function firstThroughNetwork(sql: Queryable): Promise<Date | undefined> {
  const [row] = await sql<
    { at: Date | null }[]
  >`select min(created_at) as at from payments where route <> 'l'`
  return row?.at ?? undefined
}

/** Payments through the network that began before `before` and are pending still, a page at a time. */
export async function pendingBefore(
  sql: Queryable,
  before: Date,
  after: string | undefined,
  limit: number,
): Promise<Payment[]> {
  const rows = await sql<PaymentRow[]>`
    select ${columns(sql)} from payments
    where id in (select payment_id from open_payments) and route <> 'l' and created_at < ${before}
      and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    order by id limit ${limit}`
  return rows.map(toPayment)
}

/** Makes payments due for a check now: these, or all that have had their last one. How many. */
export async function scheduleChecks(
  sql: Queryable,
  about: { now: Date; paymentIds?: string[] | undefined; before?: Date | undefined },
): Promise<number> {
  const rows = await sql`
    update open_payments o set due_at = ${about.now}
    from payments p
    where p.id = o.payment_id and p.route <> 'l' and o.due_at > ${about.now}
      and ${about.paymentIds ? sql`o.payment_id = any (${about.paymentIds}::uuid[])` : sql`o.due_at = 'infinity'`}
      and ${about.before ? sql`p.created_at < ${about.before}` : sql`true`}
    returning 1`
  return rows.length
}

/** A check that could not be sent does not count: these payments are due again at `dueAt`. */
export async function rescheduleChecks(sql: Queryable, ids: string[], dueAt: Date): Promise<void> {
  await sql`
    update open_payments set tries = greatest(tries - 1, 0), due_at = ${dueAt}
    where payment_id = any (${ids}::uuid[])`
}
