// Sends one message to all browsers of a person that take push messages.
import type { Language } from '@bahi/contracts/formats.ts'
import { isPermanent } from '../carriers/carrier.ts'
import type { NotificationDeps } from '../deps.ts'
import type { Template } from '../messages/templates.ts'
import { pushText } from './push-text.ts'
import type { PushSubscription } from './push-sender.ts'
import { deleteGone, subscriptionsOf } from './store.ts'
import { subscriptionColumn, pushOf } from './subscribe.ts'

type PushMessage = { id: string; userId: string; template: Template; language: Language; subject: string }

/**
 * Subscriptions that are gone are deleted, and no refusal. False: no browser is left. Rejects when none could be sent
 * to now; one of several that took it is enough.
 */
export async function sendPush(
  deps: NotificationDeps,
  { id, userId, template, language, subject }: PushMessage,
): Promise<boolean> {
  const rows = await subscriptionsOf(deps.sql, userId)
  const payload = { id, ...pushText(template, language, subject) }
  const results = await Promise.allSettled(
    rows.map(async (row) => {
      const opened = deps.seal.open(row.subscriptionSealed, subscriptionColumn, row.sessionId)
      const result = await pushOf(deps).send(JSON.parse(opened) as PushSubscription, id, payload)
      if (result === 'gone') await deleteGone(deps.sql, row)
      return result
    }),
  )
  if (results.some((result) => result.status === 'fulfilled' && result.value === 'sent')) return true
  const failed = results.filter((result) => result.status === 'rejected')
  // One browser's refusal that is final leaves the others.
  const first = failed.find(({ reason }) => !isPermanent(reason)) ?? failed[0]
  if (first) throw first.reason
  return false
}
