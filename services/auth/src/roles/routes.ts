// The routes of staff roles.
import { Problem } from '@bahi/contracts/problem.ts'
import * as contracts from '@bahi/contracts/roles.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import { grantInSandbox } from './appoint.ts'
import { approveGrant, declineGrant, listGrants, requestGrant, revokeGrant } from './change-grant.ts'
import { rolesInSession } from './store.ts'

export function roleRoutes(app: App, deps: AuthDeps): void {
  app.route({ ...contracts.listRoleGrants, handler: ({ query }) => listGrants(deps, query) })
  app.route({
    ...contracts.requestRoleGrant,
    handler: async ({ person, params, body }, reply) =>
      reply.code(201).send(await requestGrant(deps, person, params.id, body)),
  })
  app.route({
    ...contracts.approveRoleGrant,
    handler: ({ person, params }) => approveGrant(deps, person, params.id),
  })
  app.route({
    ...contracts.declineRoleGrant,
    handler: ({ person, params, body }) => declineGrant(deps, person, params.id, body.note),
  })
  app.route({
    ...contracts.revokeRoleGrant,
    handler: ({ person, params, body }) => revokeGrant(deps, person, params.id, body.note),
  })
  app.route({
    ...contracts.rolesOfSession,
    handler: async ({ params }) => {
      const roles = await rolesInSession(deps.sql, params.id, deps.clock.now())
      if (!roles) throw new Problem('not-found', 'there is no such session, or it has ended')
      return { roles }
    },
  })
  app.route({
    ...contracts.grantRole,
    handler: ({ params, body }) => {
      if (deps.mode !== 'sandbox') throw new Problem('not-found')
      return grantInSandbox(deps, { userId: params.userId, role: body.role })
    },
  })
}
