// The SQL of mandates of payers at other banks.
import type { MandatePause, MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { Input } from '@bahi/contracts/call.ts'
import type { Message } from '@bahi/contracts/network.ts'
import type { changeInOtherApp } from '@bahi/contracts/sandbox-ports.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Party } from '../switch/transaction.ts'

/** What its app asks our bank for, by a transaction of its own. */
export type Asking = {
  txnId: string
  change: MandateAsked
  message: Message<'ReqMandate'>
}
export type MandateChange = Input<typeof changeInOtherApp>['body']['change']
/** `create`: it is given; the others as the customer changes it. */
export type MandateAsked = { do: 'create' } | MandateChange

export type PayerMandate = {
  txnId: string
  rrn: string
  reqMsgId: string
  payer: Party
  payee: Party
  name: string
  terms: MandateTerms
  pause: MandatePause | null
  /** `leaving`, `ported`: to our app; `arriving`: from it. */
  status: 'asked' | 'active' | 'declined' | 'expired' | 'revoked' | 'leaving' | 'ported' | 'arriving'
  umn: string | null
  code: string | null
  expiresAt: Date | null
  askedAt: Date
  takenAs?: string | null
  takenNth?: number | null
  portedAt?: Date | null
  arrivingFrom?: string | null
  asking?: Asking | null
  askAgainAt?: Date | null
}

export type PayerDebit = {
  mandateTxnId: string
  sequence: number
  amountPaise: number
  dueOn: string
  noticedAt: Date
  status: 'noticed' | 'being-made' | 'made'
  txnId: string | null
}

const columns = (sql: Queryable) => sql`
  txn_id, rrn, req_msg_id, payer, payee, name, terms, pause, status, umn, code, expires_at, asked_at,
  taken_as, taken_nth, ported_at, arriving_from, asking, ask_again_at`

/** False when the transaction has asked for one before. */
export async function insertPayerMandate(tx: Tx, m: PayerMandate): Promise<boolean> {
  const rows = await tx`
    insert into payer_mandates (txn_id, rrn, req_msg_id, payer, payee, name, terms, status, umn, code, expires_at,
      asked_at)
    values (${m.txnId}, ${m.rrn}, ${m.reqMsgId}, ${tx.json(m.payer)}, ${tx.json(m.payee)}, ${m.name},
      ${tx.json(m.terms)}, ${m.status}, ${m.umn}, ${m.code}, ${m.expiresAt}, ${m.askedAt})
    on conflict (txn_id) do nothing returning txn_id`
  return rows.length > 0
}

/** Locked until the transaction ends. */
export async function lockPayerMandate(tx: Tx, txnId: string): Promise<PayerMandate | undefined> {
  const [row] = await tx<PayerMandate[]>`
    select ${columns(tx)} from payer_mandates where txn_id = ${txnId} for update`
  return row
}

/** @param umn in lower case; locked until the transaction ends */
export async function lockByUmn(tx: Tx, umn: string): Promise<PayerMandate | undefined> {
  const [row] = await tx<PayerMandate[]>`
    select ${columns(tx)} from payer_mandates where umn = ${umn} for update`
  return row
}

/** `asked`: its payer has not answered; `arriving`: our app has not. */
type Unanswered = 'asked' | 'arriving'

/** One that was not answered in time, skipping locked ones. */
export async function lockUnanswered(
  tx: Tx,
  status: Unanswered,
  at: Date,
): Promise<PayerMandate | undefined> {
  const [row] = await tx<PayerMandate[]>`
    select ${columns(tx)} from payer_mandates where status = ${status} and expires_at <= ${at}
    order by expires_at limit 1 for update skip locked`
  return row
}

export async function isUnanswered(sql: Queryable, status: Unanswered, at: Date): Promise<boolean> {
  const rows = await sql`select from payer_mandates where status = ${status} and expires_at <= ${at} limit 1`
  return rows.length > 0
}

/** That asks our bank by this transaction. */
export async function findAsking(tx: Tx, txnId: string): Promise<{ mandateTxnId: string } | undefined> {
  const [row] = await tx<{ mandateTxnId: string }[]>`
    select txn_id as mandate_txn_id from payer_mandates where asking ->> 'txnId' = ${txnId}`
  return row
}

/** One that our bank has not answered in time, skipping locked ones. */
export async function lockAsking(tx: Tx, at: Date): Promise<PayerMandate | undefined> {
  const [row] = await tx<PayerMandate[]>`
    select ${columns(tx)} from payer_mandates where asking is not null and ask_again_at <= ${at}
    order by ask_again_at limit 1 for update skip locked`
  return row
}

export async function isAsking(sql: Queryable, at: Date): Promise<boolean> {
  const rows = await sql`
    select from payer_mandates where asking is not null and ask_again_at <= ${at} limit 1`
  return rows.length > 0
}

/** None of these comes from our app. */
export type AskedMandate = PayerMandate & { status: Exclude<PayerMandate['status'], 'arriving'> }

/** Those that our payees asked for; the others are between other apps. */
export function newestAsked(sql: Queryable, limit: number): Promise<AskedMandate[]> {
  return sql<AskedMandate[]>`
    select ${columns(sql)} from payer_mandates where (payee ->> 'isMember')::boolean
    order by asked_at desc, txn_id desc limit ${limit}`
}

export async function updatePayerMandate(tx: Tx, m: PayerMandate): Promise<void> {
  await tx`
    update payer_mandates set status = ${m.status}, umn = ${m.umn}, code = ${m.code}, terms = ${tx.json(m.terms)},
      pause = ${m.pause === null ? null : tx.json(m.pause)}, payer = ${tx.json(m.payer)},
      taken_as = ${m.takenAs ?? null}, taken_nth = ${m.takenNth ?? null}, ported_at = ${m.portedAt ?? null},
      arriving_from = ${m.arrivingFrom ?? null}, expires_at = ${m.expiresAt},
      asking = ${m.asking ? tx.json(m.asking as never) : null}, ask_again_at = ${m.askAgainAt ?? null}
    where txn_id = ${m.txnId}`
}

/** Of these accounts. */
export async function heldPayerMandates(sql: Queryable, accountRefs: string[]): Promise<PayerMandate[]> {
  return sql<PayerMandate[]>`
    select ${columns(sql)} from payer_mandates
    where payer -> 'ac' ->> 'acnum' = any (${accountRefs}::text[]) and status in ('active', 'leaving')
    order by asked_at desc, txn_id desc limit 200`
}

/** In the order of their numbers; their mandate is locked. */
export async function payerDebits(tx: Tx, mandateTxnId: string): Promise<PayerDebit[]> {
  return tx<PayerDebit[]>`
    select mandate_txn_id, sequence, amount_paise, due_on::text, noticed_at, status, txn_id from payer_mandate_debits
    where mandate_txn_id = ${mandateTxnId} order by sequence`
}

export async function insertPayerDebit(tx: Tx, d: PayerDebit): Promise<void> {
  await tx`
    insert into payer_mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, noticed_at, status)
    values (${d.mandateTxnId}, ${d.sequence}, ${d.amountPaise}, ${d.dueOn}, ${d.noticedAt}, ${d.status})`
}

/** Those that the payee's PSP knows by now, of a mandate that arrives from our app. */
export async function takeOverDebits(tx: Tx, mandateTxnId: string, at: Date): Promise<void> {
  await tx`
    insert into payer_mandate_debits (mandate_txn_id, sequence, amount_paise, due_on, noticed_at, status, txn_id)
    select mandate_txn_id, sequence, amount_paise, due_on, ${at}::timestamptz - interval '2 days',
      case status when 'made' then 'made' else 'noticed' end, txn_id
    from mandate_debits where mandate_txn_id = ${mandateTxnId} and status in ('taken', 'made')
    on conflict (mandate_txn_id, sequence) do update set status = excluded.status`
}

export async function beginPayerDebit(tx: Tx, d: PayerDebit, txnId: string): Promise<void> {
  await tx`
    update payer_mandate_debits set status = 'being-made', txn_id = ${txnId}
    where mandate_txn_id = ${d.mandateTxnId} and sequence = ${d.sequence}`
}

/** The attempt that this transaction was is over. */
export async function endPayerDebit(tx: Tx, txnId: string, status: 'noticed' | 'made'): Promise<void> {
  await tx`
    update payer_mandate_debits set status = ${status} where txn_id = ${txnId} and status = 'being-made'`
}
