// The SQL of the bank's mandates: their record, and the outcome of each operation; and of those at other banks.
import type { BankOperation } from '@bahi/contracts/bank-mandates.ts'
import type { AccountAtBank } from '@bahi/contracts/network-adapter.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

/** Until the transaction ends nobody changes or debits a mandate of these accounts. */
export async function lockBankAccounts(tx: Tx, ids: string[]): Promise<void> {
  await tx`select 1 from bank_accounts where id = any (${ids}::uuid[]) order by id for no key update`
}

/** Whether the account is linked; until the transaction ends nobody unlinks it. */
export async function lockIfLinked(tx: Tx, accountId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from linked_accounts where id = ${accountId} and unlinked_at is null for share`
  return rows.length > 0
}

export type StoredOperation = { code: string; triesLeft: number | null }

export async function findOperation(tx: Tx, umn: string, nth: number): Promise<StoredOperation | undefined> {
  const [row] = await tx<StoredOperation[]>`
    select code, tries_left from mandate_operations where umn = ${umn} and nth = ${nth}`
  return row
}

export async function insertOperation(
  tx: Tx,
  operation: { umn: string; nth: number; type: string; at: Date } & StoredOperation,
): Promise<void> {
  const { umn, nth, type, code, triesLeft, at } = operation
  await tx`
    insert into mandate_operations (umn, nth, type, code, tries_left, decided_at)
    values (${umn}, ${nth}, ${type}, ${code}, ${triesLeft}, ${at})`
}

export type BankMandate = {
  mandateId: string
  bankAccountId: string
  payeeVpa: string
  amountPaise: number
  isRevoked: boolean
  /** Reserved money whose hold is open. */
  openHold: string | null
}

export async function findMandate(sql: Queryable, umn: string): Promise<BankMandate | undefined> {
  const [row] = await sql<BankMandate[]>`
    select m.mandate_id, m.bank_account_id, m.payee_vpa, m.amount_paise, m.revoked_at is not null as is_revoked,
      h.id as open_hold
    from mandates m left join holds h on h.id = m.hold_id and h.closed_by is null
    where m.umn = ${umn}`
  return row
}

type Creation = Extract<BankOperation, { type: 'create' }>

export async function insertMandate(
  tx: Tx,
  mandate: { umn: string; accountId: string; bankAccountId: string } & Creation,
): Promise<void> {
  const { umn, mandateId, userId, accountId, bankAccountId, payeeVpa, terms, block } = mandate
  await tx`
    insert into mandates (umn, mandate_id, user_id, account_id, bank_account_id, payee_vpa, amount_rule, amount_paise,
      valid_from, valid_to, one_time, hold_id)
    values (${umn}, ${mandateId}, ${userId}, ${accountId}, ${bankAccountId}, ${payeeVpa}, ${terms.amountRule},
      ${terms.amountPaise}, ${terms.validFrom}, ${terms.validTo}, ${terms.recurrence === 'ONETIME'},
      ${block?.holdId ?? null})`
}

/** Of a mandate whose account is locked. */
export async function changeMandate(
  tx: Tx,
  umn: string,
  operation: Exclude<BankOperation, Creation | { type: 'port' | 'take' | 'release' }>,
  at: Date,
): Promise<void> {
  switch (operation.type) {
    case 'update': {
      const { amountPaise, validTo } = operation
      await tx`
        update mandates set amount_paise = ${amountPaise}, valid_to = greatest(${validTo}::date, valid_from)
        where umn = ${umn}`
      return
    }
    case 'pause': {
      const { from, until } = operation
      await tx`update mandates set paused_from = ${from}, paused_until = ${until} where umn = ${umn}`
      return
    }
    case 'unpause':
      await tx`update mandates set paused_from = null, paused_until = null where umn = ${umn}`
      return
    case 'revoke':
      await tx`update mandates set revoked_at = ${at} where umn = ${umn}`
  }
}

/** Of a mandate whose account is locked, as is this one of the same person. */
export async function moveMandate(
  tx: Tx,
  umn: string,
  { accountId, bankAccountId }: { accountId: string; bankAccountId: string },
): Promise<void> {
  await tx`
    update mandates set account_id = ${accountId}, bank_account_id = ${bankAccountId} where umn = ${umn}`
}

/** Of a mandate whose account is locked: another app keeps it from now on, with all that was debited by it. */
export async function renameMandate(tx: Tx, umn: string, toUmn: string): Promise<void> {
  await tx`update mandates set umn = ${toUmn} where umn = ${umn}`
}

/** How a linked account is named to its bank. */
export async function accountAtBank(sql: Queryable, accountId: string): Promise<AccountAtBank> {
  const [row] = await sql<AccountAtBank[]>`
    select id as account_id, bank, account_ref from linked_accounts where id = ${accountId}`
  return row!
}

/** One that another bank may authorise now. */
export async function insertElsewhere(
  tx: Tx,
  mandate: { umn: string; nth: number; accountId: string; liveUntil: IstDate },
): Promise<void> {
  const { umn, nth, accountId, liveUntil } = mandate
  await tx`
    insert into mandates_elsewhere (umn, nth, account_id, live_until, answered)
    values (${umn}, ${nth}, ${accountId}, ${liveUntil}, false)
    on conflict (umn) do update set nth = excluded.nth, live_until = excluded.live_until, answered = false
    where mandates_elsewhere.nth < excluded.nth`
}

export type LiveElsewhere = AccountAtBank & { umn: string; nth: number; answered: boolean }

/** Those that may debit one of these accounts, as far as is known here. */
export function liveElsewhere(sql: Queryable, accountIds: string[], at: Date): Promise<LiveElsewhere[]> {
  return sql<LiveElsewhere[]>`
    select e.umn, e.nth, e.answered, l.id as account_id, l.bank, l.account_ref
    from mandates_elsewhere e join linked_accounts l on l.id = e.account_id
    where e.account_id = any (${accountIds}::uuid[])
      and e.live_until >= (${at}::timestamptz at time zone 'Asia/Kolkata')::date
    order by e.umn`
}

/** What its bank says of it with the answer to this operation; that to an earlier one changes nothing. */
export async function updateElsewhere(
  tx: Tx,
  { umn, nth, liveUntil }: { umn: string; nth: number; liveUntil: IstDate | null },
): Promise<void> {
  await tx`
    update mandates_elsewhere set nth = ${nth}, live_until = ${liveUntil}, answered = true
    where umn = ${umn} and nth <= ${nth}`
}
