// The SQL of limits: the lock of a payer, the payer's usage, and personal limits.
import type { Limits } from '@bahi/contracts/limits.ts'
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { PayerUsage } from './limits.ts'

/** Waits until no other transaction checks the limits of these payers; the lock lasts until the transaction ends. */
export async function lockPayers(tx: Tx, userIds: string[]): Promise<void> {
  // In order of their ids, so that two batches cannot deadlock. `where false` locks and writes nothing.
  await tx`
    insert into payers (user_id) select distinct u from unnest(${userIds}::uuid[]) as u order by u
    on conflict (user_id) do update set user_id = excluded.user_id where false`
}

export type UsageQuery = {
  /** Of a payment that is to begin; left out, only the usage is asked for. */
  id?: string
  payerUserId: string
  /** Of whose limits the payment counts against; without one those of everybody. */
  category?: string | undefined
  coolingFrom?: Date
  coolingLast?: Date
}

export type UsageRow = {
  /** Of the payment that has this id already. */
  existingUserId: string | null
  existingHash: string | null
  /** For its RRN; 0 without an id. */
  sequence: number
  usage: PayerUsage
  personal: Limits | undefined
}

type RawRow = {
  existingUserId: string | null
  existingHash: string | null
  sequence: number
  tries: number
  totalCount: number
  totalPaise: number
  everybodyCount: number
  everybodyPaise: number
  categoryCount: number
  categoryPaise: number
  coolingCount: number
  coolingPaise: number
  hasPersonal: boolean
  perTransactionPaise: number | null
  perDayPaise: number | null
  perDayCount: number | null
}

/**
 * For each payment, in order: who has its id already, its payer's usage since `since` and personal limits, and a number
 * for its RRN; all in one query. Ids are at most `idSlackMs` older than their payments, which leaves older partitions
 * unread. No bound on the other side: while a partition is small, a range of ids looks as cheap to read as the payments
 * of a payer, and a plan that was made then would read all payments ever after.
 */
export async function readPayerUsage(
  sql: Queryable,
  queries: UsageQuery[],
  window: { now: Date; day: Date; since: Date; idSlackMs: number },
): Promise<UsageRow[]> {
  const rows = queries.map((one, n) => ({
    n,
    id: one.id,
    payer_user_id: one.payerUserId,
    category: one.category,
    cooling_from: one.coolingFrom,
    cooling_last: one.coolingLast,
  }))
  const oldest = new Date(window.since.getTime() - window.idSlackMs)
  const ids = queries.flatMap(({ id }) => (id === undefined ? [] : [id]))
  const found = await sql<RawRow[]>`
    select p.payer_user_id as existing_user_id, encode(p.input_hash, 'hex') as existing_hash,
      case when x.id is null then 0 else nextval('rrn_sequence') end as sequence,
      s.tries, s.total_count, s.total_paise, s.everybody_count, s.everybody_paise, s.category_count, s.category_paise,
      s.cooling_count, s.cooling_paise,
      l.user_id is not null as has_personal, l.per_transaction_paise, l.per_day_paise, l.per_day_count
    from json_to_recordset(${rowsIn(sql, rows)}) as x
      (n int, id uuid, payer_user_id uuid, category text, cooling_from timestamptz, cooling_last timestamptz)
    left join payments p on p.id = x.id and p.id = any (${ids}::uuid[])
    left join lateral (
      select o.user_id, o.per_transaction_paise, o.per_day_paise, o.per_day_count from personal_limits o
      where o.user_id = x.payer_user_id and o.effective_from <= ${window.now}
      order by o.effective_from desc limit 1
    ) l on true
    cross join lateral (
      select count(*) filter (where d.is_of_day) as tries,
        count(*) filter (where d.counts and d.is_of_day) as total_count,
        coalesce(sum(d.amount_paise) filter (where d.counts and d.is_of_day), 0)::bigint as total_paise,
        count(*) filter (where d.counts and d.is_of_day and d.limit_category is null) as everybody_count,
        coalesce(sum(d.amount_paise)
          filter (where d.counts and d.is_of_day and d.limit_category is null), 0)::bigint as everybody_paise,
        count(*) filter (where d.counts and d.is_of_day and d.limit_category = x.category) as category_count,
        coalesce(sum(d.amount_paise)
          filter (where d.counts and d.is_of_day and d.limit_category = x.category), 0)::bigint as category_paise,
        count(*) filter (where d.counts and d.created_at >= x.cooling_last) as cooling_count,
        coalesce(sum(d.amount_paise)
          filter (where d.counts and d.created_at >= x.cooling_from), 0)::bigint as cooling_paise
      from (
        select q.amount_paise, q.created_at, q.limit_category, q.status <> 'failed' as counts,
          q.created_at > ${window.day} as is_of_day
        from payments q
        where q.payer_user_id = x.payer_user_id and q.created_at > ${window.since} and q.id >= uuid_at(${oldest})
      ) d
    ) s
    order by x.n`
  return found.map((row) => ({
    existingUserId: row.existingUserId,
    existingHash: row.existingHash,
    sequence: row.sequence,
    usage: {
      tries: row.tries,
      total: { count: row.totalCount, paise: row.totalPaise },
      everybody: { count: row.everybodyCount, paise: row.everybodyPaise },
      category: { count: row.categoryCount, paise: row.categoryPaise },
      coolingCount: row.coolingCount,
      coolingPaise: row.coolingPaise,
    },
    personal: row.hasPersonal ? limitsOf(row) : undefined,
  }))
}

function limitsOf({ perTransactionPaise, perDayPaise, perDayCount }: RawRow): Limits {
  return {
    ...(perTransactionPaise === null ? {} : { perTransactionPaise }),
    ...(perDayPaise === null ? {} : { perDayPaise }),
    ...(perDayCount === null ? {} : { perDayCount }),
  }
}
