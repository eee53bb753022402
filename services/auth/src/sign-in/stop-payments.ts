// Stops a person's payments from the sign-in screen, without a session: for whoever lost their phone.
import type { stopMyPayments as contract } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { stopPaymentsOf } from '@bahi/contracts/controls.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { announceDisconnected } from '../oidc/grants.ts'
import { deleteGrants } from '../oidc/store.ts'
import { personByPhone } from '../people/store.ts'
import { endAllSessions } from '../sessions/end-session.ts'
import type { Origin } from '../tries/tries.ts'
import { tryPassword } from './password-attempt.ts'

type Asked = Input<typeof contract>['body'] & Origin

/**
 * The password or a code is enough, since it only takes away: payments stop, every device is signed out, and every app
 * is disconnected. Passwords and codes are counted as at sign-in, so a stranger learns no more here and locks nobody.
 * To resume takes a sign-in, the password and the delay. Payments first: when they cannot be stopped, the same request
 * may be sent again. Throws `credentials-wrong`, `login-locked`, `otp-required`, `otp-wrong`, `unavailable`.
 */
export async function stopPayments(deps: AuthDeps, asked: Asked): Promise<void> {
  const userId = 'otp' in asked ? await stopByCode(deps, asked) : await stopByPassword(deps, asked)
  await endAllSessions(deps, userId)
  await announceDisconnected(deps, (tx) => deleteGrants(tx, { userId }))
}

async function stopByPassword(
  deps: AuthDeps,
  attempt: Extract<Asked, { password: string }>,
): Promise<string> {
  // While strangers try many passwords none is looked at: the code alone is enough here.
  const { person, clear } = await tryPassword(deps, attempt)
  await clear()
  await deps.call(stopPaymentsOf, { body: { userId: person.id } })
  return person.id
}

/** The code is used up only once payments are stopped; a refused one is counted. */
async function stopByCode(
  deps: AuthDeps,
  { phone, otp, otpId, network }: Extract<Asked, { otp: string }>,
): Promise<string> {
  const stopped = await deps.transaction(async (tx) => {
    const code = { phone, purpose: 'stop-payments', otp, otpId } as const
    const refusal = await verifyOtp(deps, tx, { ...code, asker: { network }, proven: false })
    if (refusal) return refusal
    const userId = await personByPhone(tx, phoneKey(deps, phone))
    // Only who holds the phone learns this.
    if (userId === undefined) return new Problem('credentials-wrong', 'nobody is registered with this phone')
    await deps.call(stopPaymentsOf, { body: { userId } })
    return userId
  })
  if (stopped instanceof Problem) throw stopped
  return stopped
}
