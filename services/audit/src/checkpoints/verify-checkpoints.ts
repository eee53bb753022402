// Reads the checkpoints outside the database: each signed, numbered without a gap, bound to the one before.
import type { Blobs } from '@bahi/kit/blobs/blobs.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import type { Head } from '../records/chain.ts'
import type { Fault } from '../records/verify-chain.ts'
import { checkpointName, documentHash, noDocument, readCheckpoint, type CheckpointKey } from './checkpoint.ts'
import { storedCheckpoints } from './store.ts'

export type CheckpointVerdict = {
  /** What the chain must contain. */
  heads: Head[]
  count: number
  /** Of the newest one. */
  newest?: { seq: number; at: string }
  faults: Fault[]
}

/**
 * @param keys those that are trusted, never such as the storage or the database names
 * @param until for a copy of the past: the chain need not contain what was signed later
 */
export async function verifyCheckpoints(
  blobs: Pick<Blobs, 'get' | 'list'>,
  sql: Sql,
  keys: CheckpointKey[],
  until?: Date,
): Promise<CheckpointVerdict> {
  const [heads, faults]: [Head[], Fault[]] = [[], []]
  let [n, seq, previous, at] = [0, 0, noDocument, '']
  for await (const name of namesIn(blobs)) {
    n += 1
    const wrong = (fault: string) => void faults.push({ seq, fault: `checkpoint ${n}: ${fault}` })
    if (name !== checkpointName(n)) {
      wrong('missing')
      n = Number(name.split('/')[1])
    }
    const document = await blobs.get(name).then(
      (blob) => blob?.content.toString('utf8') ?? '',
      () => '',
    )
    const checkpoint = readCheckpoint(document, keys)
    if (!checkpoint) wrong('not signed by a key that is trusted, or changed')
    else if (checkpoint.n !== n) wrong(`it is number ${checkpoint.n}`)
    else if (checkpoint.previous !== previous) wrong('it does not follow the one before')
    else if (checkpoint.seq <= seq || checkpoint.at < at) wrong('it is not after the one before')
    else if (!until || checkpoint.at <= until.toISOString())
      heads.push({ seq: checkpoint.seq, hash: checkpoint.hash })
    if (checkpoint) [seq, at] = [checkpoint.seq, checkpoint.at]
    previous = documentHash(document)
  }
  const known = await storedCheckpoints(sql)
  if (known > n) faults.push({ seq, fault: `checkpoints ${n + 1} to ${known} are missing` })
  return { heads, count: heads.length, ...(at === '' ? {} : { newest: { seq, at } }), faults }
}

async function* namesIn(blobs: Pick<Blobs, 'list'>): AsyncGenerator<string> {
  for (let after: string | undefined; ;) {
    const names = await blobs.list({ under: 'checkpoints', ...(after === undefined ? {} : { after }) })
    yield* names
    after = names.at(-1)
    if (after === undefined) return
  }
}
