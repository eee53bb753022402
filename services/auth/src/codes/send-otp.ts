// Sends a one-time code to a phone, registered or not; several may be alive at a time.
import type { OtpPurpose } from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { sendSecret } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { credentialsOf } from '../people/store.ts'
import { clearTries } from '../tries/store.ts'
import { askerKey, codeTries, type Origin } from '../tries/tries.ts'
import { codeContext, newCode, otpLifeMs, otpWaitMs, resendAfterMs, sendWindowMs } from './otp.ts'
import { deleteCode, insertCode, lockCodes, unusedSends, type NewCode } from './store.ts'

type Request = {
  phone: string
  purpose: OtpPurpose
  language?: 'en' | 'hi'
} & Origin

/**
 * The answer is the same whether the phone is registered or not. Who asks has new tries to enter a code. The code is
 * stored before it is sent, and deleted when it could not be sent, so that the person may ask again at once. Throws
 * `otp-too-soon`, `unavailable`.
 */
export async function sendOtp(
  deps: AuthDeps,
  { phone, purpose, deviceKey, network, language = 'en' }: Request,
): Promise<{ id: string; expiresInS: number; resendInS: number }> {
  const now = deps.clock.now()
  const key = phoneKey(deps, phone)
  const person = deviceKey === undefined ? undefined : await credentialsOf(deps.sql, key, { key: deviceKey })
  const boundDevice = person?.isBound === true
  const otp = newCode()
  const code: NewCode = {
    id: uuidv7(now.getTime()),
    phoneKey: key,
    purpose,
    codeKey: deps.seal.fingerprint(otp, codeContext(phone, purpose)),
    asker: askerKey(deps, phone, boundDevice ? { deviceKey: deviceKey! } : { network }),
    boundDevice,
    sentAt: now,
    expiresAt: new Date(now.getTime() + otpLifeMs),
  }
  const waitMs = await deps.transaction(async (tx) => {
    await lockCodes(tx, key)
    const sends = await unusedSends(tx, code, new Date(now.getTime() - sendWindowMs))
    const wait = otpWaitMs(sends, boundDevice, now)
    if (wait > 0) return wait
    await insertCode(tx, code)
    await clearTries(tx, codeTries.asker, askerKey(deps, phone, { network }))
    if (boundDevice) await clearTries(tx, codeTries.asker, askerKey(deps, phone, { userId: person.id }))
    return 0
  })
  if (waitMs > 0) {
    const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000))
    throw new Problem('otp-too-soon', undefined, { retryAfterS })
  }
  const values = { otp, minutes: String(otpLifeMs / 60_000) }
  try {
    await deps.call(sendSecret, { body: { id: code.id, phone, language, template: 'otp', purpose, values } })
  } catch (error) {
    await deleteCode(deps.sql, code.id)
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ code: error.code }, 'one-time code not sent: notification did not accept it')
    throw new Problem('unavailable', 'the code could not be sent: request it again', { retryAfterS: 1 })
  }
  return { id: code.id, expiresInS: otpLifeMs / 1000, resendInS: resendAfterMs / 1000 }
}
