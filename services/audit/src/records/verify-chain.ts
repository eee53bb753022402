// Proves a chain from its pages: finds changed, missing and reordered records. Pure: pages come from anywhere.
import { genesis, hashOf, type Head, type LinkedRecord } from './chain.ts'

export type Fault = { seq: number; fault: string }
export type Verdict = { whole: boolean; records: number; lastHash?: string; faults: Fault[] }

export const maxFaults = 100
/** Records out of place among which a place for each is searched; the search is cubic. */
const maxDisplaced = 30

/** A record whose hash does not follow, with the hash that stood before it. */
type Broken = { record: LinkedRecord; previousHash: string }

/**
 * @param head where the chain says that it ends; records beyond it are not in the pages
 * @param pages records in the order of `seq`
 * @param noted heads that were noted down outside earlier: the chain must still lead through each of them
 */
export async function verify(
  head: Head,
  pages: AsyncIterable<LinkedRecord[]>,
  noted: Head[] = [],
): Promise<Verdict> {
  const faults: Fault[] = []
  const broken: Broken[] = []
  const expected = new Map(noted.map((one) => [one.seq, one.hash]))
  let last = genesis
  let records = 0

  for await (const page of pages) {
    for (const record of page) {
      records += 1
      if (record.seq === last.seq + 1) {
        if (hashOf(last.hash, record) !== record.hash && broken.length < maxFaults) {
          broken.push({ record, previousHash: last.hash })
        }
      } else if (faults.length < maxFaults) faults.push(gap(last.seq + 1, record.seq - 1))
      const hash = expected.get(record.seq)
      expected.delete(record.seq)
      if (hash && hash !== record.hash)
        faults.push({ seq: record.seq, fault: 'other than the hash noted down' })
      last = record
    }
  }
  if (last.seq < head.seq) faults.push(gap(last.seq + 1, head.seq))
  else if (last.hash !== head.hash) faults.push({ seq: last.seq, fault: 'other than the head of the chain' })
  for (const seq of expected.keys()) {
    if (seq > head.seq) faults.push({ seq, fault: 'noted down, and missing now: the chain was cut' })
  }
  const all = [...explain(broken), ...faults].sort((a, b) => a.seq - b.seq)
  return {
    whole: all.length === 0,
    records,
    ...(records > 0 ? { lastHash: last.hash } : {}),
    faults: all.slice(0, maxFaults),
  }
}

function gap(from: number, to: number): Fault {
  return { seq: from, fault: from === to ? 'missing' : `missing, and all up to ${to}` }
}

/**
 * Tells records that were moved from records that were changed: a moved one still follows from its old neighbour under
 * its old number. Neighbours that only look broken because of a move are no faults.
 */
function explain(broken: Broken[]): Fault[] {
  const searched = broken.slice(0, maxDisplaced)
  const homes = new Map<number, LinkedRecord>()
  const moved = new Map<number, number>()
  for (const { record } of searched) {
    const home = searched.find((place) => place.record.seq !== record.seq && belongs(record, place, searched))
    if (!home) continue
    homes.set(home.record.seq, record)
    moved.set(record.seq, home.record.seq)
  }
  return broken.flatMap(({ record, previousHash }): Fault[] => {
    const home = moved.get(record.seq)
    if (home) return [{ seq: record.seq, fault: `reordered: this is record ${home}` }]
    const before = homes.get(record.seq - 1)?.hash ?? previousHash
    return hashOf(before, record) === record.hash ? [] : [{ seq: record.seq, fault: 'changed' }]
  })
}

function belongs(record: LinkedRecord, place: Broken, searched: Broken[]): boolean {
  const there = { ...record, seq: place.record.seq }
  const candidates = [place.previousHash, ...searched.map((one) => one.record.hash)]
  return candidates.some((hash) => hashOf(hash, there) === record.hash)
}
