// Starts a session on a device, for registration and login.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { bindDevice } from '../people/store.ts'
import { insertRefreshToken, insertSession, type OpenSession } from './store.ts'
import { newRefreshToken } from './tokens.ts'

export type StartedSession = { session: OpenSession; refreshToken: string }

/** Binds the device when it is new. Tokens are made after the commit. */
export async function startSession(
  deps: AuthDeps,
  tx: Tx,
  person: { id: string; roles: Role[] },
  device: { id: string; name: string },
  newDevice: boolean,
): Promise<StartedSession> {
  const now = deps.clock.now()
  const session = { id: uuidv7(now.getTime()), userId: person.id, deviceId: device.id, roles: person.roles }
  const refresh = newRefreshToken(now)
  await bindDevice(tx, person.id, device, now)
  await insertSession(tx, { ...session, now, expiresAt: refresh.expiresAt })
  await insertRefreshToken(tx, { hash: refresh.hash, sessionId: session.id, expiresAt: refresh.expiresAt })
  await deps.append(tx, {
    type: 'auth.session-started',
    stream: session.id,
    data: {
      userId: person.id,
      sessionId: session.id,
      deviceId: device.id,
      deviceName: device.name,
      newDevice,
    },
  })
  return { session, refreshToken: refresh.token }
}
