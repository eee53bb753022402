// Registers a person in steps that may be cut anywhere: with a new code the same phone goes on from there.
import type { register as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { createProfile } from '@bahi/contracts/user.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { weakness } from '../passwords/password-rules.ts'
import { tryOtp } from '../codes/spend-otp.ts'
import { startSession } from '../sessions/start-session.ts'
import { beginPerson, completePerson } from '../people/store.ts'
import { tokensOf } from '../sessions/tokens.ts'
import { forgetLoginTries } from './store.ts'

type Registration = Input<typeof contract>['body']

/**
 * That a phone is taken is told only to who proved to hold it. Throws `password-weak`, `otp-wrong`,
 * `phone-taken`, and `unavailable` when the profile can't be made now: the person then asks for a new code.
 */
export async function register(deps: AuthDeps, who: Registration): Promise<Tokens> {
  const weak = weakness(who.password, who)
  if (weak) throw new Problem('password-weak', weak)

  const userId = await begin(deps, who)
  const passwordHash = await deps.passwords.hash(who.password)
  await makeProfile(deps, userId, who)

  // From here on the person is registered.
  const started = await deps.transaction(async (tx) => {
    if (!(await completePerson(tx, userId, passwordHash, deps.clock.now()))) throw new Problem('phone-taken')
    await forgetLoginTries(tx, phoneKey(deps, who.phone))
    await deps.append(tx, { type: 'auth.registered', stream: userId, data: { userId } })
    return startSession(deps, tx, { id: userId, role: 'person' }, who.device, false)
  })
  return tokensOf(deps, started.session, started.refreshToken)
}

/** Spends the code and keeps the phone for an id, in one. */
async function begin(deps: AuthDeps, { phone, otp }: Registration): Promise<string> {
  const now = deps.clock.now()
  const begun = await deps.transaction(async (tx) => {
    const refusal = await tryOtp(deps, tx, phone, otp)
    if (refusal) return refusal
    const id = await beginPerson(tx, {
      id: uuidv7(now.getTime()),
      phoneKey: phoneKey(deps, phone),
      phoneSealed: deps.seal.seal(phone, 'auth.phone'),
      now,
    })
    return id ?? new Problem('phone-taken')
  })
  if (begun instanceof Problem) throw begun
  return begun
}

async function makeProfile(deps: AuthDeps, userId: string, { name, phone }: Registration): Promise<void> {
  try {
    await deps.call(createProfile, { params: { userId }, body: { name, phone } })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ code: error.code, userId }, 'a profile could not be made')
    throw new Problem('unavailable', 'registration could not be completed: ask for a new code', {
      retryAfterS: 1,
    })
  }
}
