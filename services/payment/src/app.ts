// Payment at a glance: what it answers and what it does by itself.
import * as contracts from '@bahi/contracts/payment.ts'
import type { Service } from '@bahi/kit/service.ts'
import Type from 'typebox'
import { createBegin } from './begin.ts'
import { createEnd } from './end.ts'
import { listPayments } from './list-payments.ts'
import { createMeasures } from './measures.ts'
import { createParties } from './parties.ts'
import { pay, wishOf, type PayDeps } from './pay.ts'
import { seenBy } from './payment.ts'
import { createPost } from './post.ts'
import { receiptOf } from './receipt.ts'
import { recoverWorker } from './recover.ts'
import { paymentOf } from './show-payment.ts'
import { makePartitions } from './store.ts'

const monthsAhead = 3
const prepareMonthsEveryMs = 6 * 3_600_000

const Config = Type.Object({
  BAHI_TXN_PREFIX: Type.String({
    pattern: '^[A-Z0-9]{3}$',
    default: 'BHI',
    description: 'Three letters that UPI transaction ids begin with, assigned by the network.',
  }),
  BAHI_RECOVERY_AFTER_MS: Type.Integer({
    minimum: 50,
    maximum: 3_600_000,
    default: 20_000,
    description: 'Milliseconds that a payment may be pending until account is asked what became of it.',
  }),
  BAHI_RECOVERY_EVERY_MS: Type.Integer({
    minimum: 20,
    maximum: 60_000,
    default: 2_000,
    description: 'Milliseconds between looks for payments that have been pending too long.',
  }),
})

export const service: Service<typeof Config> = {
  name: 'payment',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start(seams) {
    const { config } = seams
    const measures = createMeasures(seams.metrics, seams.sql)
    const recoveryAfterMs = config.BAHI_RECOVERY_AFTER_MS
    const deps: PayDeps = {
      ...seams,
      measures,
      parties: createParties(seams),
      begin: createBegin(seams, { txnPrefix: config.BAHI_TXN_PREFIX, recoveryAfterMs }, measures),
      post: createPost(seams, measures),
      end: createEnd(seams, measures),
      flights: new Map(),
    }
    return {
      answers(app) {
        app.route({
          ...contracts.pay,
          handler: async ({ person, params, body }) =>
            seenBy(await pay(deps, wishOf(person, params.id, body)), person.userId),
        })
        app.route({
          ...contracts.showPayment,
          handler: async ({ person, params }) =>
            seenBy(await paymentOf(deps, person.userId, params.id), person.userId),
        })
        app.route({
          ...contracts.listPayments,
          handler: ({ person, query }) => listPayments(deps, person.userId, query),
        })
        app.route({
          ...contracts.receipt,
          handler: async ({ person, params }) =>
            receiptOf(await paymentOf(deps, person.userId, params.id), person.userId),
        })
      },
      does: [
        recoverWorker(
          { ...seams, end: deps.end },
          { leaseMs: recoveryAfterMs, everyMs: config.BAHI_RECOVERY_EVERY_MS },
        ),
        {
          name: 'prepare months',
          everyMs: prepareMonthsEveryMs,
          async run() {
            await makePartitions(seams.sql, monthsAhead)
          },
        },
      ],
      async close() {
        await Promise.allSettled([...deps.flights.values()].map((flight) => flight.answer))
        await Promise.all([deps.parties.idle(), deps.begin.idle(), deps.post.idle(), deps.end.idle()])
      },
    }
  },
}
