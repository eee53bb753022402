// Every statement about the review of submissions. Who may do what is in the statement itself.
import type { KycStatus } from '@bahi/contracts/kyc.ts'
import type { KycDocumentKind } from '@bahi/contracts/kyc-rules.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import { submissionColumns } from './store.ts'
import type { SubmissionRow } from './submission.ts'

export type Position = { submittedAt: Date; id: string }

/** Those that wait longest first, after a position. */
export function submissionsIn(
  sql: Queryable,
  { status, after, limit }: { status: KycStatus; after: Position; limit: number },
): Promise<SubmissionRow[]> {
  return sql<SubmissionRow[]>`
    select ${submissionColumns(sql)} from kyc_submissions
    where status = ${status} and submitted_at is not null
      and (submitted_at, id) > (${after.submittedAt}, ${after.id}::uuid)
    order by submitted_at, id limit ${limit}`
}

/** Undefined when it does not wait, is the reviewer's own, or was rejected or first approved by them. */
export async function claimSubmission(
  tx: Tx,
  id: string,
  reviewerId: string,
  now: Date,
): Promise<SubmissionRow | undefined> {
  const [row] = await tx<SubmissionRow[]>`
    update kyc_submissions set status = 'in-review', reviewer_id = ${reviewerId}, changed_at = ${now}
    where id = ${id} and status = 'submitted' and user_id <> ${reviewerId}
      and rejected_by is distinct from ${reviewerId} and proposed_by is distinct from ${reviewerId}
    returning ${submissionColumns(tx)}`
  return row
}

export async function reviewOf(
  sql: Queryable,
  id: string,
  reviewerId: string,
): Promise<SubmissionRow | undefined> {
  const [row] = await sql<SubmissionRow[]>`
    select ${submissionColumns(sql)} from kyc_submissions
    where id = ${id} and status = 'in-review' and reviewer_id = ${reviewerId}`
  return row
}

/** The row as it was. @param reviewerId left out: whoever has it */
export async function releaseSubmission(
  tx: Tx,
  id: string,
  reviewerId?: string,
): Promise<SubmissionRow | undefined> {
  const [before] = await tx<SubmissionRow[]>`
    select ${submissionColumns(tx)} from kyc_submissions
    where id = ${id} and status = 'in-review'
      and reviewer_id = coalesce(${reviewerId ?? null}::uuid, reviewer_id)
    for update`
  if (!before) return undefined
  await tx`update kyc_submissions set status = 'submitted', reviewer_id = null where id = ${id}`
  return before
}

type Decision = { id: string; reviewerId: string; now: Date; reason: string | null }

/** Approved by the first of two. */
export async function proposeApproval(tx: Tx, { id, reviewerId, now }: Decision): Promise<boolean> {
  const { count } = await tx`
    update kyc_submissions set status = 'submitted', proposed_by = ${reviewerId}, reviewer_id = null,
      changed_at = ${now}
    where id = ${id} and status = 'in-review' and reviewer_id = ${reviewerId}
      and rejected_by is not null and rejected_by <> ${reviewerId} and proposed_by is null`
  return count === 1
}

export async function approve(tx: Tx, { id, reviewerId, now }: Decision, until: Date): Promise<boolean> {
  const { count } = await tx`
    update kyc_submissions set status = 'approved', decided_by = ${reviewerId}, decided_at = ${now},
      changed_at = ${now}, reviewer_id = null, reason = null, valid_until = ${until}
    where id = ${id} and status = 'in-review' and reviewer_id = ${reviewerId} and user_id <> ${reviewerId}
      and (rejected_by is null or (rejected_by <> ${reviewerId} and proposed_by <> ${reviewerId}))`
  return count === 1
}

export async function reject(tx: Tx, { id, reviewerId, now, reason }: Decision): Promise<boolean> {
  const { count } = await tx`
    update kyc_submissions set status = 'rejected', decided_by = ${reviewerId}, decided_at = ${now},
      changed_at = ${now}, reviewer_id = null, reason = ${reason}, rejected_by = ${reviewerId}, proposed_by = null
    where id = ${id} and status = 'in-review' and reviewer_id = ${reviewerId} and user_id <> ${reviewerId}`
  return count === 1
}

export async function askForRevision(tx: Tx, { id, reviewerId, now, reason }: Decision): Promise<boolean> {
  const { count } = await tx`
    update kyc_submissions set status = 'revision', decided_by = ${reviewerId}, decided_at = ${now},
      changed_at = ${now}, reviewer_id = null, reason = ${reason}, proposed_by = null
    where id = ${id} and status = 'in-review' and reviewer_id = ${reviewerId} and user_id <> ${reviewerId}`
  return count === 1
}

export async function markForRevision(
  tx: Tx,
  submissionId: string,
  { kind, reason }: { kind: KycDocumentKind; reason: string },
): Promise<void> {
  await tx`
    update kyc_documents set revision = ${reason}
    where submission_id = ${submissionId} and kind = ${kind} and not replaced`
}

/** Undefined unless it is rejected, not the reviewer's own, and no other one of the person is open. */
export async function reopen(
  tx: Tx,
  id: string,
  reviewerId: string,
  now: Date,
): Promise<SubmissionRow | undefined> {
  const [row] = await tx<SubmissionRow[]>`
    update kyc_submissions s set status = 'submitted', changed_at = ${now}, reason = null, decided_at = null
    where id = ${id} and status = 'rejected' and user_id <> ${reviewerId}
      and not exists (
        select from kyc_submissions o
        where o.user_id = s.user_id and o.status in ('draft', 'submitted', 'in-review', 'revision'))
    returning ${submissionColumns(tx)}`
  return row
}

/** Other people who were approved with a PAN. */
export async function countSamePan(
  sql: Queryable,
  { panFingerprint, userId }: Pick<SubmissionRow, 'panFingerprint' | 'userId'>,
): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(distinct user_id) as count from kyc_submissions
    where pan_fingerprint = ${panFingerprint} and status = 'approved' and user_id <> ${userId}`
  return row!.count
}
