// Reads profiles: a person's own, or those of many people for a service.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Profile } from '@bahi/contracts/user.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openProfile } from './profile.ts'
import { findProfiles } from './store.ts'

export async function getProfile(deps: Deps, userId: string): Promise<Profile> {
  const [profile] = await getProfiles(deps, [userId])
  if (!profile) throw new Problem('not-found', 'this person has no profile')
  return profile
}

/** Each person once, in no promised order; unknown ids are left out. */
export async function getProfiles(deps: Deps, userIds: string[]): Promise<Profile[]> {
  const rows = await findProfiles(deps.sql, userIds)
  return rows.map((row) => openProfile(deps.seal, row))
}
