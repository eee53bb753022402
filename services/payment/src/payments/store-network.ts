// The SQL of payments through the network: by transaction id, pending before a moment, and their checks.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Payment } from './payment.ts'
import { columns, toPayment, type PaymentRow } from './store.ts'

/** The id that a transaction id was made of here; undefined of another app's. */
export function paymentIdIn(txnId: string, prefix: string): string | undefined {
  const hex = txnId.slice(prefix.length)
  if (!txnId.startsWith(prefix) || !/^[0-9a-f]{32}$/.test(hex)) return undefined
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * Payments of UPI transactions, ours by their prefix and other apps'; unknown ones are left out. Of several that tried
 * to approve one request, the one that did not fail.
 */
export async function findByTxnIds(sql: Queryable, txnIds: string[], prefix: string): Promise<Payment[]> {
  const own = txnIds.flatMap((id) => paymentIdIn(id, prefix) ?? [])
  const rows = await sql<PaymentRow[]>`
    select ${columns(sql)} from payments where id = any (${own}::uuid[])
    union all
    select ${columns(sql)} from payments where txn_prefix = any (${txnIds}) and length(txn_prefix) = 35`
  const payments = rows.map(toPayment).filter(({ txnId }) => txnIds.includes(txnId))
  const failedFirst = payments.sort((a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'))
  return [...new Map(failedFirst.map((payment) => [payment.txnId, payment])).values()]
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

/** A number for the RRN of a transaction of ours that is no payment yet. */
export async function nextRrnSequence(sql: Queryable): Promise<number> {
  const [row] = await sql<{ sequence: number }[]>`select nextval('rrn_sequence') as sequence`
  return row!.sequence
}
