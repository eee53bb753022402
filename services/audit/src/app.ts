// The audit service's table of contents: it hears every event, keeps it, shows and proves what it keeps; and
// it lets operators look after events that somebody could not handle.
import { subscriptions } from '@bahi/contracts/events.ts'
import * as contracts from '@bahi/contracts/audit.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import Type from 'typebox'
import {
  dropDeadLetter,
  listDeadLetters,
  replayDeadLetter,
  showDeadLetter,
} from './dead-letters/dead-letters.ts'
import { keep } from './records/append-events.ts'
import { pageOfRecords } from './records/list-records.ts'
import { proveStored } from './records/verify-records.ts'
import type { Verdict } from './records/verify-chain.ts'

const Config = Type.Object({})

export const service: Service<typeof Config> = {
  name: 'audit',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start(deps) {
    // Reading everything is work: whoever asks meanwhile gets the answer of the run that is under way.
    let underWay: Promise<Verdict> | undefined
    return {
      routes(app) {
        app.route({ ...contracts.listRecords, handler: (request) => pageOfRecords(deps, request.query) })
        app.route({
          ...contracts.verifyRecords,
          handler: () => (underWay ??= proveStored(deps.sql).finally(() => (underWay = undefined))),
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
      consumes: { from: subscriptions.audit, handle: keep, idempotent: true },
    }
  },
}
