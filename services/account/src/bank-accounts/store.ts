// The SQL of bank accounts: those that our bank holds, and those that people have linked.
import type { Bank } from '@bahi/contracts/account.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { StoredHolder } from '../sealed-columns.ts'

export type NewBankAccount = {
  id: string
  numberFingerprint: Buffer
  numberSealed: string
  phoneFingerprint: Buffer
  phoneSealed: string
  holderNameSealed: string
  type: 'savings' | 'current'
  /** Of a business. */
  mcc?: string | undefined
  cardFingerprint: Buffer
  openedAt: Date
}

/** Fails with a unique violation when the number is taken. */
export async function insertBankAccount(tx: Tx, a: NewBankAccount, ledgerAccountId: number): Promise<void> {
  await tx`
    insert into bank_accounts (id, ledger_account_id, number_fingerprint, number_sealed, phone_fingerprint,
      phone_sealed, holder_name_sealed, type, mcc, card_fingerprint, opened_at)
    values (${a.id}, ${ledgerAccountId}, ${a.numberFingerprint}, ${a.numberSealed}, ${a.phoneFingerprint},
      ${a.phoneSealed}, ${a.holderNameSealed}, ${a.type}, ${a.mcc ?? null}, ${a.cardFingerprint},
      ${a.openedAt})`
}

export type BankAccountOfPhone = StoredHolder & {
  accountRef: string
  numberSealed: string
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
    select b.id as account_ref, b.number_sealed, b.holder_name_sealed, b.type,
      b.pin_verifier is not null as pin_set
    from bank_accounts b join ledger_accounts a on a.id = b.ledger_account_id
    where b.phone_fingerprint = ${phoneFingerprint} and a.status <> 'closed'
    order by b.opened_at desc, b.id desc limit ${limit}`
}

export type LinkedAccount = StoredHolder & {
  id: string
  userId: string
  bank: string
  bankName: string
  ifsc: string
  maskedNumber: string
  type: 'savings' | 'current'
  status: 'active' | 'frozen' | 'closed'
  pinSet: boolean
  pinLength: Bank['pinLength']
  vpas: string[]
  linkedAt: Date
  isDefault: boolean
  /** The name by which its bank knows it. */
  accountRef: string
  /** Null, both of them, for an account at another bank. */
  bankAccountId: string | null
  ledgerAccountId: number | null
}

/** A person's accounts that are linked, the oldest link first. @param id only that one */
export function linkedAccounts(sql: Queryable, userId: string, id?: string): Promise<LinkedAccount[]> {
  return sql<LinkedAccount[]>`
    select l.id, l.user_id, l.bank, l.bank_name, l.ifsc, l.masked_number, l.holder_name_sealed, l.type,
      l.pin_length, l.linked_at, l.sends_by_default as is_default,
      case when a.status in ('frozen', 'closed') then a.status else 'active' end as status,
      case when b.id is null then l.pin_set else b.pin_verifier is not null end as pin_set,
      array(select v.vpa from vpas v where v.account_id = l.id and v.released_at is null
        order by v.created_at, v.vpa) as vpas,
      l.account_ref, l.bank_account_id, b.ledger_account_id
    from linked_accounts l
    left join bank_accounts b on b.id = l.bank_account_id
    left join ledger_accounts a on a.id = b.ledger_account_id
    where l.user_id = ${userId} and l.unlinked_at is null
      and ${id === undefined ? sql`true` : sql`l.id = ${id}`}
    order by l.linked_at, l.id`
}

export type NewLink = {
  id: string
  userId: string
  bank: Bank
  accountRef: string
  bankAccountId: string | undefined
  maskedNumber: string
  holderNameSealed: string
  type: 'savings' | 'current'
  pinSet: boolean
  /** Of a business at another bank. */
  mcc: string | undefined
  linkedAt: Date
}

/**
 * Its id: one that was unlinked keeps its own. Undefined when it is linked already, or the person has `maxAccounts`.
 */
export async function insertLink(tx: Tx, link: NewLink, maxAccounts: number): Promise<string | undefined> {
  const { bank } = link
  const [row] = await tx<{ id: string }[]>`
    insert into linked_accounts (id, user_id, bank, bank_name, ifsc, account_ref, bank_account_id, masked_number,
      holder_name_sealed, type, pin_length, pin_set, mcc, linked_at)
    select ${link.id}, ${link.userId}, ${bank.code}, ${bank.name}, ${bank.ifsc}, ${link.accountRef},
      ${link.bankAccountId ?? null}::uuid, ${link.maskedNumber}, ${link.holderNameSealed},
      ${link.type}, ${bank.pinLength}, ${link.pinSet}, ${link.mcc ?? null}, ${link.linkedAt}
    where (select count(*) from linked_accounts where user_id = ${link.userId} and unlinked_at is null) < ${maxAccounts}
    on conflict on constraint linked_once do update set bank_name = excluded.bank_name, ifsc = excluded.ifsc,
      masked_number = excluded.masked_number, holder_name_sealed = excluded.holder_name_sealed, type = excluded.type,
      pin_length = excluded.pin_length, pin_set = excluded.pin_set, mcc = excluded.mcc,
      linked_at = excluded.linked_at, unlinked_at = null
    where linked_accounts.unlinked_at is not null
    returning id`
  return row?.id
}

/** An account at our bank that is another person's too stays with whoever links it, and takes money. */
export async function keepShared(tx: Tx, accountId: string): Promise<void> {
  await tx`
    update ledger_accounts a set is_closing = false
    from linked_accounts l join bank_accounts b on b.id = l.bank_account_id
    where l.id = ${accountId} and a.id = b.ledger_account_id and a.is_closing and exists (
      select from linked_accounts o where o.bank_account_id = b.id and o.user_id <> l.user_id)`
}

/** False while money of it is held for a payment in progress. */
export async function unlink(tx: Tx, accountId: string, at: Date): Promise<boolean> {
  const rows = await tx`
    update linked_accounts l set unlinked_at = ${at}, sends_by_default = false
    where l.id = ${accountId} and l.unlinked_at is null and not exists (
      select from bank_accounts b join ledger_accounts a on a.id = b.ledger_account_id
      where b.id = l.bank_account_id and a.held_paise > 0)
    returning l.id`
  return rows.length === 1
}

/**
 * Whether a mandate that the app of this handle keeps may still debit one of them: neither revoked nor over, nor a
 * one-time one that was debited.
 */
export async function hasLiveMandates(
  sql: Queryable,
  accountIds: string[],
  { handle, at }: { handle: string; at: Date },
): Promise<boolean> {
  const rows = await sql`
    select from mandates m
    where m.account_id = any (${accountIds}::uuid[]) and m.revoked_at is null
      and split_part(m.umn, '@', 2) = ${handle}
      and m.valid_to >= (${at}::timestamptz at time zone 'Asia/Kolkata')::date
      and not (m.one_time and exists (
        select from mandate_debits d where d.umn = m.umn and not was_given_back(d.transfer_id)))
    union all
    select from mandates_elsewhere e
    where e.account_id = any (${accountIds}::uuid[])
      and e.live_until >= (${at}::timestamptz at time zone 'Asia/Kolkata')::date
    limit 1`
  return rows.length > 0
}

/** Of accounts that the transaction has locked: exactly this one sends by default. False when it was so before. */
export async function makeDefault(tx: Tx, userId: string, accountId: string): Promise<boolean> {
  await tx`
    update linked_accounts set sends_by_default = false
    where user_id = ${userId} and sends_by_default and id <> ${accountId}`
  const rows = await tx`
    update linked_accounts set sends_by_default = true
    where id = ${accountId} and unlinked_at is null and not sends_by_default returning id`
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
    select account_ref from linked_accounts
    where user_id = ${userId} and bank = ${bank} and unlinked_at is null`
  return new Set(rows.map((row) => row.accountRef))
}

export type BankAccountLink = { bankAccountId: string; accountId: string; userId: string }

/** Who has linked these accounts of our bank. */
export function linksToBankAccounts(sql: Queryable, bankAccountIds: string[]): Promise<BankAccountLink[]> {
  return sql<BankAccountLink[]>`
    select bank_account_id, id as account_id, user_id from linked_accounts
    where bank = 'BAHI' and bank_account_id = any (${bankAccountIds}::uuid[]) and unlinked_at is null
    order by linked_at, id`
}
