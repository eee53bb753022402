// Moves a person to another phone number, and has everybody follow who keeps the phone or something derived from it.
import type { changePhone as contract } from '@bahi/contracts/auth.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { notifyOldPhone } from '@bahi/contracts/notification.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { releaseOldNumber } from '@bahi/contracts/upi-numbers.ts'
import { changeProfilePhone, profilesOf } from '@bahi/contracts/user.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler } from '@bahi/kit/due-work/due-worker.ts'
import { verifyOtp } from '../codes/verify-otp.ts'
import { phoneKey, type AuthDeps } from '../deps.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { appendEnded, markEnded } from '../sessions/end-session.ts'
import { endSessionsOf, openSessionSince } from '../sessions/store.ts'
import { phoneOf } from './find-people.ts'
import { markReleased, phoneFollows, releaseDormant } from './release-phone.ts'
import { phoneToFollow } from './store-dormancy.ts'
import { bindAnew, hasPhone, lockPerson, setPhone, unbindDevices } from './store.ts'

/**
 * The password was proven, and the code proves the new phone. Every other session ends and every other device is
 * unbound; this one counts as new, with the limits of the cooling period. The old phone is told before: when that SMS
 * cannot be sent now, nothing changes and the code stays good. Throws `otp-wrong`, `phone-taken` to who holds that
 * phone alone, unless it is new to them and its holder so far is dormant; `request-invalid` for the phone that it is
 * already, `not-found`, `unavailable`.
 */
export async function changePhone(
  deps: AuthDeps,
  { userId, sessionId, deviceId }: Pick<Person, 'userId' | 'sessionId' | 'deviceId'>,
  { newPhone, otp, otpId, numberIsNew = false }: Omit<Input<typeof contract>['body'], 'stepUp'>,
): Promise<void> {
  const oldPhone = await phoneOf(deps, userId)
  if (newPhone === oldPhone) throw new Problem('request-invalid', 'this is your phone already')
  const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
  const language = profiles[0]?.language ?? 'en'
  const now = deps.clock.now()
  // The SMS is sent once, when the transaction is run again too.
  const notice = { id: uuidv7(now.getTime()), phone: oldPhone, language }
  const done = await deps.transaction(async (tx) => {
    const code = { phone: newPhone, purpose: 'new-phone', otp, otpId, asker: { userId } } as const
    // Whoever asks has proven nothing of that phone: it may be somebody else's, whose codes stay good.
    const refusal = await verifyOtp(deps, tx, { ...code, proven: false })
    if (refusal) return refusal
    // Registrations with this phone wait for its codes' lock, which is held.
    const released = numberIsNew ? await releaseDormant(deps, tx, phoneKey(deps, newPhone)) : undefined
    if (await hasPhone(tx, phoneKey(deps, newPhone))) return new Problem('phone-taken')
    // A closing, or a change from another session, is over or waits: either has ended this session.
    await lockPerson(tx, userId)
    if (!(await openSessionSince(tx, { sessionId, userId }, now)))
      return new Problem('unauthenticated', 'the session has ended')
    await deps.call(notifyOldPhone, { body: notice })

    // From here on the old phone proves nothing.
    const phoneSealed = deps.seal.seal(newPhone, phoneColumn, userId)
    await setPhone(tx, userId, { phoneKey: phoneKey(deps, newPhone), phoneSealed, now })
    await unbindDevices(tx, userId, { except: deviceId }, now)
    await bindAnew(tx, userId, deviceId, now)
    const ended = await endSessionsOf(tx, userId, { exceptId: sessionId }, now)
    await appendEnded(deps, tx, ended, 'phone-changed')
    await schedule(tx, [{ kind: phoneFollows, key: userId, dueAt: now }], { existing: 'reschedule' })
    return { ended, released }
  })
  if (done instanceof Problem) throw done
  await markEnded(deps, done.ended)
  if (done.released) await markReleased(deps, done.released)
}

/**
 * With the phone of now, or none: a second change meanwhile is followed as well. One that is revoked is none until
 * it is proven. `quiet`: it is the same phone, of which other events say more.
 */
export function phoneFollowsHandler(deps: AuthDeps): DueHandler<{ quiet?: boolean }> {
  return {
    kind: phoneFollows,
    run: runEach(async ({ key: userId, payload: { quiet = false } }) => {
      const now = await phoneToFollow(deps.sql, userId)
      // Who has closed their account meanwhile has nothing to follow.
      if (now === undefined) return { outcome: 'done' }
      const { phoneSealed, isRevoked } = now
      const phone =
        phoneSealed === null || isRevoked ? null : deps.seal.open(phoneSealed, phoneColumn, userId)
      try {
        const params = { userId }
        await deps.call(changeProfilePhone, { params, body: { phone } })
        await deps.call(releaseOldNumber, {
          params,
          body: { phone, ...(isRevoked ? { revoked: true } : {}) },
        })
      } catch (error) {
        if (error instanceof Problem && error.code === 'not-found') return { outcome: 'done' }
        throw error
      }
      if (phone === null || quiet) return { outcome: 'done' }
      const event = { type: 'auth.phone-changed' as const, stream: userId, data: { userId } }
      return {
        outcome: 'done',
        async commit(tx) {
          // Others append to this stream under the same lock.
          await lockPerson(tx, userId)
          await deps.append(tx, event)
        },
      }
    }),
  }
}
