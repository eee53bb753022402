// The SQL of what a person's own payments say together. It goes along the indexes of a person's payments and requests:
// another index would be written with every payment, for what is read now and then.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Page, Position } from '../payments/page.ts'
import { isHidden, type HistoryQuery } from '../payments/store-history.ts'

/** What matched, newest first, and how far back was looked when that is not the end. */
export type Looked = { found: Position[]; reached?: Position }

/** So many are looked through for a page: what is sought may be further back, and the next page goes on from there. */
export const lookedThrough = 5_000

type Sought = Omit<HistoryQuery, 'hidden'> & { words: string[] }
type Side = 'payer' | 'payee'
type LookedRow = Position & { matches: boolean; isEnd: boolean }

const patternOf = (word: string) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`

/** Payments of the person, each word in what is shown of them. Payees find what is settled. */
export async function lookForPayments(sql: Queryable, userId: string, sought: Sought): Promise<Looked> {
  const { before, from, to, minPaise, maxPaise, status, direction, vpa, words } = sought
  const own = (side: Side) => {
    const other = side === 'payer' ? 'payee' : 'payer'
    const isWanted = direction === null || (direction === 'debit') === (side === 'payer')
    const text = sql`lower(concat_ws(' ', ${sql(`${other}_name`)}, ${sql(`${other}_vpa`)}, note, rrn, reference,
      txn_prefix || case length(txn_prefix) when 35 then '' else replace(id::text, '-', '') end,
      (amount_paise / 100.0)::numeric(20, 2)))`
    return sql`
      (select id, created_at,
        ${isWanted} and (${vpa}::text is null or ${sql(`${other}_vpa`)} = ${vpa})
          and amount_paise between ${minPaise} and ${maxPaise} and (${status}::text is null or status = ${status})
          and not ${isHidden(sql, userId)} and ${text} like all (${words.map(patternOf)}::text[]) as matches
      from payments
      where ${sql(`${side}_user_id`)} = ${userId} and created_at >= ${from} and created_at < ${to}
        and (created_at, id) < (${before.createdAt}, ${before.id}::uuid)
        ${side === 'payer' ? sql`` : sql`and payer_user_id is distinct from ${userId} and status = 'settled'`}
      order by created_at desc, id desc limit ${lookedThrough})`
  }
  return lookThrough(sql, sql`${own('payer')} union all ${own('payee')}`, sought.limit)
}

/** Requests between the person and somebody; of those that were paid there is a payment. */
export async function lookForRequests(
  sql: Queryable,
  userId: string,
  { vpa, before, limit }: Page & { vpa: string },
): Promise<Looked> {
  const own = (side: Side) => {
    const other = side === 'payer' ? 'payee' : 'payer'
    return sql`
      (select id, created_at, ${sql(`${other}_vpa`)} = ${vpa} and status <> 'paid' as matches
      from payment_requests
      where ${sql(`${side}_user_id`)} = ${userId} and (created_at, id) < (${before.createdAt}, ${before.id}::uuid)
      order by created_at desc, id desc limit ${lookedThrough})`
  }
  return lookThrough(sql, sql`${own('payer')} union all ${own('payee')}`, limit)
}

/** The newest of both sides together, as far as a page looks; of them those that match, up to the limit. */
async function lookThrough(sql: Queryable, bothSides: ReturnType<Queryable>, limit: number): Promise<Looked> {
  const rows = await sql<LookedRow[]>`
    select id, created_at, matches, nth = ${lookedThrough} as is_end from (
      select id, created_at, matches, row_number() over newest as nth,
        count(*) filter (where matches) over (newest rows unbounded preceding) as nth_match
      from (${bothSides}) own window newest as (order by created_at desc, id desc)
    ) looked
    where nth <= ${lookedThrough} and (nth = ${lookedThrough} or (matches and nth_match <= ${limit}))
    order by nth`
  const found = rows.filter(({ matches }) => matches).slice(0, limit)
  const end = rows.find(({ isEnd }) => isEnd)
  return {
    found: found.map(({ id, createdAt }) => ({ id, createdAt })),
    ...(end ? { reached: { id: end.id, createdAt: end.createdAt } } : {}),
  }
}

/** Whatever a person paid to others in these days, settled and not hidden. */
const spentBy = (sql: Queryable, userId: string, from: Date, to: Date) => sql`
  payer_user_id = ${userId} and created_at >= ${from} and created_at < ${to} and status = 'settled'
  and payee_user_id is distinct from ${userId} and not ${isHidden(sql, userId)}`

export type MonthSpent = { month: string; spentPaise: number; count: number }

/** By months of India, `2026-11`; a month without any is left out. */
export function spentByMonth(sql: Queryable, userId: string, from: Date, to: Date): Promise<MonthSpent[]> {
  return sql<MonthSpent[]>`
    select to_char(created_at at time zone 'Asia/Kolkata', 'YYYY-MM') as month,
      sum(amount_paise)::bigint as spent_paise, count(*)::int as count
    from payments where ${spentBy(sql, userId, from, to)} group by 1`
}

export type PayeeSpent = { vpa: string; name: string; mcc: string; spentPaise: number; count: number }

/** By payee and merchant category, the payee by the name of the last payment; the most spent first. */
export function spentByPayee(sql: Queryable, userId: string, from: Date, to: Date): Promise<PayeeSpent[]> {
  return sql<PayeeSpent[]>`
    select payee_vpa as vpa, (array_agg(payee_name order by created_at desc, id desc))[1] as name, mcc,
      sum(amount_paise)::bigint as spent_paise, count(*)::int as count
    from payments where ${spentBy(sql, userId, from, to)}
    group by payee_vpa, mcc order by spent_paise desc, payee_vpa, mcc`
}
