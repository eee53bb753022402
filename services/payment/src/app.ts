// Payment's table of contents: its routes and its workers.
import { toPsp } from '@bahi/contracts/network.ts'
import * as controls from '@bahi/contracts/controls.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import * as contracts from '@bahi/contracts/payment.ts'
import { showPaymentMinutes } from '@bahi/contracts/payment-minutes.ts'
import * as operations from '@bahi/contracts/reconciliation.ts'
import { showRules } from '@bahi/contracts/rules-in-force.ts'
import { retention } from '@bahi/contracts/retention.ts'
import { readQr as readQrContract } from '@bahi/contracts/qr.ts'
import { appRequestOutcome, askForApp as askForAppContract } from '@bahi/contracts/app-requests.ts'
import * as requests from '@bahi/contracts/requests.ts'
import * as schedules from '@bahi/contracts/schedules.ts'
import { concurrencyLimiter } from '@bahi/kit/concurrency-limiter.ts'
import { dueWorkers } from '@bahi/kit/due-work/due-worker.ts'
import { networkFaults } from '@bahi/kit/network/network-config.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import { Config } from './config.ts'
import { createPictureDecoder } from './codes/decode-picture.ts'
import { readQr } from './codes/read-qr.ts'
import { createCodeVerifier } from './codes/verify-code.ts'
import { replaceControls, showControls, stopPayments } from './controls/change-controls.ts'
import { operatorLimits } from './limits/operator-limits.ts'
import { storeTiers } from './limits/store-tiers.ts'
import { askHandlers } from './mandates/ask-elsewhere.ts'
import { endHandler } from './mandates/change-mandate.ts'
import { collectHandlers } from './mandates/collect-debit.ts'
import { debitHandlers } from './mandates/execute-debit.ts'
import { operationHandler } from './mandates/operate.ts'
import { reportHandlers } from './mandates/report-mandate.ts'
import { closePortHandlers } from './mandates/port-in.ts'
import { planHandler } from './mandates/plan-debits.ts'
import { mandateRoutes } from './mandates/routes.ts'
import { minutesWorker, showMinutes } from './minutes/count-minutes.ts'
import { createPaymentMetrics } from './metrics.ts'
import { createApplyNetworkOutcome } from './network/apply-network-outcome.ts'
import { receiveMessage } from './network/inbound.ts'
import { createPspMessages } from './network/psp-messages.ts'
import { createCompletions } from './payments/await-completion.ts'
import { insightRoutes } from './insight/routes.ts'
import { freezeRoutes } from './people/freeze.ts'
import { rulesInForceAt } from './rules/show-rules.ts'
import { lookUpRoutes } from './look-up/routes.ts'
import { createBegin } from './payments/begin.ts'
import { checkPayments } from './payments/check-payments.ts'
import { createComplete } from './payments/complete.ts'
import { listPayments } from './payments/list-payments.ts'
import { pay, type PayDeps } from './payments/pay.ts'
import { createPost } from './payments/post.ts'
import { toInstruction } from './payments/prepare.ts'
import { createNameQuota } from './payments/name-quota.ts'
import { createQuote } from './payments/quote.ts'
import { receiptOf } from './payments/receipt.ts'
import { recoverWorker } from './payments/recover.ts'
import { createPartyResolver } from './payments/resolve.ts'
import { createRrnOf } from './payments/rrn.ts'
import { createRoutes } from './payments/routes/routes.ts'
import { paymentOf } from './payments/show-payment.ts'
import { recentPeopleOf } from './payments/store-history.ts'
import { makePartitions } from './payments/store.ts'
import { viewFor } from './payments/view.ts'
import {
  cancelRequest,
  declineRequest,
  listRequests,
  remindOfRequest,
  requestOf,
  rulesView,
} from './requests/answer-request.ts'
import { peopleRoutes } from './people/routes.ts'
import { askForApp, outcomeForApp } from './requests/app-requests.ts'
import { closedLoopRows } from './requests/closed-loop.ts'
import { expiryHandler } from './requests/expire-requests.ts'
import { makeRequest } from './requests/make-request.ts'
import { networkHandlers } from './requests/network-requests.ts'
import { viewOf } from './requests/request.ts'
import {
  changeSchedule,
  endSchedule,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  showSchedule,
  skipOccurrence,
} from './schedules/change-schedule.ts'
import { makeSchedule } from './schedules/make-schedule.ts'
import { scheduleHandlers } from './schedules/run-schedules.ts'
import { viewOf as scheduleView } from './schedules/schedule.ts'
import { closeDifference, listDifferences } from './settlement/differences.ts'
import { cycleView, listCycles } from './settlement/list-cycles.ts'
import { stopRoutes } from './stops/stops.ts'
import { statementHandlers } from './statements/render-statement.ts'
import { statementRoutes } from './statements/routes.ts'
import { reconcile, reconcileWorker } from './settlement/reconcile.ts'

const monthsAhead = 3
const defaultPeople = 20
const prepareMonthsEveryMs = 6 * 3_600_000

export const service: Service<typeof Config> = {
  name: 'payment',
  config: Config,
  productionFaults: (config) => [
    ...networkFaults(config),
    ...(config.BAHI_PUBLIC_URL.startsWith('http:') ? ['BAHI_PUBLIC_URL must begin with https://'] : []),
  ],
  // Nothing is sealed here; the order of RRNs follows from the data keys.
  sealed: [],
  migrations: new URL('../migrations/', import.meta.url),
  async start(seams) {
    const { config } = seams
    const { timeScale } = seams.network
    const recoveryAfterMs = config.BAHI_RECOVERY_AFTER_MS
    const txnPrefix = config.BAHI_TXN_PREFIX
    const interval = { ms: config.BAHI_BATCH_INTERVAL_MS, clock: seams.clock }
    const metrics = createPaymentMetrics(seams.metrics, seams.sql, seams.clock)
    const completions = createCompletions(seams)
    const limiter = concurrencyLimiter(config.BAHI_MAX_CONCURRENT_PAYMENTS)
    seams.metrics.gauge('bahi_payments_in_flight', 'Payments being processed now.', (gauge) =>
      gauge.set(limiter.inUse()),
    )
    const limits = { rows: operatorLimits(config.BAHI_LIMITS), byTier: config.BAHI_KYC_LIMITS }
    const network = createPspMessages(seams)
    const post = createPost(seams, metrics, interval)
    const rrnOf = createRrnOf(seams.seal)
    const moving = createRoutes({ ...seams, network, post }, { recoveryAfterMs, timeScale })
    const { routes } = moving
    const complete = createComplete(seams, metrics, completions, interval)
    const verifyCode = createCodeVerifier(seams)
    const decodePicture = createPictureDecoder()
    const deps: PayDeps = {
      ...seams,
      metrics,
      parties: createPartyResolver(seams, interval),
      verifyCode,
      begin: createBegin({ ...seams, routes, rrnOf }, { txnPrefix, interval, limits }, metrics),
      routes,
      complete,
      completions,
      inFlight: new Map(),
      limiter,
    }
    const takeName = createNameQuota(seams)
    const asking = {
      ...seams,
      parties: deps.parties,
      takeName,
      closedLoop: closedLoopRows(config.BAHI_CLOSED_LOOP_REQUESTS, seams.mode),
      ...{ network, txnPrefix, rrnOf },
    }
    const quote = createQuote({ ...seams, parties: deps.parties, routes, takeName }, limits)
    const applyOutcome = createApplyNetworkOutcome({ ...seams, complete, routes })
    const settlement = { ...seams, network, applyOutcome, txnPrefix, bank: seams.network.orgId }
    const inbound = {
      ...seams,
      ...deps,
      network,
      applyOutcome,
      txnPrefix,
      bank: settlement.bank,
      closedLoop: asking.closedLoop,
      background: new Set<Promise<unknown>>(),
    }
    return {
      routes(app) {
        app.route({
          ...contracts.pay,
          handler: async ({ person, params, body }) =>
            viewFor(
              await pay(deps, toInstruction(person, params.id, body)),
              person.userId,
              seams.clock.now(),
            ),
        })
        app.route({
          ...contracts.showPayment,
          handler: async ({ person, params }) =>
            viewFor(await paymentOf(deps, person.userId, params.id), person.userId, seams.clock.now()),
        })
        app.route({
          ...contracts.listPayments,
          handler: ({ person, query }) =>
            seams.reads.of(person.userId, (sql) => listPayments({ ...seams, sql }, person.userId, query)),
        })
        app.route({
          ...contracts.recentPeople,
          handler: async ({ person, query }) => {
            const people = await seams.reads.of(person.userId, (sql) =>
              recentPeopleOf(sql, person.userId, query.limit ?? defaultPeople),
            )
            return { people: people.map((one) => ({ ...one, at: one.at.toISOString() })) }
          },
        })
        app.route({ ...contracts.quote, handler: ({ person, body }) => quote(person, body) })
        app.route({
          ...controls.showControls,
          handler: ({ person }) => showControls(seams, person.userId),
        })
        app.route({
          ...controls.changeControls,
          handler: ({ person, body, requireStepUp }) =>
            replaceControls(seams, person.userId, body, requireStepUp),
        })
        app.route({
          ...controls.stopPayments,
          handler: ({ person }) => stopPayments(seams, person.userId, 'owner'),
        })
        app.route({
          ...controls.stopPaymentsOf,
          handler: async ({ body }) => {
            await stopPayments(seams, body.userId, 'sign-in')
            return { userId: body.userId }
          },
        })
        app.route({
          ...contracts.receipt,
          handler: async ({ person, params }) =>
            receiptOf(await paymentOf(deps, person.userId, params.id), person.userId, seams.clock.now()),
        })
        app.route({
          ...readQrContract,
          handler: ({ body }) => readQr({ ...seams, verifyCode, decodePicture }, body),
        })
        app.route({
          ...requests.makeRequest,
          handler: async ({ person, params, body }) =>
            viewOf(await makeRequest(asking, person.userId, params.id, body), person.userId),
        })
        app.route({
          ...requests.showRequest,
          handler: async ({ person, params }) =>
            viewOf(await requestOf(seams, person.userId, params.id), person.userId),
        })
        app.route({
          ...requests.listRequests,
          handler: ({ person, query }) => listRequests(seams, person.userId, query),
        })
        app.route({
          ...requests.declineRequest,
          handler: async ({ person, params, body }) =>
            viewOf(await declineRequest(asking, person.userId, params.id, body.block), person.userId),
        })
        app.route({
          ...requests.cancelRequest,
          handler: async ({ person, params }) =>
            viewOf(await cancelRequest(asking, person.userId, params.id), person.userId),
        })
        app.route({
          ...requests.remindOfRequest,
          handler: async ({ person, params }) =>
            viewOf(await remindOfRequest(asking, person.userId, params.id), person.userId),
        })
        app.route({
          ...askForAppContract,
          handler: async ({ params, body }) => {
            await askForApp(asking, params.id, body)
            return params
          },
        })
        app.route({
          ...appRequestOutcome,
          handler: ({ params, query }) => outcomeForApp(seams, params.id, query.clientId),
        })
        app.route({ ...requests.showRequestRules, handler: () => rulesView(asking) })
        peopleRoutes(app, asking)
        app.route({
          ...schedules.makeSchedule,
          handler: async ({ person, params, body }) =>
            scheduleView(await makeSchedule(asking, person.userId, params.id, body)),
        })
        app.route({
          ...schedules.showSchedule,
          handler: ({ person, params }) => showSchedule(seams, person.userId, params.id),
        })
        app.route({
          ...schedules.listSchedules,
          handler: ({ person, query }) => listSchedules(seams, person.userId, query),
        })
        app.route({
          ...schedules.changeSchedule,
          handler: async ({ person, params, body }) =>
            scheduleView(await changeSchedule(asking, person.userId, params.id, body)),
        })
        app.route({
          ...schedules.pauseSchedule,
          handler: async ({ person, params }) =>
            scheduleView(await pauseSchedule(seams, person.userId, params.id)),
        })
        app.route({
          ...schedules.resumeSchedule,
          handler: async ({ person, params }) =>
            scheduleView(await resumeSchedule(seams, person.userId, params.id)),
        })
        app.route({
          ...schedules.skipOccurrence,
          handler: async ({ person, params, body }) =>
            scheduleView(await skipOccurrence(seams, person.userId, params.id, body.number)),
        })
        app.route({
          ...schedules.endSchedule,
          handler: async ({ person, params }) =>
            scheduleView(await endSchedule(seams, person.userId, params.id)),
        })
        mandateRoutes(app, { ...asking, verifyCode, movesToPayees: config.BAHI_MANDATES_TO_PAYEES_HERE })
        statementRoutes(app, seams)
        insightRoutes(app, seams)
        freezeRoutes(app, seams)
        stopRoutes(app, seams)
        const own = { limits: limits.rows, closedLoop: asking.closedLoop }
        app.route({ ...showRules, handler: () => rulesInForceAt(seams.clock.now(), own) })
        lookUpRoutes(app, { ...seams, txnPrefix })
        app.route({ ...showPaymentMinutes, handler: ({ query }) => showMinutes(seams, query) })
        app.route({
          ...operations.listCycles,
          handler: ({ query }) => seams.reads.latest((sql) => listCycles({ ...seams, sql }, query)),
        })
        app.route({
          ...operations.reconcileCycle,
          handler: async ({ params }) => cycleView(await reconcile(settlement, params.cycle)),
        })
        app.route({
          ...operations.listDifferences,
          handler: ({ query }) => seams.reads.latest((sql) => listDifferences({ ...seams, sql }, query)),
        })
        app.route({
          ...operations.closeDifference,
          handler: ({ person, params, body }) => closeDifference(seams, person.userId, params.id, body.note),
        })
        app.route({
          ...operations.checkOpenPayments,
          handler: async ({ body }, reply) => reply.code(202).send(await checkPayments(seams, body)),
        })
        app.route({ ...toPsp, handler: ({ params, body }) => receiveMessage(inbound, params, body) })
      },
      consumes: { from: subscriptions.payment, handle: storeTiers },
      workers: [
        recoverWorker(
          { ...seams, complete, routes },
          { leaseMs: recoveryAfterMs, everyMs: config.BAHI_RECOVERY_EVERY_MS, timeScale },
        ),
        reconcileWorker(settlement),
        minutesWorker(seams),
        retentionWorker(seams, retention, 'payment'),
        ...dueWorkers(seams, [
          expiryHandler(seams),
          ...scheduleHandlers(seams),
          ...statementHandlers(seams),
          planHandler(seams),
          ...debitHandlers(deps),
          operationHandler({ ...seams, network }),
          ...reportHandlers({ ...seams, network }, timeScale),
          ...closePortHandlers(network, metrics),
          endHandler(seams),
          ...askHandlers(seams, network),
          ...collectHandlers({ ...seams, parties: deps.parties, txnPrefix, rrnOf }, network),
          ...networkHandlers({ ...seams, parties: deps.parties }, network),
        ]),
        {
          name: 'prepare months',
          intervalMs: prepareMonthsEveryMs,
          async run() {
            await makePartitions(seams.sql, monthsAhead)
          },
        },
      ],
      async close() {
        await decodePicture.close()
        await Promise.allSettled([...deps.inFlight.values()].map(({ answer }) => answer))
        await Promise.all([...inbound.background, moving.idle()])
        await Promise.all([deps.parties.idle(), deps.begin.idle(), post.idle(), complete.idle()])
      },
    }
  },
}
