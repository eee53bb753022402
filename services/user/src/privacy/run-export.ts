// The due work of copies of personal data: asks every service for its part, seals the file, deletes it when it expires.
import { createHash } from 'node:crypto'
import {
  exportRules,
  personalDataInAccount,
  personalDataInAuth,
  personalDataInNotification,
  personalDataInPayment,
} from '@bahi/contracts/personal-export.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import { maxBlobBytes } from '@bahi/kit/blobs/blobs.ts'
import { makePersonKeys, sealUnder } from '@bahi/kit/crypto/person-keys.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { inDays, viewOf as submissionOf } from '../kyc/save-submission.ts'
import { findSubmission } from '../kyc/store.ts'
import { getOwnProfile } from '../profiles/get-profiles.ts'
import { toContact } from '../contacts/contact.ts'
import { allContacts } from '../contacts/store.ts'
import { savedViewsOf } from '../saved-views/saved-views.ts'
import { findExport, markExpired, markFailed, markReady, submissionIds } from './store.ts'

export const exportKind = 'export'
/** Key: a copy; payload: its person. */
const deletionKind = 'export-deletion'

/** Of the sealing: IV, tag and format. */
const sealedBytes = 64

export const exportName = (userId: string, id: string): string => `exports/${userId}/${id}`

type RunDeps = Pick<Deps, 'sql' | 'transaction' | 'clock' | 'call' | 'seal' | 'blobs'>

export function exportHandlers(deps: RunDeps): DueHandler<never>[] {
  const make: DueHandler = {
    kind: exportKind,
    batchSize: 2,
    run: runEach(({ key }) => makeExport(deps, key)),
  }
  const remove: DueHandler<{ userId: string }> = {
    kind: deletionKind,
    run: runEach(async ({ key, payload }) => {
      if (!deps.blobs) return { outcome: 'retry', error: 'no files are kept here' }
      await deps.blobs.delete(exportName(payload.userId, key))
      return { outcome: 'done', commit: (tx) => markExpired(tx, key) }
    }),
  }
  return [make, remove] as DueHandler<never>[]
}

export function deleteExportFiles(
  tx: Tx,
  copies: { id: string; userId: string }[],
  dueAt: Date,
): Promise<void> {
  const items = copies.map(({ id, userId }) => ({ kind: deletionKind, key: id, dueAt, payload: { userId } }))
  return schedule(tx, items, { existing: 'reschedule' })
}

async function makeExport(deps: RunDeps, id: string): Promise<DueResult> {
  const row = await findExport(deps.sql, id)
  if (row?.status !== 'waiting') return { outcome: 'done' }
  if (!deps.blobs) return { outcome: 'retry', error: 'no files are kept here' }
  const { userId } = row
  const now = deps.clock.now()
  const { maxRows, keepDays } = rulesAt(exportRules, now)
  const content = Buffer.from(JSON.stringify(await dataOf(deps, userId, maxRows), undefined, 2))
  if (content.length > maxBlobBytes - sealedBytes)
    return { outcome: 'done', commit: (tx) => markFailed(tx, id) }
  const keys = await deps.transaction((tx) => makePersonKeys(tx, deps.seal, [userId]))
  const key = keys.get(userId)
  // Erased meanwhile.
  if (!key) return { outcome: 'done' }
  const name = exportName(userId, id)
  await deps.blobs.put(name, sealUnder(key, content, [name]))
  const sha256 = createHash('sha256').update(content).digest('hex')
  const expiresAt = inDays(now, keepDays)
  return {
    outcome: 'done',
    async commit(tx) {
      // Closed meanwhile: the file goes at once.
      const isWanted = await markReady(tx, id, { sha256, expiresAt })
      await deleteExportFiles(tx, [{ id, userId }], isWanted ? expiresAt : now)
      if (!isWanted) return
      const data = { userId, exportId: id, sha256, until: expiresAt.toISOString() }
      await appendEvents(tx, now, [{ type: 'user.export-made', stream: userId, data }])
    },
  }
}

/** Each service answers for this person alone; one that does not answer has it tried again. */
async function dataOf(deps: RunDeps, userId: string, maxRows: number) {
  const input = { params: { userId }, querystring: { maxRows } }
  const profile = await getOwnProfile(deps, userId)
  const kyc = []
  for (const id of await submissionIds(deps.sql, userId)) {
    const row = await findSubmission(deps.sql, id)
    if (row) kyc.push(await submissionOf(deps, deps.sql, row))
  }
  const parts = [
    await deps.call(personalDataInAuth, input),
    await deps.call(personalDataInAccount, input),
    await deps.call(personalDataInPayment, input),
    await deps.call(personalDataInNotification, input),
  ]
  return {
    format: 'bahi personal data 1',
    madeAt: deps.clock.now().toISOString(),
    /** Of payments, messages and the like: no more than the newest so many. */
    maxRows,
    profile,
    kyc,
    contacts: (await allContacts(deps.sql, userId)).map((row) => toContact(deps.seal, row)),
    savedViews: await savedViewsOf(deps, deps.sql, userId),
    ...Object.assign({}, ...parts.map(({ data }) => data)),
  } as Record<string, unknown>
}
