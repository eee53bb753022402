// Ids that follow from what they stand for: the same moment and words give the same UUIDv7, wherever it is made.
import { createHash } from 'node:crypto'
import { uuidv7 } from '@bahi/contracts/id.ts'

/** @param timeMs the time in the id: whole milliseconds since 1970 */
export function deriveId(timeMs: number, ...words: string[]): string {
  // As JSON, so that no two lists of words read the same.
  const digest = createHash('sha256').update(JSON.stringify(words)).digest()
  return uuidv7(timeMs, (bytes) => bytes.set(digest.subarray(0, bytes.length)))
}
