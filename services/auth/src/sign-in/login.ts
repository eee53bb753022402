// Signs a person in: password first, then the device; a device not seen before needs a one-time code as well.
import type { login as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { startSession } from '../sessions/start-session.ts'
import { isDeviceBound, personByPhone, replaceHash, type RegisteredPerson } from '../people/store.ts'
import { tokensOf } from '../sessions/tokens.ts'
import { clearLoginAttempts, lastLoginAttempt, startLoginLock, countLoginAttempt } from './store.ts'

/** Wrong passwords in a row that lock login; the count is reset a day after the last one. */
export const maxLoginAttempts = 10
export const loginLockMs = 30 * 60_000
export const attemptsResetMs = 24 * 60 * 60_000
const rule = { maxAttempts: maxLoginAttempts, lockMs: loginLockMs, resetMs: attemptsResetMs }

type Credentials = Input<typeof contract>['body']

/**
 * An unregistered phone is answered like a wrong password: same problem, same time, same lock. Throws
 * `login-locked`, `credentials-wrong`, `otp-required`, `otp-wrong`.
 */
export async function login(deps: AuthDeps, credentials: Credentials): Promise<Tokens> {
  const person = await verifyPassword(deps, credentials)
  const { device, otp } = credentials
  const isBound = await isDeviceBound(deps.sql, person.id, device.id)
  if (!isBound && otp === undefined) throw new Problem('otp-required')

  const started = await deps.transaction(async (tx) => {
    const refusal = isBound ? undefined : await verifyOtp(deps, tx, credentials.phone, otp!)
    return refusal ?? startSession(deps, tx, person, device, !isBound)
  })
  if (started instanceof Problem) throw started
  return tokensOf(deps, started.session, started.refreshToken)
}

/** The attempt is counted before the password is compared, and the count is cleared when it is correct. */
async function verifyPassword(deps: AuthDeps, { phone, password }: Credentials): Promise<RegisteredPerson> {
  const key = phoneKey(deps, phone)
  const now = deps.clock.now()
  const attempt = await countLoginAttempt(deps.sql, key, now, rule)
  if (attempt === undefined) throw locked((await lastLoginAttempt(deps.sql, key)) ?? now, now)
  const person = await personByPhone(deps.sql, key)
  const isCorrect = await deps.passwords.matches(person?.passwordHash, password)
  if (!person || !isCorrect) {
    if (attempt >= maxLoginAttempts) await lock(deps, key, person)
    throw new Problem('credentials-wrong')
  }
  await clearLoginAttempts(deps.sql, key)
  if (deps.passwords.isOutdated(person.passwordHash)) {
    await replaceHash(deps.sql, person.id, person.passwordHash, await deps.passwords.hash(password))
  }
  return person
}

async function lock(deps: AuthDeps, key: Buffer, person: RegisteredPerson | undefined): Promise<never> {
  const now = deps.clock.now()
  await deps.transaction(async (tx) => {
    await startLoginLock(tx, key, now)
    if (!person) return
    const until = new Date(now.getTime() + loginLockMs).toISOString()
    await deps.append(tx, {
      type: 'auth.login-locked',
      stream: person.id,
      data: { userId: person.id, until },
    })
  })
  throw locked(now, now)
}

function locked(since: Date, now: Date): Problem {
  const waitMs = since.getTime() + loginLockMs - now.getTime()
  return new Problem('login-locked', undefined, { retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)) })
}
