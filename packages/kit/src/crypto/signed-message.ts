// Signs outgoing messages with our key, and verifies incoming ones with the pinned key of the peer.
import { Problem } from '@bahi/contracts/problem.ts'
import { FlattenedSign, flattenedVerify, importJWK, type JWK } from 'jose'

export type Signed = { protected: string; payload: string; signature: string }

const alg = 'EdDSA'
const typ = 'signed+json'

/** @param privateJwk JSON of a private OKP Ed25519 key, with a `kid` */
export async function createSigner(privateJwk: string): Promise<(message: unknown) => Promise<Signed>> {
  const jwk = keyIn(privateJwk)
  const key = await importJWK(jwk, alg)
  return async (message) => {
    const bytes = new TextEncoder().encode(JSON.stringify(message))
    const header = { alg, typ, ...(jwk.kid ? { kid: jwk.kid } : {}) }
    const signed = await new FlattenedSign(bytes).setProtectedHeader(header).sign(key)
    return { protected: signed.protected!, payload: signed.payload, signature: signed.signature }
  }
}

/**
 * What was signed. Only the pinned key counts, whatever the message says of keys.
 * Throws `unauthenticated`.
 */
export async function createVerifier(publicJwk: string): Promise<(signed: Signed) => Promise<unknown>> {
  const key = await importJWK(keyIn(publicJwk), alg)
  return async (signed) => {
    try {
      const { payload, protectedHeader } = await flattenedVerify(signed, key, { algorithms: [alg] })
      if (protectedHeader?.typ === typ) return JSON.parse(new TextDecoder().decode(payload)) as unknown
    } catch {
      // Why is nobody's business.
    }
    throw new Problem('unauthenticated', 'the signature is not that of the network')
  }
}

function keyIn(text: string): JWK {
  const jwk = JSON.parse(text) as JWK
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519') throw new Error('a network key is an OKP Ed25519 JWK')
  return jwk
}
