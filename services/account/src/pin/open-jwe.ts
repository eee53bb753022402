// Opens a compact JWE of the one kind that PIN blocks are: ECDH-ES, direct, with A256GCM (RFC 7516, RFC 7518 §4.6).
import {
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  hash,
  type KeyObject,
} from 'node:crypto'
import type { JWK } from 'jose'

export const alg = 'ECDH-ES'
export const enc = 'A256GCM'

export type OpenJwe = (jwe: string) => Buffer

type Header = { alg?: unknown; enc?: unknown; kid?: unknown; epk?: JWK; apu?: unknown; apv?: unknown }

const known = new Set(['alg', 'enc', 'kid', 'epk', 'apu', 'apv', 'typ', 'cty'])
const keyBits = 256

/** What precedes the point in a SubjectPublicKeyInfo (RFC 5480 §2, RFC 8410 §4). */
const spkiHeads = new Map([
  ['P-256', Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex')],
  ['X25519', Buffer.from('302a300506032b656e032100', 'hex')],
])
const coordinateBytes = 32

/**
 * The function throws for anything that is no such JWE, was changed, or is for another key. It is synchronous: passing
 * the work to another thread and back costs more than the key agreement itself.
 * @param jwk private, EC P-256 or OKP X25519
 */
export function createOpenJwe(jwk: JWK): OpenJwe {
  const privateKey = createPrivateKey({ key: jwk as never, format: 'jwk' })
  return (jwe) => {
    const [head, key, iv, body, tag, more] = jwe.split('.')
    if (!head || key !== '' || !iv || body === undefined || !tag || more !== undefined)
      throw new Error('no such JWE')
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Header
    if (header.alg !== alg || header.enc !== enc || Object.keys(header).some((name) => !known.has(name)))
      throw new Error('another kind of JWE')
    const { epk } = header
    if (!epk || epk.kty !== jwk.kty || epk.crv !== jwk.crv) throw new Error('its key is on another curve')
    const secret = diffieHellman({ privateKey, publicKey: publicKeyOf(epk) })
    const content = createSecretKey(derive(secret, bytes(header.apu), bytes(header.apv)))
    const decipher = createDecipheriv('aes-256-gcm', content, sized(iv, 12), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(head, 'latin1')).setAuthTag(sized(tag, 16))
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()])
  }
}

/** The key that a JWE names, to choose one by; undefined also of what is no JWE. */
export function keyIdOf(jwe: string): string | undefined {
  try {
    const { kid } = JSON.parse(Buffer.from(jwe.split('.', 1)[0]!, 'base64url').toString()) as Header
    return typeof kid === 'string' ? kid : undefined
  } catch {
    return undefined
  }
}

/**
 * A point that is not on the curve is refused here. From a text: what is given as an object, or as plain bytes instead
 * of a key, costs Node two exceptions inside to find out that it is no key yet, some 20 µs each.
 */
function publicKeyOf({ crv, x, y }: JWK): KeyObject {
  const coordinates = crv === 'P-256' ? [x, y] : [x]
  const whole = Buffer.concat([
    spkiHeads.get(crv!)!,
    ...coordinates.map((text) => sized(text, coordinateBytes)),
  ])
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${whole.toString('base64')}\n-----END PUBLIC KEY-----`)
}

/** Concat KDF of one round: the key is as long as the hash. */
function derive(secret: Buffer, apu: Buffer, apv: Buffer): Buffer {
  const parts = [
    word(1),
    secret,
    word(enc.length),
    Buffer.from(enc),
    word(apu.length),
    apu,
    word(apv.length),
    apv,
  ]
  return hash('sha256', Buffer.concat([...parts, word(keyBits)]), 'buffer')
}

function word(n: number): Buffer {
  const buffer = Buffer.allocUnsafe(4)
  buffer.writeUInt32BE(n)
  return buffer
}

function bytes(text: unknown): Buffer {
  return typeof text === 'string' ? Buffer.from(text, 'base64url') : Buffer.alloc(0)
}

function sized(text: string | undefined, length: number): Buffer {
  const found = Buffer.from(text ?? '', 'base64url')
  if (found.length !== length) throw new Error('a part of it has another length')
  return found
}
