// Verifies one-time codes; each is accepted once.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { codeContext } from './otp.ts'
import { personById } from '../people/store.ts'
import { checkOtp } from './store.ts'

/**
 * Uses the code up and returns undefined, or returns the refusal: the caller commits the counted attempt and then
 * throws it.
 */
export async function verifyOtp(
  deps: AuthDeps,
  sql: Queryable,
  phone: string,
  otp: string,
): Promise<Problem | undefined> {
  const codeKey = deps.seal.fingerprint(otp, codeContext(phone))
  const checked = await checkOtp(sql, phoneKey(deps, phone), codeKey, deps.clock.now())
  if (checked?.correct) return undefined
  return new Problem('otp-wrong', undefined, checked ? { triesLeft: checked.attemptsLeft } : {})
}

/** For another service: verifies that the person holds their own phone. Throws `not-found`, `otp-wrong`. */
export async function verifyOtpOfPerson(
  deps: AuthDeps,
  userId: string,
  otp: string,
): Promise<{ phone: string }> {
  const person = await personById(deps.sql, userId)
  if (!person) throw new Problem('not-found', 'there is no such person')
  const phone = deps.seal.open(person.phoneSealed, phoneColumn, userId)
  const refusal = await verifyOtp(deps, deps.sql, phone, otp)
  if (refusal) throw refusal
  return { phone }
}
