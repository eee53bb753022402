// Changes a person's own profile.
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { sendNotice } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { changeMe, Profile } from '@bahi/contracts/user.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { getProfile } from './get-profiles.ts'
import { applyChanges, openProfile, sealEmail } from './profile.ts'
import { lockProfile, updateProfile } from './store.ts'

type Changes = Omit<Input<typeof changeMe>['body'], 'stepUp'>

/**
 * Returns the profile after the change. Without a real change no event is appended. Another e-mail address, or none,
 * needs a proof, since receipts and notices would go elsewhere; the address until now is notified. Throws
 * the problems of the proof, `not-found`.
 */
export async function changeProfile(
  deps: Deps,
  userId: string,
  changes: Changes,
  requireStepUp: RequireStepUp,
): Promise<Profile> {
  const before = await getProfile(deps, userId)
  if (applyChanges(before, changes).fields.includes('email')) {
    await requireStepUp()
    await notifyOldAddress(deps, before)
  }
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

/** Before the change, which is refused when the notice cannot be sent. */
async function notifyOldAddress(deps: Deps, { email, language }: Profile): Promise<void> {
  if (email === undefined) return
  const id = uuidv7(deps.clock.now().getTime())
  await deps.call(sendNotice, { body: { id, email, language, template: 'user.email-changed' } })
}
