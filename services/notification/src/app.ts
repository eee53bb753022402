// Notification's table of contents: its routes, the events it consumes, and its workers.
import { hostsIn } from '@bahi/kit/runtime/production.ts'
import { subscriptions } from '@bahi/contracts/events.ts'
import * as contracts from '@bahi/contracts/notification.ts'
import { pushKey, subscribeToPush, unsubscribeFromPush } from '@bahi/contracts/push.ts'
import { reportSms } from '@bahi/contracts/sms-reports.ts'
import { retention } from '@bahi/contracts/retention.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { retentionWorker } from '@bahi/kit/sql/retention.ts'
import { createCarriers } from './carriers/create-carriers.ts'
import { Config } from './config.ts'
import { listPersonDeliveries as toPerson } from '@bahi/contracts/person-look-up.ts'
import { listDeliveries, listPersonDeliveries } from './deliveries/list-deliveries.ts'
import { createDeliveryMetrics } from './deliveries/metrics.ts'
import { sendDueDeliveries } from './deliveries/send-deliveries.ts'
import { takeSmsReports } from './deliveries/sms-reports.ts'
import { notifyOldPhone, sendNotice, sendSecret } from './deliveries/send-secret.ts'
import type { NotificationDeps } from './deps.ts'
import { consumeEvents, republishLatest } from './messages/consume-events.ts'
import { listMessages, messagesAfter, readMessages } from './messages/list-messages.ts'
import { changePreferences, showPreferences } from './preferences/preferences.ts'
import { createPushSender } from './push/push-sender.ts'
import { pushOf, subscribe, subscriptionColumn, unsubscribe } from './push/subscribe.ts'
import { deliveryColumn, messageColumn } from './sealed-columns.ts'
import { personRoutes } from './profiles/person.ts'
import { syncProfiles } from './profiles/sync-profiles.ts'

const sendIntervalMs = 200
const syncIntervalMs = 500

export const service: Service<typeof Config> = {
  name: 'notification',
  config: Config,
  productionFaults: ({ BAHI_SMS_URL: sms, BAHI_SMTP_URL: smtp }, isClear) => [
    ...(sms === '' ? ['BAHI_SMS_URL is missing: nobody would get a one-time code'] : []),
    ...(/^smtp:(?!.*[?&]requireTLS=true)/.test(smtp) && hostsIn(smtp).some(isClear)
      ? ['BAHI_SMTP_URL sends mail in the clear: use smtps://, or add ?requireTLS=true']
      : []),
  ],
  migrations: new URL('../migrations/', import.meta.url),
  sealed: [subscriptionColumn, messageColumn, deliveryColumn],
  start(serviceDeps) {
    const deps: NotificationDeps = {
      ...serviceDeps,
      carriers: createCarriers(serviceDeps),
      push: createPushSender(serviceDeps),
      ...createDeliveryMetrics(serviceDeps),
    }
    return {
      routes(app) {
        app.route({
          ...contracts.listMessages,
          handler: ({ person, query }) => listMessages(deps, person.userId, query),
        })
        app.route({
          ...contracts.readMessages,
          handler: async ({ person, body }) => ({
            unread: await readMessages(deps, person.userId, body.upToSeq),
          }),
        })
        app.route({
          ...contracts.showPreferences,
          handler: ({ person }) => showPreferences(deps, person.userId),
        })
        app.route({
          ...contracts.changePreferences,
          handler: ({ person, body: { stepUp: _, ...wanted }, requireStepUp }) =>
            changePreferences(deps, person.userId, wanted, requireStepUp),
        })
        app.route({ ...reportSms, handler: ({ body }) => takeSmsReports(deps, body) })
        app.route({ ...pushKey, handler: () => Promise.resolve({ key: pushOf(deps).publicKey }) })
        app.route({
          ...subscribeToPush,
          handler: async ({ person, body }, reply) => {
            await subscribe(deps, person, body)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...unsubscribeFromPush,
          handler: async ({ person }, reply) => {
            await unsubscribe(deps, person)
            return reply.code(204).send(null)
          },
        })
        app.route({
          ...contracts.messagesAfter,
          handler: ({ query }) => messagesAfter(deps, query),
        })
        app.route({
          ...contracts.sendSecret,
          handler: async ({ body }, reply) => {
            await sendSecret(deps, body)
            return reply.code(202).send({ id: body.id })
          },
        })
        app.route({
          ...contracts.sendNotice,
          handler: async ({ body }, reply) => {
            await sendNotice(deps, body)
            return reply.code(202).send({ id: body.id })
          },
        })
        personRoutes(app, deps)
        app.route({
          ...contracts.notifyOldPhone,
          handler: async ({ body }, reply) => {
            await notifyOldPhone(deps, body)
            return reply.code(202).send({ id: body.id })
          },
        })
        app.route({
          ...contracts.deliveriesOf,
          handler: async ({ query }) => ({ deliveries: await listDeliveries(deps, query.subject) }),
        })
        app.route({
          ...toPerson,
          handler: ({ params, query }) => listPersonDeliveries(deps, params.userId, query),
        })
      },
      consumes: {
        from: subscriptions.notification,
        handle: (tx, events) => consumeEvents(deps, tx, events),
        redelivered: (events) => republishLatest(deps, events),
      },
      workers: [
        { name: 'send deliveries', intervalMs: sendIntervalMs, run: () => sendDueDeliveries(deps) },
        { name: 'sync profiles', intervalMs: syncIntervalMs, run: () => syncProfiles(deps) },
        retentionWorker(deps, retention, 'notification'),
      ],
      async check() {
        if (!deps.carriers.sms)
          throw new Error('no SMS carrier is configured: SMS wait, and one-time codes cannot be sent')
      },
      close: async () => deps.carriers.close(),
    }
  },
}
