// Payment at a glance: what it answers and what it does by itself.
import { toPsp } from '@bahi/contracts/network.ts'
import * as contracts from '@bahi/contracts/payment.ts'
import * as operations from '@bahi/contracts/reconciliation.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import Type from 'typebox'
import { createWaiting } from './payments/await-completion.ts'
import { createBegin } from './payments/begin.ts'
import { createConclude } from './network/apply-network-outcome.ts'
import { concurrencyLimiter } from '@bahi/kit/concurrency-limiter.ts'
import { createEnd } from './payments/complete.ts'
import { hearNetwork } from './network/inbound.ts'
import { listPayments } from './payments/list-payments.ts'
import { createMeasures } from './metrics.ts'
import { createNetwork, NetworkConfig } from './network/network.ts'
import {
  checkPayments,
  closeDifference,
  cycleSeen,
  listCycles,
  listDifferences,
} from './settlement/review.ts'
import { createParties } from './payments/resolve.ts'
import { pay, wishOf, type PayDeps } from './payments/pay.ts'
import { seenBy } from './payments/payment.ts'
import { createPost } from './payments/post.ts'
import { receiptOf } from './payments/receipt.ts'
import { reconcile, reconcileWorker } from './settlement/reconcile.ts'
import { recoverWorker } from './payments/recover.ts'
import { paymentOf } from './payments/show-payment.ts'
import { makePartitions } from './payments/store.ts'

const monthsAhead = 3
const prepareMonthsEveryMs = 6 * 3_600_000

const Config = Type.Object({
  ...NetworkConfig.properties,
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
  BAHI_MAX_CONCURRENT_PAYMENTS: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    default: 200,
    description:
      'Payments that a process works on at once; beyond it they are refused with 503 and retry-after.',
  }),
  BAHI_BATCH_INTERVAL_MS: Type.Integer({
    minimum: 0,
    maximum: 1_000,
    default: 15,
    description:
      'Milliseconds at least between two sets of payments that take the same step together; one alone never waits.',
  }),
})

export const service: Service<typeof Config> = {
  name: 'payment',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  async start(seams) {
    const { config } = seams
    const pace = seams.mode === 'production' ? 1 : config.BAHI_NETWORK_TIME_SCALE
    const measures = createMeasures(seams.metrics, seams.sql)
    const recoveryAfterMs = config.BAHI_RECOVERY_AFTER_MS
    const waiting = createWaiting(seams)
    const gather = { ms: config.BAHI_BATCH_INTERVAL_MS, clock: seams.clock }
    const end = createEnd(seams, measures, waiting, gather)
    const concluding = createConclude({ ...seams, end }, pace)
    const limiter = concurrencyLimiter(config.BAHI_MAX_CONCURRENT_PAYMENTS)
    seams.metrics.gauge('bahi_payments_in_flight', 'Payments being processed now.', (gauge) =>
      gauge.set(limiter.inUse()),
    )
    const deps: PayDeps = {
      ...seams,
      measures,
      parties: createParties(seams, gather),
      begin: createBegin(
        seams,
        { txnPrefix: config.BAHI_TXN_PREFIX, recoveryAfterMs, pace, gather },
        measures,
      ),
      post: createPost(seams, measures, gather),
      end,
      flights: new Map(),
      network: await createNetwork(seams),
      waiting,
      conclude: concluding.conclude,
      limiter,
    }
    const books = { ...deps, txnPrefix: config.BAHI_TXN_PREFIX, bank: config.BAHI_NETWORK_ORG }
    const door = { ...deps, txnPrefix: config.BAHI_TXN_PREFIX, pace, after: new Set<Promise<unknown>>() }
    return {
      routes(app) {
        app.route({
          ...contracts.pay,
          handler: async ({ person, params, body }) =>
            seenBy(await pay(deps, wishOf(person, params.id, body)), person.userId, seams.clock.now()),
        })
        app.route({
          ...contracts.showPayment,
          handler: async ({ person, params }) =>
            seenBy(await paymentOf(deps, person.userId, params.id), person.userId, seams.clock.now()),
        })
        app.route({
          ...contracts.listPayments,
          handler: ({ person, query }) => listPayments(deps, person.userId, query),
        })
        app.route({
          ...contracts.receipt,
          handler: async ({ person, params }) =>
            receiptOf(await paymentOf(deps, person.userId, params.id), person.userId, seams.clock.now()),
        })
        app.route({
          ...operations.listCycles,
          handler: ({ query }) => listCycles(seams, query),
        })
        app.route({
          ...operations.reconcileCycle,
          handler: async ({ params }) => cycleSeen(await reconcile(books, params.cycle)),
        })
        app.route({
          ...operations.listDifferences,
          handler: ({ query }) => listDifferences(seams, query),
        })
        app.route({
          ...operations.closeDifference,
          handler: ({ person, params, body }) => closeDifference(seams, person.userId, params.id, body.note),
        })
        app.route({
          ...operations.checkOpenPayments,
          handler: async ({ body }, reply) => reply.code(202).send(await checkPayments(seams, body)),
        })
        app.route({ ...toPsp, handler: ({ params, body }) => hearNetwork(door, params, body) })
      },
      workers: [
        recoverWorker(
          { ...seams, end, network: deps.network },
          { leaseMs: recoveryAfterMs, everyMs: config.BAHI_RECOVERY_EVERY_MS, pace },
        ),
        reconcileWorker(books),
        {
          name: 'prepare months',
          intervalMs: prepareMonthsEveryMs,
          async run() {
            await makePartitions(seams.sql, monthsAhead)
          },
        },
      ],
      async close() {
        await Promise.allSettled([...deps.flights.values()].map((flight) => flight.answer))
        await Promise.all([...door.after, concluding.idle()])
        await Promise.all([deps.parties.idle(), deps.begin.idle(), deps.post.idle(), deps.end.idle()])
      },
    }
  },
}
