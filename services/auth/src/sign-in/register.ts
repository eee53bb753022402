// Registers a person. After an interruption the same phone continues with a new code, as the same person.
import type { register as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { createProfile } from '@bahi/contracts/user.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { requireDeviceKey } from '../sessions/device-key.ts'
import { refuseWeak } from '../passwords/refuse-weak.ts'
import { startSession, tokensFor } from '../sessions/start-session.ts'
import { markReleased, releaseDormant } from '../people/release-phone.ts'
import { insertPerson, completeRegistration } from '../people/store.ts'
import type { Asker, Origin } from '../tries/tries.ts'

type Registration = Input<typeof contract>['body'] & Origin

/**
 * `phone-taken` is answered only after the code was verified, so that strangers cannot find out who is registered; not
 * to whom the number is new, when its holder so far is dormant. Also throws `password-weak`, `otp-wrong`,
 * `device-proof-invalid`, and `unavailable` when the profile cannot be created: the person then requests a new code.
 */
export async function register(deps: AuthDeps, registration: Registration): Promise<Tokens> {
  const { device, deviceKey: key } = registration
  requireDeviceKey(deps, key)
  refuseWeak(registration.password, registration)

  const userId = await beginRegistration(deps, registration)
  const passwordHash = await deps.passwords.hash(registration.password)
  await createUserProfile(deps, userId, registration)

  // From here on the person is registered.
  const started = await deps.transaction(async (tx) => {
    if (!(await completeRegistration(tx, userId, passwordHash, deps.clock.now())))
      throw new Problem('phone-taken')
    await deps.append(tx, { type: 'auth.registered', stream: userId, data: { userId } })
    return startSession(
      deps,
      tx,
      { id: userId, roles: ['customer'] },
      { ...device, key },
      {
        newDevice: false,
        begunBy: 'registration',
        network: registration.network,
      },
    )
  })
  return tokensFor(deps, started)
}

/** Verifies the code and reserves an id for the phone, in one transaction; a dormant holder of it loses it there. */
async function beginRegistration(
  deps: AuthDeps,
  { phone, otp, otpId, network, numberIsNew = false }: Registration,
): Promise<string> {
  const now = deps.clock.now()
  const asker: Asker = { network }
  const key = phoneKey(deps, phone)
  const result = await deps.transaction(async (tx) => {
    const refusal = await verifyOtp(deps, tx, {
      phone,
      purpose: 'register',
      otp,
      otpId,
      asker,
      proven: false,
    })
    if (refusal) return refusal
    const released = numberIsNew ? await releaseDormant(deps, tx, key) : undefined
    const newId = uuidv7(now.getTime())
    const phoneSealed = deps.seal.seal(phone, phoneColumn, newId)
    const id = await insertPerson(tx, { id: newId, phoneKey: key, phoneSealed, now })
    return id === undefined ? new Problem('phone-taken') : { id, released }
  })
  if (result instanceof Problem) throw result
  if (result.released) await markReleased(deps, result.released)
  return result.id
}

async function createUserProfile(
  deps: AuthDeps,
  userId: string,
  { name, phone }: Registration,
): Promise<void> {
  try {
    await deps.call(createProfile, { params: { userId }, body: { name, phone } })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ code: error.code, userId }, 'registration interrupted: user did not create the profile')
    throw new Problem('unavailable', 'registration could not be completed: request a new code', {
      retryAfterS: 1,
    })
  }
}
