// Stops a person's payments from the sign-in screen, without a session: for whoever lost their phone.
import type { stopMyPayments as contract } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { stopPaymentsOf } from '@bahi/contracts/controls.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { credentialsOf } from '../people/store.ts'
import { logout } from '../sessions/end-session.ts'
import { clearTries } from '../tries/store.ts'
import { acceptPassword, countAttempt, publishLock, refusalOf } from './password-attempt.ts'

type Asked = Input<typeof contract>['body'] & { network: string }

/**
 * The password or a code is enough, since it only takes away: payments stop and every device is signed out. Passwords
 * and codes are counted as at sign-in, so a stranger learns no more here and locks nobody. To resume takes a sign-in,
 * the password and the delay. Safe to repeat. Throws `credentials-wrong`, `login-locked`, `otp-required`, `otp-wrong`.
 */
export async function stopPayments(deps: AuthDeps, asked: Asked): Promise<void> {
  const userId = 'otp' in asked ? await personByCode(deps, asked) : await personByPassword(deps, asked)
  // Payments first: should the rest fail, the same request again ends it.
  await deps.call(stopPaymentsOf, { body: { userId } })
  await logout(deps, { userId, sessionId: '', deviceId: '' }, true)
}

async function personByPassword(
  deps: AuthDeps,
  attempt: Extract<Asked, { password: string }>,
): Promise<string> {
  const person = await credentialsOf(deps.sql, phoneKey(deps, attempt.phone), attempt.device.id)
  const counted = await countAttempt(deps, attempt, person)
  // While strangers try many passwords none is looked at: the code alone is enough here.
  if (counted.isGuarded) throw new Problem('otp-required')
  const isCorrect = await deps.passwords.matches(person?.passwordHash, attempt.password)
  if (!person || !isCorrect) {
    await publishLock(deps, person, counted)
    throw await refusalOf(deps, counted)
  }
  await acceptPassword(deps, person, attempt, counted)
  await clearTries(deps.sql, counted.rule, counted.key)
  return person.id
}

async function personByCode(
  deps: AuthDeps,
  { phone, otp, network }: Extract<Asked, { otp: string }>,
): Promise<string> {
  const refusal = await deps.transaction((tx) =>
    verifyOtp(deps, tx, { phone, otp, asker: { network }, proven: false }),
  )
  if (refusal) throw refusal
  const person = await credentialsOf(deps.sql, phoneKey(deps, phone), '')
  // Only who holds the phone learns this.
  if (!person) throw new Problem('credentials-wrong', 'nobody is registered with this phone')
  return person.id
}
