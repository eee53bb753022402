// Spends a one-time code: once, by whoever has it first, for whatever it is asked for.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { codeContext } from './otp.ts'
import { personById } from '../people/store.ts'
import { guessOtp } from './store.ts'

/**
 * Undefined when the code is spent; else the refusal, returned so that the caller's transaction commits the
 * try it cost and then throws.
 */
export async function tryOtp(
  deps: AuthDeps,
  sql: Queryable,
  phone: string,
  otp: string,
): Promise<Problem | undefined> {
  const codeKey = deps.seal.fingerprint(otp, codeContext(phone))
  const guess = await guessOtp(sql, phoneKey(deps, phone), codeKey, deps.clock.now())
  if (guess?.right) return undefined
  return new Problem('otp-wrong', undefined, guess ? { triesLeft: guess.triesLeft } : {})
}

/** For another service: the person's own phone, proven by the code. Throws `not-found`, `otp-wrong`. */
export async function spendOtpOf(deps: AuthDeps, userId: string, otp: string): Promise<{ phone: string }> {
  const person = await personById(deps.sql, userId)
  if (!person) throw new Problem('not-found', 'there is no such person')
  const phone = deps.seal.open(person.phoneSealed, 'auth.phone')
  const refusal = await tryOtp(deps, deps.sql, phone, otp)
  if (refusal) throw refusal
  return { phone }
}
