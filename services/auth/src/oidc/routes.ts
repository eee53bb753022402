// The routes of OAuth 2.0: the protocol's, the consent screen's, those for a person's apps and an operator's clients.
import * as contracts from '@bahi/contracts/oauth-apps.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { AuthDeps } from '../deps.ts'
import { listRegistered, register, remove } from './clients.ts'
import { decide, showConsent } from './consent.ts'
import { disconnect, listApps } from './grants.ts'
import { listOwn, registerOwn, removeOwn, renewOwnSecret } from './own-clients.ts'
import { registerProtocol } from './protocol.ts'
import { createProviders } from './provider.ts'

export function registerOauth(app: App, deps: AuthDeps): void {
  const providers = createProviders(deps)
  registerProtocol(app, deps, providers)
  app.route({
    ...contracts.consentRequest,
    handler: ({ params, headers, person }) =>
      showConsent(deps, providers, { ...params, cookie: headers.cookie, person }),
  })
  app.route({
    ...contracts.decideConsent,
    handler: ({ params, headers, person, body: { allow }, requireStepUp }) =>
      decide(deps, providers, { ...params, allow, requireStepUp, cookie: headers.cookie, person }),
  })
  app.route({ ...contracts.listConnectedApps, handler: ({ person }) => listApps(deps, person.userId) })
  app.route({
    ...contracts.disconnectApp,
    handler: async ({ person, params }, reply) => {
      await disconnect(deps, person.userId, params)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...contracts.registerClient,
    handler: async ({ person, body }, reply) =>
      reply.code(201).send(await register(deps, providers, person.userId, body)),
  })
  app.route({
    ...contracts.registerOwnClient,
    handler: async ({ person, body }, reply) =>
      reply.code(201).send(await registerOwn(deps, providers, person, body)),
  })
  app.route({ ...contracts.listOwnClients, handler: ({ person }) => listOwn(deps, person.userId) })
  app.route({
    ...contracts.renewOwnClientSecret,
    handler: ({ person, params }) => renewOwnSecret(deps, person, params.clientId),
  })
  app.route({
    ...contracts.removeOwnClient,
    handler: async ({ person, params }, reply) => {
      await removeOwn(deps, person.userId, params.clientId)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...contracts.listClients,
    handler: ({ query }) => listRegistered(deps, query.before),
  })
  app.route({
    ...contracts.removeClient,
    handler: async ({ person, params }, reply) => {
      await remove(deps, person.userId, params.clientId)
      return reply.code(204).send(null)
    },
  })
}
