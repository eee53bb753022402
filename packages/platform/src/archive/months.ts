// The months of the books that a database has, and why one of them must stay.
import { retention } from '@bahi/contracts/retention.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { Queryable, Sql } from '@bahi/kit/sql/sql.ts'

export type Part = {
  schema: string
  table: string
  /** The partition, in the same schema. */
  partition: string
  fromId: string
  toId: string
  /** Nothing is written to it any more. */
  isClosed: boolean
}

export type Month = { month: string; endsAt: Date; parts: Part[]; isArchived: boolean }

/** Tables that go together, by the dated rules: a payment, its transfer and its entries have one id. */
export function archivedTables(now: Date): { schema: string; table: string; months: number }[] {
  return Object.entries(rulesAt(retention, now).services).flatMap(([schema, tables]) =>
    Object.entries(tables).flatMap(([table, kept]) =>
      'keeps' in kept && kept.archiveAfterMonths !== undefined
        ? [{ schema, table, months: kept.archiveAfterMonths }]
        : [],
    ),
  )
}

/** Oldest first. */
export async function monthsOf(sql: Queryable, now: Date): Promise<Month[]> {
  const tables = archivedTables(now)
  const rows = await sql<(Part & { month: string; endsAt: Date; isArchived: boolean })[]>`
    select n.nspname as schema, p.relname as "table", c.relname as partition,
      replace(right(c.relname, 7), '_', '-') as month, m.at + interval '1 month' as ends_at,
      payment.uuid_at(m.at) as from_id, payment.uuid_at(m.at + interval '1 month') as to_id,
      exists (select from pg_constraint k where k.conrelid = c.oid and k.conname = 'closed') as is_closed,
      exists (select from payment.archived_months a where a.from_id = payment.uuid_at(m.at)) as is_archived
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    join pg_namespace n on n.oid = p.relnamespace
    cross join lateral (select to_timestamp(right(c.relname, 7), 'YYYY_MM') as at) m
    where n.nspname || '.' || p.relname = any (${tables.map((one) => `${one.schema}.${one.table}`)})
      and c.relname ~ '_[0-9]{4}_[0-9]{2}$'
    order by month, schema, "table"`
  const months = new Map<string, Month>()
  for (const { month, endsAt, isArchived, ...part } of rows) {
    const known = months.get(month) ?? { month, endsAt, isArchived, parts: [] }
    known.parts.push(part)
    months.set(month, known)
  }
  return [...months.values()]
}

/** From when on a month may be archived. */
export function archivableFrom({ endsAt }: Pick<Month, 'endsAt'>, now: Date): Date {
  const months = Math.max(...archivedTables(now).map((one) => one.months))
  const from = new Date(endsAt)
  from.setUTCMonth(from.getUTCMonth() + months)
  return from
}

/** Empty when nothing needs the rows of the month any more. */
export async function whyNeeded(sql: Sql, month: Month, now: Date): Promise<string[]> {
  const { parts } = month
  const from = archivableFrom(month, now)
  const why = from > now ? [`it is kept until ${from.toISOString().slice(0, 10)}`] : []
  const { fromId, toId } = parts[0]!
  const within = (column: string) => sql`${sql(column)} >= ${fromId}::uuid and ${sql(column)} < ${toId}::uuid`
  const [found] = await sql<Record<'open' | 'holds' | 'differences' | 'strays' | 'unsealed', number>[]>`
    with covered as (select coalesce(max(seq), 0) as seq from audit.checkpoints where stored_at is not null)
    select
      (select count(*) from payment.open_payments where ${within('payment_id')}) +
        (select count(*) from payment.payments where status = 'pending' and ${within('id')}) as open,
      (select count(*) from account.holds where closed_by is null and ${within('id')}) as holds,
      (select count(*) from payment.differences d join payment.payments p
          on left(p.txn_prefix || replace(p.id::text, '-', ''), 35) = d.txn_id
        where d.closed_at is null and ${within('p.id')}) as differences,
      (select count(*) from payment.payments_default where ${within('id')}) +
        (select count(*) from account.transfers_default where ${within('id')}) +
        (select count(*) from account.entries_default where ${within('transfer_id')}) as strays,
      (select count(*) from payment.payments p join payment.events e on e.stream = p.id::text
        left join audit.records r on r.event_id = e.id cross join covered c
        where ${within('p.id')} and (r.seq is null or r.seq > c.seq)) as unsealed`
  const says: [number, string][] = [
    [found!.open, 'payments are open'],
    [found!.holds, 'holds are open'],
    [found!.differences, 'differences with the network are open'],
    [found!.strays, 'rows are in the default partition'],
    [found!.unsealed, 'events are under no checkpoint of the audit chain'],
  ]
  return [...why, ...says.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []))]
}
