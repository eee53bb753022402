// The due work of a file: scanned, re-encoded, its original deleted, readable. Each step is taken once, from any state.
import type { KycFileFault } from '@bahi/contracts/kyc.ts'
import { kycRulesAt } from '@bahi/contracts/kyc-rules.ts'
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Blobs } from '@bahi/kit/blobs/blobs.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { deleteFilesKind, readFileKind } from './due-kinds.ts'
import type { ReadFile } from './read-file.ts'
import { deleteFiles } from './save-submission.ts'
import type { Scan } from './scan.ts'
import { advanceDocument, findDocument, refuseDocument } from './store.ts'
import { blobsOf, originalName, pageName } from './submission.ts'

type FileDeps = Pick<Deps, 'sql' | 'clock' | 'blobs'> & { readFile: ReadFile; scan: Scan | undefined }
type Found = NonNullable<Awaited<ReturnType<typeof findDocument>>>

/** Files are held in memory. */
const atOnce = 2
/** After which a file over which the reader exits is refused: once may have been a stop of the service. */
const maxExits = 2

export function fileHandlers(deps: FileDeps): DueHandler<never>[] {
  const read: DueHandler = {
    kind: readFileKind,
    batchSize: atOnce,
    run: runEach(async ({ key, attempts }) => {
      const found = await findDocument(deps.sql, key)
      if (!found || found.replaced) return { outcome: 'done' }
      if (!deps.blobs) return { outcome: 'retry', error: 'no files are kept here' }
      return processFile({ ...deps, blobs: deps.blobs }, found, attempts)
    }),
  }
  const remove: DueHandler<{ userId: string }> = {
    kind: deleteFilesKind,
    run: runEach(async ({ key, payload }) => {
      if (!deps.blobs) return { outcome: 'retry', error: 'no files are kept here' }
      for (const name of await deps.blobs.list({ under: blobsOf(payload.userId, key) }))
        await deps.blobs.delete(name)
      return { outcome: 'done' }
    }),
  }
  return [read, remove] as DueHandler<never>[]
}

async function processFile(
  deps: FileDeps & { blobs: Blobs },
  document: Found,
  attempts: number,
): Promise<DueResult> {
  const { id, userId, sha256 } = document
  const original = originalName(userId, id, sha256)
  const step = (from: Found['status'], to: Found['status'], pageHashes?: string[]) =>
    advanceDocument(deps.sql, id, { from, to, ...(pageHashes ? { pageHashes } : {}) })
  if (document.status === 'uploaded' || document.status === 'scanned') {
    const content = (await deps.blobs.get(original, sha256))?.content
    if (!content) return { outcome: 'retry', error: 'the file is not there' }
    if (document.status === 'uploaded') {
      if ((await deps.scan?.(content)) === 'infected') return refuse(document, 'infected')
      if (!(await step('uploaded', 'scanned'))) return { outcome: 'done' }
    }
    const { maxPixels, maxPages } = kycRulesAt(deps.clock.now())
    const result = await deps.readFile(content, { maxPixels, maxPages })
    if ('died' in result && result.died === 'exited' && attempts < maxExits)
      return { outcome: 'retry', error: 'the reader exited' }
    if ('fault' in result) return refuse(document, result.fault)
    const hashes: string[] = []
    for (const [at, page] of result.pages.entries())
      hashes.push((await deps.blobs.put(pageName(userId, id, at + 1), page)).sha256)
    // Replaced or withdrawn meanwhile: what was written goes too.
    if (!(await step('scanned', 're-encoded', hashes)))
      return { outcome: 'done', commit: (tx) => deleteFiles(tx, userId, [id], deps.clock.now()) }
  }
  await deps.blobs.delete(original)
  await step('re-encoded', 'readable')
  return { outcome: 'done' }

  function refuse({ submissionId, kind }: Found, fault: KycFileFault): DueResult {
    return {
      outcome: 'done',
      async commit(tx) {
        if (!(await refuseDocument(tx, id, fault))) return
        const now = deps.clock.now()
        await deleteFiles(tx, userId, [id], now)
        const data = { userId, submissionId, documentKind: kind, reason: fault }
        await appendEvents(tx, now, [{ type: 'user.kyc-file-refused', stream: userId, data }])
      },
    }
  }
}
