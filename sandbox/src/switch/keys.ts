// The keys of the network: the switch's own for signing and for PINs, and the member's public key.
import { createECDH, hkdfSync } from 'node:crypto'
import { PinBlock } from '@bahi/contracts/pin-block.ts'
import { createCodeSigner, type CodeSigning } from '../banks/sign-code.ts'
import { createSigner, createVerifier, type Signed } from '@bahi/kit/crypto/signed-message.ts'
import { secretJson } from '@bahi/kit/crypto/secret-json.ts'
import { calculateJwkThumbprint, compactDecrypt, importJWK, type JWK } from 'jose'
import Type from 'typebox'
import { Compile } from 'typebox/compile'

const alg = 'ECDH-ES'
const enc = 'A256GCM'
const strictBlock = Compile(Type.Object(PinBlock.properties, { additionalProperties: false }))

export type NetworkKeys = {
  sign(message: unknown): Promise<Signed>
  /** The payload of a message signed by the member. Throws `unauthenticated`. */
  verify(signed: Signed): Promise<unknown>
  /** Of another PSP, which signs codes. */
  codes: CodeSigning
  /** The public key that `listKeys` returns. */
  published: JWK & { enc: string }
  /** Undefined when the key cannot decrypt it or it is not a PIN block. */
  openPin(jwe: string): Promise<PinBlock | undefined>
}

/**
 * @param privateJwk JSON of the switch's private Ed25519 key; the key for PINs is derived from it
 * @param memberJwk JSON of the member's public one, or of a list of them
 */
export async function createNetworkKeys(privateJwk: string, memberJwk: string): Promise<NetworkKeys> {
  const pinKey = derivedKey(privateJwk, 'bahi sandbox pins 1')
  const { d: _private, ...open } = pinKey
  const kid = await calculateJwkThumbprint(open)
  const key = await importJWK(pinKey, alg)
  const only = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] }
  return {
    sign: await createSigner(privateJwk),
    verify: await createVerifier(memberJwk),
    codes: createCodeSigner(derivedKey(privateJwk, 'bahi sandbox codes 1')),
    published: { ...open, kid, use: 'enc', alg, enc },
    async openPin(jwe) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(jwe, key, only)
        if (protectedHeader.kid !== undefined && protectedHeader.kid !== kid) return undefined
        const block: unknown = JSON.parse(new TextDecoder().decode(plaintext))
        return strictBlock.Check(block) ? block : undefined
      } catch {
        return undefined
      }
    },
  }
}

/** One secret instead of three: all copies of the switch derive the same keys for PINs and for codes. */
function derivedKey(privateJwk: string, purpose: string): JWK {
  const { d } = secretJson<JWK>('the key of the network', privateJwk)
  if (!d) throw new Error('BAHI_SANDBOX_NETWORK_KEY must be a private JWK')
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(Buffer.from(hkdfSync('sha256', Buffer.from(d, 'base64url'), '', purpose, 32)))
  // 0x04, then x and y of 32 bytes each.
  const point = ecdh.getPublicKey()
  return {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
    d: ecdh.getPrivateKey().toString('base64url'),
  }
}
