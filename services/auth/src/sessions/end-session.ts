// Ends sessions: in the database, with an event, and with a mark in the cache that makes gateways refuse their tokens.
import type { EventData } from '@bahi/contracts/events.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { unbindDevices } from '../people/store.ts'
import { deviceOfSession, endExpired, endSession, endSessionsOf, type EndedSession } from './store.ts'
import { accessTokenLifeS } from './lifetimes.ts'

export type EndReason = EventData<'auth.session-ended'>['reason']
type Asking = { userId: string; sessionId: string; deviceId: string }

/** Ends the session, or with `all` every one of the person. Ending a session again does nothing. */
export async function logout(deps: AuthDeps, { userId, sessionId }: Asking, all: boolean): Promise<void> {
  if (all) return endAllSessions(deps, userId)
  const now = deps.clock.now()
  await endSessions(deps, 'logout', async (tx) => {
    const ended = await endSession(tx, sessionId, now)
    return ended ? [ended] : []
  })
}

/**
 * Ends every session of the person and unbinds every device, so that whoever had got hold of one needs a code to sign
 * in again.
 */
export async function endAllSessions(deps: AuthDeps, userId: string): Promise<void> {
  const now = deps.clock.now()
  await endSessions(deps, 'logout', async (tx) => {
    await unbindDevices(tx, userId, {}, now)
    return endSessionsOf(tx, userId, {}, now)
  })
}

/** As logging out of all, but for the session that asks and its device. */
export async function endOtherSessions(deps: AuthDeps, asking: Asking): Promise<void> {
  const { userId, sessionId, deviceId } = asking
  const now = deps.clock.now()
  await endSessions(deps, 'ended-by-person', async (tx) => {
    await unbindDevices(tx, userId, { except: deviceId }, now)
    return endSessionsOf(tx, userId, { exceptId: sessionId }, now)
  })
}

/**
 * Ends a session of the person. On another device: all sessions there, and its next sign-in needs a code. Throws
 * `not-found` when the person has no such open session.
 */
export async function endOneSession(deps: AuthDeps, asking: Asking, id: string): Promise<void> {
  const { userId } = asking
  const now = deps.clock.now()
  await endSessions(deps, 'ended-by-person', async (tx) => {
    const deviceId = await deviceOfSession(tx, userId, id, now)
    if (deviceId === undefined) throw new Problem('not-found', 'there is no such session')
    if (deviceId === asking.deviceId) {
      const ended = await endSession(tx, id, now)
      return ended ? [ended] : []
    }
    await unbindDevices(tx, userId, { only: deviceId }, now)
    return endSessionsOf(tx, userId, { ofDevice: deviceId }, now)
  })
}

const maxExpiredEnded = 500

/**
 * For those that hold something by a session, such as a push subscription, until an event ends it. Their tokens are no
 * longer valid, so nothing is marked. True when there may be more.
 */
export async function endExpiredSessions(deps: AuthDeps): Promise<boolean> {
  return deps.transaction(async (tx) => {
    const ended = await endExpired(tx, deps.clock.now(), maxExpiredEnded)
    await appendEnded(deps, tx, ended, 'expired')
    return ended.length === maxExpiredEnded
  })
}

async function endSessions(
  deps: AuthDeps,
  reason: EndReason,
  end: (tx: Tx) => Promise<EndedSession[]>,
): Promise<void> {
  const ended = await deps.transaction(async (tx) => {
    const rows = await end(tx)
    await appendEnded(deps, tx, rows, reason)
    return rows
  })
  await markEnded(deps, ended)
}

export async function appendEnded(
  deps: Pick<AuthDeps, 'append'>,
  tx: Tx,
  ended: EndedSession[],
  reason: EndReason,
): Promise<void> {
  await deps.append(
    tx,
    ...ended.map(({ id, userId }) => ({
      type: 'auth.session-ended' as const,
      stream: id,
      data: { userId, sessionId: id, reason },
    })),
  )
}

/**
 * For the gateway, which also consumes the event. The mark covers events that are lost, so a cache that is unavailable
 * does not keep a session open.
 */
export async function markEnded(deps: AuthDeps, ended: EndedSession[]): Promise<void> {
  const marks = ended.map(({ id }) => deps.cache.set(`session-ended:${id}`, '1', accessTokenLifeS * 1000))
  const failed = (await Promise.allSettled(marks)).find((mark) => mark.status === 'rejected')
  if (failed)
    deps.log.warn(
      { err: failed.reason as unknown },
      'ended sessions not marked in the cache: gateways refuse them by the event only',
    )
}
