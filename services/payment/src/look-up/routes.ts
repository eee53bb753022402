// The routes by which staff look payments up.
import * as contracts from '@bahi/contracts/look-up.ts'
import { listPersonMandates as ofPerson } from '@bahi/contracts/person-look-up.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import {
  findPayments,
  inspectPayment,
  listPersonMandates,
  revealPayment,
  type LookUpDeps,
} from './look-up.ts'

export function lookUpRoutes(app: App, deps: LookUpDeps & Pick<Deps, 'reads'>): void {
  app.route({
    ...contracts.findPayments,
    handler: ({ query }) => deps.reads.latest((sql) => findPayments({ ...deps, sql }, query)),
  })
  app.route({
    ...contracts.inspectPayment,
    handler: ({ params }) => deps.reads.latest((sql) => inspectPayment({ ...deps, sql }, params.id)),
  })
  app.route({
    ...contracts.revealPayment,
    handler: ({ person, params, body }) => revealPayment(deps, person.userId, params.id, body.reason),
  })
  app.route({
    ...ofPerson,
    handler: ({ params, query }) =>
      deps.reads.latest((sql) => listPersonMandates({ ...deps, sql }, params.userId.toLowerCase(), query)),
  })
}
