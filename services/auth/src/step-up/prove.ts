// Lets a person prove by a one-time code that it is them: the code is exchanged for a proof of one kind of change.
import { randomBytes } from 'node:crypto'
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { proveStepUp as proveContract, sendStepUpCode as sendContract } from '@bahi/contracts/step-up.ts'
import { proofLifeS, proofsFor, type StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import { sendOtp } from '../codes/send-otp.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import type { AuthDeps } from '../deps.ts'
import { phoneOf } from '../people/find-people.ts'
import { keyOfSession } from '../sessions/store.ts'
import { hashOf } from '../sessions/tokens.ts'
import { insertProof } from './store.ts'

type Asking = Pick<Person, 'userId' | 'sessionId'>

/** To the person's own phone. Throws `wrong-state` where a code is no proof, `otp-too-soon`, `unavailable`. */
export async function sendStepUpCode(
  deps: AuthDeps,
  asking: Asking & { network: string },
  { purpose, language = 'en' }: Input<typeof sendContract>['body'],
): Promise<Output<typeof sendContract>> {
  requireCode(purpose)
  const phone = await phoneOf(deps, asking.userId)
  const deviceKey = await keyOfSession(deps.sql, asking, deps.clock.now())
  return sendOtp(deps, { phone, purpose, language, deviceKey, network: asking.network })
}

/** Throws `wrong-state` where a code is no proof, `otp-wrong`. */
export async function proveStepUp(
  deps: AuthDeps,
  { userId, sessionId }: Asking,
  { purpose, otp, otpId }: Input<typeof proveContract>['body'],
): Promise<Output<typeof proveContract>> {
  requireCode(purpose)
  const phone = await phoneOf(deps, userId)
  const proof = randomBytes(32).toString('base64url')
  const refusal = await deps.transaction(async (tx) => {
    const code = { phone, purpose, otp, otpId, asker: { userId }, proven: true }
    const refused = await verifyOtp(deps, tx, code)
    if (refused) return refused
    const expiresAt = new Date(deps.clock.now().getTime() + proofLifeS * 1000)
    await insertProof(tx, { hash: hashOf(proof), userId, sessionId, purpose, expiresAt })
    return undefined
  })
  if (refusal) throw refusal
  return { proof, expiresInS: proofLifeS }
}

function requireCode(purpose: StepUpPurpose): void {
  if (!proofsFor(purpose).includes('code'))
    throw new Problem('wrong-state', 'a one-time code is no proof for this change')
}
