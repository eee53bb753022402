// Makes the profile of a person who registers; asked again, it answers the same.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openProfile, sealPhone } from './profile.ts'
import { findProfiles, insertProfile } from './store.ts'

/**
 * The first call makes the profile, and a registration that is tried again finds it, under the name first given.
 * Throws `id-reused` when the id belongs to another phone.
 */
export async function makeProfile(
  deps: Deps,
  { userId, name, phone }: { userId: string; name: string; phone: string },
): Promise<{ userId: string }> {
  const phoneSealed = sealPhone(deps.seal, userId, phone)
  const made = await deps.transaction(async (tx) => {
    const id = await insertProfile(tx, { userId, name, phoneSealed, now: deps.clock.now() })
    if (id) await deps.append(tx, { type: 'user.profile-created', stream: id, data: { userId: id } })
    return id
  })
  if (made) return { userId: made }
  const [row] = await findProfiles(deps.sql, [userId])
  if (!row || openProfile(deps.seal, row).phone !== phone) throw new Problem('id-reused')
  return { userId: row.userId }
}
