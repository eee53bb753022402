// Signs a person out everywhere, apps included: for staff, and for who has their number no more.
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { AuthDeps } from '../deps.ts'
import { disconnectAll, refuseTokensOf } from '../oidc/grants.ts'
import { appendEnded, markEnded, type EndReason } from '../sessions/end-session.ts'
import { endSessionsOf, type EndedSession } from '../sessions/store.ts'
import { unbindDevices } from './store.ts'

/** What `markSignedOut` takes, once it is committed. */
export type SignedOut = { sessions: EndedSession[]; grantIds: string[] }

/** Every session ends, every app is disconnected, and every device needs a code for its next sign-in. */
export async function signOutEverywhere(
  deps: AuthDeps,
  tx: Tx,
  userId: string,
  reason: EndReason,
  now: Date,
): Promise<SignedOut> {
  await unbindDevices(tx, userId, {}, now)
  const sessions = await endSessionsOf(tx, userId, {}, now)
  await appendEnded(deps, tx, sessions, reason)
  return { sessions, grantIds: await disconnectAll(deps, tx, userId) }
}

export async function markSignedOut(deps: AuthDeps, { sessions, grantIds }: SignedOut): Promise<void> {
  await markEnded(deps, sessions)
  await refuseTokensOf(deps, ...grantIds)
}
