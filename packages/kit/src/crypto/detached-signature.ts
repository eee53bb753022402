// Signatures that stand beside what they sign, by several algorithms: which one belongs to the key, never to the text.
import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { secretJson } from './secret-json.ts'

/** By the names of RFC 7518 and RFC 8037. */
export type SignatureAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

const minRsaBits = 2_048

/** @param privateJwk JSON of a private JWK that names its `alg` */
export function createDetachedSigner(privateJwk: string): {
  algorithm: SignatureAlgorithm
  kid: string
  publicKey: Record<string, unknown>
  /** In Base64. */
  sign(text: string): string
} {
  const jwk = secretJson<Record<string, string>>('a signing key', privateJwk)
  const { alg, kid } = jwk
  if (!isAlgorithm(alg) || kid === undefined)
    throw new Error('a signing key is a private JWK with `alg` (RS256, ES256 or EdDSA) and `kid`')
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const fault = faultOf(key, alg)
  if (fault) throw new Error(fault)
  const publicKey = createPublicKey(key).export({ format: 'jwk' }) as Record<string, unknown>
  return {
    algorithm: alg,
    kid,
    publicKey: { ...publicKey, kid, alg, use: 'sig' },
    sign: (text) => sign(digestOf(alg), Buffer.from(text), optionsOf(key, alg)).toString('base64'),
  }
}

/** Whether that key made this signature by that algorithm. False for whatever cannot be verified. */
export function isSignedBy(
  { algorithm, publicKey }: { algorithm: SignatureAlgorithm; publicKey: Record<string, unknown> },
  text: string,
  signature: string,
): boolean {
  try {
    const key = createPublicKey({ key: publicKey, format: 'jwk' })
    if (faultOf(key, algorithm)) return false
    const bytes = Buffer.from(signature, 'base64')
    return verify(digestOf(algorithm), Buffer.from(text), optionsOf(key, algorithm), bytes)
  } catch {
    // A key or a signature of another form.
    return false
  }
}

function isAlgorithm(alg: string | undefined): alg is SignatureAlgorithm {
  return alg === 'RS256' || alg === 'ES256' || alg === 'EdDSA'
}

const digestOf = (alg: SignatureAlgorithm) => (alg === 'EdDSA' ? null : 'sha256')

const optionsOf = (key: KeyObject, alg: SignatureAlgorithm) =>
  alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : { key }

function faultOf(key: KeyObject, alg: SignatureAlgorithm): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  if (alg === 'EdDSA') return type === 'ed25519' ? undefined : 'a key of EdDSA is an Ed25519 one'
  if (alg === 'ES256')
    return type === 'ec' && details?.namedCurve === 'prime256v1' ? undefined : 'a key of ES256 is a P-256 one'
  const isStrong = type === 'rsa' && (details?.modulusLength ?? 0) >= minRsaBits
  return isStrong ? undefined : `a key of RS256 is an RSA one of ${minRsaBits} bits or more`
}
