// A checkpoint: the head of the chain at a time, signed, numbered from 1 and bound to the checkpoint before it.
import { createHash } from 'node:crypto'
import {
  createDetachedSigner,
  isSignedBy,
  type SignatureAlgorithm,
} from '@bahi/kit/crypto/detached-signature.ts'
import { secretJson } from '@bahi/kit/crypto/secret-json.ts'
import { canonicalJson } from '../records/canonical-json.ts'
import type { Head } from '../records/chain.ts'

export type Checkpoint = Head & {
  n: number
  /** ISO 8601. */
  at: string
  /** SHA-256 of the document before, hex; zeros for the first. */
  previous: string
}
type Document = { checkpoint: Checkpoint; kid: string; signature: string }

export type CheckpointKey = {
  kid: string
  algorithm: SignatureAlgorithm
  publicKey: Record<string, unknown>
}
export type CheckpointSigner = CheckpointKey & { sign(text: string): string }

/**
 * @param json a private JWK (EdDSA or ES256) with `alg` and `kid`; empty for none
 * Throws when it is something else.
 */
export function checkpointSigner(json: string): CheckpointSigner | undefined {
  return json === '' ? undefined : createDetachedSigner(json)
}

/** @param json a list of public JWKs with `alg` and `kid`: also those that signed before a rotation */
export function checkpointKeys(json: string): CheckpointKey[] {
  const jwks = secretJson<Record<string, string>[]>('the list of keys of checkpoints', json)
  return jwks.map(({ d: _private, ...publicKey }) => {
    const { kid, alg } = publicKey
    if (kid === undefined || (alg !== 'EdDSA' && alg !== 'ES256'))
      throw new Error('a key of checkpoints is a public JWK with `kid` and `alg`, EdDSA or ES256')
    return { kid, algorithm: alg, publicKey }
  })
}

/** Names sort as their numbers do. */
export const checkpointName = (n: number): string => `checkpoints/${String(n).padStart(12, '0')}`

export function signCheckpoint(signer: CheckpointSigner, checkpoint: Checkpoint): string {
  const signature = signer.sign(canonicalJson(checkpoint))
  return canonicalJson({ checkpoint, kid: signer.kid, signature } satisfies Document)
}

export const documentHash = (document: string): string => createHash('sha256').update(document).digest('hex')

export const noDocument = '0'.repeat(64)

/** Of a document that is known to be ours. */
export const checkpointIn = (document: string): Checkpoint => (JSON.parse(document) as Document).checkpoint

/** Undefined when none of these keys signed it, or it is no checkpoint at all. */
export function readCheckpoint(document: string, keys: CheckpointKey[]): Checkpoint | undefined {
  try {
    const { checkpoint, kid, signature } = JSON.parse(document) as Document
    const text = canonicalJson(checkpoint)
    const signed = keys.some((key) => key.kid === kid && isSignedBy(key, text, signature))
    return signed ? checkpoint : undefined
  } catch {
    return undefined
  }
}
