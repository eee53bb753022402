// A contact as clients see it, and the time that a change counts from.
import type { Contact } from '@bahi/contracts/contacts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Seal, SealedColumn } from '@bahi/kit/crypto/seal.ts'
import type { ContactRow } from './store.ts'

/** Of the person who saved it, under the UPI ID. */
export const contactNameColumn: SealedColumn = {
  ...{ table: 'contacts', column: 'name_sealed', row: ['user_id', 'vpa'] },
}
const rowOf = (userId: string, vpa: string) => `${userId} ${vpa}`

export function sealContactName(seal: Seal, userId: string, vpa: string, name: string): string {
  return seal.seal(name, contactNameColumn, rowOf(userId, vpa))
}

/** Throws when the name was tampered with, or belongs to another row. */
export function toContact(seal: Seal, row: ContactRow): Contact {
  const { userId, vpa, nameSealed, favourite, changedAt } = row
  const name = seal.open(nameSealed, contactNameColumn, rowOf(userId, vpa))
  return { vpa, name, favourite, changedAt: changedAt.toISOString() }
}

/**
 * At most now: a device whose clock is ahead must not win against all later changes. Throws `request-invalid` for an
 * invalid time.
 */
export function changedAtOf(text: string, now: Date): Date {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) {
    const field = { path: '/changedAt', message: 'is not a valid time' }
    throw new Problem('request-invalid', `${field.path} ${field.message}`, { fields: [field] })
  }
  return new Date(Math.min(Math.max(ms, 0), now.getTime()))
}
