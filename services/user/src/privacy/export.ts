// A person asks for a copy of their data, sees whether it is made, and fetches it.
import { exportRules, type ExportView } from '@bahi/contracts/personal-export.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { isNewId, rulesAt } from '@bahi/contracts/rules.ts'
import { openUnder, findPersonKeys } from '@bahi/kit/crypto/person-keys.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { inDays, lockPerson } from '../kyc/save-submission.ts'
import { exportKind, exportName } from './run-export.ts'
import { countExports, exportsOf, findExport, insertExport, type ExportRow } from './store.ts'

export type ExportDeps = Pick<Deps, 'sql' | 'transaction' | 'append' | 'clock' | 'blobs' | 'seal'>

const maxListed = 20

export async function listExports(deps: ExportDeps, userId: string): Promise<{ exports: ExportView[] }> {
  const now = deps.clock.now()
  return { exports: (await exportsOf(deps.sql, userId, maxListed)).map((row) => viewOf(row, now)) }
}

/**
 * The copy, which due work makes; again it is the same one. Throws `id-reused`, `id-out-of-range`, `rate-limited`, and
 * `unavailable` where no files are kept.
 */
export async function requestExport(
  deps: ExportDeps,
  userId: string,
  anyCaseId: string,
): Promise<ExportView> {
  if (!deps.blobs) throw new Problem('unavailable', 'no files are kept here: BAHI_BLOBS is not set')
  const id = anyCaseId.toLowerCase()
  const now = deps.clock.now()
  const same = (row: ExportRow): ExportView => {
    if (row.userId !== userId) throw new Problem('id-reused')
    return viewOf(row, now)
  }
  const before = await findExport(deps.sql, id)
  if (before) return same(before)
  if (!isNewId(id, now)) throw new Problem('id-out-of-range', 'mint a new id for a new copy')
  const { perDay } = rulesAt(exportRules, now)
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      // The person's lock: no two of their copies are counted at once.
      await lockPerson(tx, userId)
      const stored = await findExport(tx, id)
      if (stored) return same(stored)
      if ((await countExports(tx, userId, inDays(now, -1))) >= perDay)
        throw new Problem('rate-limited', `${perDay} copies can be made in a day`)
      await insertExport(tx, id, userId, now)
      await schedule(tx, [{ kind: exportKind, key: id, dueAt: now }])
      const data = { userId, exportId: id }
      await deps.append(tx, { type: 'user.export-requested', stream: userId, data })
      return viewOf((await findExport(tx, id))!, now)
    }),
  )
}

/**
 * Each time is on record before it is answered. Throws `not-found`, for a copy of other people alike, and
 * `wrong-state` for one that is not ready or has expired.
 */
export async function exportFile(deps: ExportDeps, userId: string, anyCaseId: string): Promise<Buffer> {
  const id = anyCaseId.toLowerCase()
  const row = await findExport(deps.sql, id)
  if (row?.userId !== userId) throw new Problem('not-found', 'there is no such copy')
  const { status } = viewOf(row, deps.clock.now())
  if (status !== 'ready') throw new Problem('wrong-state', `the copy is ${status}`)
  const key = (await findPersonKeys(deps.sql, deps.seal, [userId])).get(userId)
  const blob = key && (await deps.blobs?.get(exportName(userId, id)))
  if (!blob) throw new Problem('unavailable', 'the file cannot be read now')
  const content = openUnder(key, blob.content, [exportName(userId, id)])
  await deps.transaction((tx) =>
    deps.append(tx, { type: 'user.export-fetched', stream: userId, data: { userId, exportId: id } }),
  )
  return content
}

function viewOf({ id, status, requestedAt, expiresAt, sha256 }: ExportRow, now: Date): ExportView {
  const isOver = status === 'ready' && expiresAt !== null && expiresAt <= now
  return {
    ...{ id, status: isOver ? 'expired' : status, requestedAt: requestedAt.toISOString() },
    ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }),
    ...(sha256 === null ? {} : { sha256 }),
  }
}
