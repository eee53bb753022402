// The audit service's table of contents: it hears every event, keeps it, and shows and proves what it keeps.
import { hearing } from '@bahi/contracts/events.ts'
import { listRecords, verifyRecords } from '@bahi/contracts/audit.ts'
import type { Service } from '@bahi/kit/service.ts'
import Type from 'typebox'
import { keep } from './keep.ts'
import { pageOfRecords } from './list.ts'
import { proveStored } from './prove-stored.ts'
import type { Verdict } from './verify.ts'

const Config = Type.Object({})

export const service: Service<typeof Config> = {
  name: 'audit',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start(deps) {
    // Reading everything is work: whoever asks meanwhile gets the answer of the run that is under way.
    let underWay: Promise<Verdict> | undefined
    return {
      answers(app) {
        app.route({ ...listRecords, handler: (request) => pageOfRecords(deps, request.query) })
        app.route({
          ...verifyRecords,
          handler: () => (underWay ??= proveStored(deps.sql).finally(() => (underWay = undefined))),
        })
      },
      hears: { from: hearing.audit, handle: keep },
    }
  },
}
