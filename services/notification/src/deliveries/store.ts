// SQL of deliveries by SMS and mail.
import type { Seal } from '@bahi/kit/crypto/seal.ts'
import { rowsIn, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import { sealValues } from '../sealed-columns.ts'
import type { Channel } from '../carriers/carrier.ts'
import type { Language } from '@bahi/contracts/formats.ts'
import type { Template, Values } from '../messages/templates.ts'

export type NewDelivery = {
  id: string
  userId: string
  channel: Channel
  template: Template
  values: Values
  subject: string
  at: Date
  traceparent?: string | undefined
}

export async function insertDeliveries(tx: Tx, seal: Seal, deliveries: NewDelivery[]): Promise<void> {
  const rows = deliveries.map(({ userId, values, ...rest }) => ({
    ...rest,
    user_id: userId,
    values_sealed: sealValues(seal, rest.id, values),
  }))
  await tx`
    insert into deliveries (id, user_id, channel, template, values_sealed, subject, status, next_at, at, traceparent)
    select d.id, d.user_id, d.channel, d.template, d.values_sealed, d.subject, 'waiting', d.at, d.at,
      d.traceparent
    from json_to_recordset(${rowsIn(tx, rows)}) as d
      (id uuid, user_id uuid, channel text, template text, values_sealed text, subject text, at timestamptz,
        traceparent text)`
}

export type LeasedDelivery = {
  id: string
  userId: string
  channel: Channel
  template: Template
  valuesSealed: string
  subject: string
  /** Including this attempt. */
  tries: number
  at: Date
  traceparent: string | null
  /** From the copy of the profile. */
  language: Language
}

/** Leases due deliveries until `until`, longest due first. */
export async function leaseDeliveries(
  sql: Sql,
  { channels, at, until, limit }: { channels: Channel[]; at: Date; until: Date; limit: number },
): Promise<LeasedDelivery[]> {
  return sql<LeasedDelivery[]>`
    update deliveries d set tries = d.tries + 1, next_at = ${until}
    from (
      -- Of each channel by its index: all that wait, in order, would be sorted for each lease.
      select w.id from unnest(${channels}::text[]) as c (channel) cross join lateral (
        select id, next_at from deliveries
        where status = 'waiting' and channel = c.channel and next_at <= ${at}
        order by next_at limit ${limit} for update skip locked
      ) w order by w.next_at limit ${limit}
    ) due
    where d.id = due.id
    returning d.id, d.user_id, d.channel, d.template, d.values_sealed, d.subject, d.tries, d.at, d.traceparent,
      coalesce((select p.language from people p where p.user_id = d.user_id), 'en') as language`
}

export type AttemptResult = {
  id: string
  /** The attempt of this result: a result that comes after another worker took over the lease changes nothing. */
  tries: number
  status: 'waiting' | 'sent' | 'failed'
  maskedTo: string | null
  error: string | null
  nextAt: Date
}

/** Returns the ids of the deliveries that were changed. */
export async function saveAttempts(tx: Tx, results: AttemptResult[]): Promise<Set<string>> {
  const rows = results.map(({ maskedTo, nextAt, ...rest }) => ({
    ...rest,
    masked_to: maskedTo,
    next_at: nextAt,
  }))
  const changed = await tx<{ id: string }[]>`
    update deliveries d
    set status = r.status, masked_to = coalesce(r.masked_to, d.masked_to), error = r.error, next_at = r.next_at
    from json_to_recordset(${rowsIn(tx, rows)}) as r
      (id uuid, tries int, status text, masked_to text, error text, next_at timestamptz)
    -- Ids as a set, so that no plan looks for each of them among all that wait.
    where d.id = r.id and d.id = any (${rows.map((row) => row.id)}::uuid[]) and d.tries = r.tries
      and d.status = 'waiting'
    returning d.id`
  return new Set(changed.map((row) => row.id))
}

/** For deliveries to people without an address for the channel. */
export async function deleteDeliveries(tx: Tx, ids: string[]): Promise<void> {
  await tx`delete from deliveries where id = any(${ids}::uuid[]) and status = 'waiting'`
}

/** One that was sent at once. */
export type DirectDelivery = {
  id: string
  channel: Channel
  template: Template
  maskedTo: string
  status: 'sent' | 'failed'
  error: string | null
  at: Date
}

/** Stores that something was sent at once, or refused, and not what. False when it had been sent before. */
export async function saveDirectDelivery(tx: Tx, delivery: DirectDelivery): Promise<boolean> {
  const { id, channel, template, maskedTo, status, error, at } = delivery
  const rows = await tx`
    insert into deliveries (id, channel, template, subject, masked_to, status, tries, next_at, error, at)
    values (${id}, ${channel}, ${template}, ${id}, ${maskedTo}, ${status}, 1, ${at}, ${error}, ${at})
    on conflict (id) do update set status = excluded.status, error = excluded.error, tries = deliveries.tries + 1
      where deliveries.status = 'failed' and deliveries.user_id is null
    returning id`
  return rows.length > 0
}

export type DeliveryRow = {
  id: string
  userId: string | null
  channel: Channel
  maskedTo: string | null
  template: string
  status: 'waiting' | 'sent' | 'failed'
  tries: number
  error: string | null
  report: 'delivered' | 'failed' | null
  reportCode: string | null
  reportedAt: Date | null
  at: Date
}

/** Newest first. */
export function findDeliveries(sql: Sql, subject: string, limit: number): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    select id, user_id, channel, masked_to, template, status, tries, error, report, report_code, reported_at, at
    from deliveries where subject = ${subject} order by at desc, id desc limit ${limit}`
}

/** Newest first, before one of them. */
export function deliveriesToPerson(
  sql: Sql,
  userId: string,
  { before, limit }: { before: string | null; limit: number },
): Promise<DeliveryRow[]> {
  return sql<DeliveryRow[]>`
    select id, user_id, channel, masked_to, template, status, tries, error, report, report_code, reported_at, at
    from deliveries
    where user_id = ${userId} and (${before}::uuid is null or (at, id) < (
      select b.at, b.id from deliveries b where b.id = ${before} and b.user_id = ${userId}))
    order by at desc, id desc limit ${limit}`
}

type NewReport = { id: string; status: 'delivered' | 'failed'; code?: string; at: string }

/** The first report of a delivery stands; only what was sent by SMS has any. */
export function saveReports(
  sql: Sql,
  reports: NewReport[],
): Promise<{ channel: Channel; report: 'delivered' | 'failed' }[]> {
  const rows = reports.map(({ code, ...rest }) => ({ ...rest, code: code ?? null }))
  return sql<{ channel: Channel; report: 'delivered' | 'failed' }[]>`
    update deliveries d set report = r.status, report_code = r.code, reported_at = r.at
    from json_to_recordset(${rowsIn(sql, rows)}) as r (id uuid, status text, code text, at timestamptz)
    where d.id = r.id and d.channel = 'sms' and d.report is null and d.tries > 0
    returning d.channel, d.report`
}

export async function oldestWaitingAt(sql: Sql): Promise<Date | undefined> {
  const [row] = await sql<{ at: Date }[]>`
    select at from deliveries where status = 'waiting' order by at limit 1`
  return row?.at
}
