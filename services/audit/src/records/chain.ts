// The hash chain: each record's hash covers the record and the hash before it, so a changed record breaks the chain.
import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

export type ChainRecord = {
  seq: number
  eventId: string
  source: string
  type: string
  subject: string
  version: number
  at: Date
  /** Canonical JSON of the event's data. */
  dataText: string
}
export type HashedRecord = ChainRecord & { hash: string }

/** The end of the chain: the last record's number and hash. */
export type Head = { seq: number; hash: string }

/** The head of an empty chain. */
export const genesis: Head = { seq: 0, hash: '0'.repeat(64) }

/** The hashed text: the canonical JSON of {at, data, eventId, seq, source, subject, type, version}. */
export function hashedText({ dataText, at, ...rest }: ChainRecord): string {
  const { eventId, seq, source, subject, type, version } = rest
  const tail = canonicalJson({ eventId: eventId.toLowerCase(), seq, source, subject, type, version })
  return `{"at":${canonicalJson(at.toISOString())},"data":${dataText},${tail.slice(1)}`
}

/** SHA-256 over the bytes of the previous hash and the record's text in UTF-8; hex. */
export function hashOf(previousHash: string, record: ChainRecord): string {
  return createHash('sha256')
    .update(Buffer.from(previousHash, 'hex'))
    .update(hashedText(record), 'utf8')
    .digest('hex')
}

/** Numbers the records from the head on and hashes them. */
export function appendToChain(
  head: Head,
  newRecords: Omit<ChainRecord, 'seq'>[],
): { records: HashedRecord[]; head: Head } {
  let { seq, hash } = head
  const records = newRecords.map((unnumbered) => {
    const record = { ...unnumbered, seq: (seq += 1) }
    hash = hashOf(hash, record)
    return { ...record, hash }
  })
  return { records, head: { seq, hash } }
}
