// Stores the phone that a person has proven to auth.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openProfile, sealPhone } from './profile.ts'
import { lockProfile, updatePhone } from './store.ts'

/** The same again changes nothing. Throws `not-found`. */
export async function changeProfilePhone(
  deps: Deps,
  { userId, phone }: { userId: string; phone: string },
): Promise<{ userId: string }> {
  return deps.transaction(async (tx) => {
    const row = await lockProfile(tx, userId)
    if (!row) throw new Problem('not-found', 'this person has no profile')
    if (openProfile(deps.seal, row).phone === phone) return { userId: row.userId }
    const phoneSealed = sealPhone(deps.seal, row.userId, phone)
    await updatePhone(tx, { userId: row.userId, phoneSealed, now: deps.clock.now() })
    const data = { userId: row.userId, fields: ['phone'] }
    await deps.append(tx, { type: 'user.profile-changed', stream: row.userId, data })
    return { userId: row.userId }
  })
}
