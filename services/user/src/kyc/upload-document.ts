// Takes a file of a submission: sealed as it came, until due work has scanned and re-encoded it. Nobody sees it before.
import { createHash } from 'node:crypto'
import type { SubmissionView } from '@bahi/contracts/kyc.ts'
import { kycRulesAt, type KycDocumentKind } from '@bahi/contracts/kyc-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { isNewId } from '@bahi/contracts/rules.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { readFileKind } from './due-kinds.ts'
import { deleteFiles, lockPerson, ownSubmission, viewOf, type KycDeps } from './save-submission.ts'
import { findDocument, insertDocument, replaceDocuments } from './store.ts'
import { originalName } from './submission.ts'

/**
 * Repeating it with the same id and content changes nothing. Throws `not-found`, `wrong-state`, `id-reused`,
 * `id-out-of-range`, `rate-limited`, `request-invalid` for an empty file, and `unavailable` where no files are kept.
 */
export async function uploadDocument(
  deps: KycDeps,
  userId: string,
  document: { submissionId: string; id: string; kind: KycDocumentKind },
  bytes: Buffer | undefined,
): Promise<SubmissionView> {
  const { blobs } = deps
  if (!blobs) throw new Problem('unavailable', 'no files are kept here: BAHI_BLOBS is not set')
  if (!bytes?.length) throw new Problem('request-invalid', 'the file is empty')
  const id = document.id.toLowerCase()
  const submissionId = document.submissionId.toLowerCase()
  const { kind } = document
  const now = deps.clock.now()
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const submission = await ownSubmission(deps.sql, userId, submissionId)
  const isSame = async (): Promise<boolean> => {
    const existing = await findDocument(deps.sql, id)
    if (!existing) return false
    if (existing.submissionId !== submissionId || existing.kind !== kind || existing.sha256 !== sha256)
      throw new Problem('id-reused')
    return true
  }
  if (await isSame()) return viewOf(deps, deps.sql, submission)
  if (!isNewId(id, now)) throw new Problem('id-out-of-range', 'mint a new id for a new document')
  refuseUnlessOpen(submission)
  const { filesPerDay } = kycRulesAt(now)
  await deps.takeOfDay(`user:kyc-files:${userId}`, filesPerDay, 'too many files were sent in a day')
  // The name says the content: sending it twice writes the same, and nothing else is ever under this name.
  const name = originalName(userId, id, sha256)
  await blobs.put(name, bytes)
  try {
    return await deps.transaction(async (tx) => {
      await lockPerson(tx, userId)
      const current = await ownSubmission(tx, userId, submissionId)
      refuseUnlessOpen(current)
      await deleteFiles(tx, userId, await replaceDocuments(tx, submissionId, kind), now)
      await insertDocument(tx, { id, submissionId, kind, sha256, uploadedAt: now })
      await schedule(tx, [{ kind: readFileKind, key: id, dueAt: now }])
      return viewOf(deps, tx, current)
    })
  } catch (error) {
    if (await isSame()) return viewOf(deps, deps.sql, submission)
    await blobs.delete(name)
    throw error
  }
}

function refuseUnlessOpen({ status }: { status: string }): void {
  if (status !== 'draft' && status !== 'revision')
    throw new Problem('wrong-state', 'it is submitted, and cannot be changed')
}
