// PIN blocks as phones make them, without a phone's work for each: a key of the sender's serves many blocks here, while
// opening them is the full work.
import { createCipheriv, createECDH, createHash, randomBytes } from 'node:crypto'
import type { JWK } from 'jose'

const senders = 1_000
const enc = 'A256GCM'

type Sender = { header: string; key: Buffer }

export type SealPin = (
  block: { pin: string; amountPaise: number; payeeVpa: string } & (
    { purpose: 'pay'; paymentId: string } | { purpose: 'mandate'; mandateId: string }
  ),
) => string

/** @param bank the bank's public key, EC P-256 */
export function createSealPin(bank: JWK): SealPin {
  const point = Buffer.concat([
    Buffer.of(4),
    Buffer.from(bank.x!, 'base64url'),
    Buffer.from(bank.y!, 'base64url'),
  ])
  const all = Array.from({ length: senders }, () => newSender(point, bank.kid!))
  let turn = 0
  return (block) => {
    const { header, key } = all[turn++ % senders]!
    const iv = randomBytes(12)
    const iat = Math.floor(Date.now() / 1_000)
    const plain = JSON.stringify({ iat, ...block })
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(header))
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
    const tag = cipher.getAuthTag().toString('base64url')
    return `${header}..${iv.toString('base64url')}.${body.toString('base64url')}.${tag}`
  }
}

/** ECDH-ES with direct agreement (RFC 7518 §4.6). */
function newSender(bank: Buffer, kid: string): Sender {
  const pair = createECDH('prime256v1')
  const own = pair.generateKeys()
  const epk = {
    kty: 'EC',
    crv: 'P-256',
    x: own.subarray(1, 33).toString('base64url'),
    y: own.subarray(33).toString('base64url'),
  }
  const header = Buffer.from(JSON.stringify({ alg: 'ECDH-ES', enc, kid, epk })).toString('base64url')
  const word = (n: number) => Buffer.of(0, 0, n >> 8, n & 255)
  const info = Buffer.concat([word(enc.length), Buffer.from(enc), word(0), word(0), word(256)])
  const key = createHash('sha256').update(word(1)).update(pair.computeSecret(bank)).update(info).digest()
  return { header, key }
}
