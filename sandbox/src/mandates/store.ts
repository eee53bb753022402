// The SQL of mandates of payees at other banks.
import type { MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Party } from '../switch/transaction.ts'

export type OutsideMandate = {
  txnId: string
  rrn: string
  payerAddr: string
  payee: Party
  name: string
  terms: MandateTerms
  status: 'asked' | 'active' | 'paused' | 'declined' | 'revoked'
  umn: string | null
  code: string | null
}

export type OutsideDebit = {
  mandateTxnId: string
  sequence: number
  amountPaise: number
  dueOn: string
  note: string | null
  status: 'announced' | 'taken' | 'made' | 'refused'
  attempts: number
  dueAt: Date | null
  txnId: string | null
  code: string | null
}

const mandateColumns = (sql: Queryable) => sql`
  txn_id, rrn, payer_addr, payee, name, terms, status, umn, code`

const debitColumns = (sql: Queryable) => sql`
  mandate_txn_id, sequence, amount_paise, due_on::text, note, status, attempts, due_at, txn_id, code`

export async function insertMandate(tx: Tx, m: OutsideMandate): Promise<void> {
  await tx`
    insert into mandates (txn_id, rrn, payer_addr, payee, name, terms, status, umn, code)
    values (${m.txnId}, ${m.rrn}, ${m.payerAddr}, ${tx.json(m.payee)}, ${m.name}, ${tx.json(m.terms)}, ${m.status},
      ${m.umn}, ${m.code})`
}

/** @param txnId of the transaction that asked for it */
export async function findMandate(sql: Queryable, txnId: string): Promise<OutsideMandate | undefined> {
  const [row] = await sql<OutsideMandate[]>`
    select ${mandateColumns(sql)} from mandates where txn_id = ${txnId}`
  return row
}

/** By its number in the app of its payer; locked until the transaction ends. */
export async function lockMandateWith(tx: Tx, umn: string): Promise<OutsideMandate | undefined> {
  const [row] = await tx<OutsideMandate[]>`
    select ${mandateColumns(tx)} from mandates where umn = ${umn} for update`
  return row
}

/** Locked until the transaction ends. */
export async function lockMandate(tx: Tx, txnId: string): Promise<OutsideMandate | undefined> {
  const [row] = await tx<OutsideMandate[]>`
    select ${mandateColumns(tx)} from mandates where txn_id = ${txnId} for update`
  return row
}

export async function updateMandate(tx: Tx, m: OutsideMandate): Promise<void> {
  await tx`
    update mandates set status = ${m.status}, umn = ${m.umn}, code = ${m.code}, terms = ${tx.json(m.terms)},
      payer_addr = ${m.payerAddr}
    where txn_id = ${m.txnId}`
}

/** False when there is one with this number, unless its announcement was refused. */
export async function insertDebit(tx: Tx, d: OutsideDebit): Promise<boolean> {
  const rows = await tx`
    insert into mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, note, status, due_at)
    values (${d.mandateTxnId}, ${d.sequence}, ${d.amountPaise}, ${d.dueOn}, ${d.note}, ${d.status}, ${d.dueAt})
    on conflict (mandate_txn_id, sequence) do update set amount_paise = excluded.amount_paise,
      due_on = excluded.due_on, note = excluded.note, status = excluded.status, due_at = excluded.due_at, code = null
    where mandate_debits.status = 'refused' and mandate_debits.attempts = 0
    returning sequence`
  return rows.length > 0
}

export async function updateDebit(tx: Tx, d: OutsideDebit): Promise<void> {
  await tx`
    update mandate_debits set status = ${d.status}, attempts = ${d.attempts}, due_at = ${d.dueAt},
      txn_id = ${d.txnId}, code = ${d.code}
    where mandate_txn_id = ${d.mandateTxnId} and sequence = ${d.sequence}`
}

/** The newest, in the order of their numbers. */
export async function newestDebits(
  sql: Queryable,
  mandateTxnId: string,
  limit: number,
): Promise<OutsideDebit[]> {
  const rows = await sql<OutsideDebit[]>`
    select ${debitColumns(sql)} from mandate_debits where mandate_txn_id = ${mandateTxnId}
    order by sequence desc limit ${limit}`
  return rows.reverse()
}

/** Locked until the transaction ends. */
export async function lockDebit(
  tx: Tx,
  mandateTxnId: string,
  sequence: number,
): Promise<OutsideDebit | undefined> {
  const [row] = await tx<OutsideDebit[]>`
    select ${debitColumns(tx)} from mandate_debits
    where mandate_txn_id = ${mandateTxnId} and sequence = ${sequence} for update`
  return row
}

/** The debit that a transaction tries to make; locked. */
export async function lockDebitOf(tx: Tx, txnId: string): Promise<OutsideDebit | undefined> {
  const [row] = await tx<OutsideDebit[]>`
    select ${debitColumns(tx)} from mandate_debits where txn_id = ${txnId} for update`
  return row
}

/** One for which something is to be done, skipping locked ones. */
export async function lockDueDebit(tx: Tx, at: Date): Promise<OutsideDebit | undefined> {
  const [row] = await tx<OutsideDebit[]>`
    select ${debitColumns(tx)} from mandate_debits where due_at <= ${at} order by due_at limit 1
    for update skip locked`
  return row
}

export async function isDebitDue(sql: Queryable, at: Date): Promise<boolean> {
  const rows = await sql`select from mandate_debits where due_at <= ${at} limit 1`
  return rows.length > 0
}
