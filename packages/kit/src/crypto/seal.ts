// Encryption of single fields at rest, and keyed fingerprints to find them by.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'

export type Seal = {
  /** AES-256-GCM; `context` (e.g. `user.phone`) must be the same when opening. */
  seal(plain: string, context: string): string
  /** Throws when the text was changed, or sealed for another context or under another key. */
  open(sealed: string, context: string): string
  /** The same text and context give the same fingerprint: for a unique index over what is sealed. */
  fingerprint(plain: string, context: string): Buffer
}

/** @param keyBase64 32 bytes in base64 */
export function createSeal(keyBase64: string): Seal {
  const master = Buffer.from(keyBase64, 'base64')
  if (master.length !== 32) throw new Error('the data key must be 32 bytes in base64')
  const derive = (use: string) => createSecretKey(Buffer.from(hkdfSync('sha256', master, '', use, 32)))
  const sealKey = derive('bahi seal 1')
  const fingerprintKey = derive('bahi fingerprint 1')
  return {
    seal(plain, context) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealKey, iv).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return `1.${Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64url')}`
    },
    open(sealed, context) {
      const [version, body] = sealed.split('.')
      if (version !== '1' || !body) throw new Error('sealed under a key that is not known')
      const bytes = Buffer.from(body, 'base64url')
      if (bytes.length < 28) throw new Error('too short to be sealed')
      const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(-16))
      return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8')
    },
    fingerprint: (plain, context) =>
      createHmac('sha256', fingerprintKey).update(`${context}\0${plain}`).digest(),
  }
}

/** Constant in time for equal lengths. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
