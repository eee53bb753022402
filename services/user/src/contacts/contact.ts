// A contact as clients see it, and the time that a change counts from.
import type { Contact } from '@bahi/contracts/contacts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { ContactRow } from './store.ts'

export function toContact({ vpa, name, favourite, changedAt }: ContactRow): Contact {
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
