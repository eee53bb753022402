// Sends a one-time code to a phone, registered or not; several may be alive at a time.
import type { OtpPurpose } from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { sendSecret } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
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
 * The answer is the same whether the phone is registered or not. Who asks has new tries to enter a code. Throws
 * `otp-too-soon`, `unavailable`.
 */
export async function sendOtp(
  deps: AuthDeps,
  { phone, purpose, deviceKey, network, language = 'en' }: Request,
): Promise<{ id: string; expiresInS: number; resendInS: number }> {
  const key = phoneKey(deps, phone)
  const person = deviceKey === undefined ? undefined : await credentialsOf(deps.sql, key, { key: deviceKey })
  const boundDevice = person?.isBound === true
  const asker = askerKey(deps, phone, boundDevice ? { deviceKey: deviceKey! } : { network })
  const send = (id: string, values: CodeValues) =>
    deps.call(sendSecret, { body: { id, phone, language, template: 'otp', purpose, values } })
  const id = await sendCode(deps, { phone, purpose, asker, boundDevice, send }, async (tx) => {
    await clearTries(tx, codeTries.asker, askerKey(deps, phone, { network }))
    if (boundDevice) await clearTries(tx, codeTries.asker, askerKey(deps, phone, { userId: person.id }))
  })
  return { id, expiresInS: otpLifeMs / 1000, resendInS: resendAfterMs / 1000 }
}

type CodeValues = { otp: string; minutes: string }
type CodeToSend = Pick<NewCode, 'purpose' | 'asker' | 'boundDevice'> & {
  phone: string
  send: (id: string, values: CodeValues) => Promise<unknown>
}

/**
 * The code is stored before it is sent, and deleted when it could not be sent, so that the person may ask again at
 * once. Throws `otp-too-soon`, `unavailable`.
 */
export async function sendCode(
  deps: AuthDeps,
  { phone, purpose, asker, boundDevice, send }: CodeToSend,
  whenStored: (tx: Tx, code: NewCode) => Promise<void>,
): Promise<string> {
  const now = deps.clock.now()
  const otp = newCode()
  const code: NewCode = {
    ...{ id: uuidv7(now.getTime()), phoneKey: phoneKey(deps, phone), purpose, asker, boundDevice },
    codeKey: deps.seal.fingerprint(otp, codeContext(phone, purpose)),
    sentAt: now,
    expiresAt: new Date(now.getTime() + otpLifeMs),
  }
  const waitMs = await deps.transaction(async (tx) => {
    await lockCodes(tx, code.phoneKey)
    const sends = await unusedSends(tx, code, new Date(now.getTime() - sendWindowMs))
    const wait = otpWaitMs(sends, boundDevice, now)
    if (wait > 0) return wait
    await insertCode(tx, code)
    await whenStored(tx, code)
    return 0
  })
  if (waitMs > 0) {
    const retryAfterS = Math.max(1, Math.ceil(waitMs / 1000))
    throw new Problem('otp-too-soon', undefined, { retryAfterS })
  }
  try {
    await send(code.id, { otp, minutes: String(otpLifeMs / 60_000) })
  } catch (error) {
    await deleteCode(deps.sql, code.id)
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ code: error.code }, 'one-time code not sent: notification did not accept it')
    throw new Problem('unavailable', 'the code could not be sent: request it again', { retryAfterS: 1 })
  }
  return code.id
}
