// What of a profile was changed in a form. Pure.
import type { Profile } from '@bahi/contracts/user.ts'

/** Looks like an e-mail address: the service says whether it is one. */
export const emailPattern = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/

type Changes = { name?: string; email?: string | null }

/** Undefined when nothing is other than before; an e-mail of nothing is taken away. */
export function profileChanges(
  profile: Profile,
  typed: { name: string; email: string },
): Changes | undefined {
  const name = typed.name.trim()
  const email = typed.email.trim()
  const changes: Changes = {
    ...(name === profile.name ? {} : { name }),
    ...(email === (profile.email ?? '') ? {} : { email: email || null }),
  }
  return Object.keys(changes).length > 0 ? changes : undefined
}
