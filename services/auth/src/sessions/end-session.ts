// Ends sessions: in the database, with an event, and with a mark in the cache that makes gateways refuse their tokens.
import type { EventData } from '@bahi/contracts/events.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { endSessionsOf, type EndedSession } from './store.ts'
import { accessTokenLifeS } from './lifetimes.ts'

type Reason = EventData<'auth.session-ended'>['reason']

/** Ends the session, or with `all` every session of the person. Ending it again does nothing. */
export async function logout(
  deps: AuthDeps,
  person: { userId: string; sessionId: string },
  all: boolean,
): Promise<void> {
  await endSessions(deps, person.userId, all ? undefined : person.sessionId, 'logout')
}

/** Throws `not-found` when the person has no such open session. */
export async function endOneSession(deps: AuthDeps, userId: string, id: string): Promise<void> {
  const ended = await endSessions(deps, userId, id, 'ended-by-person')
  if (ended.length === 0) throw new Problem('not-found', 'there is no such session')
}

async function endSessions(
  deps: AuthDeps,
  userId: string,
  id: string | undefined,
  reason: Reason,
): Promise<EndedSession[]> {
  const ended = await deps.transaction(async (tx) => {
    const rows = await endSessionsOf(tx, userId, id, deps.clock.now())
    await appendEnded(deps, tx, rows, reason)
    return rows
  })
  await markEnded(deps, ended)
  return ended
}

export async function appendEnded(
  deps: AuthDeps,
  tx: Tx,
  ended: EndedSession[],
  reason: Reason,
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
