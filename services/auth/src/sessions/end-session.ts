// Ends sessions: in the database, by an event, and by a mark that refuses their access tokens at once.
import type { EventData } from '@bahi/contracts/events.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { endSessionsOf, type Ended } from './store.ts'
import { accessTokenLifeS } from './lifetimes.ts'

type Reason = EventData<'auth.session-ended'>['reason']

/** Ends the session, or with `all` every session of the person. One that has ended already is no fault. */
export async function logout(
  deps: AuthDeps,
  person: { userId: string; sessionId: string },
  all: boolean,
): Promise<void> {
  await end(deps, person.userId, all ? undefined : person.sessionId, 'logout')
}

/** Throws `not-found` when the person has no such open session. */
export async function endOneSession(deps: AuthDeps, userId: string, id: string): Promise<void> {
  const ended = await end(deps, userId, id, 'ended-by-person')
  if (ended.length === 0) throw new Problem('not-found', 'there is no such session')
}

async function end(deps: AuthDeps, userId: string, id: string | undefined, reason: Reason): Promise<Ended[]> {
  const ended = await deps.transaction(async (tx) => {
    const gone = await endSessionsOf(tx, userId, id, deps.clock.now())
    await tellEnded(deps, tx, gone, reason)
    return gone
  })
  await markEnded(deps, ended)
  return ended
}

export async function tellEnded(deps: AuthDeps, tx: Tx, ended: Ended[], reason: Reason): Promise<void> {
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
 * For the gateway, which also hears the event: the mark is only faster, so without a cache the sessions
 * have ended all the same.
 */
export async function markEnded(deps: AuthDeps, ended: Ended[]): Promise<void> {
  const marks = ended.map(({ id }) => deps.cache.set(`session-ended:${id}`, '1', accessTokenLifeS * 1000))
  const failed = (await Promise.allSettled(marks)).find((mark) => mark.status === 'rejected')
  if (failed) deps.log.warn({ err: failed.reason as unknown }, 'ended sessions could not be marked')
}
