// Every statement about submissions, their documents and tiers, as their person uses them.
import type { KycFileFault, KycFileStatus } from '@bahi/contracts/kyc.ts'
import type { KycDocumentKind, KycTier } from '@bahi/contracts/kyc-rules.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { DocumentRow, SubmissionRow } from './submission.ts'

export const submissionColumns = (sql: Queryable) => sql`
  id, user_id, tier, status, form_sealed, pan_fingerprint, created_at, changed_at, submitted_at, reviewer_id,
  decided_at, reason, rejected_by, proposed_by, valid_until`

export async function findSubmission(sql: Queryable, id: string): Promise<SubmissionRow | undefined> {
  const [row] = await sql<SubmissionRow[]>`
    select ${submissionColumns(sql)} from kyc_submissions where id = ${id}`
  return row
}

/** The row, locked until the transaction ends. */
export async function lockSubmission(tx: Tx, id: string): Promise<SubmissionRow | undefined> {
  const [row] = await tx<SubmissionRow[]>`
    select ${submissionColumns(tx)} from kyc_submissions where id = ${id} for update`
  return row
}

export async function newestSubmission(sql: Queryable, userId: string): Promise<SubmissionRow | undefined> {
  const [row] = await sql<SubmissionRow[]>`
    select ${submissionColumns(sql)} from kyc_submissions
    where user_id = ${userId} order by created_at desc limit 1`
  return row
}

type Filled = Pick<SubmissionRow, 'id' | 'tier' | 'formSealed' | 'panFingerprint'>

/** Whether it is the person's only open one; unique violation when the id is taken. */
export async function insertSubmission(tx: Tx, s: Filled & { userId: string; now: Date }): Promise<boolean> {
  const { count } = await tx`
    insert into kyc_submissions (id, user_id, tier, status, form_sealed, pan_fingerprint, created_at, changed_at)
    values (${s.id}, ${s.userId}, ${s.tier}, 'draft', ${s.formSealed}, ${s.panFingerprint}, ${s.now}, ${s.now})
    on conflict (user_id) where status in ('draft', 'submitted', 'in-review', 'revision') do nothing`
  return count === 1
}

/** Whether its form may be changed still. */
export async function updateForm(tx: Tx, s: Filled & { now: Date }): Promise<boolean> {
  const { count } = await tx`
    update kyc_submissions set tier = ${s.tier}, form_sealed = ${s.formSealed},
      pan_fingerprint = ${s.panFingerprint}, changed_at = ${s.now}
    where id = ${s.id} and status in ('draft', 'revision')`
  return count === 1
}

export async function markSubmitted(tx: Tx, id: string, now: Date): Promise<boolean> {
  const { count } = await tx`
    update kyc_submissions set status = 'submitted', submitted_at = ${now}, changed_at = ${now}, reason = null,
      decided_at = null
    where id = ${id} and status in ('draft', 'revision')`
  return count === 1
}

/** Its documents go with it. */
export async function deleteUndecided(tx: Tx, id: string): Promise<boolean> {
  const { count } = await tx`
    delete from kyc_submissions where id = ${id} and status in ('draft', 'submitted', 'revision')`
  return count === 1
}

/** Those that no other one has replaced, in the order of their kinds. */
export function documentsOf(sql: Queryable, submissionId: string): Promise<DocumentRow[]> {
  return sql<DocumentRow[]>`
    select id, submission_id, kind, status, fault, sha256, page_hashes, uploaded_at, revision
    from kyc_documents where submission_id = ${submissionId} and not replaced order by kind`
}

export async function allDocumentIds(tx: Tx, submissionId: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`select id from kyc_documents where submission_id = ${submissionId}`
  return rows.map(({ id }) => id)
}

export async function findDocument(
  sql: Queryable,
  id: string,
): Promise<(DocumentRow & { userId: string; replaced: boolean }) | undefined> {
  const [row] = await sql<(DocumentRow & { userId: string; replaced: boolean })[]>`
    select d.id, d.submission_id, d.kind, d.status, d.fault, d.sha256, d.page_hashes, d.uploaded_at, d.revision,
      d.replaced, s.user_id
    from kyc_documents d join kyc_submissions s on s.id = d.submission_id where d.id = ${id}`
  return row
}

/** The ids of those whose place a new one takes. */
export async function replaceDocuments(
  tx: Tx,
  submissionId: string,
  kind: KycDocumentKind,
): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    update kyc_documents set replaced = true
    where submission_id = ${submissionId} and kind = ${kind} and not replaced returning id`
  return rows.map(({ id }) => id)
}

/** Unique violation when the id is taken. */
export async function insertDocument(
  tx: Tx,
  d: Pick<DocumentRow, 'id' | 'submissionId' | 'kind' | 'sha256' | 'uploadedAt'>,
): Promise<void> {
  await tx`
    insert into kyc_documents (id, submission_id, kind, status, sha256, uploaded_at)
    values (${d.id}, ${d.submissionId}, ${d.kind}, 'uploaded', ${d.sha256}, ${d.uploadedAt})`
}

/** Whether it was in the state before; a state is never left twice. */
export async function advanceDocument(
  sql: Queryable,
  id: string,
  step: { from: KycFileStatus; to: KycFileStatus; pageHashes?: string[] },
): Promise<boolean> {
  const { count } = await sql`
    update kyc_documents set status = ${step.to}
      ${step.pageHashes ? sql`, page_hashes = ${step.pageHashes}` : sql``}
    where id = ${id} and status = ${step.from} and not replaced`
  return count === 1
}

export async function refuseDocument(tx: Tx, id: string, fault: KycFileFault): Promise<boolean> {
  const { count } = await tx`
    update kyc_documents set status = 'refused', fault = ${fault}, page_hashes = '{}'
    where id = ${id} and status <> 'readable' and status <> 'refused'`
  return count === 1
}

export type TierRow = { userId: string; tier: KycTier; submissionId: string; until: Date }

export async function tierOf(sql: Queryable, userId: string, now: Date): Promise<TierRow | undefined> {
  const [row] = await sql<TierRow[]>`
    select user_id, tier, submission_id, until from kyc_tiers where user_id = ${userId} and until > ${now}`
  return row
}

export async function upsertTier(tx: Tx, row: TierRow): Promise<void> {
  await tx`
    insert into kyc_tiers (user_id, tier, submission_id, until)
    values (${row.userId}, ${row.tier}, ${row.submissionId}, ${row.until})
    on conflict (user_id) do update
    set tier = excluded.tier, submission_id = excluded.submission_id, until = excluded.until`
}

/** Whether this submission gave the tier that counted. */
export async function endTier(tx: Tx, submissionId: string): Promise<boolean> {
  const { count } = await tx`delete from kyc_tiers where submission_id = ${submissionId}`
  return count === 1
}

export async function markExpired(tx: Tx, id: string): Promise<void> {
  await tx`update kyc_submissions set status = 'expired' where id = ${id} and status = 'approved'`
}
