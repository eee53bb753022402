// Verifies one-time codes; each is accepted once. Wrong ones count for who enters them, and never against a code.
import type { OtpPurpose } from '@bahi/contracts/auth.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { provingPhoneOf } from '../people/find-people.ts'
import { markProven } from '../revoked-numbers/store.ts'
import { retryAfterSOf } from '../tries/refuse-used-up.ts'
import { clearTries, countTry, usedUpUntil } from '../tries/store.ts'
import { askerKey, codeTries, type Asker } from '../tries/tries.ts'
import { codeContext } from './otp.ts'
import { isCodeOf, isDeadCode, lockCodes, useCode } from './store.ts'

/**
 * `otpId`: which code it is, where its asker says so. `proven`: whether the asker knew the password or has a session,
 * so that wrong codes are not a stranger's.
 */
export type OtpAttempt = {
  phone: string
  purpose: OtpPurpose
  otp: string
  otpId?: string | undefined
  asker: Asker
  proven: boolean
  /** When it is used up. */
  at?: Date
}

/**
 * Uses the code up and returns undefined, or returns the refusal: the caller commits the counted try and then throws
 * it. A code that was used or has expired costs no try.
 */
export async function verifyOtp(
  deps: AuthDeps,
  tx: Tx,
  { phone, purpose, otp, otpId, asker, proven, at: now = deps.clock.now() }: OtpAttempt,
): Promise<Problem | undefined> {
  const key = phoneKey(deps, phone)
  const codeKey = deps.seal.fingerprint(otp, codeContext(phone, purpose))
  await lockCodes(tx, key)
  // Only who asked for a code knows its id, so its guesses are theirs, whoever else is on their network.
  const isNamed = otpId !== undefined && (await isCodeOf(tx, key, otpId))
  const own = askerKey(deps, phone, isNamed ? { otpId } : asker)
  const refused = (await usedUpUntil(tx, codeTries.asker, own, now)) ?? (await provenUntil())
  if (refused) return tooMany(refused, now)
  const isUnderAttack = !proven && (await usedUpUntil(tx, codeTries.registering, key, now)) !== undefined
  const onlyOf = isUnderAttack && !isNamed ? own : undefined
  if (await useCode(tx, { phoneKey: key, purpose, codeKey, id: otpId, onlyOf }, now)) {
    await clearTries(tx, codeTries.asker, own)
    if (proven) await clearTries(tx, codeTries.proven, key)
    return undefined
  }
  if (await isDeadCode(tx, key, codeKey, now)) {
    return new Problem('otp-wrong', 'this code was used or has expired: enter the newest one')
  }
  await countTry(tx, proven ? codeTries.proven : codeTries.registering, key, now)
  const tries = (await countTry(tx, codeTries.asker, own, now)) ?? codeTries.asker.max
  return new Problem('otp-wrong', undefined, { triesLeft: codeTries.asker.max - tries })

  function provenUntil(): Promise<Date | undefined> {
    return proven ? usedUpUntil(tx, codeTries.proven, key, now) : Promise.resolve(undefined)
  }
}

function tooMany(until: Date, now: Date): Problem {
  const retryAfterS = retryAfterSOf(until, now)
  return new Problem('otp-wrong', 'too many wrong codes: ask for a new one', { triesLeft: 0, retryAfterS })
}

/** For a new UPI PIN: verifies that the person holds their phone. Throws `not-found`, `otp-wrong`, `phone-revoked`. */
export async function verifyOtpOfPerson(
  deps: AuthDeps,
  userId: string,
  otp: string,
): Promise<{ phone: string }> {
  const phone = await provingPhoneOf(deps, userId)
  const refusal = await deps.transaction(async (tx) => {
    const code = { phone, purpose: 'set-pin', otp, asker: { userId }, proven: true } as const
    const refused = await verifyOtp(deps, tx, code)
    if (!refused) await markProven(tx, userId, deps.clock.now())
    return refused
  })
  if (refusal) throw refusal
  return { phone }
}
