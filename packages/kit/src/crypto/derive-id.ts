// Ids that follow from what they stand for: the same moment and words give the same UUIDv7, wherever it is made.
import { createHash } from 'node:crypto'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Seal } from './seal.ts'

/** @param timeMs the time in the id: whole milliseconds since 1970 */
export function deriveId(timeMs: number, ...words: string[]): string {
  // As JSON, so that no two lists of words read the same.
  return withDigest(timeMs, createHash('sha256').update(JSON.stringify(words)).digest())
}

/**
 * The same under the service's own key. For ids that share a table with ids that clients choose: who could work one out
 * could take it first.
 */
export function deriveSecretId(seal: Pick<Seal, 'fingerprint'>, timeMs: number, ...words: string[]): string {
  return withDigest(timeMs, seal.fingerprint(JSON.stringify(words), 'derived id'))
}

function withDigest(timeMs: number, digest: Buffer): string {
  return uuidv7(timeMs, (bytes) => bytes.set(digest.subarray(0, bytes.length)))
}
