// AES-256-GCM under keys with ids: what sealed values and blobs have in common.
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import type { DataKeys } from './data-keys.ts'

const ivBytes = 12
const tagBytes = 16

export type KeyRing = {
  current: KeyObject
  /** Throws when there is no key with that id. */
  find(id: string): KeyObject
}

/** @param use what the keys are for: keys derived for another use are different ones */
export function createKeyRing(service: string, { current, keys }: DataKeys, use: string): KeyRing {
  const derived = new Map(Object.entries(keys).map(([id, key]) => [id, deriveKey(key, use)]))
  const currentKey = derived.get(current)
  if (!currentKey) throw new Error(`the current data key of ${service} is not among its keys`)
  return {
    current: currentKey,
    find(id) {
      const key = derived.get(id)
      if (!key) throw new Error(`sealed under the data key ${id.slice(0, 32)}, which is not known here`)
      return key
    },
  }
}

/** @param place what the result is bound to. Returns IV, ciphertext and tag. */
export function encrypt(key: KeyObject, plain: Uint8Array, place: Uint8Array): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(place)
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

/** Throws when the bytes were changed, or encrypted under another key or for another place. */
export function decrypt(key: KeyObject, bytes: Uint8Array, place: Uint8Array): Buffer {
  if (bytes.length < ivBytes + tagBytes) throw new Error('too short to be sealed')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
  decipher.setAAD(place).setAuthTag(bytes.subarray(-tagBytes))
  return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()])
}

/** @param keyBase64 32 bytes in base64 */
export function deriveKey(keyBase64: string, use: string): KeyObject {
  const key = Buffer.from(keyBase64, 'base64')
  if (key.length !== 32) throw new Error('a data key must be 32 bytes in base64')
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', use, 32)))
}
