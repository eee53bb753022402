// Reads profiles: a person's own, or those of many people for a service.
import { Problem } from '@bahi/contracts/problem.ts'
import type { KnownProfile, OwnProfile } from '@bahi/contracts/user.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { openProfile } from './profile.ts'
import { findProfiles } from './store.ts'

/** Throws `not-found`. */
export async function getOwnProfile(
  { sql, seal }: Pick<Deps, 'sql' | 'seal'>,
  userId: string,
): Promise<OwnProfile> {
  const [row] = await findProfiles(sql, [userId])
  if (!row) throw new Problem('not-found', 'this person has no profile')
  return openProfile(seal, row)
}

/**
 * Each person once, in no promised order; unknown ids are left out. An address that waits for its code is
 * nobody's, and neither is a phone that somebody else has now.
 */
export async function getProfiles(
  { sql, seal }: Pick<Deps, 'sql' | 'seal'>,
  userIds: string[],
): Promise<KnownProfile[]> {
  const rows = await findProfiles(sql, userIds)
  return rows.map((row) => {
    const { emailPending: _, phone, ...profile } = openProfile(seal, row)
    return { ...profile, ...(row.phoneReleasedAt === null ? { phone } : {}) }
  })
}
