// What of a profile was changed in a form. Pure.
import { parseEmail } from '@bahi/contracts/email.ts'
import { normaliseName } from '@bahi/contracts/person-name.ts'
import type { OwnProfile } from '@bahi/contracts/user.ts'

type Changes = { name?: string; email?: string | null }

/** Undefined when nothing is other than before; an e-mail of nothing is taken away. */
export function profileChanges(
  profile: OwnProfile,
  typed: { name: string; email: string },
): Changes | undefined {
  const name = normaliseName(typed.name)
  const email = parseEmail(typed.email) ?? ''
  const changes: Changes = {
    ...(name === profile.name ? {} : { name }),
    ...(email === (profile.emailPending ?? profile.email ?? '') ? {} : { email: email || null }),
  }
  return Object.keys(changes).length > 0 ? changes : undefined
}
