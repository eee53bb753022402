// The routes by which staff look payments up.
import * as contracts from '@bahi/contracts/look-up.ts'
import { listPersonMandates as ofPerson } from '@bahi/contracts/person-look-up.ts'
import type { App } from '@bahi/kit/http/http.ts'
import {
  findPayments,
  inspectPayment,
  listPersonMandates,
  revealPayment,
  type LookUpDeps,
} from './look-up.ts'

export function lookUpRoutes(app: App, deps: LookUpDeps): void {
  app.route({ ...contracts.findPayments, handler: ({ query }) => findPayments(deps, query) })
  app.route({ ...contracts.inspectPayment, handler: ({ params }) => inspectPayment(deps, params.id) })
  app.route({
    ...contracts.revealPayment,
    handler: ({ person, params, body }) => revealPayment(deps, person.userId, params.id, body.reason),
  })
  app.route({
    ...ofPerson,
    handler: ({ params, query }) => listPersonMandates(deps, params.userId.toLowerCase(), query),
  })
}
