// The routes of searching, threads and spending.
import * as insight from '@bahi/contracts/insight.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { searchPayments, showThread } from './search.ts'
import { showSpending } from './spending.ts'

export function insightRoutes(app: App, deps: Pick<Deps, 'reads' | 'clock'>): void {
  app.route({
    ...insight.searchPayments,
    handler: ({ person, query }) =>
      deps.reads.of(person.userId, (sql) => searchPayments({ ...deps, sql }, person.userId, query)),
  })
  app.route({
    ...insight.showThread,
    handler: ({ person, params, query }) =>
      deps.reads.of(person.userId, (sql) => showThread({ ...deps, sql }, person.userId, params.vpa, query)),
  })
  app.route({
    ...insight.showSpending,
    handler: ({ person, query }) =>
      deps.reads.of(person.userId, (sql) => showSpending({ ...deps, sql }, person.userId, query.month)),
  })
}
