// The routes of saved views.
import * as contracts from '@bahi/contracts/saved-views.ts'
import type { App } from '@bahi/kit/http/http.ts'
import { savedViewsOf, saveView, type ViewDeps } from './saved-views.ts'
import { deleteView } from './store.ts'

export function savedViewRoutes(app: App, deps: ViewDeps): void {
  app.route({
    ...contracts.listSavedViews,
    handler: async ({ person }) => ({ views: await savedViewsOf(deps, deps.sql, person.userId) }),
  })
  app.route({
    ...contracts.saveView,
    handler: ({ person, params, body }) => saveView(deps, person.userId, params.id, body),
  })
  app.route({
    ...contracts.removeView,
    async handler({ person, params }, reply) {
      await deleteView(deps.sql, person.userId, params.id)
      return reply.code(204).send(null)
    },
  })
}
