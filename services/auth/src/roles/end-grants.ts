// Ends grants of roles: by an administrator, or as due work when their date has come or nobody decided in time.
import { runEach, type DueHandler } from '@bahi/kit/due-work/due-worker.ts'
import type { AuthDeps } from '../deps.ts'
import { refuseTokensOf } from '../oidc/grants.ts'
import { endOwnClients } from '../oidc/own-clients.ts'
import { appendEnded, markEnded } from '../sessions/end-session.ts'
import { endSessionsOf } from '../sessions/store.ts'
import { dayMs, decidedGrantOf, grantOf } from './grant.ts'
import { decline, endGrant, findGrant, lockAdministrators, type Grant } from './store.ts'

/** The kind of due work that ends a grant, or declines a request. */
export const grantEnds = 'role-grant-ends'

/**
 * Every session of the person ends with it, so that their tokens are worth nothing. Undefined when the grant is not in
 * effect, or is the last administrator's: without one nobody could ever be granted a role.
 */
export async function endsWith(
  deps: AuthDeps,
  id: string,
  { by, note }: { by: string | null; note: string },
): Promise<Grant | undefined> {
  const now = deps.clock.now()
  const ended = await deps.transaction(async (tx) => {
    const administrators = await lockAdministrators(tx)
    const found = await findGrant(tx, id)
    if (found?.role === 'administrator' && !administrators.some((userId) => userId !== found.userId))
      return undefined
    const grant = await endGrant(tx, id, { by, note, now })
    if (!grant) return undefined
    // From here on the person has the role no more.
    const sessions = await endSessionsOf(tx, grant.userId, {}, now)
    await appendEnded(deps, tx, sessions, 'role-ended')
    const apps = grant.role === 'merchant' ? await endOwnClients(deps, tx, grant.userId) : []
    const data = { ...grantOf(grant), ...(by === null ? {} : { actorId: by }), note, renewed: false }
    await deps.append(tx, { type: 'auth.role-ended', stream: id, data })
    return { grant, sessions, apps }
  })
  if (!ended) return undefined
  await markEnded(deps, ended.sessions)
  await refuseTokensOf(deps, ...ended.apps)
  return ended.grant
}

export function grantEndsHandler(deps: AuthDeps): DueHandler {
  return {
    kind: grantEnds,
    run: runEach(async ({ key: id }) => {
      const now = deps.clock.now()
      const grant = await findGrant(deps.sql, id)
      if (grant?.state === 'requested') await declineUndecided(deps, id)
      if (grant?.state !== 'active' || (await endsWith(deps, id, { by: null, note: 'its date has come' })))
        return { outcome: 'done' }
      const error = 'this is the last administrator: appoint another one'
      deps.log.error({ grantId: id }, error)
      return { outcome: 'retry', at: new Date(now.getTime() + dayMs), error }
    }),
  }
}

async function declineUndecided(deps: AuthDeps, id: string): Promise<void> {
  const note = 'nobody decided in time'
  await deps.transaction(async (tx) => {
    const declined = await decline(tx, id, { by: null, note, now: deps.clock.now() })
    if (declined)
      await deps.append(tx, {
        type: 'auth.role-declined',
        stream: id,
        data: { ...decidedGrantOf(declined), note },
      })
  })
}
