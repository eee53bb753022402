// The routes of blocking, reporting and hiding.
import * as people from '@bahi/contracts/people.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { blockPerson, report, showBlocked, showReports, unblockPerson, type PeopleDeps } from './block.ts'
import { personRoutes, type PersonDeps } from './person.ts'
import { hidePayment } from './hide-payment.ts'

export function peopleRoutes(app: App, deps: PeopleDeps & PersonDeps): void {
  personRoutes(app, deps)
  app.route({ ...people.listBlocked, handler: ({ person }) => showBlocked(deps, person.userId) })
  app.route({
    ...people.blockPerson,
    handler: ({ person, params }) => blockPerson(deps, person.userId, params.vpa),
  })
  app.route({
    ...people.unblockPerson,
    handler: async ({ person, params }, reply) => {
      await unblockPerson(deps, person.userId, params.vpa)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...people.reportPerson,
    handler: ({ person, params, body }) => report(deps, person.userId, params.id, body),
  })
  app.route({ ...people.listReports, handler: ({ query }) => showReports(deps, query) })
  app.route({
    ...people.hidePayment,
    handler: ({ person, params, body }) => hidePayment(deps, person.userId, params.id, body.hidden),
  })
}
