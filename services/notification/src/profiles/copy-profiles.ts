// Keeps the copy of language and "has an e-mail address" current, after the profile has changed.
import { Problem } from '@bahi/contracts/problem.ts'
import { profilesOf } from '@bahi/contracts/user.ts'
import type { NotificationDeps } from '../notification.ts'
import { findStalePeople, postponeProfiles, putProfileCopies } from '../messages/store.ts'

const maxPeople = 200
const unreachableWaitMs = 5_000
const missingWaitMs = 60_000

/** One round; true when there is more. That user cannot be reached is no fault of ours: the copy stays as it is. */
export async function copyProfiles(deps: NotificationDeps): Promise<boolean> {
  const now = deps.clock.now()
  const stale = await findStalePeople(deps.sql, now, maxPeople)
  if (stale.length === 0) return false
  const userIds = stale.map((person) => person.userId)
  const later = (waitMs: number) => new Date(now.getTime() + waitMs)
  let profiles
  try {
    profiles = (await deps.call(profilesOf, { body: { userIds } })).profiles
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ code: error.code, people: stale.length }, 'profiles cannot be asked for now')
    await postponeProfiles(deps.sql, userIds, later(unreachableWaitMs))
    return false
  }
  const found = new Map(profiles.map((profile) => [profile.userId, profile]))
  await putProfileCopies(
    deps.sql,
    stale.flatMap(({ userId, wanted }) => {
      const profile = found.get(userId)
      if (!profile) return []
      return [{ userId, wanted, language: profile.language, hasEmail: profile.email !== undefined }]
    }),
  )
  const missing = userIds.filter((userId) => !found.has(userId))
  if (missing.length > 0) await postponeProfiles(deps.sql, missing, later(missingWaitMs))
  return stale.length === maxPeople
}
