// Counts wrong proofs of one session, apart from sign-in: whoever stole an access token uses up the tries of its
// session, and the person has new ones once they have signed in again.
import type { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { refuseUsedUp } from '../tries/refuse-used-up.ts'
import { countTry } from '../tries/store.ts'
import { stepUpTries } from '../tries/tries.ts'

export const stepUpKey = (
  { seal }: Pick<AuthDeps, 'seal'>,
  { userId, sessionId }: { userId: string; sessionId: string },
): Buffer => seal.fingerprint(`${userId} ${sessionId}`, 'auth.step-up')

/** The refusal when all were used up. */
export async function countStepUpTry(
  { clock }: Pick<AuthDeps, 'clock'>,
  sql: Queryable,
  key: Buffer,
): Promise<Problem | undefined> {
  const now = clock.now()
  if ((await countTry(sql, stepUpTries, key, now)) !== undefined) return undefined
  return refuseUsedUp(sql, stepUpTries, key, now, 'too many wrong proofs: sign out and in again')
}
