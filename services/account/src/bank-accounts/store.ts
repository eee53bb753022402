// The SQL of bank accounts: those that our bank holds, and those that people have linked.
import type { Bank } from '@bahi/contracts/account.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type NewBankAccount = {
  id: string
  numberFingerprint: Buffer
  numberSealed: string
  phoneFingerprint: Buffer
  phoneSealed: string
  holderName: string
  type: 'savings' | 'current'
  cardFingerprint: Buffer
  openedAt: Date
}

/** Fails with a unique violation when the number is taken. */
export async function insertBankAccount(tx: Tx, a: NewBankAccount, ledgerAccountId: number): Promise<void> {
  await tx`
    insert into bank_accounts (id, ledger_account_id, number_fingerprint, number_sealed, phone_fingerprint,
      phone_sealed, holder_name, type, card_fingerprint, opened_at)
    values (${a.id}, ${ledgerAccountId}, ${a.numberFingerprint}, ${a.numberSealed}, ${a.phoneFingerprint},
      ${a.phoneSealed}, ${a.holderName}, ${a.type}, ${a.cardFingerprint}, ${a.openedAt})`
}

export type BankAccountOfPhone = {
  accountRef: string
  numberSealed: string
  holderName: string
  type: 'savings' | 'current'
  pinSet: boolean
}

/** Accounts that our bank holds for a phone, the newest first; closed ones are left out. */
export function bankAccountsOfPhone(
  sql: Queryable,
  phoneFingerprint: Buffer,
  limit: number,
): Promise<BankAccountOfPhone[]> {
  return sql<BankAccountOfPhone[]>`
    select b.id as account_ref, b.number_sealed, b.holder_name, b.type, b.pin_verifier is not null as pin_set
    from bank_accounts b join ledger_accounts a on a.id = b.ledger_account_id
    where b.phone_fingerprint = ${phoneFingerprint} and a.status <> 'closed'
    order by b.opened_at desc, b.id desc limit ${limit}`
}

export type LinkedAccount = {
  id: string
  bank: string
  bankName: string
  ifsc: string
  maskedNumber: string
  holderName: string
  type: 'savings' | 'current'
  status: 'active' | 'frozen' | 'closed'
  pinSet: boolean
  pinLength: Bank['pinLength']
  vpas: string[]
  linkedAt: Date
  /** The name by which its bank knows it. */
  accountRef: string
  /** Null, both of them, for an account at another bank. */
  bankAccountId: string | null
  ledgerAccountId: number | null
}

/** A person's accounts, the oldest link first. @param id only that one */
export function linkedAccounts(sql: Queryable, userId: string, id?: string): Promise<LinkedAccount[]> {
  return sql<LinkedAccount[]>`
    select l.id, l.bank, l.bank_name, l.ifsc, l.masked_number, l.holder_name, l.type, l.pin_length, l.linked_at,
      case when a.status in ('frozen', 'closed') then a.status else 'active' end as status,
      case when b.id is null then l.pin_set else b.pin_verifier is not null end as pin_set,
      array(select v.vpa from vpas v where v.account_id = l.id and v.released_at is null
        order by v.created_at, v.vpa) as vpas,
      l.account_ref, l.bank_account_id, b.ledger_account_id
    from linked_accounts l
    left join bank_accounts b on b.id = l.bank_account_id
    left join ledger_accounts a on a.id = b.ledger_account_id
    where l.user_id = ${userId} and ${id === undefined ? sql`true` : sql`l.id = ${id}`}
    order by l.linked_at, l.id`
}

export type NewLink = {
  id: string
  userId: string
  bank: Bank
  accountRef: string
  bankAccountId: string | undefined
  maskedNumber: string
  holderName: string
  type: 'savings' | 'current'
  pinSet: boolean
  linkedAt: Date
}

/** False when the person has `maxAccounts` already. Fails with `linked_once` when it is linked. */
export async function insertLink(tx: Tx, link: NewLink, maxAccounts: number): Promise<boolean> {
  const { bank } = link
  const rows = await tx`
    insert into linked_accounts (id, user_id, bank, bank_name, ifsc, account_ref, bank_account_id, masked_number,
      holder_name, type, pin_length, pin_set, linked_at)
    select ${link.id}, ${link.userId}, ${bank.code}, ${bank.name}, ${bank.ifsc}, ${link.accountRef},
      ${link.bankAccountId ?? null}::uuid, ${link.maskedNumber}, ${link.holderName}, ${link.type}, ${bank.pinLength},
      ${link.pinSet}, ${link.linkedAt}
    where (select count(*) from linked_accounts where user_id = ${link.userId}) < ${maxAccounts}
    returning id`
  return rows.length === 1
}

/** Another transaction that locks this link waits for this one: their events are then in order. */
export async function lockLink(tx: Tx, accountId: string): Promise<void> {
  await tx`select 1 from linked_accounts where id = ${accountId} for no key update`
}

/** Whether a PIN is set, as the other bank reported it. */
export async function markPinSet(tx: Tx, accountId: string, pinSet: boolean): Promise<void> {
  await tx`update linked_accounts set pin_set = ${pinSet} where id = ${accountId} and pin_set <> ${pinSet}`
}

/** Those of a bank's names for accounts that the person has linked. */
export async function linkedRefs(sql: Queryable, userId: string, bank: string): Promise<Set<string>> {
  const rows = await sql<{ accountRef: string }[]>`
    select account_ref from linked_accounts where user_id = ${userId} and bank = ${bank}`
  return new Set(rows.map((row) => row.accountRef))
}

export type BankAccountLink = { bankAccountId: string; accountId: string; userId: string }

/** Who has linked these accounts of our bank. */
export function linksToBankAccounts(sql: Queryable, bankAccountIds: string[]): Promise<BankAccountLink[]> {
  return sql<BankAccountLink[]>`
    select bank_account_id, id as account_id, user_id from linked_accounts
    where bank = 'BAHI' and bank_account_id = any (${bankAccountIds}::uuid[]) order by linked_at, id`
}
