// What a contact is: how it is shown, and when a change counts as made.
import type { Contact } from '@bahi/contracts/contacts.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { ContactRow } from './store.ts'

export function shown({ vpa, name, favourite, changedAt }: ContactRow): Contact {
  return { vpa, name, favourite, changedAt: changedAt.toISOString() }
}

/**
 * A device whose clock is ahead must not win for ever: what it changed was changed by now at the latest.
 * Throws `request-invalid` for a moment that is none.
 */
export function changedAtOf(text: string, now: Date): Date {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) {
    const field = { path: '/changedAt', message: 'is no moment' }
    throw new Problem('request-invalid', `${field.path} ${field.message}`, { fields: [field] })
  }
  return new Date(Math.min(Math.max(ms, 0), now.getTime()))
}
