// What auth does when a person leaves: says what is in the way, ends their sign-in. Its part of a copy of their data.
import * as erasure from '@bahi/contracts/erasure.ts'
import { personalDataInAuth } from '@bahi/contracts/personal-export.ts'
import { redactEvents } from '@bahi/kit/events/redact-events.ts'
import type { App } from '@bahi/kit/http/app.ts'
import type { AuthDeps } from '../deps.ts'
import { disconnectAll, listApps } from '../oidc/grants.ts'
import { appendEnded } from '../sessions/end-session.ts'
import { endSessionsOf } from '../sessions/store.ts'
import { listPasskeys } from '../passkeys/passkeys.ts'
import { revokedOnOf } from '../revoked-numbers/store.ts'
import { personOf } from './find-people.ts'
import { markSignedOut } from './sign-out.ts'
import { lockPerson } from './store.ts'
import { closePerson, devicesOf, hasStaffRole, sessionsOf, sessionStreams } from './store-person.ts'

export function personRoutes(app: App, deps: AuthDeps): void {
  app.route({
    ...erasure.obstaclesInAuth,
    handler: async ({ params }) => ({
      obstacles: (await hasStaffRole(deps.sql, params.userId)) ? ['staff-role' as const] : [],
    }),
  })
  app.route({
    ...erasure.eraseInAuth,
    async handler({ params, body }) {
      await endPerson(deps, params.userId, body.stage)
      return { vpas: [] }
    },
  })
  app.route({
    ...personalDataInAuth,
    async handler({ params: { userId }, query }) {
      const { phone, createdAt } = await personOf(deps, userId)
      return {
        data: {
          account: { phone, createdAt, phoneRevokedOn: await revokedOnOf(deps.sql, userId) },
          devices: await devicesOf(deps.sql, userId),
          sessions: await sessionsOf(deps.sql, userId, query.maxRows),
          passkeys: (await listPasskeys(deps, { userId })).passkeys,
          connectedApps: (await listApps(deps, userId)).apps,
        },
      }
    },
  })
}

/** Signs out everywhere, for good. Repeating it changes nothing. */
async function endPerson(deps: AuthDeps, userId: string, stage: erasure.ErasureStage): Promise<void> {
  const ended = await deps.transaction(async (tx) => {
    // A sign-in that has begun is over, and its session ends too.
    await lockPerson(tx, userId)
    const sessions = await endSessionsOf(tx, userId, {}, deps.clock.now())
    await appendEnded(deps, tx, sessions, 'logout')
    const grantIds = await disconnectAll(deps, tx, userId)
    if (stage === 'erase') await redactEvents(tx, await sessionStreams(tx, userId), userId)
    await closePerson(tx, userId)
    return { sessions, grantIds }
  })
  await markSignedOut(deps, ended)
}
