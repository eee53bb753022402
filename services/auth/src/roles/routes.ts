// The routes of staff roles.
import { Problem } from '@bahi/contracts/problem.ts'
import * as contracts from '@bahi/contracts/roles.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import { enrolInSandbox } from '../second-factor/enrol.ts'
import { amrOf } from '../second-factor/factor-state.ts'
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
      const now = deps.clock.now()
      const session = await rolesInSession(deps.sql, params.id, now)
      if (!session) throw new Problem('not-found', 'there is no such session, or it has ended')
      return { roles: session.roles, amr: amrOf(deps, session, now) }
    },
  })
  app.route({
    ...contracts.grantRole,
    handler: async ({ params: { userId }, body: { role, totpSecret } }) => {
      if (deps.mode !== 'sandbox') throw new Problem('not-found')
      const granted = await grantInSandbox(deps, { userId, role })
      if (totpSecret !== undefined) await enrolInSandbox(deps, userId, totpSecret)
      return granted
    },
  })
}
