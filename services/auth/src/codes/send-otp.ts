// Sends a one-time code to a phone, registered or not: that is not looked up.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { sendSecret } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { codeContext, newCode, otpLifeMs, otpWaitS, resendAfterMs } from './otp.ts'
import { storeOtp, findSends, revokeOtp } from './store.ts'

/**
 * The code is stored before it is sent; one that could not be sent is revoked, so that the person may request another
 * at once. Throws `otp-too-soon`, `unavailable`.
 */
export async function sendOtp(
  deps: AuthDeps,
  phone: string,
): Promise<{ expiresInS: number; resendInS: number }> {
  const now = deps.clock.now()
  const key = phoneKey(deps, phone)
  const code = newCode()
  const codeKey = deps.seal.fingerprint(code, codeContext(phone))
  if (!(await storeOtp(deps.sql, key, codeKey, now))) {
    const sends = await findSends(deps.sql, key)
    throw new Problem('otp-too-soon', undefined, { retryAfterS: sends ? otpWaitS(sends, now) : 1 })
  }
  const values = { otp: code, minutes: String(otpLifeMs / 60_000) }
  try {
    await deps.call(sendSecret, { body: { id: uuidv7(now.getTime()), phone, template: 'otp', values } })
  } catch (error) {
    await revokeOtp(deps.sql, key, codeKey)
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ code: error.code }, 'one-time code not sent: notification did not accept it')
    throw new Problem('unavailable', 'the code could not be sent: request it again', { retryAfterS: 1 })
  }
  return { expiresInS: otpLifeMs / 1000, resendInS: resendAfterMs / 1000 }
}
