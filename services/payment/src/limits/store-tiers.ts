// The KYC tiers of payers: written from the events of user, read where payments are limited by them.
import type { KycTier, PayerTier } from '@bahi/contracts/kyc-rules.ts'
import type { CloudEvent } from '@bahi/kit/bus/bus.ts'
import { isEvent } from '@bahi/kit/events/events.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

/** The newest tier of each person counts: the events of one person come in their order. */
export async function storeTiers(tx: Tx, events: readonly CloudEvent[]): Promise<void> {
  for (const event of events) {
    if (!isEvent(event, 'user.kyc-tier-changed')) continue
    const { userId, tier, until } = event.data
    if (tier === 'none' || until === undefined) await tx`delete from payer_tiers where user_id = ${userId}`
    else
      await tx`
        insert into payer_tiers (user_id, tier, until) values (${userId}, ${tier}, ${until})
        on conflict (user_id) do update set tier = excluded.tier, until = excluded.until`
  }
}

/** Of each payer, in their order. */
export async function tiersOf(sql: Queryable, userIds: readonly string[], at: Date): Promise<PayerTier[]> {
  const rows = await sql<{ userId: string; tier: KycTier }[]>`
    select user_id, tier from payer_tiers where user_id = any (${userIds as string[]}::uuid[]) and until > ${at}`
  const byId = new Map(rows.map(({ userId, tier }) => [userId, tier]))
  return userIds.map((id) => byId.get(id) ?? 'none')
}
