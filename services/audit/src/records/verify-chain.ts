// Verifies a chain: finds changed, missing and reordered records. Pure: pages may come from any source.
import { setTimeout as delay } from 'node:timers/promises'
import { genesis, hashOf, type Head, type HashedRecord } from './chain.ts'

export type Fault = { seq: number; fault: string }
export type Verdict = { whole: boolean; records: number; lastHash?: string; faults: Fault[] }

export const maxFaults = 100
/** At most this many broken records are searched for reordering, because the search is cubic. */
const maxDisplaced = 30

/** A record whose hash does not follow from the hash before it. */
type Broken = { record: HashedRecord; previousHash: string }

/**
 * @param head the stored end of the chain; records beyond it are not in the pages
 * @param pages records in the order of `seq`
 * @param checkpoints earlier heads kept outside the database: the chain must still contain each of them
 */
export async function verifyChain(
  head: Head,
  pages: AsyncIterable<HashedRecord[]>,
  checkpoints: Head[] = [],
): Promise<Verdict> {
  const faults: Fault[] = []
  const broken: Broken[] = []
  const expected = new Map(checkpoints.map(({ seq, hash }) => [seq, hash]))
  let last = genesis
  let records = 0

  for await (const page of readAhead(pages)) {
    for (const record of page) {
      records += 1
      if (record.seq === last.seq + 1) {
        if (hashOf(last.hash, record) !== record.hash && broken.length < maxFaults) {
          broken.push({ record, previousHash: last.hash })
        }
      } else if (faults.length < maxFaults) faults.push(gap(last.seq + 1, record.seq - 1))
      const hash = expected.get(record.seq)
      expected.delete(record.seq)
      if (hash && hash !== record.hash) faults.push({ seq: record.seq, fault: 'other than the checkpoint' })
      last = record
    }
  }
  if (last.seq < head.seq) faults.push(gap(last.seq + 1, head.seq))
  else if (last.hash !== head.hash) faults.push({ seq: last.seq, fault: 'other than the head of the chain' })
  for (const seq of expected.keys()) {
    if (seq > head.seq) faults.push({ seq, fault: 'in a checkpoint, but missing: the chain was cut' })
  }
  const all = [...classifyFaults(broken), ...faults].sort((a, b) => a.seq - b.seq)
  return {
    whole: all.length === 0,
    records,
    ...(records > 0 ? { lastHash: last.hash } : {}),
    faults: all.slice(0, maxFaults),
  }
}

/** The next page is read while one is hashed, which keeps this process busy: it is asked for before. */
async function* readAhead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const left = pages[Symbol.asyncIterator]()
  try {
    for (let next = left.next(); ;) {
      const page = await next
      if (page.done) return
      next = left.next()
      // It is awaited only when this page is done: a failure until then is not one that nobody handles.
      next.catch(() => undefined)
      await delay(1)
      yield page.value
    }
  } finally {
    await left.return?.()
  }
}

function gap(from: number, to: number): Fault {
  return { seq: from, fault: from === to ? 'missing' : `missing, and all up to ${to}` }
}

/**
 * Distinguishes moved records from changed ones: a moved record's hash still follows from its old predecessor with its
 * old number. Successors that are broken only because of a move are not faults.
 */
function classifyFaults(broken: Broken[]): Fault[] {
  const searched = broken.slice(0, maxDisplaced)
  const originals = new Map<number, HashedRecord>()
  const originalSeqs = new Map<number, number>()
  for (const { record } of searched) {
    const place = searched.find(
      (other) => other.record.seq !== record.seq && followsAt(record, other, searched),
    )
    if (!place) continue
    originals.set(place.record.seq, record)
    originalSeqs.set(record.seq, place.record.seq)
  }
  return broken.flatMap(({ record, previousHash }): Fault[] => {
    const originalSeq = originalSeqs.get(record.seq)
    if (originalSeq) return [{ seq: record.seq, fault: `reordered: this is record ${originalSeq}` }]
    const before = originals.get(record.seq - 1)?.hash ?? previousHash
    return hashOf(before, record) === record.hash ? [] : [{ seq: record.seq, fault: 'changed' }]
  })
}

/** Whether the record's hash is right with the number of that place. */
function followsAt(record: HashedRecord, place: Broken, searched: Broken[]): boolean {
  const moved = { ...record, seq: place.record.seq }
  const candidates = [place.previousHash, ...searched.map(({ record: other }) => other.hash)]
  return candidates.some((hash) => hashOf(hash, moved) === record.hash)
}
