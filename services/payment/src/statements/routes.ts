// The routes of statements.
import * as statements from '@bahi/contracts/statements.ts'
import type { App } from '@bahi/kit/http/app.ts'
import {
  makeStatement,
  statementFile,
  statementOf,
  verifyStatement,
  viewOf,
  type StatementDeps,
} from './make-statement.ts'

export function statementRoutes(app: App, deps: StatementDeps): void {
  app.route({
    ...statements.makeStatement,
    handler: async ({ person, params, body }) =>
      viewOf(await makeStatement(deps, person.userId, params.id, body)),
  })
  app.route({
    ...statements.showStatement,
    handler: async ({ person, params }) => viewOf(await statementOf(deps, person.userId, params.id)),
  })
  app.route({
    ...statements.statementFile,
    handler: async ({ person, params }, reply) => {
      const { type, name, content } = await statementFile(deps, person.userId, params.id)
      return reply
        .type(type)
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(content as never)
    },
  })
  app.route({
    ...statements.verifyStatement,
    handler: ({ params, query }) => verifyStatement(deps, params.id, query.sha256),
  })
}
