// The SQL of what account holds about one person: for its end, and for a copy of it.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { LinkKey, StoredHolder } from '../sealed-columns.ts'

export async function hasMoney(sql: Queryable, userId: string): Promise<boolean> {
  const [row] = await sql<{ money: boolean }[]>`
    select exists (
      select from ledger_accounts where id = any (own_ledger_accounts(${userId}))
        and (balance_paise <> 0 or held_paise <> 0)) as money`
  return row!.money
}

/** False while there is money. */
export async function closePerson(tx: Tx, userId: string, now: Date): Promise<boolean> {
  const [row] = await tx<{ closed: boolean }[]>`select close_person(${userId}, ${now}) as closed`
  return row!.closed
}

/** False, and nothing changes, while there is money and it may not be. */
export async function setClosing(
  tx: Tx,
  userId: string,
  { closing, whenEmpty }: { closing: boolean; whenEmpty: boolean },
): Promise<boolean> {
  const [row] = await tx<{ done: boolean }[]>`
    select set_closing(${userId}, ${closing}, ${whenEmpty}) as done`
  return row!.done
}

export async function erasePerson(tx: Tx, userId: string, marks: string[]): Promise<void> {
  await tx`select erase_person(${userId}, ${marks}::uuid[])`
}

export type Names = { vpas: string[]; numbers: string[]; accountIds: string[] }

/** All of them, the closed ones too. */
export async function namesOf(sql: Queryable, userId: string): Promise<Names> {
  const [row] = await sql<Names[]>`
    select array(select vpa from vpas where user_id = ${userId} order by vpa) as vpas,
      array(select number from upi_numbers where user_id = ${userId}) as numbers,
      array(select id::text from linked_accounts where user_id = ${userId}) as account_ids`
  return row!
}

type AccountRow = LinkKey &
  StoredHolder & {
    bankName: string
    ifsc: string
    maskedNumber: string
    type: string
    linkedAt: Date
    unlinkedAt: Date | null
  }

export function accountsOf(sql: Queryable, userId: string): Promise<AccountRow[]> {
  return sql<AccountRow[]>`
    select user_id, bank, bank_name, ifsc, account_ref, masked_number, holder_name_sealed, type, linked_at,
      unlinked_at
    from linked_accounts where user_id = ${userId} order by linked_at`
}

export function allVpasOf(sql: Queryable, userId: string) {
  return sql`select vpa, created_at, released_at from vpas where user_id = ${userId} order by created_at`
}

export function allNumbersOf(sql: Queryable, userId: string) {
  return sql`select number, vpa, since, released_at from upi_numbers where user_id = ${userId} order by since`
}
