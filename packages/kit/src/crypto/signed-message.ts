// Signs outgoing messages with our key, and verifies incoming ones with the pinned keys of the peer.
import { Problem } from '@bahi/contracts/problem.ts'
import { FlattenedSign, flattenedVerify, importJWK, type JWK } from 'jose'
import { keyIdIn } from './key-ids.ts'
import { listedKeys, maxListedKeys, secretJson } from './secret-json.ts'

export type Signed = { protected: string; payload: string; signature: string }

const alg = 'EdDSA'
const typ = 'signed+json'

/** @param privateJwk JSON of a private OKP Ed25519 key, with a `kid` */
export async function createSigner(privateJwk: string): Promise<(message: unknown) => Promise<Signed>> {
  const jwk = networkKey(secretJson<JWK>('a network key', privateJwk))
  const key = await importJWK(jwk, alg)
  return async (message) => {
    const bytes = new TextEncoder().encode(JSON.stringify(message))
    const header = { alg, typ, ...(jwk.kid ? { kid: jwk.kid } : {}) }
    const signed = await new FlattenedSign(bytes).setProtectedHeader(header).sign(key)
    return { protected: signed.protected!, payload: signed.payload, signature: signed.signature }
  }
}

/**
 * What was signed. Only pinned keys count, whatever the message says of keys: its key id chooses among several. A
 * message without one is tried with each, a key without one on each message. Throws `unauthenticated`.
 * @param publicJwks JSON of a public OKP Ed25519 key, or of a list of them
 */
export async function createVerifier(publicJwks: string): Promise<(signed: Signed) => Promise<unknown>> {
  const jwks = peerKeys(publicJwks)
  const keys = await Promise.all(jwks.map(async (jwk) => ({ kid: jwk.kid, key: await importJWK(jwk, alg) })))
  return async (signed) => {
    const header = headerOf(signed)
    // One key needs no id: a peer may name it as it likes.
    const isAny = keys.length === 1 || header.kid === undefined
    for (const { key, kid } of keys) {
      if (!isAny && kid !== undefined && kid !== header.kid) continue
      try {
        const { payload, protectedHeader } = await flattenedVerify(signed, key, { algorithms: [alg] })
        if (protectedHeader?.typ === typ) return JSON.parse(new TextDecoder().decode(payload)) as unknown
      } catch {
        // Why is nobody's business.
      }
    }
    const kid = keyIdIn(header)
    const isUnknown = kid !== undefined && !keys.some((key) => key.kid === kid)
    throw new Problem(
      'unauthenticated',
      isUnknown ? `no key ${kid} of the network is known here` : 'the signature is not that of the network',
    )
  }
}

function headerOf(signed: Signed): { kid?: unknown } {
  try {
    const header: unknown = JSON.parse(Buffer.from(signed.protected, 'base64url').toString())
    return typeof header === 'object' && header !== null ? header : {}
  } catch {
    return {}
  }
}

function peerKeys(text: string): JWK[] {
  const jwks = listedKeys('the network key of a peer', text).map(networkKey)
  if (jwks.length === 0 || jwks.length > maxListedKeys)
    throw new Error(`a peer has 1 to ${maxListedKeys} network keys`)
  const kids = jwks.flatMap(({ kid }) => kid ?? [])
  if (new Set(kids).size < kids.length) throw new Error('two network keys of a peer have one kid')
  return jwks
}

function networkKey(jwk: JWK): JWK {
  if (jwk?.kty !== 'OKP' || jwk.crv !== 'Ed25519') throw new Error('a network key is an OKP Ed25519 JWK')
  return jwk
}
