// Every SQL statement of the sandbox.
import type { InboxMessage } from '@bahi/contracts/sandbox.ts'
import type { Sql } from '@bahi/kit/sql.ts'

export type NewAccount = {
  accountRef: string
  bank: string
  phonePrint: Buffer
  holderName: string
  numberPrint: Buffer
  sealedNumber: string
  sealedCard: string
  balancePaise: number
  openedAt: Date
}

export async function insertAccount(sql: Sql, row: NewAccount): Promise<void> {
  await sql`
    insert into other_accounts (account_ref, bank, phone_print, holder_name, number_print, sealed_number, sealed_card,
      balance_paise, opened_at)
    values (${row.accountRef}, ${row.bank}, ${row.phonePrint}, ${row.holderName}, ${row.numberPrint},
      ${row.sealedNumber}, ${row.sealedCard}, ${row.balancePaise}, ${row.openedAt})`
}

export type AccountRow = {
  accountRef: string
  holderName: string
  sealedNumber: string
  type: 'savings' | 'current'
  pinSet: boolean
}

/** Newest first. */
export function findAccounts(
  sql: Sql,
  bank: string,
  phonePrint: Buffer,
  limit: number,
): Promise<AccountRow[]> {
  return sql<AccountRow[]>`
    select account_ref, holder_name, sealed_number, type, pin_set from other_accounts
    where bank = ${bank} and phone_print = ${phonePrint} order by opened_at desc, account_ref desc limit ${limit}`
}

export type MessageRow = {
  id: string
  channel: InboxMessage['channel']
  toPrint: Buffer
  sealed: string
  at: Date
}

export async function insertMessages(sql: Sql, rows: MessageRow[]): Promise<void> {
  await sql`
    insert into messages ${sql(rows, 'id', 'channel', 'toPrint', 'sealed', 'at')} on conflict (id) do nothing`
}

export function findMessages(
  sql: Sql,
  toPrint: Buffer | null,
  limit: number,
): Promise<Omit<MessageRow, 'toPrint'>[]> {
  return sql<Omit<MessageRow, 'toPrint'>[]>`
    select id, channel, sealed, at from messages
    where ${toPrint === null ? sql`true` : sql`to_print = ${toPrint}`} order by seq desc limit ${limit}`
}

export async function deleteOlderMessages(sql: Sql, kept: number): Promise<void> {
  await sql`
    delete from messages where seq <= (select seq from messages order by seq desc offset ${kept} limit 1)`
}
