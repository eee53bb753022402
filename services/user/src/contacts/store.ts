// Every statement about contacts.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

/** A contact as it is stored. */
export type ContactRow = {
  userId: string
  vpa: string
  nameSealed: string
  favourite: boolean
  changedAt: Date
}

/** Contacts after a UPI ID, in order. */
export function findContacts(
  sql: Queryable,
  userId: string,
  { after, limit, favourite }: { after: string; limit: number; favourite: boolean | null },
): Promise<ContactRow[]> {
  return sql<ContactRow[]>`
    select user_id, vpa, name_sealed, favourite, changed_at from contacts
    where user_id = ${userId} and vpa > ${after} and not removed
      and (${favourite}::boolean is null or favourite = ${favourite})
    order by vpa limit ${limit}`
}

export function allContacts(sql: Queryable, userId: string): Promise<ContactRow[]> {
  return sql<ContactRow[]>`
    select user_id, vpa, name_sealed, favourite, changed_at from contacts
    where user_id = ${userId} and not removed order by vpa`
}

export async function findContact(tx: Tx, userId: string, vpa: string): Promise<ContactRow | undefined> {
  const [row] = await tx<ContactRow[]>`
    select user_id, vpa, name_sealed, favourite, changed_at from contacts
    where user_id = ${userId} and vpa = ${vpa} and not removed`
  return row
}

export async function countContacts(tx: Tx, userId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from contacts where user_id = ${userId} and not removed`
  return row!.count
}

/** Does nothing when the stored contact was changed later. */
export async function upsertContact(tx: Tx, contact: ContactRow): Promise<void> {
  const { userId, vpa, nameSealed, favourite, changedAt } = contact
  await tx`
    insert into contacts (user_id, vpa, name_sealed, favourite, changed_at)
    values (${userId}, ${vpa}, ${nameSealed}, ${favourite}, ${changedAt})
    on conflict (user_id, vpa) do update
    set name_sealed = excluded.name_sealed, favourite = excluded.favourite,
      changed_at = excluded.changed_at, removed = false
    where contacts.changed_at < excluded.changed_at`
}

/** Does nothing when the stored contact was changed later; an unknown one is stored as removed. */
export async function markRemoved(tx: Tx, userId: string, vpa: string, changedAt: Date): Promise<void> {
  await tx`
    insert into contacts (user_id, vpa, favourite, changed_at, removed)
    values (${userId}, ${vpa}, false, ${changedAt}, true)
    on conflict (user_id, vpa) do update
    set name_sealed = null, favourite = false, changed_at = excluded.changed_at, removed = true
    where contacts.changed_at < excluded.changed_at`
}

/** Deletes all removed ones but the latest `keep`. */
export async function purgeRemoved(tx: Tx, userId: string, keep: number): Promise<void> {
  await tx`
    delete from contacts where user_id = ${userId} and removed and vpa in (
      select vpa from contacts where user_id = ${userId} and removed
      order by changed_at desc, vpa offset ${keep})`
}
