// Every statement about dormant people, and about phones that are taken from them.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

type LastUse = { lastUsedAt: Date; resetAllowedUntil: Date | null; isRevoked: boolean }

/** Of a registered person. What the version before wrote counts too: sessions, and when devices were bound. */
export async function lastUseOf(sql: Queryable, userId: string): Promise<LastUse> {
  const [row] = await sql<[LastUse]>`
    select p.reset_allowed_until, p.phone_revoked_on is not null as is_revoked, greatest(p.registered_at,
        (select max(greatest(d.last_used_at, d.bound_at)) from devices d where d.user_id = p.id),
        (select max(s.last_used_at) from sessions s where s.user_id = p.id)) as last_used_at
    from people p where p.id = ${userId}`
  return row
}

export async function allowReset(tx: Tx, userId: string, until: Date | null): Promise<void> {
  await tx`update people set reset_allowed_until = ${until} where id = ${userId}`
}

/** Nobody signs in as the person from now on, until they have another phone. */
export async function removePhone(tx: Tx, userId: string): Promise<void> {
  await tx`
    update people set phone_fingerprint = null, phone_sealed = null, phone_revoked_on = null, phone_proven_at = null,
      reset_allowed_until = null
    where id = ${userId}`
}

type PhoneNow = { phoneSealed: string | null; isRevoked: boolean }

/** The phone that others are to follow, null for who has none any more; undefined for who has left. */
export async function phoneToFollow(sql: Queryable, userId: string): Promise<PhoneNow | undefined> {
  const [row] = await sql<PhoneNow[]>`
    select phone_sealed, phone_revoked_on is not null as is_revoked from people
    where id = ${userId} and registered_at is not null`
  return row
}
