// Counts tries of second factors, so that whoever knows a password can neither guess a code nor lock its person out.
import type { SecondFactor } from '@bahi/contracts/second-factor-rules.ts'
import type { AuthDeps } from '../deps.ts'
import { refuseUsedUp } from '../tries/refuse-used-up.ts'
import { clearTries, countTry, returnTry } from '../tries/store.ts'
import { secondFactorTries, type TryRule } from '../tries/tries.ts'
import type { FactorSession } from './store.ts'

export type CountedTry = {
  /** Of the device or the session. */
  triesLeft: number
  /** It was the last one of the device, or of all that are not known: until then there are no more. */
  lockedUntil: Date | undefined
  /** It was a right one. */
  clear(): Promise<void>
}

/**
 * A device that has proven a second factor before counts by itself. All others count by session, and together by
 * person; a recovery code, which nobody guesses, by session alone, and so it works while strangers use up the rest.
 * Throws `login-locked`.
 */
export async function countFactorTry(
  deps: AuthDeps,
  { userId, sessionId }: { userId: string; sessionId: string },
  { isKnownDevice, keyThumbprint }: FactorSession,
  method: SecondFactor,
): Promise<CountedTry> {
  const keyOf = (text: string) => deps.seal.fingerprint(`${userId} ${text}`, 'auth.second-factor')
  const own = isKnownDevice ? secondFactorTries.device : secondFactorTries.session
  const ownKey = keyOf(isKnownDevice ? `device ${keyThumbprint}` : `session ${sessionId}`)
  const count = await counted(deps, own, ownKey)
  const isShared = !isKnownDevice && method === 'totp'
  const allKey = keyOf('all')
  const ofAll = isShared ? await counted(deps, secondFactorTries.person, allKey) : 0
  const isLast = count >= own.max || ofAll >= secondFactorTries.person.max
  const { windowMs } = ofAll >= secondFactorTries.person.max ? secondFactorTries.person : own
  return {
    triesLeft: own.max - count,
    lockedUntil: isLast ? new Date(deps.clock.now().getTime() + windowMs) : undefined,
    async clear() {
      await clearTries(deps.sql, own, ownKey)
      if (isShared) await returnTry(deps.sql, secondFactorTries.person, allKey)
    },
  }
}

async function counted(deps: AuthDeps, rule: TryRule, key: Buffer): Promise<number> {
  const now = deps.clock.now()
  const count = await countTry(deps.sql, rule, key, now)
  if (count !== undefined) return count
  throw await refuseUsedUp(deps.sql, rule, key, now)
}
