// Staff find a person by phone, and see how they sign in: sessions and devices without their names, and roles.
import * as contracts from '@bahi/contracts/person-look-up.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import { openSessions } from '../sessions/store.ts'
import { findPerson } from './find-people.ts'
import { newestDevices, registeredPerson } from './store-person.ts'

const maxShown = 50

export function lookUpRoutes(app: App, deps: AuthDeps): void {
  app.route({
    ...contracts.lookUpPerson,
    handler: ({ query }) => findPerson(deps, query.phone, { paying: false }),
  })
  app.route({ ...contracts.showPersonSignIn, handler: ({ params }) => showSignIn(deps, params.userId) })
}

/** Throws `not-found`. */
async function showSignIn(
  deps: Pick<AuthDeps, 'sql' | 'clock'>,
  userId: string,
): Promise<contracts.PersonSignIn> {
  const person = await registeredPerson(deps.sql, userId)
  if (!person) throw new Problem('not-found', 'there is no such person')
  const [sessions, devices] = await Promise.all([
    openSessions(deps.sql, userId, deps.clock.now(), maxShown),
    newestDevices(deps.sql, userId, maxShown),
  ])
  return {
    registeredAt: person.createdAt.toISOString(),
    ...(person.frozenAt === null ? {} : { frozenAt: person.frozenAt.toISOString() }),
    roles: person.roles.filter((role) => role !== 'customer'),
    sessions: sessions.map(({ id, createdAt, lastUsedAt, begunBy, network, boundAt }) => ({
      id,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt.toISOString(),
      ...(begunBy === null ? {} : { begunBy }),
      ...(network === null ? {} : { network }),
      deviceSince: boundAt.toISOString(),
    })),
    devices: devices.map(({ boundAt, unboundAt, keyed }) => ({
      boundAt: boundAt.toISOString(),
      ...(unboundAt === null ? {} : { unboundAt: unboundAt.toISOString() }),
      keyed,
    })),
  }
}
