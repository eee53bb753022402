// Changes the password of a person who is signed in and knows the old one; all other sessions end.
import { Problem } from '@bahi/contracts/problem.ts'
import type { AuthDeps } from '../deps.ts'
import { personById, setPasswordHash, unbindDevices } from '../people/store.ts'
import { phoneColumn } from '../sealed-columns.ts'
import { appendEnded, markEnded } from '../sessions/end-session.ts'
import { endSessionsOf, openSessionSince } from '../sessions/store.ts'
import { refuseWeakOf } from './refuse-weak.ts'

type Asking = { userId: string; sessionId: string; deviceId: string }

/**
 * Every other session ends and every other device needs a code to sign in again: whoever knew the old password is out.
 * The old password was the proof. Throws `password-weak`, `unavailable`.
 */
export async function changePassword(
  deps: AuthDeps,
  { userId, sessionId, deviceId }: Asking,
  newPassword: string,
): Promise<void> {
  const person = await personById(deps.sql, userId)
  if (!person) throw new Problem('not-found', 'there is no such person')
  const phone = deps.seal.open(person.phoneSealed, phoneColumn, userId)
  await refuseWeakOf(deps, newPassword, { id: userId, phone, roles: person.roles })
  const hash = await deps.passwords.hash(newPassword)

  // From here on the old password is worth nothing.
  const now = deps.clock.now()
  const ended = await deps.transaction(async (tx) => {
    await setPasswordHash(tx, userId, hash)
    // It may have been reset since the old one was compared, which ended this session.
    if (!(await openSessionSince(tx, { sessionId, userId }, now)))
      throw new Problem('unauthenticated', 'the session has ended')
    await unbindDevices(tx, userId, { except: deviceId }, now)
    const others = await endSessionsOf(tx, userId, { exceptId: sessionId }, now)
    await appendEnded(deps, tx, others, 'password-changed')
    await deps.append(tx, { type: 'auth.password-changed', stream: userId, data: { userId, how: 'changed' } })
    return others
  })
  await markEnded(deps, ended)
}
