// The SQL of sealing names of account holders that are stored in clear. Rows that another copy of the service is at are
// left to it; erased people have no name.
import { rowsIn, type Tx } from '@bahi/kit/sql/sql.ts'
import type { LinkKey } from '../sealed-columns.ts'

type UnsealedAccount = { id: string; holderName: string }

export function lockUnsealedLinks(tx: Tx, limit: number): Promise<(UnsealedAccount & LinkKey)[]> {
  return tx<(UnsealedAccount & LinkKey)[]>`
    select id, user_id, bank, account_ref, holder_name from linked_accounts
    where holder_name_sealed is null and masked_number <> 'erased'
    order by id limit ${limit} for no key update skip locked`
}

export function lockUnsealedAccounts(tx: Tx, limit: number): Promise<UnsealedAccount[]> {
  return tx<UnsealedAccount[]>`
    select id, holder_name from bank_accounts where holder_name_sealed is null and number_sealed is not null
    order by id limit ${limit} for no key update skip locked`
}

type Sealed = { id: string; sealed: string }

export async function setLinkHolders(tx: Tx, rows: readonly Sealed[]): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update linked_accounts l set holder_name_sealed = n.sealed
    from json_to_recordset(${rowsIn(tx, rows)}) as n (id uuid, sealed text)
    where l.id = n.id`
}

export async function setAccountHolders(tx: Tx, rows: readonly Sealed[]): Promise<void> {
  if (rows.length === 0) return
  await tx`
    update bank_accounts b set holder_name_sealed = n.sealed
    from json_to_recordset(${rowsIn(tx, rows)}) as n (id uuid, sealed text)
    where b.id = n.id`
}
