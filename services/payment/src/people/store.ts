// The rows of blocked people, of reports, and of payments that are hidden from a history.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type Blocked = { vpa: string; blockedUserId: string | null; name: string; blockedAt: Date }

/** Blocking the same UPI ID again changes nothing. False then. */
export async function insertBlocked(tx: Tx, userId: string, blocked: Blocked): Promise<boolean> {
  const rows = await tx`
    insert into blocked_people (user_id, vpa, blocked_user_id, name, blocked_at)
    values (${userId}, ${blocked.vpa}, ${blocked.blockedUserId}, ${blocked.name}, ${blocked.blockedAt})
    on conflict do nothing returning 1`
  return rows.length === 1
}

/** The newest first. */
export function blockedBy(sql: Queryable, userId: string): Promise<Blocked[]> {
  return sql<Blocked[]>`
    select vpa, blocked_user_id, name, blocked_at from blocked_people
    where user_id = ${userId} order by blocked_at desc, vpa limit 1000`
}

/** With all other UPI IDs by which the same person was blocked; none: nobody with this UPI ID was. */
export async function deleteBlocked(tx: Tx, userId: string, vpa: string): Promise<Omit<Blocked, 'name'>[]> {
  return tx<Omit<Blocked, 'name'>[]>`
    delete from blocked_people b
    where b.user_id = ${userId} and (b.vpa = ${vpa} or b.blocked_user_id = (
      select o.blocked_user_id from blocked_people o where o.user_id = ${userId} and o.vpa = ${vpa}))
    returning vpa, blocked_user_id, blocked_at`
}

/** Who wants to pay or ask whom; `userId` of who does not use this app is left out. */
export type Approach = {
  of: { userId?: string | undefined }
  by: { userId?: string | undefined; vpa: string }
}

/** For each, whether the person blocked who approaches them. */
export async function areBlocked(sql: Queryable, approaches: Approach[]): Promise<boolean[]> {
  const rows = await sql<{ nth: number }[]>`
    select a.nth::int as nth
    from unnest(${approaches.map(({ of }) => of.userId ?? null)}::uuid[],
      ${approaches.map(({ by }) => by.userId ?? null)}::uuid[], ${approaches.map(({ by }) => by.vpa)}::text[])
      with ordinality as a (of_user_id, by_user_id, by_vpa, nth)
    where exists (select from blocked_people b where b.user_id = a.of_user_id and b.vpa = a.by_vpa)
      or exists (select from blocked_people b where b.user_id = a.of_user_id and b.blocked_user_id = a.by_user_id)`
  const blocked = new Set(rows.map(({ nth }) => nth - 1))
  return approaches.map((_, i) => blocked.has(i))
}

export type ReportRow = {
  id: string
  userId: string
  vpa: string
  reportedUserId: string | null
  reason: 'fraud' | 'impersonation' | 'spam' | 'other'
  text: string | null
  paymentId: string | null
  at: Date
}

/** Undefined when the id is new, and then stored. */
export async function insertReport(tx: Tx, r: ReportRow): Promise<ReportRow | undefined> {
  const rows = await tx`
    insert into reports (id, user_id, vpa, reported_user_id, reason, text, payment_id, at)
    values (${r.id}, ${r.userId}, ${r.vpa}, ${r.reportedUserId}, ${r.reason}, ${r.text}, ${r.paymentId}, ${r.at})
    on conflict do nothing returning 1`
  if (rows.length === 1) return undefined
  const [before] = await tx<ReportRow[]>`
    select id, user_id, vpa, reported_user_id, reason, text, payment_id, at from reports where id = ${r.id}`
  return before
}

export async function countReports(tx: Tx, userId: string, since: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from reports where user_id = ${userId} and at > ${since}`
  return row!.count
}

/** Newest first. */
export function reportsAbout(sql: Queryable, vpa: string | null, limit: number): Promise<ReportRow[]> {
  return sql<ReportRow[]>`
    select id, user_id, vpa, reported_user_id, reason, text, payment_id, at from reports
    where ${vpa === null ? sql`true` : sql`vpa = ${vpa}`} order by at desc, id desc limit ${limit}`
}

export async function writeHidden(
  sql: Queryable,
  userId: string,
  paymentId: string,
  { hidden, at }: { hidden: boolean; at: Date },
): Promise<void> {
  if (hidden)
    await sql`
      insert into hidden_payments (user_id, payment_id, hidden_at) values (${userId}, ${paymentId}, ${at})
      on conflict do nothing`
  else await sql`delete from hidden_payments where user_id = ${userId} and payment_id = ${paymentId}`
}
