// Lets a person prove by a code or a passkey that it is them: it is exchanged for a proof of one kind of change.
import { randomBytes } from 'node:crypto'
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { proveByPasskey as passkeyContract } from '@bahi/contracts/passkeys.ts'
import type { PasskeyAnswer } from '@bahi/contracts/passkey-formats.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { proveStepUp as proveContract, sendStepUpCode as sendContract } from '@bahi/contracts/step-up.ts'
import { proofLifeS, proofsFor, type ProofKind, type StepUpPurpose } from '@bahi/contracts/step-up-rules.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { sendOtp } from '../codes/send-otp.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import type { AuthDeps } from '../deps.ts'
import { provingPhoneOf } from '../people/find-people.ts'
import { verifyAnswer } from '../passkeys/verify.ts'
import { keyOfSession } from '../sessions/store.ts'
import { hashOf } from '../sessions/tokens.ts'
import { clearTries } from '../tries/store.ts'
import { stepUpTries } from '../tries/tries.ts'
import { countStepUpTry, stepUpKey } from './count-tries.ts'
import { insertProof } from './store.ts'

type Asking = Pick<Person, 'userId' | 'sessionId'>

/** To the person's own phone. Throws `wrong-state` where a code is no proof, `phone-revoked`, `otp-too-soon`. */
export async function sendStepUpCode(
  deps: AuthDeps,
  asking: Asking & { network: string },
  { purpose, language = 'en' }: Input<typeof sendContract>['body'],
): Promise<Output<typeof sendContract>> {
  requireKind(purpose, 'code')
  const phone = await provingPhoneOf(deps, asking.userId)
  const deviceKey = await keyOfSession(deps.sql, asking, deps.clock.now())
  return sendOtp(deps, { phone, purpose, language, deviceKey, network: asking.network })
}

/** Throws `wrong-state` where a code is no proof, `phone-revoked`, `otp-wrong`. */
export async function proveStepUp(
  deps: AuthDeps,
  asking: Asking,
  { purpose, otp, otpId }: Input<typeof proveContract>['body'],
): Promise<Output<typeof proveContract>> {
  requireKind(purpose, 'code')
  const { userId } = asking
  const phone = await provingPhoneOf(deps, userId)
  const code = { phone, purpose, otp, otpId, asker: { userId }, proven: true }
  return proven(deps, asking, purpose, (tx) => verifyOtp(deps, tx, code))
}

/** Throws `wrong-state` where a passkey is no proof, `passkey-wrong`, `login-locked`. */
export async function proveByPasskey(
  deps: AuthDeps,
  asking: Asking,
  { purpose, passkey }: Input<typeof passkeyContract>['body'],
): Promise<Output<typeof passkeyContract>> {
  requireKind(purpose, 'passkey')
  return proven(deps, asking, purpose, (tx) => refusePasskey(deps, tx, asking, { purpose, passkey }))
}

/** The refusal is thrown once its counted try is committed. */
async function proven(
  deps: AuthDeps,
  { userId, sessionId }: Asking,
  purpose: StepUpPurpose,
  refuse: (tx: Tx) => Promise<Problem | undefined>,
): Promise<Output<typeof proveContract>> {
  const proof = randomBytes(32).toString('base64url')
  const refusal = await deps.transaction(async (tx) => {
    const refused = await refuse(tx)
    if (refused) return refused
    const expiresAt = new Date(deps.clock.now().getTime() + proofLifeS * 1000)
    await insertProof(tx, { hash: hashOf(proof), userId, sessionId, purpose, expiresAt })
    return undefined
  })
  if (refusal) throw refusal
  return { proof, expiresInS: proofLifeS }
}

function requireKind(purpose: StepUpPurpose, kind: ProofKind): void {
  if (proofsFor(purpose).includes(kind)) return
  const what = kind === 'code' ? 'one-time code' : 'passkey'
  throw new Problem('wrong-state', `a ${what} is no proof for this change`)
}

/** Undefined when it is right. Wrong ones are counted for the session, as wrong passwords are. */
async function refusePasskey(
  deps: AuthDeps,
  tx: Tx,
  asking: Asking,
  { purpose, passkey }: { purpose: StepUpPurpose; passkey: PasskeyAnswer },
): Promise<Problem | undefined> {
  const key = stepUpKey(deps, asking)
  const locked = await countStepUpTry(deps, tx, key)
  if (locked) return locked
  if (!(await verifyAnswer(deps, tx, asking, purpose, passkey))) return new Problem('passkey-wrong')
  await clearTries(tx, stepUpTries, key)
  return undefined
}
