// One try of a password, for signing in and for stopping payments alike: who is counted, and what too many lead to.
import type { EventData } from '@bahi/contracts/events.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { credentialsOf, replaceHash, type Credentials } from '../people/store.ts'
import { refuseUsedUp } from '../tries/refuse-used-up.ts'
import { clearTries, countTry, returnTry } from '../tries/store.ts'
import { askerKey, passwordTries, type Origin, type TryRule } from '../tries/tries.ts'

/** Who tries which password, from where. */
type PasswordAttempt = { phone: string; password: string; device: { id: string } } & Origin

/** The password was right. */
type PasswordTry = {
  person: Credentials
  /** Strangers tried too many passwords for this phone: the code is needed before a password is looked at. */
  isGuarded: boolean
  /** What a wrong password would have been refused with. */
  refusal(): Promise<Problem>
  /** For who has succeeded: all tries are there again. */
  clear(): Promise<void>
}

/**
 * Counts the try and compares the password; an unregistered phone is answered like a wrong one. Throws `login-locked`,
 * `credentials-wrong`; and `otp-required` while strangers try many passwords, when there is no `whenGuarded`.
 *
 * @param whenGuarded the code is entered as well: what is done with it when the password is wrong
 */
export async function tryPassword(
  deps: AuthDeps,
  attempt: PasswordAttempt,
  whenGuarded?: () => Promise<void>,
): Promise<PasswordTry> {
  const person = await credentialsOf(deps.sql, phoneKey(deps, attempt.phone), {
    id: attempt.device.id,
    key: attempt.deviceKey,
  })
  const counted = await countAttempt(deps, attempt, person)
  if (counted.isGuarded && !whenGuarded) throw new Problem('otp-required')
  const isCorrect = await deps.passwords.matches(person?.passwordHash, attempt.password)
  if (!person || !isCorrect) {
    await recordFailure(deps, person)
    await publishLock(deps, person, counted)
    if (counted.isGuarded) await whenGuarded?.()
    throw await refusalOf(deps, counted)
  }
  await acceptPassword(deps, person, attempt, counted)
  return {
    person,
    isGuarded: counted.isGuarded,
    refusal: () => refusalOf(deps, counted),
    clear: () => clearTries(deps.sql, counted.rule, counted.key),
  }
}

/** By what an attempt is counted. */
type Counted = {
  rule: TryRule
  key: Buffer
  count: number
  /** Of all devices that are not bound together; undefined when there were too many. */
  ofStrangers: number | undefined
  isGuarded: boolean
}

/** Counts before the password is compared, so that concurrent attempts stay within the limit. Throws `login-locked`. */
async function countAttempt(
  deps: AuthDeps,
  { phone, device, network }: PasswordAttempt,
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
  { phone, password }: PasswordAttempt,
  { ofStrangers }: Counted,
): Promise<void> {
  // It was no wrong one.
  if (!person.isBound && ofStrangers !== undefined)
    await returnTry(deps.sql, passwordTries.phone, phoneKey(deps, phone))
  if (deps.passwords.isOutdated(person.passwordHash))
    await replaceHash(deps.sql, person.id, person.passwordHash, await deps.passwords.hash(password))
}

/** On record for the person. For a phone that nobody has the same work is undone: the time must not tell them apart. */
async function recordFailure(deps: AuthDeps, person: Credentials | undefined): Promise<void> {
  const data = { userId: person?.id ?? uuidv7(), knownDevice: person?.isBound === true }
  const undone = new Error('undone')
  await deps
    .transaction(async (tx) => {
      await deps.append(tx, { type: 'auth.login-failed', stream: uuidv7(), data })
      if (!person) throw undone
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

const locked = ({ sql, clock }: AuthDeps, rule: TryRule, key: Buffer): Promise<Problem> =>
  refuseUsedUp(sql, rule, key, clock.now())
