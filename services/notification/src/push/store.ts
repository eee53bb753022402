// The SQL of push subscriptions.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type SubscriptionRow = { sessionId: string; subscriptionSealed: string }

/** Each message is encrypted, signed and posted once for each of them; the person's other messages wait meanwhile. */
export const maxSubscriptions = 10

/** Of a person, the newest are kept. */
export async function saveSubscription(
  sql: Queryable,
  userId: string,
  row: SubscriptionRow,
  at: Date,
): Promise<void> {
  await sql`
    with saved as (
      insert into push_subscriptions (session_id, user_id, subscription_sealed, subscribed_at)
      values (${row.sessionId}, ${userId}, ${row.subscriptionSealed}, ${at})
      on conflict (session_id) do update
        set subscription_sealed = excluded.subscription_sealed, subscribed_at = excluded.subscribed_at
    ), older as (
      select session_id from push_subscriptions
      where user_id = ${userId} and session_id <> ${row.sessionId}
      order by subscribed_at desc, session_id desc offset ${maxSubscriptions - 1}
    )
    delete from push_subscriptions where session_id in (select session_id from older)`
}

/** The newest: sessions that subscribe at the same time do not see each other's. */
export function subscriptionsOf(sql: Queryable, userId: string): Promise<SubscriptionRow[]> {
  return sql<SubscriptionRow[]>`
    select session_id, subscription_sealed from push_subscriptions where user_id = ${userId}
    order by subscribed_at desc, session_id desc limit ${maxSubscriptions}`
}

export async function deleteSubscriptions(sql: Queryable | Tx, sessionIds: string[]): Promise<void> {
  await sql`delete from push_subscriptions where session_id = any (${sessionIds}::uuid[])`
}

/** One that was replaced since stays. */
export async function deleteGone(
  sql: Queryable,
  { sessionId, subscriptionSealed }: SubscriptionRow,
): Promise<void> {
  await sql`
    delete from push_subscriptions where session_id = ${sessionId} and subscription_sealed = ${subscriptionSealed}`
}
