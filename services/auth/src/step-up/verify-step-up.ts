// Verifies that it is the person who makes a change, for whichever service an access token alone is not enough.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { verifyStepUp as contract } from '@bahi/contracts/step-up.ts'
import { proofsFor } from '@bahi/contracts/step-up-rules.ts'
import type { AuthDeps } from '../deps.ts'
import { passwordHashOf } from '../people/store.ts'
import { hashOf } from '../sessions/tokens.ts'
import { clearTries } from '../tries/store.ts'
import { stepUpTries } from '../tries/tries.ts'
import { countStepUpTry, stepUpKey } from './count-tries.ts'
import { useProof } from './store.ts'

type Asked = Input<typeof contract>['body']

/**
 * A proof is used up; a password is compared. Throws `step-up-required` for a proof that is another session's, is for
 * another purpose, was used or has expired; `not-found`, `password-wrong`, `login-locked`.
 */
export async function verifyStepUp(
  deps: AuthDeps,
  { userId, sessionId, purpose, stepUp }: Asked,
): Promise<Output<typeof contract>> {
  if ('password' in stepUp) await verifyPassword(deps, { userId, sessionId }, stepUp.password)
  else {
    const sent = { hash: hashOf(stepUp.proof), userId, sessionId, purpose }
    if (!(await useProof(deps.sql, sent, deps.clock.now())))
      throw new Problem('step-up-required', 'the proof was used, has expired, or is for something else', {
        stepUp: { purpose, proofs: [...proofsFor(purpose)] },
      })
  }
  return { userId }
}

async function verifyPassword(
  deps: AuthDeps,
  { userId, sessionId }: Pick<Asked, 'userId' | 'sessionId'>,
  password: string,
): Promise<void> {
  const hash = await passwordHashOf(deps.sql, userId)
  if (hash === undefined) throw new Problem('not-found', 'there is no such person')
  const key = stepUpKey(deps, { userId, sessionId })
  const locked = await countStepUpTry(deps, deps.sql, key)
  if (locked) throw locked
  if (!(await deps.passwords.matches(hash, password))) throw new Problem('password-wrong')
  await clearTries(deps.sql, stepUpTries, key)
}
