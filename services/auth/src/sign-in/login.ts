// Signs a person in: password first, then the device; a device that is not bound needs a one-time code as well.
import type { login as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { EventData } from '@bahi/contracts/events.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { startSession } from '../sessions/start-session.ts'
import { credentialsOf, replaceHash, type Credentials } from '../people/store.ts'
import { tokensOf } from '../sessions/tokens.ts'
import { clearTries, countTry, returnTry, usedUpUntil } from '../tries/store.ts'
import { askerKey, passwordTries, type TryRule } from '../tries/tries.ts'

type Attempt = Input<typeof contract>['body'] & { network: string }

/** By what an attempt is counted. */
type Counted = {
  rule: TryRule
  key: Buffer
  count: number
  /** Of all devices that are not bound together; undefined when there were too many. */
  ofStrangers: number | undefined
  /** Strangers tried too many passwords for this phone: the code is needed before a password is looked at. */
  isGuarded: boolean
}

/**
 * An unregistered phone is answered like a wrong password: same problem, same time, same limits. While strangers try
 * many passwords for a phone, a device that is not bound needs the code as well for its password to be looked at, and
 * is not told which of the two was wrong. Throws `login-locked`, `credentials-wrong`, `otp-required`, `otp-wrong`.
 */
export async function login(deps: AuthDeps, attempt: Attempt): Promise<Tokens> {
  const { phone, password, device, otp } = attempt
  const person = await credentialsOf(deps.sql, phoneKey(deps, phone), device.id)
  const counted = await countAttempt(deps, attempt, person)
  if (counted.isGuarded && otp === undefined) throw new Problem('otp-required')
  const isCorrect = await deps.passwords.matches(person?.passwordHash, password)
  if (!person || !isCorrect) {
    await publishLock(deps, person, counted)
    if (counted.isGuarded) await takeTimeOfCode(deps, attempt)
    throw await refusalOf(deps, counted)
  }
  await acceptPassword(deps, person, attempt, counted)
  if (!person.isBound && otp === undefined) throw new Problem('otp-required')

  const started = await deps.transaction(async (tx) => {
    const refusal = person.isBound ? undefined : await verifyOtp(deps, tx, codeOf(attempt))
    return refusal ?? startSession(deps, tx, person, device, !person.isBound)
  })
  if (started instanceof Problem) throw counted.isGuarded ? await refusalOf(deps, counted) : started
  await clearTries(deps.sql, counted.rule, counted.key)
  return tokensOf(deps, started.session, started.refreshToken)
}

/** Counts before the password is compared, so that concurrent attempts stay within the limit. Throws `login-locked`. */
async function countAttempt(
  deps: AuthDeps,
  { phone, device, network }: Attempt,
  person: Credentials | undefined,
): Promise<Counted> {
  const now = deps.clock.now()
  const isBound = person?.isBound === true
  const rule = isBound ? passwordTries.device : passwordTries.network
  const key = askerKey(deps, phone, isBound ? { deviceId: device.id } : { network })
  const count = await countTry(deps.sql, rule, key, now)
  if (count === undefined) throw await locked(deps, rule, key)
  if (isBound) return { rule, key, count, ofStrangers: 0, isGuarded: false }
  const ofStrangers = await countTry(deps.sql, passwordTries.phone, phoneKey(deps, phone), now)
  return { rule, key, count, ofStrangers, isGuarded: ofStrangers === undefined }
}

async function acceptPassword(
  deps: AuthDeps,
  person: Credentials,
  { phone, password }: Attempt,
  { ofStrangers }: Counted,
): Promise<void> {
  // It was no wrong one.
  if (!person.isBound && ofStrangers !== undefined)
    await returnTry(deps.sql, passwordTries.phone, phoneKey(deps, phone))
  if (deps.passwords.isOutdated(person.passwordHash))
    await replaceHash(deps.sql, person.id, person.passwordHash, await deps.passwords.hash(password))
}

function codeOf({ phone, otp, network }: Attempt) {
  return { phone, otp: otp!, asker: { network }, proven: true }
}

/** Verifies the code and undoes it: a wrong password takes the same time as a wrong code. */
async function takeTimeOfCode(deps: AuthDeps, attempt: Attempt): Promise<void> {
  const undone = new Error('undone')
  await deps
    .transaction(async (tx) => {
      await verifyOtp(deps, tx, codeOf(attempt))
      throw undone
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error
    })
}

/**
 * The person is notified when their own device is locked, and once in a while when strangers try many passwords; not of
 * each network that is locked, or strangers could send them any number of messages.
 */
async function publishLock(
  deps: AuthDeps,
  person: Credentials | undefined,
  { rule, count, ofStrangers }: Counted,
): Promise<void> {
  if (!person) return
  const isDeviceLocked = person.isBound && count >= rule.max
  const areMany = !person.isBound && ofStrangers === passwordTries.phone.max
  if (!isDeviceLocked && !areMany) return
  const windowMs = isDeviceLocked ? rule.windowMs : passwordTries.phone.windowMs
  const data: EventData<'auth.login-locked'> = {
    userId: person.id,
    until: new Date(deps.clock.now().getTime() + windowMs).toISOString(),
    scope: isDeviceLocked ? 'device' : 'new-devices',
  }
  await deps.transaction((tx) => deps.append(tx, { type: 'auth.login-locked', stream: person.id, data }))
}

function refusalOf(deps: AuthDeps, { rule, key, count }: Counted): Promise<Problem> {
  return count >= rule.max ? locked(deps, rule, key) : Promise.resolve(new Problem('credentials-wrong'))
}

async function locked(deps: AuthDeps, rule: TryRule, key: Buffer): Promise<Problem> {
  const now = deps.clock.now()
  const until = (await usedUpUntil(deps.sql, rule, key, now)) ?? now
  const waitMs = until.getTime() - now.getTime()
  return new Problem('login-locked', undefined, { retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)) })
}
