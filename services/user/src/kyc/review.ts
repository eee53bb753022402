// The review of submissions: whoever reviews one sees it alone, each look is an event, and nobody reviews their own.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { decideKycReview, listKycReviews, ReviewView } from '@bahi/contracts/kyc.ts'
import { kycRulesAt, tierRank } from '@bahi/contracts/kyc-rules.ts'
import { holderNamesOf } from '@bahi/contracts/linked-accounts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { cancel, schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { Static } from 'typebox'
import { claimKind, expiryKind, reminderKind } from './due-kinds.ts'
import { markedPage } from './marked-page.ts'
import { nameScore } from './name-match.ts'
import { inDays, type KycDeps } from './save-submission.ts'
import { documentsOf, findSubmission, tierOf, upsertTier } from './store.ts'
import {
  approve,
  askForRevision,
  claimSubmission,
  countSamePan,
  markForRevision,
  proposeApproval,
  reject,
  releaseSubmission,
  reopen,
  reviewOf,
  submissionsIn,
  type Position,
} from './store-reviews.ts'
import { documentView, formView, missingIn, openForm, type SubmissionRow } from './submission.ts'

const defaultLimit = 20
const first: Position = { submittedAt: new Date(0), id: '00000000-0000-0000-0000-000000000000' }

const needsSecond = ({ rejectedBy }: SubmissionRow): boolean => rejectedBy !== null

export async function listReviews(
  deps: KycDeps,
  { status = 'submitted', limit = defaultLimit, after }: Input<typeof listKycReviews>['querystring'],
): Promise<Output<typeof listKycReviews>> {
  const found = await submissionsIn(deps.sql, { status, after: positionOf(after), limit: limit + 1 })
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    reviews: page.map((row) => ({
      ...{ id: row.id, tier: row.tier, status: row.status, name: openForm(deps.seal, row).name },
      submittedAt: row.submittedAt!.toISOString(),
      ...(row.reviewerId === null ? {} : { reviewerId: row.reviewerId }),
      needsSecond: needsSecond(row),
    })),
    ...(found.length > limit && last ? { next: `${last.submittedAt!.getTime()}.${last.id}` } : {}),
  }
}

function positionOf(after: string | undefined): Position {
  const [ms, id] = after?.split('.') ?? []
  if (ms === undefined || id === undefined) return first
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) || Number(ms) > 8_000_000_000_000)
    throw new Problem('request-invalid', '/querystring/after is no cursor')
  return { submittedAt: new Date(Number(ms)), id }
}

/** Throws `not-found`, `not-allowed` for their own and for what they decided before, `wrong-state`. */
export async function claimReview(
  deps: KycDeps,
  reviewerId: string,
  anyCaseId: string,
): Promise<Static<typeof ReviewView>> {
  const id = anyCaseId.toLowerCase()
  const now = deps.clock.now()
  await deps.transaction(async (tx) => {
    const row = await claimSubmission(tx, id, reviewerId, now)
    if (!row) {
      const found = await findSubmission(tx, id)
      // Again by the same reviewer: as before.
      if (found?.status === 'in-review' && found.reviewerId === reviewerId) return
      throw refusalOf(found, reviewerId)
    }
    const dueAt = new Date(now.getTime() + kycRulesAt(now).claimHours * 3_600_000)
    await schedule(tx, [{ kind: claimKind, key: id, dueAt }], { existing: 'reschedule' })
    const data = { userId: row.userId, submissionId: id, reviewerId }
    await deps.append(tx, { type: 'user.kyc-claimed', stream: row.userId, data })
  })
  return showReview(deps, reviewerId, id)
}

function refusalOf(found: SubmissionRow | undefined, reviewerId: string): Problem {
  if (!found || found.status === 'draft') return new Problem('not-found', 'there is no such submission')
  if (found.userId === reviewerId) return new Problem('not-allowed', 'nobody reviews their own submission')
  if (found.status === 'submitted')
    return new Problem('not-allowed', 'somebody who has not decided on it before reviews it')
  return new Problem('wrong-state', `it is ${found.status}`)
}

/** Throws `not-found` for what this reviewer has not claimed. */
export async function showReview(
  deps: KycDeps,
  reviewerId: string,
  anyCaseId: string,
): Promise<Static<typeof ReviewView>> {
  const row = await claimedBy(deps, reviewerId, anyCaseId)
  await recordView(deps, row, reviewerId)
  const form = openForm(deps.seal, row)
  const [documents, samePan, { names }] = await Promise.all([
    documentsOf(deps.sql, row.id),
    countSamePan(deps.sql, row),
    deps.call(holderNamesOf, { params: { userId: row.userId } }),
  ])
  const { nameScore: least } = kycRulesAt(deps.clock.now())
  return {
    ...{ id: row.id, userId: row.userId, tier: row.tier, status: row.status },
    form: { ...formView(form), ...(form.pan === undefined ? {} : { pan: form.pan }) },
    documents: documents.map(documentView),
    submittedAt: row.submittedAt!.toISOString(),
    reviewerId,
    needsSecond: needsSecond(row),
    bankNames: names.map((name) => {
      const score = nameScore(form.name, name)
      return { name, score, isMatch: score >= least }
    }),
    samePan,
  }
}

/** A page as JPEG, marked with the reviewer. Throws `not-found`. */
export async function showPage(
  deps: KycDeps,
  reviewerId: string,
  about: { submissionId: string; documentId: string; page: number },
): Promise<Buffer> {
  const row = await claimedBy(deps, reviewerId, about.submissionId)
  const [documentId, page] = [about.documentId.toLowerCase(), about.page]
  const marked = await markedPage(deps, row, { documentId, page, viewerId: reviewerId })
  await recordView(deps, row, reviewerId, { documentId, page })
  return marked
}

async function claimedBy(deps: KycDeps, reviewerId: string, id: string): Promise<SubmissionRow> {
  const row = await reviewOf(deps.sql, id.toLowerCase(), reviewerId)
  if (!row) throw new Problem('not-found', 'you review no such submission')
  return row
}

/** Before it is shown: what cannot be recorded is not seen. */
function recordView(
  deps: KycDeps,
  { userId, id }: SubmissionRow,
  reviewerId: string,
  of: { documentId?: string; page?: number } = {},
): Promise<void> {
  const data = { userId, submissionId: id, reviewerId, ...of }
  return deps.transaction((tx) => deps.append(tx, { type: 'user.kyc-viewed', stream: userId, data }))
}

/** Throws `not-found`. */
export function releaseReview(deps: KycDeps, reviewerId: string, anyCaseId: string): Promise<void> {
  const id = anyCaseId.toLowerCase()
  return deps.transaction(async (tx) => {
    const row = await releaseSubmission(tx, id, reviewerId)
    if (!row) throw new Problem('not-found', 'you review no such submission')
    await cancel(tx, claimKind, [id])
    const data = { userId: row.userId, submissionId: id, reviewerId }
    await deps.append(tx, { type: 'user.kyc-released', stream: row.userId, data })
  })
}

/** Throws `not-found`, `not-allowed` for their own, `wrong-state`. */
export function reopenReview(
  deps: KycDeps,
  reviewerId: string,
  anyCaseId: string,
  note: string,
): Promise<{ id: string; status: SubmissionRow['status'] }> {
  const id = anyCaseId.toLowerCase()
  return deps.transaction(async (tx) => {
    const row = await reopen(tx, id, reviewerId, deps.clock.now())
    if (!row) throw refusalOf(await findSubmission(tx, id), reviewerId)
    const data = { userId: row.userId, submissionId: id, reviewerId, note }
    await deps.append(tx, { type: 'user.kyc-reopened', stream: row.userId, data })
    return { id, status: row.status }
  })
}

/**
 * Decides what this reviewer has claimed. Throws `not-found` for anything else, `request-invalid` without the reason
 * that is needed, `wrong-state` for an approval of what is not complete.
 */
export function decide(
  deps: KycDeps,
  reviewerId: string,
  anyCaseId: string,
  body: Input<typeof decideKycReview>['body'],
): Promise<Output<typeof decideKycReview>> {
  const id = anyCaseId.toLowerCase()
  const now = deps.clock.now()
  const { decision, documents = [] } = body
  const reason = body.reason ?? null
  return deps.transaction(async (tx) => {
    const row = await reviewOf(tx, id, reviewerId)
    if (!row) throw new Problem('not-found', 'you review no such submission')
    const about = { id, reviewerId, now, reason }
    if (reason === null && (decision !== 'approve' || (await countSamePan(tx, row)) > 0)) throw needsReason()
    if (documents.length > 0 && decision !== 'revise')
      throw new Problem('request-invalid', '/body/documents are sent again in a revision only')
    const isProposal = decision === 'approve' && needsSecond(row) && row.proposedBy === null
    const isDone = await (isProposal
      ? proposeApproval(tx, about)
      : decision === 'approve'
        ? approveAndRaise(deps, tx, row, about)
        : decision === 'reject'
          ? reject(tx, about)
          : askForRevision(tx, about))
    // Another request of the same reviewer was faster.
    if (!isDone) throw new Problem('wrong-state', 'it was decided meanwhile')
    for (const one of documents) await markForRevision(tx, id, one)
    await cancel(tx, claimKind, [id])
    const data = {
      ...{ userId: row.userId, submissionId: id, reviewerId, tier: row.tier },
      kycDecision: isProposal ? ('propose' as const) : decision,
      ...(reason === null ? {} : { note: reason }),
      ...(documents.length > 0 ? { documentKinds: documents.map(({ kind }) => kind) } : {}),
    }
    await deps.append(tx, { type: 'user.kyc-decided', stream: row.userId, data })
    const after = (await findSubmission(tx, id))!
    return { id, status: after.status, needsSecond: isProposal }
  })
}

function needsReason(): Problem {
  const field = { path: '/body/reason', message: 'is needed' }
  return new Problem('request-invalid', `${field.path} ${field.message}`, { fields: [field] })
}

async function approveAndRaise(
  deps: KycDeps,
  tx: Tx,
  row: SubmissionRow,
  about: { id: string; reviewerId: string; now: Date; reason: string | null },
): Promise<boolean> {
  const { now } = about
  const { userId, id, tier } = row
  const rules = kycRulesAt(now)
  const missing = missingIn(rules.tiers[tier], openForm(deps.seal, row), await documentsOf(tx, id))
  if (missing.length > 0) throw new Problem('wrong-state', `missing: ${missing.join(', ')}`)
  const until = inDays(now, rules.tiers[tier].validDays)
  if (!(await approve(tx, about, until))) return false
  await schedule(tx, [
    { kind: expiryKind, key: id, dueAt: until },
    ...rules.remindDays.map((days) => ({
      kind: reminderKind,
      key: `${id} ${days}`,
      dueAt: inDays(until, -days),
    })),
  ])
  const current = await tierOf(tx, userId, now)
  if (current && tierRank[current.tier] > tierRank[tier]) return true
  await upsertTier(tx, { userId, tier, submissionId: id, until })
  const data = { userId, tier, until: until.toISOString(), reason: 'approved' as const }
  await deps.append(tx, { type: 'user.kyc-tier-changed', stream: userId, data })
  return true
}
