// The routes of searching, threads and spending.
import * as insight from '@bahi/contracts/insight.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { searchPayments, showThread } from './search.ts'
import { showSpending } from './spending.ts'

export function insightRoutes(app: App, deps: Pick<Deps, 'sql' | 'clock'>): void {
  app.route({
    ...insight.searchPayments,
    handler: ({ person, query }) => searchPayments(deps, person.userId, query),
  })
  app.route({
    ...insight.showThread,
    handler: ({ person, params, query }) => showThread(deps, person.userId, params.vpa, query),
  })
  app.route({
    ...insight.showSpending,
    handler: ({ person, query }) => showSpending(deps, person.userId, query.month),
  })
}
