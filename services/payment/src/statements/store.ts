// The rows of statements, and the payments that they are of.
import type { Language } from '@bahi/contracts/formats.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import type { StatementFormat, StatementStatus } from '@bahi/contracts/statements.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { StatementRow } from './table.ts'

export type Statement = {
  id: string
  userId: string
  accountId: string | null
  fromOn: IstDate
  toOn: IstDate
  format: StatementFormat
  language: Language
  status: StatementStatus
  done: number
  total: number
  createdAt: Date
  madeAt: Date | null
  expiresAt: Date | null
  sha256: string | null
  auditHash: string | null
  /** As it is printed; null before it is made, and of all accounts. */
  accountMasked: string | null
}

export async function findStatement(sql: Queryable, id: string): Promise<Statement | undefined> {
  const [row] = await sql<Statement[]>`
    select id, user_id, account_id, from_on::text, to_on::text, format, language, status, done, total, created_at,
      made_at, expires_at, sha256, audit_hash, account_masked
    from statements where id = ${id}`
  return row
}

/** Unique violation when the id is taken. */
export async function insertStatement(tx: Tx, s: Statement): Promise<void> {
  await tx`
    insert into statements (id, user_id, account_id, from_on, to_on, format, language, status, created_at)
    values (${s.id}, ${s.userId}, ${s.accountId}, ${s.fromOn}, ${s.toOn}, ${s.format}, ${s.language}, ${s.status},
      ${s.createdAt})`
}

export async function countSince(tx: Tx, userId: string, since: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from statements where user_id = ${userId} and created_at > ${since}`
  return row!.count
}

/** The first day of which all payments are here; undefined when nothing is in an archive. A month ends in UTC. */
export async function firstDayHere(sql: Queryable): Promise<IstDate | undefined> {
  const [row] = await sql<{ day: IstDate | null }[]>`
    select (max(month) + interval '1 month 1 day')::date::text as day from archived_months`
  return row?.day ?? undefined
}

export async function updateProgress(sql: Queryable, id: string, done: number, total: number): Promise<void> {
  await sql`update statements set done = ${done}, total = ${total} where id = ${id} and status = 'waiting'`
}

type Made = {
  madeAt: Date
  expiresAt: Date
  sha256: string
  auditHash: string
  accountMasked: string | null
  rows: number
}

/** Whether it was waiting still. */
export async function markReady(tx: Tx, id: string, made: Made): Promise<boolean> {
  const { count } = await tx`
    update statements set status = 'ready', done = ${made.rows}, total = ${made.rows}, made_at = ${made.madeAt},
      expires_at = ${made.expiresAt}, sha256 = ${made.sha256}, audit_hash = ${made.auditHash},
      account_masked = ${made.accountMasked}
    where id = ${id} and status = 'waiting'`
  return count === 1
}

export async function markFailed(tx: Tx, id: string): Promise<void> {
  await tx`update statements set status = 'failed' where id = ${id} and status = 'waiting'`
}

export async function markExpired(tx: Tx, id: string): Promise<void> {
  await tx`update statements set status = 'expired' where id = ${id} and status = 'ready'`
}

export type StatementRange = { userId: string; accountId: string | null; from: Date; to: Date }

/** Settled, both ways; what somebody paid to themselves is there once for each of their accounts. */
function settledOf(sql: Queryable, { userId, accountId, from, to }: StatementRange) {
  return sql`
    select id, created_at as at, 'debit' as direction, payee_name as name, payee_vpa as vpa, note, rrn, amount_paise,
      payer_masked as masked
    from payments
    where payer_user_id = ${userId} and created_at >= ${from} and created_at < ${to} and status = 'settled'
      and (${accountId}::uuid is null or payer_account_id = ${accountId})
    union all
    select id, created_at, 'credit', payer_name, payer_vpa, note, rrn, amount_paise, payee_masked
    from payments
    where payee_user_id = ${userId} and created_at >= ${from} and created_at < ${to} and status = 'settled'
      and (${accountId}::uuid is null or payee_account_id = ${accountId})`
}

export async function countSettled(sql: Queryable, range: StatementRange): Promise<number> {
  const [row] = await sql<{ count: number }[]>`select count(*) as count from (${settledOf(sql, range)}) as p`
  return row!.count
}

export type StatementPosition = { at: Date; id: string; direction: 'debit' | 'credit' }
export type SettledRow = StatementRow & { masked: string | null }

/** Oldest first, after a position. */
export async function settledAfter(
  sql: Queryable,
  range: StatementRange,
  after: StatementPosition,
  limit: number,
): Promise<SettledRow[]> {
  const rows = await sql<(Omit<SettledRow, 'note'> & { note: string | null })[]>`
    select id, at, direction, name, vpa, note, rrn, amount_paise, masked from (${settledOf(sql, range)}) as p
    where (at, id, direction) > (${after.at}, ${after.id}::uuid, ${after.direction})
    order by at, id, direction limit ${limit}`
  return rows.map(({ note, ...row }) => ({ ...row, ...(note === null ? {} : { note }) }))
}
