// The SQL of the bank's mandates: their record, and the outcome of each operation; and of those at other banks.
import type { BankOperation } from '@bahi/contracts/bank-mandates.ts'
import type { AccountAtBank } from '@bahi/contracts/network-adapter.ts'
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
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
  /** Who has linked the account for it, and that link, which may be over. */
  userId: string
  accountId: string
  bankAccountId: string
  payeeVpa: string
  amountRule: MandateTerms['amountRule']
  amountPaise: number
  validFrom: IstDate
  validTo: IstDate
  oneTime: boolean
  pausedFrom: IstDate | null
  pausedUntil: IstDate | null
  isRevoked: boolean
  /** Reserved money whose hold is open. */
  openHold: string | null
}

/** What every event of one that another app keeps says of it. */
export type MandateFacts = Pick<
  BankMandate,
  'mandateId' | 'userId' | 'accountId' | 'payeeVpa' | 'amountPaise'
>

export async function findMandate(sql: Queryable, umn: string): Promise<BankMandate | undefined> {
  const [row] = await sql<BankMandate[]>`
    select m.mandate_id, l.user_id, m.account_id, m.bank_account_id, m.payee_vpa, m.amount_rule, m.amount_paise,
      m.valid_from::text, m.valid_to::text, m.one_time, m.paused_from::text, m.paused_until::text,
      m.revoked_at is not null as is_revoked, h.id as open_hold
    from mandates m join linked_accounts l on l.id = m.account_id
    left join holds h on h.id = m.hold_id and h.closed_by is null
    where m.umn = ${umn}`
  return row
}

/** Under whatever number. */
export async function isMandateKnown(tx: Tx, mandateId: string): Promise<boolean> {
  const rows = await tx`select 1 from mandates where mandate_id = ${mandateId}`
  return rows.length > 0
}

type Creation = Extract<BankOperation, { type: 'create' }>

export async function insertMandate(
  tx: Tx,
  mandate: { umn: string; accountId: string; bankAccountId: string; holdId?: string } & Creation,
): Promise<void> {
  const { umn, mandateId, userId, accountId, bankAccountId, payeeVpa, terms, holdId = null } = mandate
  await tx`
    insert into mandates (umn, mandate_id, user_id, account_id, bank_account_id, payee_vpa, amount_rule, amount_paise,
      valid_from, valid_to, one_time, hold_id)
    values (${umn}, ${mandateId}, ${userId}, ${accountId}, ${bankAccountId}, ${payeeVpa}, ${terms.amountRule},
      ${terms.amountPaise}, ${terms.validFrom}, ${terms.validTo}, ${terms.recurrence === 'ONETIME'},
      ${holdId})`
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

/** An operation that another app asked for, by its transaction. */
export type AppRequest = { txnId: string; umn: string; type: string; content: Buffer; code: string }

export async function findRequest(
  tx: Tx,
  txnId: string,
): Promise<Pick<AppRequest, 'content' | 'code'> | undefined> {
  const [row] = await tx<Pick<AppRequest, 'content' | 'code'>[]>`
    select content, code from mandate_requests where txn_id = ${txnId}`
  return row
}

export async function insertRequest(tx: Tx, request: AppRequest & { at: Date }): Promise<void> {
  const { txnId, umn, type, content, code, at } = request
  await tx`
    insert into mandate_requests (txn_id, umn, type, content, code, decided_at)
    values (${txnId}, ${umn}, ${type}, ${content}, ${code}, ${at})`
}

export type ReportedDebit = MandateFacts & {
  umn: string
  sequence: number
  debitPaise: number
  txnId: string
  rrn: string
}

/** The debits over the network of these transactions that nobody was told of yet: now they are. */
export function takeUnreported(tx: Tx, txnIds: string[]): Promise<ReportedDebit[]> {
  return tx<ReportedDebit[]>`
    update mandate_debits d set unreported = null
    from network_legs l, mandates m join linked_accounts a on a.id = m.account_id
    where l.txn_id = any (${txnIds}) and l.leg = 'DEBIT' and d.transfer_id = l.transfer_id
      and d.unreported is not null and m.umn = d.umn
    returning m.mandate_id, a.user_id, m.account_id, m.payee_vpa, m.amount_paise, d.umn, d.sequence,
      d.amount_paise as debit_paise, l.txn_id, l.rrn`
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
