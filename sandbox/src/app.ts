// The sandbox's table of contents: the simulated network with its switch and banks, an SMS carrier, a mail server and
// an inbox. Never shipped.
import * as feedContracts from '@bahi/contracts/feed.ts'
import { toSwitch } from '@bahi/contracts/network.ts'
import * as contracts from '@bahi/contracts/sandbox.ts'
import * as mandates from '@bahi/contracts/sandbox-mandates.ts'
import * as ports from '@bahi/contracts/sandbox-ports.ts'
import * as scenario from '@bahi/contracts/scenario.ts'
import { batch } from '@bahi/kit/batch.ts'
import type { App } from '@bahi/kit/http/http.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { otherBanks } from './banks/bank.ts'
import { reqOperation } from './banks/bank-mandates.ts'
import { balEnq, setCre } from './banks/customer-pin.ts'
import { createOutboxSender } from './switch/send-outbox.ts'
import { advanceDue } from './switch/advance-due.ts'
import { createFeed, type Feed } from './feed/feed.ts'
import { valAdd } from './banks/resolve-addresses.ts'
import { saveMessages, newMessage, purgeInbox, readInbox } from './inbox/inbox.ts'
import {
  advanceMandates,
  askForMandate,
  noticeFromOutside,
  revokeFromOutside,
  showOutsideMandate,
} from './mandates/outside-mandates.ts'
import { askOurBankAgain } from './mandates/ask-our-bank.ts'
import { changeInOtherApp } from './mandates/kept-elsewhere.ts'
import {
  askAgain,
  closePort,
  listHeld,
  portOut,
  mandateInOtherApp,
  portFromOutside,
} from './mandates/other-apps.ts'
import { changePayerMandate, expireAsked, listPayerMandates } from './mandates/payer-mandates.ts'
import { listAccounts } from './banks/list-accounts.ts'
import { startMailServer } from './inbox/mail-server.ts'
import { createNetworkKeys } from './switch/keys.ts'
import { signCode } from './banks/sign-code.ts'
import { networkPage, pagePolicy, readPageFile } from './network-page/network-page.ts'
import { openAccount } from './banks/open-account.ts'
import { answerFromOutside, payFromOutside, requestFromOutside } from './switch/pay-from-outside.ts'
import { Config, type NetworkDeps } from './sandbox.ts'
import { addRule, removeRule, replaceRules, showScenarios, switchRule } from './scenarios/rules.ts'
import { settlementReport } from './settlement/settlement-report.ts'
import { listTransactions } from './switch/list-transactions.ts'
import { purgeNetwork, whatIsDue, type Due } from './switch/store.ts'
import { receiveMessage } from './switch/receive-message.ts'
import { showPaymentTrace } from './feed/payment-trace.ts'
import { cardColumn, messageColumn, numberColumn } from './sealed-columns.ts'

const purgeIntervalMs = 10_000
/** For timers and retries; what follows from a received message is done at once. */
const pollIntervalMs = 100
const mandateIntervalMs = 1_000
const messageRetentionMs = 3 * 86_400_000

export const service: Service<typeof Config> = {
  name: 'sandbox',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [numberColumn, cardColumn, messageColumn],
  async start(serviceDeps) {
    if (serviceDeps.mode !== 'sandbox') {
      throw new Error('the sandbox simulates the outside world and starts only with BAHI_MODE=sandbox')
    }
    const { BAHI_SANDBOX_NETWORK_KEY, BAHI_SANDBOX_MEMBER_KEY } = serviceDeps.config
    const keys = await createNetworkKeys(BAHI_SANDBOX_NETWORK_KEY, BAHI_SANDBOX_MEMBER_KEY)
    const outboxSender = createOutboxSender(() => deps)
    const deps: NetworkDeps = { ...serviceDeps, keys, wakeOutbox: () => outboxSender.wake() }
    const mailServer = await startMailServer(deps)
    const feed = createFeed(deps)
    // Both look ten times a second, and nearly always in vain: together, in one statement.
    const isDue = batch(
      async (asked: (keyof Due)[]) => {
        const due = await whatIsDue(deps.sql, deps.clock.now())
        return asked.map((what) => due[what])
      },
      { maxItems: 2, maxInFlight: 1 },
    )
    return {
      routes(app) {
        peopleRoutes(app, deps)
        mandateRoutes(app, deps)
        portRoutes(app, deps)
        networkRoutes(app, deps)
        scenarioRoutes(app, deps)
        observerRoutes(app, deps, feed)
      },
      workers: [
        {
          name: 'purge inbox',
          intervalMs: purgeIntervalMs,
          async run() {
            await purgeInbox(deps)
            await purgeNetwork(deps.sql, new Date(deps.clock.now().getTime() - messageRetentionMs))
          },
        },
        {
          name: 'advance due transactions',
          intervalMs: pollIntervalMs,
          run: async () => (await isDue('timers')) && advanceDue(deps),
        },
        {
          name: 'advance mandates of other banks',
          intervalMs: mandateIntervalMs,
          async run() {
            const rounds = [advanceMandates, expireAsked, askAgain, askOurBankAgain]
            return (await Promise.all(rounds.map((round) => round(deps)))).some(Boolean)
          },
        },
        {
          name: 'send outbox',
          intervalMs: pollIntervalMs,
          run: async () => (await isDue('messages')) && outboxSender.sendDue(),
          onStop: () => outboxSender.drain(),
        },
      ],
      async close() {
        await Promise.all([mailServer.close(), feed.close()])
      },
    }
  },
}

function peopleRoutes(app: App, deps: NetworkDeps): void {
  app.route({
    ...contracts.openAccount,
    handler: async ({ body }, reply) => reply.code(201).send(await openAccount(deps, body)),
  })
  app.route({
    ...contracts.readInbox,
    handler: async ({ query }) => ({ messages: await readInbox(deps, query) }),
  })
  app.route({
    ...contracts.sendSms,
    handler: async ({ body }, reply) => {
      await saveMessages(deps, [newMessage(deps, { ...body, channel: 'sms' })])
      return reply.code(202).send({ id: body.id })
    },
  })
  app.route({
    ...contracts.payFromOutside,
    handler: async ({ body }, reply) => reply.code(202).send(await payFromOutside(deps, body)),
  })
  app.route({
    ...contracts.requestFromOutside,
    handler: async ({ body }, reply) => reply.code(202).send(await requestFromOutside(deps, body)),
  })
  app.route({
    ...contracts.answerFromOutside,
    handler: async ({ params, body }, reply) => {
      await answerFromOutside(deps, params.txnId, body)
      return reply.code(204).send(null)
    },
  })
}

function mandateRoutes(app: App, deps: NetworkDeps): void {
  app.route({ ...mandates.listPayerMandates, handler: () => listPayerMandates(deps) })
  app.route({
    ...mandates.changePayerMandate,
    handler: async ({ params, body }, reply) => {
      await changePayerMandate(deps, params.txnId, body)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...mandates.mandateFromOutside,
    handler: async ({ body }, reply) => reply.code(202).send(await askForMandate(deps, body)),
  })
  app.route({
    ...mandates.showOutsideMandate,
    handler: ({ params }) => showOutsideMandate(deps, params.txnId),
  })
  app.route({
    ...mandates.noticeFromOutside,
    handler: async ({ params, body }, reply) => {
      await noticeFromOutside(deps, params.txnId, body)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...mandates.revokeFromOutside,
    handler: async ({ params }, reply) => {
      await revokeFromOutside(deps, params.txnId)
      return reply.code(204).send(null)
    },
  })
}

function portRoutes(app: App, deps: NetworkDeps): void {
  app.route({ ...ports.listHeld, handler: ({ body }) => listHeld(deps, body) })
  app.route({ ...ports.requestPort, handler: ({ body }) => portOut(deps, body) })
  app.route({
    ...ports.closePort,
    handler: async ({ body }, reply) => {
      await closePort(deps, body)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...ports.mandateInOtherApp,
    handler: async ({ body }, reply) => reply.code(202).send(await mandateInOtherApp(deps, body)),
  })
  app.route({
    ...ports.changeInOtherApp,
    handler: async ({ body }, reply) => reply.code(202).send(await changeInOtherApp(deps, body)),
  })
  app.route({
    ...ports.portFromOutside,
    handler: async ({ body }, reply) => reply.code(202).send(await portFromOutside(deps, body)),
  })
}

function networkRoutes(app: App, deps: NetworkDeps): void {
  app.route({ ...toSwitch, handler: ({ params, body }) => receiveMessage(deps, params, body) })
  app.route({ ...contracts.otherBanks, handler: () => ({ banks: [...otherBanks] }) })
  app.route({
    ...contracts.otherBankAccounts,
    handler: async ({ params, query }) => ({
      accounts: await listAccounts(deps, params.bank, query.phone),
    }),
  })
  app.route({
    ...contracts.valAdd,
    handler: async ({ body }) => ({ found: await valAdd(deps, body.addrs) }),
  })
  app.route({ ...contracts.listVae, handler: () => ({ signers: [deps.keys.codes.signer] }) })
  app.route({
    ...contracts.signCode,
    handler: ({ body }) => ({ link: signCode(deps.keys.codes, body, deps.clock.now()) }),
  })
  app.route({ ...contracts.listKeys, handler: () => ({ keys: [deps.keys.published] }) })
  app.route({ ...contracts.setCre, handler: ({ body }) => setCre(deps, body) })
  app.route({ ...ports.reqOperation, handler: ({ body }) => reqOperation(deps, body) })
  app.route({ ...contracts.balEnq, handler: ({ body }) => balEnq(deps, body) })
  app.route({
    ...contracts.settlementReport,
    handler: ({ params, query }) => settlementReport(deps, { ...params, ...query }),
  })
}

function scenarioRoutes(app: App, deps: NetworkDeps): void {
  app.route({ ...scenario.listScenarios, handler: () => showScenarios(deps) })
  app.route({
    ...scenario.addScenario,
    handler: async ({ body }, reply) => reply.code(201).send(await addRule(deps, body)),
  })
  app.route({ ...scenario.replaceScenarios, handler: ({ body }) => replaceRules(deps, body) })
  app.route({
    ...scenario.switchScenario,
    handler: ({ params, body }) => switchRule(deps, params.id, body.enabled),
  })
  app.route({
    ...scenario.removeScenario,
    handler: async ({ params }, reply) => {
      await removeRule(deps, params.id)
      return reply.code(204).send(null)
    },
  })
  app.route({
    ...scenario.networkPage,
    handler: async (_request, reply) =>
      reply
        .type('text/html; charset=utf-8')
        .headers({ 'content-security-policy': pagePolicy, 'cache-control': 'no-cache' })
        .send(networkPage()),
  })
  app.route({
    ...scenario.networkFile,
    handler: async ({ params }, reply) => {
      const { type, text } = await readPageFile(params.name)
      return reply.type(type).header('cache-control', 'no-cache').send(text)
    },
  })
  app.route({ ...scenario.networkTransactions, handler: ({ query }) => listTransactions(deps, query) })
}

function observerRoutes(app: App, deps: NetworkDeps, feed: Feed): void {
  // Waiting feed requests must not delay the shutdown.
  app.addHook('preClose', (done) => {
    feed.release()
    done()
  })
  app.route({
    ...feedContracts.feed,
    handler: ({ query }) => feed.after(query.after ?? 0, query.waitMs ?? 0),
  })
  app.route({
    ...feedContracts.paymentTrace,
    handler: ({ params, query }) => showPaymentTrace(deps, { ...params, ...query }),
  })
}
