// The routes of erasure and of copies of personal data.
import * as erasure from '@bahi/contracts/erasure.ts'
import * as exports from '@bahi/contracts/personal-export.ts'
import type { App } from '@bahi/kit/http/app.ts'
import { cancelErasure, requestErasure, showErasure, type ErasureDeps } from './erasure.ts'
import { exportFile, listExports, requestExport, type ExportDeps } from './export.ts'

export function privacyRoutes(app: App, deps: ErasureDeps & ExportDeps): void {
  app.route({ ...erasure.showErasure, handler: ({ person }) => showErasure(deps, person.userId) })
  app.route({ ...erasure.requestErasure, handler: ({ person }) => requestErasure(deps, person.userId) })
  app.route({ ...erasure.cancelErasure, handler: ({ person }) => cancelErasure(deps, person.userId) })
  app.route({ ...exports.listExports, handler: ({ person }) => listExports(deps, person.userId) })
  app.route({
    ...exports.requestExport,
    handler: ({ person, params }) => requestExport(deps, person.userId, params.id),
  })
  app.route({
    ...exports.exportFile,
    handler: async ({ person, params }, reply) => {
      const content = await exportFile(deps, person.userId, params.id)
      return reply
        .type('application/json')
        .header('cache-control', 'no-store')
        .header('content-disposition', 'attachment; filename="bahi-my-data.json"')
        .send(content as never)
    },
  })
}
