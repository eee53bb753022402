// Verifies that it is the person who makes a change, for services in which an access token alone is not enough for it.
import type { verifyStepUp as contract } from '@bahi/contracts/auth.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { passwordHashOf } from '../people/store.ts'
import { clearTries, countTry, usedUpUntil } from '../tries/store.ts'
import { stepUpTries } from '../tries/tries.ts'

/**
 * Counted per session and apart from sign-in: whoever stole an access token uses up the tries of its session, and the
 * person has new ones once they have signed in again. Throws `not-found`, `password-wrong`, `login-locked`.
 */
export async function verifyStepUp(
  deps: AuthDeps,
  { userId, sessionId, stepUp }: Input<typeof contract>['body'],
): Promise<Output<typeof contract>> {
  const hash = await passwordHashOf(deps.sql, userId)
  if (hash === undefined) throw new Problem('not-found', 'there is no such person')
  const now = deps.clock.now()
  const key = deps.seal.fingerprint(`${userId} ${sessionId}`, 'auth.step-up')
  if ((await countTry(deps.sql, stepUpTries, key, now)) === undefined) {
    const until = (await usedUpUntil(deps.sql, stepUpTries, key, now)) ?? now
    const retryAfterS = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
    throw new Problem('login-locked', 'too many wrong passwords: sign out and in again', { retryAfterS })
  }
  if (!(await deps.passwords.matches(hash, stepUp.password))) throw new Problem('password-wrong')
  await clearTries(deps.sql, stepUpTries, key)
  return { userId }
}
