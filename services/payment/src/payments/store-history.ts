// The SQL of a person's history: what they paid and received, newest first, and with whom.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Page } from './page.ts'
import type { Payment } from './payment.ts'
import { columns, toPayment, type PaymentRow } from './store.ts'

export type HistoryQuery = Page & {
  /** Inclusive; `to` is exclusive. */
  from: Date
  to: Date
  minPaise: number
  maxPaise: number
  status: Payment['status'] | null
  direction: 'debit' | 'credit' | null
  /** Of the other side. */
  vpa: string | null
  /** Those that the person has hidden, or all others. */
  hidden: boolean
}

/** In a query of payments: whether the person has hidden this one from their history. */
export const isHidden = (sql: Queryable, userId: string) =>
  sql`exists (select from hidden_payments h where h.user_id = ${userId} and h.payment_id = payments.id)`

/** Payees see what is settled. What somebody paid to themselves is there once, as paid. */
export async function historyOf(sql: Queryable, userId: string, query: HistoryQuery): Promise<Payment[]> {
  const { before, limit, from, to, minPaise, maxPaise, status, direction, vpa, hidden } = query
  const filters = sql`
    created_at >= ${from} and created_at < ${to} and (created_at, id) < (${before.createdAt}, ${before.id}::uuid)
    and amount_paise between ${minPaise} and ${maxPaise} and (${status}::text is null or status = ${status})
    and ${hidden ? sql`` : sql`not`} ${isHidden(sql, userId)}`
  const paid = sql`
    select ${columns(sql)} from payments
    where payer_user_id = ${userId} and ${filters} and (${vpa}::text is null or payee_vpa = ${vpa})
    order by created_at desc, id desc limit ${limit}`
  const received = sql`
    select ${columns(sql)} from payments
    where payee_user_id = ${userId} and payer_user_id is distinct from ${userId} and status = 'settled'
      and ${filters} and (${vpa}::text is null or payer_vpa = ${vpa})
    order by created_at desc, id desc limit ${limit}`
  const rows =
    direction === 'debit'
      ? await sql<PaymentRow[]>`${paid}`
      : direction === 'credit'
        ? await sql<PaymentRow[]>`${received}`
        : await sql<PaymentRow[]>`
            (${paid}) union all (${received}) order by created_at desc, id desc limit ${limit}`
  return rows.map(toPayment)
}

export type RecentPerson = { vpa: string; name: string; at: Date }

/** How many payments each way are looked through: who is further back is not recent. */
const lookedThrough = 200

/**
 * The other sides of the latest payments that did not fail and are not hidden, each once, by the name of the last one.
 */
export function recentPeopleOf(sql: Queryable, userId: string, limit: number): Promise<RecentPerson[]> {
  return sql<RecentPerson[]>`
    with paid as (
      select payee_vpa as vpa, payee_name as name, created_at as at, id from payments
      where payer_user_id = ${userId} and status <> 'failed' and not ${isHidden(sql, userId)}
      order by created_at desc, id desc limit ${lookedThrough}
    ), received as (
      select payer_vpa as vpa, payer_name as name, created_at as at, id from payments
      where payee_user_id = ${userId} and payer_user_id is distinct from ${userId} and status = 'settled'
        and not ${isHidden(sql, userId)}
      order by created_at desc, id desc limit ${lookedThrough}
    )
    select vpa, (array_agg(name order by at desc, id desc))[1] as name, max(at) as at
    from (
      select vpa, name, at, id from paid union all select vpa, name, at, id from received
    ) both_ways
    group by vpa order by max(at) desc, vpa limit ${limit}`
}
