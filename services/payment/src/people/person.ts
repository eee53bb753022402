// What payment does when a person leaves: says what is in the way, closes, erases. Its part of a copy of their data.
import * as erasure from '@bahi/contracts/erasure.ts'
import { personalDataInPayment } from '@bahi/contracts/personal-export.ts'
import { redactEvents } from '@bahi/kit/events/redact-events.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import {
  blockedOf,
  closePerson,
  erasePerson,
  holdingsOf,
  mandatesOf,
  ownSettingsOf,
  paymentsOf,
  reportsOf,
  requestsOf,
  schedulesOf,
  streamsOf,
} from './store-person.ts'

export type PersonDeps = Pick<Deps, 'sql' | 'transaction'>

export function personRoutes(app: App, deps: PersonDeps): void {
  const { sql } = deps
  app.route({
    ...erasure.obstaclesInPayment,
    async handler({ params }) {
      const holdings = await holdingsOf(sql, params.userId)
      const kinds = ['payments', 'requests', 'mandates', 'schedules'] as const
      return { obstacles: kinds.filter((what) => holdings[what]) }
    },
  })
  app.route({
    ...erasure.eraseInPayment,
    async handler({ params: { userId }, body: { stage, vpas } }) {
      await deps.transaction(async (tx) => {
        await closePerson(tx, userId)
        if (stage === 'close') return
        await redactEvents(tx, await streamsOf(tx, userId), userId)
        await erasePerson(tx, userId, vpas)
      })
      return { vpas: [] }
    },
  })
  app.route({
    ...personalDataInPayment,
    async handler({ params: { userId }, query: { maxRows } }) {
      return {
        data: {
          payments: await paymentsOf(sql, userId, maxRows),
          requests: await requestsOf(sql, userId, maxRows),
          mandates: await mandatesOf(sql, userId, maxRows),
          schedules: await schedulesOf(sql, userId, maxRows),
          controls: await ownSettingsOf(sql, userId),
          blocked: await blockedOf(sql, userId),
          reports: await reportsOf(sql, userId),
        },
      }
    },
  })
}
