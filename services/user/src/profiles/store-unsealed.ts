// The SQL of sealing names that are stored in clear. Rows that another copy of the service is at are left to it.
import { rowsIn, type Tx } from '@bahi/kit/sql/sql.ts'

export function lockUnsealedNames(tx: Tx, limit: number): Promise<{ userId: string; name: string }[]> {
  return tx<{ userId: string; name: string }[]>`
    select user_id, name from profiles where name_sealed is null
    order by user_id limit ${limit} for update skip locked`
}

export async function setNames(
  tx: Tx,
  names: readonly { userId: string; nameSealed: string }[],
): Promise<void> {
  if (names.length === 0) return
  const rows = names.map(({ userId, nameSealed }) => ({ user_id: userId, name_sealed: nameSealed }))
  await tx`
    update profiles p set name_sealed = n.name_sealed
    from json_to_recordset(${rowsIn(tx, rows)}) as n (user_id uuid, name_sealed text)
    where p.user_id = n.user_id`
}

type UnsealedContact = { userId: string; vpa: string; name: string }

export function lockUnsealedContacts(tx: Tx, limit: number): Promise<UnsealedContact[]> {
  return tx<UnsealedContact[]>`
    select user_id, vpa, name from contacts where name_sealed is null and not removed
    order by user_id, vpa limit ${limit} for update skip locked`
}

export async function setContactNames(
  tx: Tx,
  names: readonly { userId: string; vpa: string; nameSealed: string }[],
): Promise<void> {
  if (names.length === 0) return
  const rows = names.map(({ userId, vpa, nameSealed }) => ({ user_id: userId, vpa, name_sealed: nameSealed }))
  await tx`
    update contacts c set name_sealed = n.name_sealed
    from json_to_recordset(${rowsIn(tx, rows)}) as n (user_id uuid, vpa text, name_sealed text)
    where c.user_id = n.user_id and c.vpa = n.vpa`
}
