// The SQL of push subscriptions.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type SubscriptionRow = { sessionId: string; subscriptionSealed: string }

export async function saveSubscription(
  sql: Queryable,
  userId: string,
  row: SubscriptionRow,
  at: Date,
): Promise<void> {
  await sql`
    insert into push_subscriptions (session_id, user_id, subscription_sealed, subscribed_at)
    values (${row.sessionId}, ${userId}, ${row.subscriptionSealed}, ${at})
    on conflict (session_id) do update
      set subscription_sealed = excluded.subscription_sealed, subscribed_at = excluded.subscribed_at`
}

export function subscriptionsOf(sql: Queryable, userId: string): Promise<SubscriptionRow[]> {
  return sql<SubscriptionRow[]>`
    select session_id, subscription_sealed from push_subscriptions where user_id = ${userId} order by session_id`
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
