// Signs a person in: password first, then the device; a device not seen before needs a one-time code as well.
import type { login as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { tryOtp } from '../codes/spend-otp.ts'
import { startSession } from '../sessions/start-session.ts'
import { knowsDevice, personByPhone, replaceHash, type Registered } from '../people/store.ts'
import { tokensOf } from '../sessions/tokens.ts'
import { forgetLoginTries, lastLoginTry, startLock, takeLoginTry } from './store.ts'

/** Wrong passwords in a row until login is locked; they are forgotten a day after the last one. */
export const loginTries = 10
export const loginLockMs = 30 * 60_000
export const forgetTriesMs = 24 * 60 * 60_000
const rule = { tries: loginTries, lockMs: loginLockMs, forgetMs: forgetTriesMs }

type Credentials = Input<typeof contract>['body']

/**
 * A phone that nobody registered is answered like a wrong password: same words, same time, same lock. Throws
 * `login-locked`, `credentials-wrong`, `otp-required`, `otp-wrong`.
 */
export async function login(deps: AuthDeps, who: Credentials): Promise<Tokens> {
  const person = await provePassword(deps, who)
  const { device, otp } = who
  const known = await knowsDevice(deps.sql, person.id, device.id)
  if (!known && otp === undefined) throw new Problem('otp-required')

  const started = await deps.transaction(async (tx) => {
    const refusal = known ? undefined : await tryOtp(deps, tx, who.phone, otp!)
    return refusal ?? startSession(deps, tx, person, device, !known)
  })
  if (started instanceof Problem) throw started
  return tokensOf(deps, started.session, started.refreshToken)
}

/** The try is counted before the password is looked at, and taken back when it is right. */
async function provePassword(deps: AuthDeps, { phone, password }: Credentials): Promise<Registered> {
  const key = phoneKey(deps, phone)
  const now = deps.clock.now()
  const nth = await takeLoginTry(deps.sql, key, now, rule)
  if (nth === undefined) throw locked((await lastLoginTry(deps.sql, key)) ?? now, now)
  const person = await personByPhone(deps.sql, key)
  const right = await deps.passwords.matches(person?.passwordHash, password)
  if (!person || !right) {
    if (nth >= loginTries) await lock(deps, key, person)
    throw new Problem('credentials-wrong')
  }
  await forgetLoginTries(deps.sql, key)
  if (deps.passwords.isOutdated(person.passwordHash)) {
    await replaceHash(deps.sql, person.id, person.passwordHash, await deps.passwords.hash(password))
  }
  return person
}

async function lock(deps: AuthDeps, key: Buffer, person: Registered | undefined): Promise<never> {
  const now = deps.clock.now()
  await deps.transaction(async (tx) => {
    await startLock(tx, key, now)
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
