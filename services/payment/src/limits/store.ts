// The SQL of limits: the lock of a payer, and the payer's usage with their controls.
import type { Controls } from '@bahi/contracts/controls.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { istWindowsAt } from '@bahi/contracts/limits.ts'
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { LimitSubject, RulesInForce } from './in-force.ts'
import { dayMs, windowsOf, windowStart, type PayerUsage, type Usage } from './limits.ts'

/** Waits until no other transaction checks the limits of these payers; the lock lasts until the transaction ends. */
export async function lockPayers(tx: Tx, userIds: string[]): Promise<void> {
  // In order of their ids, so that two batches cannot deadlock. `where false` locks and writes nothing.
  await tx`
    insert into payers (user_id) select distinct u from unnest(${userIds}::uuid[]) as u order by u
    on conflict (user_id) do update set user_id = excluded.user_id where false`
}

/** `id`: of a payment that is to begin; left out, only the usage is asked for. */
export type UsageQuery = LimitSubject & { id?: string }

export type UsageRow = {
  /** Of the payment that has this id already. */
  existingUserId: string | null
  existingHash: string | null
  /** For its RRN; 0 without an id. */
  sequence: number
  usage: PayerUsage
  controls: Controls | undefined
  /** By staff: nothing of the payer begins. */
  isFrozen: boolean
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
  recentPayees: string[] | null
  isNewPayee: boolean | null
  controls: Controls | null
  isFrozen: boolean
  /** Count and paise: of the day, of the month, and of the same payee. */
  own: number[] | null
  windows: [count: number, paise: number][] | null
}

const msBefore = (at: Date, ms: number) => new Date(at.getTime() - ms)

/** Since when each window of the further limits counts, and what counts in it. */
function windowsIn({ further, payeeVpa }: LimitSubject, now: Date) {
  const starts = istWindowsAt(now)
  // Exclusive; times of payments are whole milliseconds.
  const since = {
    'rolling-day': msBefore(now, dayMs),
    'ist-day': msBefore(starts.day, 1),
    'ist-month': msBefore(starts.month, 1),
  }
  const all = windowsOf(further).map(({ index, window, of: { banks, mccs, modes, purposes, newPayee } }) => ({
    ...{ nth: index, since: since[window], banks, mccs, modes, purposes },
    payee: newPayee ? payeeVpa : undefined,
  }))
  return all.length === 0 ? undefined : all
}

/**
 * For each payment, in order: who has its id already, its payer's usage and controls, and a number for its RRN; all in
 * one query. Ids are at most `idMaxAgeHours` older than their payments, which leaves older partitions unread. No bound
 * on the other side: while a partition is small, a range of ids looks as cheap to read as the payments of a payer, and
 * a plan that was made then would read all payments ever after. What only few payments need (the months of a person
 * with controls, further limits, whether a payee is new) is read for those alone.
 */
export async function readPayerUsage(
  sql: Queryable,
  queries: UsageQuery[],
  { now, pay, risk }: RulesInForce,
): Promise<UsageRow[]> {
  const rows = queries.map((one, n) => ({
    n,
    id: one.id,
    payer_user_id: one.payerUserId,
    payee_vpa: one.payeeVpa,
    category: one.category,
    cooling_from: one.cooling?.from,
    cooling_last: one.cooling?.last,
    needs_new_payee: one.needsNewPayee,
    windows: windowsIn(one, now),
  }))
  // Computed here: as a function of SQL it would be run for each place that it stands in.
  const idsFrom = (at: Date) => uuidv7(at.getTime() - pay.idMaxAgeHours * 3_600_000, () => undefined)
  const since = windowStart(now, pay)
  const { day, month } = istWindowsAt(now)
  const { knownDays, forHours } = risk.newPayee
  const knownFrom = msBefore(now, knownDays * dayMs)
  const knownTo = msBefore(now, forHours * 3_600_000)
  const ids = queries.flatMap(({ id }) => (id === undefined ? [] : [id]))
  const found = await sql<RawRow[]>`
    select p.payer_user_id as existing_user_id, encode(p.input_hash, 'hex') as existing_hash,
      case when x.id is null then 0 else nextval('rrn_sequence') end as sequence,
      s.tries, s.total_count, s.total_paise, s.everybody_count, s.everybody_paise, s.category_count, s.category_paise,
      s.cooling_count, s.cooling_paise, s.recent_payees, l.controls,
      exists (select from frozen_people f where f.user_id = x.payer_user_id) as is_frozen,
      case when x.needs_new_payee then not exists (
        select from payments q
        where q.payer_user_id = x.payer_user_id and q.payee_vpa = x.payee_vpa and q.status = 'settled'
          and q.created_at > ${knownFrom} and q.created_at <= ${knownTo}
          and q.id >= ${idsFrom(knownFrom)}
      ) end as is_new_payee,
      case when l.controls ?| array['perDayPaise', 'perDayCount', 'perMonthPaise', 'payees'] then (
        select json_build_array(
          count(*) filter (where q.created_at >= ${day}),
          coalesce(sum(q.amount_paise) filter (where q.created_at >= ${day}), 0),
          count(*), coalesce(sum(q.amount_paise), 0),
          count(*) filter (where q.created_at >= ${day} and q.payee_vpa = x.payee_vpa),
          coalesce(sum(q.amount_paise) filter (where q.created_at >= ${day} and q.payee_vpa = x.payee_vpa), 0),
          count(*) filter (where q.payee_vpa = x.payee_vpa),
          coalesce(sum(q.amount_paise) filter (where q.payee_vpa = x.payee_vpa), 0))
        from payments q
        where q.payer_user_id = x.payer_user_id and q.created_at >= ${month} and q.status <> 'failed'
          and q.id >= ${idsFrom(month)}
      ) end as own,
      case when x.windows is not null then (
        select json_agg(json_build_array(w.count, w.paise) order by w.nth)
        from (
          select c.nth, count(q.id) as count, coalesce(sum(q.amount_paise), 0) as paise
          from jsonb_to_recordset(x.windows) as c (nth int, since timestamptz, banks text[], mccs text[], modes text[],
            purposes text[], payee text)
          left join payments q on q.payer_user_id = x.payer_user_id and q.created_at > c.since
            and q.id >= ${idsFrom(month < since ? month : since)} and q.status <> 'failed'
            and (c.banks is null or q.payer_bank = any (c.banks))
            and (c.mccs is null or coalesce(q.assessment #>> '{features,payeeMcc}', q.mcc) = any (c.mccs))
            and (c.modes is null or q.initiation_mode = any (c.modes))
            and (c.purposes is null or q.purpose = any (c.purposes))
            and (c.payee is null or q.payee_vpa = c.payee)
          group by c.nth
        ) w
      ) end as windows
    from json_to_recordset(${rowsIn(sql, rows)}) as x
      (n int, id uuid, payer_user_id uuid, payee_vpa text, category text, cooling_from timestamptz,
        cooling_last timestamptz, needs_new_payee boolean, windows jsonb)
    left join payments p on p.id = x.id and p.id = any (${ids}::uuid[])
    left join lateral (
      select o.controls from payment_controls o
      where o.user_id = x.payer_user_id and o.effective_from <= greatest(${now}, o.set_at)
      order by o.version desc, o.effective_from desc limit 1
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
          filter (where d.counts and d.created_at >= x.cooling_from), 0)::bigint as cooling_paise,
        array_agg(distinct d.payee_vpa) filter (where d.is_recent and d.payee_vpa <> x.payee_vpa) as recent_payees
      from (
        select q.amount_paise, q.created_at, q.limit_category, q.payee_vpa, q.status <> 'failed' as counts,
          q.created_at > ${msBefore(now, dayMs)} as is_of_day,
          q.status <> 'failed' and q.created_at > ${msBefore(now, risk.manyPayees.minutes * 60_000)} as is_recent
        from payments q
        where q.payer_user_id = x.payer_user_id and q.created_at > ${since}
          and q.id >= ${idsFrom(since)}
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
      own: row.own ? ownOf(row.own) : undefined,
      windows: (row.windows ?? []).map(([count, paise]) => ({ count, paise })),
      recentPayees: row.recentPayees ?? [],
      isNewPayee: row.isNewPayee ?? undefined,
    },
    controls: row.controls ?? undefined,
    isFrozen: row.isFrozen,
  }))
}

function ownOf(sums: number[]): NonNullable<PayerUsage['own']> {
  const at = (n: number): Usage => ({ count: sums[n]!, paise: sums[n + 1]! })
  return { day: at(0), month: at(2), payeeDay: at(4), payeeMonth: at(6) }
}
