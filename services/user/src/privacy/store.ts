// Every statement about erasures and copies of personal data.
import type { ExportView } from '@bahi/contracts/personal-export.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type ErasureRow = {
  userId: string
  state: 'waiting' | 'closed' | 'erased'
  requestedAt: Date
  closesAt: Date
  erasesAt: Date | null
}

export async function findErasure(sql: Queryable, userId: string): Promise<ErasureRow | undefined> {
  const [row] = await sql<ErasureRow[]>`
    select user_id, state, requested_at, closes_at, erases_at from erasures where user_id = ${userId}`
  return row
}

/** False when there is one. */
export async function insertErasure(
  tx: Tx,
  userId: string,
  at: { now: Date; closesAt: Date },
): Promise<boolean> {
  const { count } = await tx`
    insert into erasures (user_id, state, requested_at, closes_at)
    values (${userId}, 'waiting', ${at.now}, ${at.closesAt}) on conflict (user_id) do nothing`
  return count === 1
}

/** False once the account has ended, and when there is none. */
export async function deleteErasure(tx: Tx, userId: string): Promise<boolean> {
  const { count } = await tx`delete from erasures where user_id = ${userId} and state = 'waiting'`
  return count === 1
}

/** It can be cancelled again too. False when it was cancelled meanwhile. */
export async function postponeErasure(tx: Tx, userId: string, closesAt: Date): Promise<boolean> {
  const { count } = await tx`
    update erasures set state = 'waiting', closes_at = ${closesAt}, closed_at = null, erases_at = null
    where user_id = ${userId} and state <> 'erased'`
  return count === 1
}

/** From here on it cannot be cancelled. False when it was, and when it has been before. */
export async function markClosed(
  sql: Queryable,
  userId: string,
  at: { now: Date; erasesAt: Date },
): Promise<boolean> {
  const { count } = await sql`
    update erasures set state = 'closed', closed_at = ${at.now}, erases_at = ${at.erasesAt}
    where user_id = ${userId} and state = 'waiting'`
  return count === 1
}

export async function markErased(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const { count } = await tx`
    update erasures set state = 'erased', erased_at = ${now} where user_id = ${userId} and state = 'closed'`
  return count === 1
}

/** What others saved under the person's UPI IDs leads nowhere any more: it goes too. */
export async function deleteContacts(tx: Tx, userId: string, vpas: string[]): Promise<void> {
  await tx`delete from contacts where user_id = ${userId}`
  await tx`delete from contacts where vpa = any (${vpas})`
}

export async function deleteProfile(tx: Tx, userId: string): Promise<void> {
  await tx`delete from profiles where user_id = ${userId}`
}

/** So that nobody is reminded of its end. */
export async function deleteTier(tx: Tx, userId: string): Promise<void> {
  await tx`delete from kyc_tiers where user_id = ${userId}`
}

/** Whether something of theirs waits for a decision. */
export async function isBeingReviewed(sql: Queryable, userId: string): Promise<boolean> {
  const rows = await sql`
    select from kyc_submissions where user_id = ${userId} and status in ('submitted', 'in-review')`
  return rows.length > 0
}

/** The ids of all their documents, whose files are left to delete. */
export async function deleteKyc(tx: Tx, userId: string): Promise<string[]> {
  const documents = await tx<{ id: string }[]>`
    select d.id from kyc_documents d join kyc_submissions s on s.id = d.submission_id where s.user_id = ${userId}`
  await tx`delete from kyc_tiers where user_id = ${userId}`
  await tx`delete from kyc_documents where id = any (${documents.map(({ id }) => id)}::uuid[])`
  await tx`delete from kyc_submissions where user_id = ${userId}`
  return documents.map(({ id }) => id)
}

export async function submissionIds(sql: Queryable, userId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from kyc_submissions where user_id = ${userId} order by created_at`
  return rows.map(({ id }) => id)
}

export type ExportRow = {
  id: string
  userId: string
  status: ExportView['status']
  requestedAt: Date
  expiresAt: Date | null
  sha256: string | null
}

export async function findExport(sql: Queryable, id: string): Promise<ExportRow | undefined> {
  const [row] = await sql<ExportRow[]>`
    select id, user_id, status, requested_at, expires_at, sha256 from exports where id = ${id}`
  return row
}

export function exportsOf(sql: Queryable, userId: string, limit: number): Promise<ExportRow[]> {
  return sql<ExportRow[]>`
    select id, user_id, status, requested_at, expires_at, sha256 from exports
    where user_id = ${userId} order by requested_at desc, id desc limit ${limit}`
}

export async function countExports(tx: Tx, userId: string, since: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from exports where user_id = ${userId} and requested_at > ${since}`
  return row!.count
}

/** Unique violation when the id is taken. */
export async function insertExport(tx: Tx, id: string, userId: string, now: Date): Promise<void> {
  await tx`
    insert into exports (id, user_id, status, requested_at) values (${id}, ${userId}, 'waiting', ${now})`
}

export async function markReady(
  tx: Tx,
  id: string,
  made: { sha256: string; expiresAt: Date },
): Promise<boolean> {
  const { count } = await tx`
    update exports set status = 'ready', sha256 = ${made.sha256}, expires_at = ${made.expiresAt}
    where id = ${id} and status = 'waiting'`
  return count === 1
}

export async function markFailed(tx: Tx, id: string): Promise<void> {
  await tx`update exports set status = 'failed' where id = ${id} and status = 'waiting'`
}

export async function markExpired(tx: Tx, id: string): Promise<void> {
  await tx`update exports set status = 'expired' where id = ${id} and status = 'ready'`
}

/** What files are left to delete. */
export function deleteExports(tx: Tx, userId: string): Promise<{ id: string; userId: string }[]> {
  return tx<{ id: string; userId: string }[]>`
    delete from exports where user_id = ${userId} returning id, user_id`
}
