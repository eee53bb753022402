// The hash of a file, made on the device, and which statement an address names.
import { isUuid } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { hexOf } from '@bahi/web-ui/format/hex.ts'

/** No statement is as large. */
const maxBytes = 50 * 1024 * 1024

/**
 * SHA-256 in hex; undefined for what is too large to be a statement. Throws `unavailable` in a browser that hashes
 * nothing, as without https.
 */
export async function hashOf(file: Blob): Promise<string | undefined> {
  if (file.size > maxBytes) return undefined
  if (!('subtle' in crypto)) throw new Problem('unavailable', 'this browser hashes nothing here')
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())))
}

export const statementIdIn = (text: string): string | undefined =>
  isUuid(text.toLowerCase()) ? text.toLowerCase() : undefined
