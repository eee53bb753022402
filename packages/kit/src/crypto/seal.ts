// Encryption of single columns at rest, and keyed fingerprints to find what they hold.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createKeyRing, decrypt, deriveKey, encrypt } from './aead.ts'
import type { DataKeys } from './data-keys.ts'

/** A column whose values are sealed; `row` is what names the row and never changes: a column, or several in order. */
export type SealedColumn = { table: string; column: string; row: string | readonly string[] }

export type Seal = {
  /**
   * AES-256-GCM under the current key, bound to schema, table, column and row. `row` is the value of the column that
   * `SealedColumn.row` names, or those of several with a space between; upper and lower case of it are the same.
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

/** @param schema the service's: values of two services are bound to different places */
export function createSeal(schema: string, dataKeys: DataKeys): Seal {
  const ring = createKeyRing(schema, dataKeys, 'bahi seal 1')
  const prefix = `${format}.${dataKeys.current}.`
  const prints = deriveKey(dataKeys.fingerprintKey, 'bahi fingerprint 1')
  const place = ({ table, column }: SealedColumn, row: string) =>
    Buffer.from([schema, table, column, row.toLowerCase()].join('\0'))
  return {
    seal: (plain, column, row) =>
      prefix + encrypt(ring.current, Buffer.from(plain), place(column, row)).toString('base64url'),
    open(sealed, column, row) {
      const [version, id = '', body = ''] = sealed.split('.')
      if (version !== format) throw new Error('this is no sealed value')
      return decrypt(ring.find(id), Buffer.from(body, 'base64url'), place(column, row)).toString('utf8')
    },
    prefix,
    fingerprint: (plain, context) => createHmac('sha256', prints).update(`${context}\0${plain}`).digest(),
  }
}

/** Constant in time for equal lengths. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
