// The routes of second factors, and how often each is proven, enrolled and reset.
import * as contracts from '@bahi/contracts/second-factor.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import type { CountSignIn } from '../sign-in/metrics.ts'
import { beginEnrolment, confirmEnrolment, renewCodes } from './enrol.ts'
import { readState } from './factor-state.ts'
import { methodOf, prove } from './prove.ts'
import { approveResetOf, declineResetOf, listResets, requestReset } from './reset.ts'

export function secondFactorRoutes(app: App, deps: AuthDeps, counted: CountSignIn): void {
  app.route({ ...contracts.readSecondFactor, handler: ({ person }) => readState(deps, person) })
  app.route({
    ...contracts.beginTotp,
    handler: async ({ person }, reply) => reply.code(201).send(await beginEnrolment(deps, person)),
  })
  app.route({
    ...contracts.confirmTotp,
    handler: async ({ person, body }, reply) =>
      reply.code(201).send(await counted('enrolment', () => confirmEnrolment(deps, person, body.code))),
  })
  app.route({
    ...contracts.proveSecondFactor,
    handler: ({ person, body }) => counted(methodOf(body), () => prove(deps, person, body)),
  })
  app.route({
    ...contracts.renewRecoveryCodes,
    handler: async ({ person }, reply) => reply.code(201).send(await renewCodes(deps, person)),
  })
  app.route({ ...contracts.listSecondFactorResets, handler: () => listResets(deps) })
  app.route({
    ...contracts.requestSecondFactorReset,
    handler: async ({ person, params, body }, reply) =>
      reply.code(201).send(await requestReset(deps, person, params.id, body)),
  })
  app.route({
    ...contracts.approveSecondFactorReset,
    handler: ({ person, params }) => approveResetOf(deps, person, params.id),
  })
  app.route({
    ...contracts.declineSecondFactorReset,
    handler: ({ person, params, body }) => declineResetOf(deps, person, params.id, body.note),
  })
}
