// The chain: each record's hash covers the record and the hash before it, so that no record changes alone.
import { createHash } from 'node:crypto'
import { canonical } from './canonical-json.ts'

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
export type LinkedRecord = ChainRecord & { hash: string }

/** Where the chain ends: the last record's number and hash. */
export type Head = { seq: number; hash: string }

/** What stands before the first record. */
export const genesis: Head = { seq: 0, hash: '0'.repeat(64) }

/** The canonical JSON of {at, data, eventId, seq, source, subject, type, version}: exactly what is hashed. */
export function textOf({ dataText, at, ...rest }: ChainRecord): string {
  const { eventId, seq, source, subject, type, version } = rest
  const tail = canonical({ eventId: eventId.toLowerCase(), seq, source, subject, type, version })
  return `{"at":${canonical(at.toISOString())},"data":${dataText},${tail.slice(1)}`
}

/** SHA-256 over the bytes of the hash before, then the record's text in UTF-8; hex. */
export function hashOf(previousHash: string, record: ChainRecord): string {
  return createHash('sha256')
    .update(Buffer.from(previousHash, 'hex'))
    .update(textOf(record), 'utf8')
    .digest('hex')
}

/** Numbers the records on from the head and hashes them. */
export function link(head: Head, records: Omit<ChainRecord, 'seq'>[]): { links: LinkedRecord[]; head: Head } {
  let { seq, hash } = head
  const links = records.map((one) => {
    const record = { ...one, seq: (seq += 1) }
    hash = hashOf(hash, record)
    return { ...record, hash }
  })
  return { links, head: { seq, hash } }
}
