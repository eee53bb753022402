// The routes of mandates.
import * as mandates from '@bahi/contracts/mandates.ts'
import type { App } from '@bahi/kit/http/app.ts'
import {
  approveMandate,
  declineMandate,
  listMandates,
  pauseMandate,
  revokeMandate,
  showMandate,
  skipDebit,
  unpauseMandate,
  updateMandate,
  viewFor,
} from './change-mandate.ts'
import { createMandate, requestMandate, type MandateDeps } from './make-mandate.ts'
import { debitView } from './mandate.ts'
import { presentDebit } from './plan-debits.ts'
import { portMandate } from './port-mandate.ts'
import { takeMandate, type TakeDeps } from './take-mandate.ts'

export function mandateRoutes(app: App, deps: MandateDeps & TakeDeps): void {
  app.route({
    ...mandates.createMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await createMandate(deps, userId, params.id, body), userId),
  })
  app.route({
    ...mandates.requestMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await requestMandate(deps, userId, params.id, body), userId),
  })
  app.route({
    ...mandates.approveMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await approveMandate(deps, userId, params.id, body.pin), userId),
  })
  app.route({
    ...mandates.declineMandate,
    handler: async ({ person: { userId }, params }) =>
      viewFor(deps, await declineMandate(deps, userId, params.id), userId),
  })
  app.route({
    ...mandates.showMandate,
    handler: ({ person, params }) => showMandate(deps, person.userId, params.id),
  })
  app.route({
    ...mandates.listMandates,
    handler: ({ person, query }) => listMandates(deps, person.userId, query),
  })
  app.route({
    ...mandates.updateMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await updateMandate(deps, userId, params.id, body), userId),
  })
  app.route({
    ...mandates.pauseMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await pauseMandate(deps, userId, params.id, body), userId),
  })
  app.route({
    ...mandates.unpauseMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await unpauseMandate(deps, userId, params.id, body.pin), userId),
  })
  app.route({
    ...mandates.revokeMandate,
    handler: async ({ person: { userId }, params }) =>
      viewFor(deps, await revokeMandate(deps, userId, params.id), userId),
  })
  app.route({
    ...mandates.portMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await portMandate(deps, userId, params.id, body), userId),
  })
  app.route({
    ...mandates.takeMandate,
    handler: async ({ person: { userId }, params, body }) =>
      viewFor(deps, await takeMandate(deps, userId, params.umn, body), userId),
  })
  app.route({
    ...mandates.presentDebit,
    handler: async ({ person, params, body }) => {
      const { mandate, debit } = await presentDebit(deps, person.userId, params.umn, body)
      return debitView(mandate, debit)
    },
  })
  app.route({
    ...mandates.skipDebit,
    handler: async ({ person: { userId }, params }) =>
      viewFor(deps, await skipDebit(deps, userId, params.id, params.sequence), userId),
  })
}
