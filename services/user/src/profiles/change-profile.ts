// Changes a person's own profile.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { applyChanges, openProfile, sealEmail, type Changes } from './profile.ts'
import { lockProfile, updateProfile } from './store.ts'

/** Returns the profile after the change. Without a real change no event is appended. */
export function changeProfile(deps: Deps, userId: string, changes: Changes): Promise<Profile> {
  return deps.transaction(async (tx) => {
    const row = await lockProfile(tx, userId)
    if (!row) throw new Problem('not-found', 'this person has no profile')
    const { changed, fields } = applyChanges(openProfile(deps.seal, row), changes)
    if (fields.length === 0) return changed
    await updateProfile(tx, {
      userId,
      name: changed.name,
      language: changed.language,
      emailSealed: sealEmail(deps.seal, row.userId, changed.email),
      now: deps.clock.now(),
    })
    await deps.append(tx, {
      type: 'user.profile-changed',
      stream: row.userId,
      data: { userId: row.userId, fields },
    })
    return changed
  })
}
