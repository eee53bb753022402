// Audit's table of contents: it records every event, lists and verifies the records, and lets operators handle dead
// letters.
import { exportActs, listActs, recordActs } from '@bahi/contracts/acts.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import * as contracts from '@bahi/contracts/audit.ts'
import { retention } from '@bahi/contracts/retention.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import Type from 'typebox'
import { exportedActs, listedActs, recordActs as recordedActs } from './acts/acts.ts'
import {
  dropDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  showDeadLetter,
} from './dead-letters/dead-letters.ts'
import { appendEvents } from './records/append-events.ts'
import { readHead } from './records/store.ts'
import { listRecords } from './records/list-records.ts'
import { verifyStoredRecords } from './records/verify-records.ts'
import type { Verdict } from './records/verify-chain.ts'

const Config = Type.Object({})

export const service: Service<typeof Config> = {
  name: 'audit',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start(deps) {
    // Verifying reads every record: requests during a run get the result of that run.
    let verifying: Promise<Verdict> | undefined
    return {
      routes(app) {
        app.route({ ...contracts.listRecords, handler: (request) => listRecords(deps, request.query) })
        app.route({
          ...recordActs,
          handler: async ({ body }, reply) => reply.code(202).send(await recordedActs(deps, body.acts)),
        })
        app.route({ ...listActs, handler: ({ query }) => listedActs(deps, query) })
        app.route({
          ...exportActs,
          handler: async ({ query }, reply) =>
            reply
              .type('application/x-ndjson')
              .header('cache-control', 'no-store')
              .header('content-disposition', 'attachment; filename="acts.ndjson"')
              .send((await exportedActs(deps, query)) as never),
        })
        app.route({ ...contracts.auditHead, handler: () => readHead(deps.sql) })
        app.route({
          ...contracts.verifyRecords,
          handler: () => (verifying ??= verifyStoredRecords(deps.sql).finally(() => (verifying = undefined))),
        })
        app.route({
          ...contracts.listDeadLetters,
          handler: ({ query }) => listDeadLetters(deps, query.queue),
        })
        app.route({ ...contracts.showDeadLetter, handler: ({ params }) => showDeadLetter(deps, params) })
        app.route({
          ...contracts.replayDeadLetter,
          handler: async ({ person, params }, reply) =>
            reply.code(202).send(await replayDeadLetter(deps, person, params)),
        })
        app.route({
          ...contracts.dropDeadLetter,
          handler: async ({ person, params }, reply) => {
            await dropDeadLetter(deps, person, params)
            return reply.code(204).send(null)
          },
        })
      },
      consumes: { from: subscriptions.audit, handle: appendEvents, idempotent: true },
      workers: [retentionWorker(deps, retention, 'audit')],
    }
  },
}
