// The proof that a change needs, which a stolen access token must not make alone.
import { verifyStepUp, type StepUp } from '@bahi/contracts/auth.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Static } from 'typebox'

/** Throws `step-up-required`, `password-wrong`, `login-locked`. */
export async function requireStepUp(
  deps: Pick<Deps, 'call'>,
  { userId, sessionId }: Pick<Person, 'userId' | 'sessionId'>,
  stepUp: Static<typeof StepUp> | undefined,
): Promise<void> {
  if (!stepUp) throw new Problem('step-up-required')
  await deps.call(verifyStepUp, { body: { userId, sessionId, stepUp } })
}
