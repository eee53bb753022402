// Step-up: the proof that a route's contract demands, verified by auth for whichever service makes the change.
import type { Call } from '@bahi/contracts/call.ts'
import type { Access } from '@bahi/contracts/contract.ts'
import type { Principal } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { verifyStepUp, type StepUp } from '@bahi/contracts/step-up.ts'
import { proofsFor } from '@bahi/contracts/step-up-rules.ts'
import { personOf } from './principal.ts'

/**
 * Resolves when the request has a good proof for what its contract names, which is used up then; at once when it has
 * been asked before. Throws `step-up-required` with the proofs that are possible, `password-wrong`, `login-locked`.
 */
export type RequireStepUp = () => Promise<void>

type Asking = { access: Access; principal: Principal | undefined; body: unknown; call: Call | undefined }

/** For a request of a route; calling it on one whose contract demands no proof is a bug, and throws. */
export function stepUpOf({ access, principal, body, call }: Asking): RequireStepUp {
  let proven: Promise<void> | undefined
  async function prove(): Promise<void> {
    if (typeof access !== 'object' || !('permission' in access) || !access.stepUp || !principal || !call)
      throw new Error('the contract of this route demands no step-up')
    const { userId, sessionId } = personOf(principal)
    const purpose = access.stepUp.for
    const { stepUp } = (body ?? {}) as { stepUp?: StepUp }
    const proofs = [...proofsFor(purpose)]
    if (!stepUp) throw new Problem('step-up-required', undefined, { stepUp: { purpose, proofs } })
    await call(verifyStepUp, { body: { userId, sessionId, purpose, stepUp } })
  }
  return () => (proven ??= prove())
}

/** Whether the proof is demanded whatever the request changes. */
export function isStepUpAlways(access: Access): boolean {
  return typeof access === 'object' && 'permission' in access && access.stepUp?.demand === 'always'
}
