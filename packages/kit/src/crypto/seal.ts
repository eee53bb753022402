// Encryption of single columns at rest, and keyed fingerprints to find what they hold.
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto'
import type { DataKeys } from './data-keys.ts'

/** A column whose values are sealed; `row` is the column that names the row and never changes. */
export type SealedColumn = { table: string; column: string; row: string }

export type Seal = {
  /**
   * AES-256-GCM under the current key, bound to schema, table, column and row. `row` is the value of the column that
   * `SealedColumn.row` names; upper and lower case of it are the same.
   */
  seal(plain: string, column: SealedColumn, row: string): string
  /** Throws when the text was changed, was sealed for another place, or names a key that is not known. */
  open(sealed: string, column: SealedColumn, row: string): string
  /** What values under the current key begin with. */
  prefix: string
  /** The same text and context give the same fingerprint: for a unique index over what is sealed. */
  fingerprint(plain: string, context: string): Buffer
}

const format = '1'
const ivBytes = 12
const tagBytes = 16

/** @param schema the service's: values of two services are bound to different places */
export function createSeal(schema: string, { current, keys, fingerprintKey }: DataKeys): Seal {
  const sealKeys = new Map(Object.entries(keys).map(([id, key]) => [id, derive(key, 'bahi seal 1')]))
  const currentKey = sealKeys.get(current)
  if (!currentKey) throw new Error(`the current data key of ${schema} is not among its keys`)
  const prefix = `${format}.${current}.`
  const prints = derive(fingerprintKey, 'bahi fingerprint 1')
  const place = ({ table, column }: SealedColumn, row: string) =>
    Buffer.from([schema, table, column, row.toLowerCase()].join('\0'))
  return {
    seal(plain, column, row) {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', currentKey, iv).setAAD(place(column, row))
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return prefix + Buffer.concat([iv, body, cipher.getAuthTag()]).toString('base64url')
    },
    open(sealed, column, row) {
      const [version, id = '', body = ''] = sealed.split('.')
      const key = sealKeys.get(id)
      if (version !== format) throw new Error('this is no sealed value')
      if (!key) throw new Error(`sealed under the data key ${id.slice(0, 32)}, which is not known here`)
      const bytes = Buffer.from(body, 'base64url')
      if (bytes.length < ivBytes + tagBytes) throw new Error('too short to be sealed')
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAAD(place(column, row)).setAuthTag(bytes.subarray(-tagBytes))
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()]).toString(
        'utf8',
      )
    },
    prefix,
    fingerprint: (plain, context) => createHmac('sha256', prints).update(`${context}\0${plain}`).digest(),
  }
}

/** @param keyBase64 32 bytes in base64 */
function derive(keyBase64: string, use: string): KeyObject {
  const key = Buffer.from(keyBase64, 'base64')
  if (key.length !== 32) throw new Error('a data key must be 32 bytes in base64')
  return createSecretKey(Buffer.from(hkdfSync('sha256', key, '', use, 32)))
}

/** Constant in time for equal lengths. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
