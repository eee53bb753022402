// Resets a forgotten password by a one-time code, and signs in on the device that asks.
import type { resetPassword as contract, Tokens } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { emailProofs, offerEmailCode } from '../codes/email-code.ts'
import { reviveCodes } from '../codes/store.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { disconnectAll, refuseTokensOf } from '../oidc/grants.ts'
import {
  credentialsOf,
  holdCredentials,
  lockPerson,
  setPasswordHash,
  unbindDevices,
} from '../people/store.ts'
import { deleteOwnPasskeys } from '../passkeys/store.ts'
import { markProven } from '../revoked-numbers/store.ts'
import { allowReset } from '../people/store-dormancy.ts'
import { appendEnded, markEnded } from '../sessions/end-session.ts'
import { startSession, tokensFor, type StartedSession } from '../sessions/start-session.ts'
import { endSessionsOf, type EndedSession } from '../sessions/store.ts'
import { requireDeviceKey } from '../sessions/device-key.ts'
import type { Origin } from '../tries/tries.ts'
import { missingProof } from './prove-dormant.ts'
import { refuseWeakOf } from './refuse-weak.ts'

type Asked = Input<typeof contract>['body'] & Origin
type Done = { ended: EndedSession[]; apps: string[]; started: StartedSession }

/**
 * The code proves the phone; every session ends, every app is disconnected, and every device is unbound, but for the
 * one that asks, if it is known. Any other begins as a new device does, with the limits of the cooling period. Who has
 * the right code alone learns whether the phone is registered, and a password that is refused leaves the code good. The
 * phone of a dormant person may be somebody else's: more is proven, and until then the code stays good. Throws
 * `otp-wrong`, `credentials-wrong`, `password-weak`, `device-proof-invalid`, `person-frozen`, `account-dormant`,
 * `login-locked`, `otp-too-soon`.
 */
export async function resetPassword(deps: AuthDeps, asked: Asked): Promise<Tokens> {
  const { phone, otp, otpId, network } = asked
  requireDeviceKey(deps, asked.deviceKey)
  const at = deps.clock.now()
  const done = await deps.transaction(async (tx) => {
    const code = {
      phone,
      purpose: 'reset-password',
      otp,
      otpId,
      asker: { network },
      proven: false,
      at,
    } as const
    return (await verifyOtp(deps, tx, code)) ?? (await replace(deps, tx, asked, at))
  })
  if (done instanceof Problem) throw done
  if ('missing' in done) throw await offerEmailCode(deps, asked, done.userId, done.missing, emailProofs.reset)
  await markEnded(deps, done.ended)
  await refuseTokensOf(deps, ...done.apps)
  return tokensFor(deps, done.started)
}

async function replace(
  deps: AuthDeps,
  tx: Tx,
  asked: Asked,
  now: Date,
): Promise<Problem | Done | { userId: string; missing: Problem }> {
  const { phone, newPassword, device, deviceKey: key, network } = asked
  const person = await credentialsOf(tx, phoneKey(deps, phone), { id: device.id, key })
  if (!person) return new Problem('credentials-wrong', 'nobody is registered with this phone')
  await refuseWeakOf(deps, newPassword, { ...person, phone })

  const userId = person.id
  await lockPerson(tx, userId)
  if ((await holdCredentials(tx, userId)).isFrozen) return new Problem('person-frozen')
  const missing = await missingProof(deps, tx, asked, person)
  if (missing) {
    await reviveCodes(tx, phoneKey(deps, phone), 'reset-password', now)
    return { userId, missing }
  }

  // From here on the old password is worth nothing.
  await allowReset(tx, userId, null)
  if (person.isBound) await markProven(tx, userId, now)
  await deleteOwnPasskeys(tx, userId)
  await setPasswordHash(tx, userId, await deps.passwords.hash(newPassword))
  await unbindDevices(tx, userId, person.isBound ? { except: device.id } : {}, now)
  const ended = await endSessionsOf(tx, userId, {}, now)
  await appendEnded(deps, tx, ended, 'password-changed')
  await deps.append(tx, { type: 'auth.password-changed', stream: userId, data: { userId, how: 'reset' } })
  const apps = await disconnectAll(deps, tx, userId)
  const begun = { newDevice: !person.isBound, begunBy: 'reset' as const, network }
  return { ended, apps, started: await startSession(deps, tx, person, { ...device, key }, begun) }
}
