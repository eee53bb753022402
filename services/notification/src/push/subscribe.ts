// Which sessions take push messages: they subscribe and unsubscribe, and the end of the session ends it too.
import type { Input } from '@bahi/contracts/call.ts'
import type { Person } from '@bahi/contracts/principal.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { subscribeToPush as contract } from '@bahi/contracts/push.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import type { SealedColumn } from '@bahi/kit/crypto/seal.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { NotificationDeps } from '../deps.ts'
import { isPoint, type PushSender } from './push-sender.ts'
import { deleteSubscriptions, saveSubscription } from './store.ts'

export const subscriptionColumn: SealedColumn = {
  table: 'push_subscriptions',
  column: 'subscription_sealed',
  row: 'session_id',
}

type Session = Pick<Person, 'userId' | 'sessionId'>

/** Throws `unavailable` where there is no push. */
export function pushOf({ push }: Pick<NotificationDeps, 'push'>): PushSender {
  if (!push) throw new Problem('unavailable', 'no push messages are sent here')
  return push
}

/**
 * Throws `request-invalid` for an address of no push service that we know, since we would send wherever it points, and
 * for a key that nothing can be encrypted for.
 */
export async function subscribe(
  deps: NotificationDeps,
  { userId, sessionId }: Session,
  subscription: Input<typeof contract>['body'],
): Promise<void> {
  if (!pushOf(deps).knows(subscription.endpoint)) {
    const fields = [{ path: '/body/endpoint', message: 'is no push service that we send to' }]
    throw new Problem('request-invalid', 'this push service is not known', { fields })
  }
  if (!isPoint(subscription.keys.p256dh)) {
    const fields = [{ path: '/body/keys/p256dh', message: 'is no point of P-256' }]
    throw new Problem('request-invalid', 'nothing can be encrypted for this key', { fields })
  }
  const subscriptionSealed = deps.seal.seal(JSON.stringify(subscription), subscriptionColumn, sessionId)
  await saveSubscription(deps.sql, userId, { sessionId, subscriptionSealed }, deps.clock.now())
}

export async function unsubscribe(deps: NotificationDeps, { sessionId }: Session): Promise<void> {
  await deleteSubscriptions(deps.sql, [sessionId])
}

export async function endSubscriptions(tx: Tx, events: CloudEvent[]): Promise<void> {
  const ended = events.flatMap((event) =>
    isEvent(event, 'auth.session-ended') ? [event.data.sessionId] : [],
  )
  if (ended.length > 0) await deleteSubscriptions(tx, ended)
}
