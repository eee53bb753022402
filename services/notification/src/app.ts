// Notification's table of contents: what it answers, what it hears, what it does by itself.
import { subscriptions } from '@bahi/contracts/events.ts'
import * as contracts from '@bahi/contracts/notification.ts'
import type { Service } from '@bahi/kit/runtime/service.ts'
import { createCarriers } from './carriers/carriers.ts'
import { copyProfiles } from './profiles/copy-profiles.ts'
import { createCounts } from './deliveries/metrics.ts'
import { Config, type NotificationDeps } from './notification.ts'
import {
  listMessages,
  messagesAfter,
  readMessages,
  showDeliveries,
  showPreferences,
} from './messages/list-messages.ts'
import { sendSecret } from './deliveries/send-secret.ts'
import { sendWaiting } from './deliveries/send-deliveries.ts'
import { putPreferences } from './messages/store.ts'
import { tell, tellAgain } from './messages/consume-events.ts'

const sendEveryMs = 200
const copyEveryMs = 500

export const service: Service<typeof Config> = {
  name: 'notification',
  config: Config,
  migrations: new URL('../migrations/', import.meta.url),
  start(seams) {
    const deps: NotificationDeps = { ...seams, carriers: createCarriers(seams), counts: createCounts(seams) }
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
          handler: async ({ person, body }) => {
            await putPreferences(deps.sql, person.userId, body)
            return body
          },
        })
        app.route({
          ...contracts.messagesAfter,
          handler: async ({ query }) => ({ messages: await messagesAfter(deps, query) }),
        })
        app.route({
          ...contracts.sendSecret,
          handler: async ({ body }, reply) => {
            await sendSecret(deps, body)
            return reply.code(202).send({ id: body.id })
          },
        })
        app.route({
          ...contracts.deliveriesOf,
          handler: async ({ query }) => ({ deliveries: await showDeliveries(deps, query.subject) }),
        })
      },
      consumes: {
        from: subscriptions.notification,
        handle: (tx, events) => tell(deps, tx, events),
        redelivered: (events) => tellAgain(deps, events),
      },
      workers: [
        { name: 'send deliveries', intervalMs: sendEveryMs, run: () => sendWaiting(deps) },
        { name: 'copy profiles', intervalMs: copyEveryMs, run: () => copyProfiles(deps) },
      ],
      async check() {
        if (!deps.carriers.sms)
          throw new Error('nobody is set up to carry SMS: they wait, and no code can be sent')
      },
      close: async () => deps.carriers.close(),
    }
  },
}
