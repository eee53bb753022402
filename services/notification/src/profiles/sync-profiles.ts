// Updates the copy of language and "has an e-mail address" after a profile has changed.
import { Problem } from '@bahi/contracts/problem.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { NotificationDeps } from '../deps.ts'
import { findStaleProfiles, postponeProfileSync, saveProfileCopies } from './store.ts'

const maxPeople = 200
const unavailableWaitMs = 5_000
const missingWaitMs = 60_000

/** One round; true when there is more. While the user service is unavailable the copies stay as they are. */
export async function syncProfiles(deps: NotificationDeps): Promise<boolean> {
  const now = deps.clock.now()
  const stale = await findStaleProfiles(deps.sql, now, maxPeople)
  if (stale.length === 0) return false
  const userIds = stale.map((person) => person.userId)
  const later = (waitMs: number) => new Date(now.getTime() + waitMs)
  let profiles
  try {
    profiles = (await deps.call(profilesOf, { body: { userIds } })).profiles
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn(
      { code: error.code, people: stale.length },
      'profiles could not be read from user: they will be read again later',
    )
    await postponeProfileSync(deps.sql, userIds, later(unavailableWaitMs))
    return false
  }
  const found = new Map(profiles.map((profile) => [profile.userId, profile]))
  await saveProfileCopies(
    deps.sql,
    stale.flatMap(({ userId, version }) => {
      const profile = found.get(userId)
      if (!profile) return []
      return [{ userId, version, language: profile.language, hasEmail: profile.email !== undefined }]
    }),
  )
  const missing = userIds.filter((userId) => !found.has(userId))
  if (missing.length > 0) await postponeProfileSync(deps.sql, missing, later(missingWaitMs))
  return stale.length === maxPeople
}
