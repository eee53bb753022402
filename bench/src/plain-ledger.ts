// The ledger that one writes first: lock both accounts, look, two updates, two inserts, one transfer a transaction.
// What ours is held against.
import type { Sql } from '@bahi/kit/sql/sql.ts'

export async function openPlainLedger(sql: Sql, accounts: number, balancePaise: number): Promise<void> {
  await sql.unsafe(`
    create schema plain;
    create table plain.accounts (id int primary key, balance_paise bigint not null);
    create table plain.entries (id bigint generated always as identity primary key, transfer_id uuid not null,
      account_id int not null, amount_paise bigint not null, at timestamptz not null default now());`)
  await sql`
    insert into plain.accounts select n, ${balancePaise} from generate_series(1, ${accounts}::int) as n`
}

/** One transfer; false when there is not enough. Locks in the order of ids, so that none waits in a circle. */
export async function transferPlainly(
  sql: Sql,
  transfer: { id: string; from: number; to: number; amountPaise: number },
): Promise<boolean> {
  const { id, from, to, amountPaise } = transfer
  return sql.begin(async (tx) => {
    const rows = await tx<{ id: number; balancePaise: number }[]>`
      select id, balance_paise from plain.accounts where id in (${from}, ${to}) order by id for update`
    if (rows.find((row) => row.id === from)!.balancePaise < amountPaise) return false
    await tx`update plain.accounts set balance_paise = balance_paise - ${amountPaise} where id = ${from}`
    await tx`update plain.accounts set balance_paise = balance_paise + ${amountPaise} where id = ${to}`
    await tx`insert into plain.entries (transfer_id, account_id, amount_paise) values (${id}, ${from}, ${-amountPaise})`
    await tx`insert into plain.entries (transfer_id, account_id, amount_paise) values (${id}, ${to}, ${amountPaise})`
    return true
  }) as Promise<boolean>
}
