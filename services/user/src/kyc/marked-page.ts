// A page of a document as whoever sees it gets it: marked with who that is, and when.
import { Problem } from '@bahi/contracts/problem.ts'
import { ownSubmission, type KycDeps } from './save-submission.ts'
import { findDocument } from './store.ts'
import { pageName, type SubmissionRow } from './submission.ts'
import { watermark } from './watermark.ts'

type PageOf = { documentId: string; page: number }

/** As JPEG. Throws `not-found`. @param about its id in lower case */
export async function markedPage(
  deps: KycDeps,
  { id, userId }: SubmissionRow,
  { documentId, page, viewerId }: PageOf & { viewerId: string },
): Promise<Buffer> {
  const document = await findDocument(deps.sql, documentId)
  const hash = document?.pageHashes[page - 1]
  if (document?.submissionId !== id || document.status !== 'readable' || document.replaced || !hash)
    throw new Problem('not-found', 'there is no such page')
  const blob = await deps.blobs?.get(pageName(userId, document.id, page), hash)
  if (!blob) throw new Problem('not-found', 'there is no such page')
  const at = deps.clock.now().toISOString().slice(0, 16).replace('T', ' ')
  return watermark(blob.content, `${viewerId} ${at}`)
}

/** A page of one's own, on record before it is seen. Throws `not-found`, for those of other people alike. */
export async function showOwnPage(
  deps: KycDeps,
  userId: string,
  about: PageOf & { submissionId: string },
): Promise<Buffer> {
  const row = await ownSubmission(deps.sql, userId, about.submissionId)
  const [documentId, page] = [about.documentId.toLowerCase(), about.page]
  const marked = await markedPage(deps, row, { documentId, page, viewerId: userId })
  const data = { userId, submissionId: row.id, documentId, page }
  await deps.transaction((tx) => deps.append(tx, { type: 'user.kyc-own-page-viewed', stream: userId, data }))
  return marked
}
