// SQL of the sandbox's banks: accounts, their UPI IDs and PINs, and entries.
import { isUuid } from '@bahi/contracts/id.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type NewAccount = {
  accountRef: string
  bank: string
  phoneFingerprint: Buffer
  holderName: string
  numberFingerprint: Buffer
  sealedNumber: string
  sealedCard: string
  /** Of a business. */
  mcc?: string | undefined
  balancePaise: number
  openedAt: Date
}

/** The opening balance is the first entry, with an id of its own. */
export async function insertAccount(tx: Tx, row: NewAccount): Promise<void> {
  await tx`
    insert into other_accounts (account_ref, bank, phone_fingerprint, holder_name, number_fingerprint, sealed_number,
      sealed_card, type, mcc, balance_paise, opened_at)
    values (${row.accountRef}, ${row.bank}, ${row.phoneFingerprint}, ${row.holderName}, ${row.numberFingerprint},
      ${row.sealedNumber}, ${row.sealedCard}, ${row.mcc === undefined ? 'savings' : 'current'}, ${row.mcc ?? null},
      ${row.balancePaise}, ${row.openedAt})`
  await tx`
    insert into bank_entries (txn_id, leg, account_ref, amount_paise, at)
    values (${`opening of ${row.accountRef}`}, 'OPENING', ${row.accountRef}, ${row.balancePaise}, ${row.openedAt})`
}

/** Assigns the first free one of these UPI IDs to the account. */
export async function assignVpa(tx: Tx, accountRef: string, wanted: string[]): Promise<string | undefined> {
  for (const vpa of wanted) {
    const [assigned] = await tx<{ vpa: string }[]>`
      insert into other_vpas (vpa, account_ref) values (${vpa}, ${accountRef}) on conflict do nothing returning vpa`
    if (assigned) return assigned.vpa
  }
  return undefined
}

export type AccountRow = {
  accountRef: string
  holderName: string
  sealedNumber: string
  type: 'savings' | 'current'
  /** Null of a person. */
  mcc: string | null
  pinSet: boolean
}

/** Newest first. */
export function findAccounts(
  sql: Queryable,
  bank: string,
  phoneFingerprint: Buffer,
  limit: number,
): Promise<AccountRow[]> {
  return sql<AccountRow[]>`
    select account_ref, holder_name, sealed_number, type, mcc, pin_verifier is not null as pin_set from other_accounts
    where bank = ${bank} and phone_fingerprint = ${phoneFingerprint}
    order by opened_at desc, account_ref desc limit ${limit}`
}

export type Holder = {
  vpa: string
  accountRef: string
  bank: string
  holderName: string
  type: 'savings' | 'current'
  /** Null of a person. */
  mcc: string | null
}

/** The holders of these UPI IDs; unknown ones are left out. */
export function findHoldersByVpa(sql: Queryable, vpas: string[]): Promise<Holder[]> {
  return sql<Holder[]>`
    select v.vpa, a.account_ref, a.bank, a.holder_name, a.type, a.mcc
    from other_vpas v join other_accounts a using (account_ref) where v.vpa = any(${vpas})`
}

/** The holders of these accounts, by account reference. */
export function findHoldersByAccount(sql: Queryable, accountRefs: string[]): Promise<Omit<Holder, 'vpa'>[]> {
  return sql<Omit<Holder, 'vpa'>[]>`
    select account_ref, bank, holder_name, type, mcc from other_accounts
    where account_ref = any(${accountRefs}::uuid[])`
}

/** The reference of the account at this bank with this number. */
export async function findAccountRef(
  sql: Queryable,
  bank: string,
  numberFingerprint: Buffer,
): Promise<string | undefined> {
  const [row] = await sql<{ accountRef: string }[]>`
    select account_ref from other_accounts where bank = ${bank} and number_fingerprint = ${numberFingerprint}`
  return row?.accountRef
}

export type LockedAccount = {
  balancePaise: number
  pinVerifier: Buffer | null
  pinTries: number
  pinLockedUntil: Date | null
  cardTries: number
  sealedCard: string
}

/** Locks the row until the transaction ends. Undefined for an account that this bank does not have. */
export async function lockAccount(
  tx: Tx,
  bank: string,
  accountRef: string,
): Promise<LockedAccount | undefined> {
  if (!isUuid(accountRef)) return undefined
  const [row] = await tx<LockedAccount[]>`
    select balance_paise, pin_verifier, pin_tries, pin_locked_until, card_tries, sealed_card from other_accounts
    where account_ref = ${accountRef} and bank = ${bank} for update`
  return row
}

export async function writeTries(
  tx: Tx,
  accountRef: string,
  tries: number,
  lockedUntil: Date | null,
): Promise<void> {
  await tx`
    update other_accounts set pin_tries = ${tries}, pin_locked_until = ${lockedUntil}
    where account_ref = ${accountRef}`
}

export async function writeCardTries(tx: Tx, accountRef: string, tries: number): Promise<void> {
  await tx`update other_accounts set card_tries = ${tries} where account_ref = ${accountRef}`
}

/** A new PIN unlocks a locked account. */
export async function writePin(tx: Tx, accountRef: string, verifier: Buffer): Promise<void> {
  await tx`
    update other_accounts set pin_verifier = ${verifier}, pin_tries = 0, pin_locked_until = null
    where account_ref = ${accountRef}`
}

export type Entry = {
  txnId: string
  leg: 'DEBIT' | 'CREDIT' | 'DEBIT-REVERSAL' | 'CREDIT-REVERSAL'
  accountRef: string
  /** Negative: a debit of the account. */
  amountPaise: number
  at: Date
}

/** Posts each leg of a transaction once. False when it was posted before. */
export async function insertEntry(tx: Tx, entry: Entry): Promise<boolean> {
  const [posted] = await tx`
    with added as (
      insert into bank_entries (txn_id, leg, account_ref, amount_paise, at)
      values (${entry.txnId}, ${entry.leg}, ${entry.accountRef}, ${entry.amountPaise}, ${entry.at})
      on conflict (txn_id, leg) do nothing returning account_ref, amount_paise
    ), updated as (
      update other_accounts a set balance_paise = a.balance_paise + added.amount_paise
      from added where a.account_ref = added.account_ref
    )
    select 1 from added`
  return posted !== undefined
}

export async function hasEntry(tx: Tx, txnId: string, leg: Entry['leg']): Promise<boolean> {
  const [found] = await tx`select 1 from bank_entries where txn_id = ${txnId} and leg = ${leg}`
  return found !== undefined
}
