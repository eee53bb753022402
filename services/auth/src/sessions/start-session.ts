// Starts a session on a device, for registration and login.
import type { BegunBy, Tokens } from '@bahi/contracts/auth.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { bindDevice } from '../people/store.ts'
import { appendEnded, markEnded } from './end-session.ts'
import { sessionExpiry } from './lifetimes.ts'
import {
  endSessionsOf,
  insertRefreshToken,
  insertSession,
  type EndedSession,
  type OpenSession,
} from './store.ts'
import { maskNetwork } from './session-network.ts'
import { newRefreshToken, tokensOf } from './tokens.ts'

export type StartedSession = { session: OpenSession; refreshToken: string; ended: EndedSession[] }

/**
 * Binds the device when it is new. One that has another key now is another device: what it had open ends. `tokensFor`
 * makes the tokens, after the commit. The caller holds the credentials of the person, who is not frozen.
 */
export async function startSession(
  deps: AuthDeps,
  tx: Tx,
  person: { id: string; roles: Role[] },
  device: { id: string; name: string; key: string | undefined },
  { newDevice, begunBy, network }: { newDevice: boolean; begunBy: BegunBy; network: string },
): Promise<StartedSession> {
  const now = deps.clock.now()
  const session: OpenSession = {
    id: uuidv7(now.getTime()),
    userId: person.id,
    deviceId: device.id,
    keyThumbprint: device.key ?? null,
    roles: person.roles,
    begunBy,
    secondFactor: null,
    secondFactorAt: null,
  }
  const refresh = newRefreshToken()
  const expiresAt = sessionExpiry(deps, now, now)
  await bindDevice(tx, person.id, device, now)
  const { id: ofDevice, key: exceptKey } = device
  const ended =
    exceptKey === undefined ? [] : await endSessionsOf(tx, person.id, { ofDevice, exceptKey }, now)
  await appendEnded(deps, tx, ended, 'device-replaced')
  await insertSession(tx, { ...session, begunBy, network: maskNetwork(network), now, expiresAt })
  await insertRefreshToken(tx, { hash: refresh.hash, sessionId: session.id, expiresAt })
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
  return { session, refreshToken: refresh.token, ended }
}

/** For a session that is committed. */
export async function tokensFor(
  deps: AuthDeps,
  { session, refreshToken, ended }: StartedSession,
): Promise<Tokens> {
  await markEnded(deps, ended)
  return tokensOf(deps, session, refreshToken)
}
