// The keys of the UPI PIN: the one that apps encrypt for, and the one that verifiers are made under.
import { createHmac, createSecretKey } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { alg, createOpenJwe, enc } from './open-jwe.ts'

const curves = ['P-256', 'X25519']

export type PinKeys = {
  /** What `GET /v1/keys` publishes; no private part. */
  published: JWK & { enc: string }
  /** The plain text of a compact JWE. Throws `pin-block-invalid` for whatever this key cannot open. */
  decrypt(jwe: string): Buffer
  /** What is stored of a PIN, and compared: useless without the key, and different for each account. */
  digest(bankAccountId: string, pin: string): Buffer
}

/**
 * @param privateJwk JSON of a private EC P-256 or OKP X25519 key
 * @param verifierKey base64 of 32 bytes
 */
export async function createPinKeys(privateJwk: string, verifierKey: string): Promise<PinKeys> {
  const jwk = parsed(privateJwk)
  const { kty, crv, x, y } = jwk
  if (!crv || !curves.includes(crv) || !jwk.d || !x) {
    throw new Error(`BAHI_PIN_KEY must be a private JWK on ${curves.join(' or ')}`)
  }
  const open = { kty: kty!, crv, x, ...(y ? { y } : {}) }
  const kid = jwk.kid ?? (await calculateJwkThumbprint(open))
  const openJwe = createOpenJwe(jwk)
  const verifierBytes = Buffer.from(verifierKey, 'base64')
  if (verifierBytes.length !== 32) throw new Error('BAHI_PIN_VERIFIER_KEY must be 32 bytes in base64')
  const secret = createSecretKey(verifierBytes)
  return {
    published: { ...open, kid, use: 'enc', alg, enc },
    decrypt(jwe) {
      try {
        const found = openJwe(jwe)
        if (found.kid === undefined || found.kid === kid) return found.plain
      } catch {
        // The reason is not reported: it would help an attacker who tries blocks.
      }
      throw new Problem('pin-block-invalid', 'the PIN block cannot be read: encrypt it anew')
    },
    digest: (bankAccountId, pin) =>
      createHmac('sha256', secret).update(`upi-pin\0${bankAccountId}\0${pin}`).digest(),
  }
}

function parsed(text: string): JWK {
  try {
    return JSON.parse(text) as JWK
  } catch {
    throw new Error('BAHI_PIN_KEY is no JSON')
  }
}
