// Changes a person's own profile.
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { changeMe, OwnProfile } from '@bahi/contracts/user.ts'
import type { RequireStepUp } from '@bahi/kit/http/http.ts'
import { getOwnProfile } from './get-profiles.ts'
import { tokensOfName } from './name-tokens.ts'
import { applyChanges, openProfile, sealName } from './profile.ts'
import { lockProfile, removeEmails, updateProfile } from './store.ts'
import { notifyAddress, sendEmailCode, type EmailDeps } from './verify-email.ts'

type Changes = Omit<Input<typeof changeMe>['body'], 'stepUp'>

/**
 * Returns the profile after the change. Without a real change no event is appended. Another e-mail address, or none,
 * needs a proof, since receipts and notices would go elsewhere. Another one waits for the code that is mailed to it;
 * when the address is taken away it is notified before. Throws the problems of the proof, `not-found`, `rate-limited`,
 * `unavailable`.
 */
export async function changeProfile(
  deps: EmailDeps,
  userId: string,
  changes: Changes,
  requireStepUp: RequireStepUp,
): Promise<OwnProfile> {
  const before = await getOwnProfile(deps, userId)
  const { changed: wanted, fields: asked } = applyChanges(before, changes)
  if (asked.includes('email') || (asked.includes('emailPending') && wanted.emailPending !== undefined))
    await requireStepUp()
  if (asked.includes('email')) await notifyAddress(deps, before)
  const fields = await deps.transaction(async (tx) => {
    const row = await lockProfile(tx, userId)
    if (!row) throw new Problem('not-found', 'this person has no profile')
    const current = openProfile(deps.seal, row)
    // Whoever was asked for a proof, and notified, was so by the addresses of before.
    if (current.email !== before.email || current.emailPending !== before.emailPending) return 'overtaken'
    const { changed, fields } = applyChanges(current, changes)
    if (fields.length === 0) return fields
    const { name, language } = changed
    const nameTokens = tokensOfName(deps.seal, name)
    const nameSealed = sealName(deps.seal, userId, name)
    await updateProfile(tx, { userId, nameSealed, nameTokens, language, now: deps.clock.now() })
    if (fields.includes('email')) await removeEmails(tx, userId, 'both')
    // Another one replaces it below, together with its code.
    else if (changed.emailPending === undefined) await removeEmails(tx, userId, 'pending')
    await deps.append(tx, {
      type: 'user.profile-changed',
      stream: row.userId,
      data: { userId: row.userId, fields },
    })
    return fields
  })
  if (fields === 'overtaken') return changeProfile(deps, userId, changes, requireStepUp)
  if (fields.includes('emailPending') && wanted.emailPending !== undefined)
    await sendEmailCode(deps, { ...before, language: wanted.language }, wanted.emailPending)
  return getOwnProfile(deps, userId)
}
