// Creates the profile of a person who registers; idempotent.
import { normaliseName } from '@bahi/contracts/person-name.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { tokensOfName } from './name-tokens.ts'
import { openProfile, sealName, sealPhone } from './profile.ts'
import { findProfiles, insertProfile } from './store.ts'

/**
 * A repeated registration finds the profile of the first call, with the name given then. Throws `id-reused` when the id
 * belongs to another phone.
 */
export async function createProfile(
  deps: Deps,
  { userId, name, phone }: { userId: string; name: string; phone: string },
): Promise<{ userId: string }> {
  const phoneSealed = sealPhone(deps.seal, userId, phone)
  const createdId = await deps.transaction(async (tx) => {
    const now = deps.clock.now()
    const kept = normaliseName(name)
    const nameSealed = sealName(deps.seal, userId, kept)
    const nameTokens = tokensOfName(deps.seal, kept)
    const id = await insertProfile(tx, { userId, nameSealed, nameTokens, phoneSealed, now })
    if (id) await deps.append(tx, { type: 'user.profile-created', stream: id, data: { userId: id } })
    return id
  })
  if (createdId) return { userId: createdId }
  const [row] = await findProfiles(deps.sql, [userId])
  if (!row || openProfile(deps.seal, row).phone !== phone) throw new Problem('id-reused')
  return { userId: row.userId }
}
