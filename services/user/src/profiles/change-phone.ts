// Stores the phone that a person has proven to auth, and that it is somebody else's now.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openProfile, sealPhone } from './profile.ts'
import { lockProfile, releasePhone, updatePhone } from './store.ts'

/** Without a phone the one so far stays for staff to find the person by. Idempotent. Throws `not-found`. */
export async function changeProfilePhone(
  deps: Deps,
  { userId, phone }: { userId: string; phone: string | null },
): Promise<{ userId: string }> {
  return deps.transaction(async (tx) => {
    const row = await lockProfile(tx, userId)
    if (!row) throw new Problem('not-found', 'this person has no profile')
    const isReleased = row.phoneReleasedAt !== null
    const isSame = phone === null ? isReleased : !isReleased && openProfile(deps.seal, row).phone === phone
    if (isSame) return { userId: row.userId }
    const now = deps.clock.now()
    if (phone === null) await releasePhone(tx, row.userId, now)
    else
      await updatePhone(tx, { userId: row.userId, phoneSealed: sealPhone(deps.seal, row.userId, phone), now })
    const data = { userId: row.userId, fields: ['phone'] }
    await deps.append(tx, { type: 'user.profile-changed', stream: row.userId, data })
    return { userId: row.userId }
  })
}
