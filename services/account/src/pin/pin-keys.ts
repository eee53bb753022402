// The keys of the UPI PIN: the one that apps encrypt for, and the one that verifiers are made under.
import { createHmac, createSecretKey } from 'node:crypto'
import { Problem } from '@bahi/contracts/problem.ts'
import { keyIdIn } from '@bahi/kit/crypto/key-ids.ts'
import { listedKeys, maxListedKeys } from '@bahi/kit/crypto/secret-json.ts'
import { calculateJwkThumbprint, type JWK } from 'jose'
import { alg, createOpenJwe, enc, keyIdOf, type OpenJwe } from './open-jwe.ts'

const curves = ['P-256', 'X25519']

export type PinKeys = {
  /** What `GET /v1/keys` publishes: the first one; no private part. */
  published: JWK & { enc: string }
  /** The plain text of a compact JWE. Throws `pin-block-invalid` for whatever no key here can open. */
  decrypt(jwe: string): Buffer
  /** What is stored of a PIN, and compared: useless without the key, and different for each account. */
  digest(bankAccountId: string, pin: string): Buffer
}

/**
 * @param privateJwks JSON of a private EC P-256 or OKP X25519 key, or of a list of them: the first is published, the
 * others open what was encrypted for them
 * @param verifierKey base64 of 32 bytes
 */
export async function createPinKeys(privateJwks: string, verifierKey: string): Promise<PinKeys> {
  const keys = await Promise.all(listedKeys('BAHI_PIN_KEY', privateJwks).map(pinKey))
  if (keys.length === 0 || keys.length > maxListedKeys)
    throw new Error(`BAHI_PIN_KEY must have 1 to ${maxListedKeys} keys`)
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) {
    throw new Error('BAHI_PIN_KEY must have a kid of its own for each key')
  }
  const verifierBytes = Buffer.from(verifierKey, 'base64')
  if (verifierBytes.length !== 32) throw new Error('BAHI_PIN_VERIFIER_KEY must be 32 bytes in base64')
  const secret = createSecretKey(verifierBytes)
  const [{ open, kid: current }] = keys as [PinKey]
  return {
    published: { ...open, kid: current, use: 'enc', alg, enc },
    decrypt(jwe) {
      const kid = keyIdOf(jwe)
      const fitting = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
      for (const { openJwe } of fitting) {
        try {
          return openJwe(jwe)
        } catch {
          // The reason is not reported: it would help an attacker who tries blocks.
        }
      }
      const named = fitting.length > 0 ? undefined : keyIdIn({ kid })
      throw new Problem(
        'pin-block-invalid',
        named === undefined
          ? 'the PIN block cannot be read: encrypt it anew'
          : `the PIN block is for the key ${named}, which is not known here: fetch the keys, encrypt it anew`,
      )
    },
    digest: (bankAccountId, pin) =>
      createHmac('sha256', secret).update(`upi-pin\0${bankAccountId}\0${pin}`).digest(),
  }
}

type PinKey = { kid: string; open: JWK; openJwe: OpenJwe }

async function pinKey(jwk: JWK): Promise<PinKey> {
  const { kty, crv, x, y, d } = jwk ?? {}
  if (!crv || !curves.includes(crv) || !d || !x) {
    throw new Error(`BAHI_PIN_KEY must be a private JWK on ${curves.join(' or ')}, or a list of them`)
  }
  const open = { kty: kty!, crv, x, ...(y ? { y } : {}) }
  return { kid: jwk.kid ?? (await calculateJwkThumbprint(open)), open, openJwe: createOpenJwe(jwk) }
}
