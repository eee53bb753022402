// The keys that our codes are signed with: dated, the newest in force signs, all of them are published.
import type { CodeKey, CodeSigner } from '@bahi/contracts/codes/code-signer.ts'
import { createDetachedSigner } from '@bahi/kit/crypto/detached-signature.ts'
import { secretJson } from '@bahi/kit/crypto/secret-json.ts'
import { ownBank } from '../bank-accounts/own-bank.ts'

export type CodeKeys = {
  /** Undefined when no key is in force: codes are not signed then. */
  current(at: Date): { orgId: string; sign(text: string): string } | undefined
  /** Nobody when there is no key. */
  published(): CodeSigner[]
}

/**
 * @param json a list of private JWKs with `alg`, `kid`, and `from` and `to`, the times of their use
 * @param orgId our originator id, six digits
 */
export function createCodeKeys(json: string, orgId: string): CodeKeys {
  const jwks = secretJson<Record<string, string>[]>('BAHI_CODE_KEYS', json)
  const keys = jwks.map((jwk) => {
    const { from = '', to } = jwk
    const signer = createDetachedSigner(JSON.stringify(jwk))
    const times = [from, ...(to === undefined ? [] : [to])]
    if (times.some((time) => Number.isNaN(Date.parse(time))))
      throw new Error(`BAHI_CODE_KEYS: ${signer.kid} has no time \`from\`, or none that is one`)
    const { kid, algorithm, publicKey } = signer
    const listed: CodeKey = { kid, algorithm, publicKey, from, ...(to === undefined ? {} : { to }) }
    return { signer, listed }
  })
  const isInForce = ({ from, to }: CodeKey, at: Date) =>
    Date.parse(from) <= at.getTime() && (to === undefined || at.getTime() < Date.parse(to))
  return {
    current(at) {
      const [newest] = keys
        .filter(({ listed }) => isInForce(listed, at))
        .sort((a, b) => Date.parse(b.listed.from) - Date.parse(a.listed.from))
      return newest && { orgId, sign: (text) => newest.signer.sign(text) }
    },
    published: () =>
      keys.length === 0 ? [] : [{ orgId, name: ownBank.name, keys: keys.map(({ listed }) => listed) }],
  }
}
