// Which key was used: ids that may stand in a message or an error, as public keys and their ids are no secrets.
import { hash } from 'node:crypto'
import type { JWK } from 'jose'

/** Of an OKP key, the same for both halves (RFC 7638). */
export function thumbprintOf({ crv, kty, x }: JWK): string {
  return hash('sha256', JSON.stringify({ crv, kty, x }), 'base64url')
}

/** The key id in a header that anybody may have written; undefined where it is no plain word. */
export function keyIdIn(header: { kid?: unknown } | undefined): string | undefined {
  const kid = header?.kid
  return typeof kid === 'string' && /^[\w.:+/=-]{1,64}$/.test(kid) ? kid : undefined
}
