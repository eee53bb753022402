// Signs the head of the chain from time to time and writes it outside the database, each checkpoint once and for good.
import type { Blobs } from '@bahi/kit/blobs/blobs.ts'
import type { DueHandler } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { readHead } from '../records/store.ts'
import {
  checkpointIn,
  checkpointName,
  documentHash,
  noDocument,
  signCheckpoint,
  type CheckpointSigner,
} from './checkpoint.ts'
import { hashAt, insertCheckpoint, lastCheckpoint, markStored, type StoredCheckpoint } from './store.ts'

export const checkpointKind = 'checkpoint'
export const checkpointKey = 'next'

export type CheckpointDeps = Pick<Deps, 'sql' | 'clock' | 'log'> & { blobs: Blobs; signer: CheckpointSigner }
export type CheckpointInterval = { minutes: number; records: number }

const lookEveryMs = 60_000

/** One item for ever: whichever copy runs it looks whether a checkpoint is due. */
export function checkpointHandler(deps: CheckpointDeps, interval: CheckpointInterval): DueHandler {
  return {
    kind: checkpointKind,
    batchSize: 1,
    async run() {
      const fault = await writeCheckpoint(deps, interval).catch((error: unknown) => (error as Error).message)
      if (fault) deps.log.error({ fault }, 'no checkpoint of the audit chain was written: verify the chain')
      const at = new Date(deps.clock.now().getTime() + lookEveryMs)
      return [{ outcome: 'retry', at, ...(fault ? { error: fault } : {}) }]
    },
  }
}

/**
 * Signs nothing that does not follow from the checkpoint before, and replaces none that is out there. Returns why, when
 * the chain or a checkpoint is another than it was: somebody has changed it.
 */
export async function writeCheckpoint(
  deps: CheckpointDeps,
  { minutes, records }: CheckpointInterval,
): Promise<string | undefined> {
  const last = await lastCheckpoint(deps.sql)
  if (last && !last.storedAt) return storeOutside(deps, last)
  const [head, now] = [await readHead(deps.sql), deps.clock.now()]
  if (last) {
    const outside = (await deps.blobs.get(checkpointName(last.n)))?.content.toString('utf8')
    if (outside !== last.document) return `checkpoint ${last.n} is another than it was, or gone`
    if ((await hashAt(deps.sql, last.seq)) !== checkpointIn(last.document).hash)
      return `record ${last.seq} is another than in checkpoint ${last.n}, or gone`
    if (head.seq < last.seq) return `the head is before checkpoint ${last.n}`
  }
  const isDue =
    now.getTime() - (last?.at.getTime() ?? 0) >= minutes * 60_000 || head.seq - (last?.seq ?? 0) >= records
  if (!isDue || head.seq === (last?.seq ?? 0)) return undefined
  const n = (last?.n ?? 0) + 1
  const previous = last ? documentHash(last.document) : noDocument
  const checkpoint = { n, ...head, at: now.toISOString(), previous }
  const row = { n, seq: head.seq, at: now, document: signCheckpoint(deps.signer, checkpoint) }
  if (!(await insertCheckpoint(deps.sql, row))) return undefined
  return storeOutside(deps, { ...row, storedAt: null })
}

async function storeOutside(
  deps: CheckpointDeps,
  { n, document }: StoredCheckpoint,
): Promise<string | undefined> {
  const name = checkpointName(n)
  const outside = await deps.blobs.get(name)
  if (outside && outside.content.toString('utf8') !== document)
    return `another checkpoint ${n} is there already`
  if (!outside) await deps.blobs.put(name, Buffer.from(document))
  await markStored(deps.sql, n, deps.clock.now())
  return undefined
}
