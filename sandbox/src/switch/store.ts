// Every SQL statement of the switch's transactions and messages.
import type { Ack } from '@bahi/contracts/network.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Transaction } from './transaction.ts'

const columns = (sql: Queryable) =>
  sql`txn_id, rrn, txn_ts, origin, phase, due_at, waiting_for, taken_at, decided_at, result, err_code, amount_paise,
    content, steps`

/** False when there is one with this id. */
export async function insertTransaction(tx: Tx, t: Transaction): Promise<boolean> {
  const [row] = await tx`
    insert into transactions (txn_id, rrn, txn_ts, origin, phase, due_at, waiting_for, taken_at, decided_at, result,
      err_code, amount_paise, content, steps)
    values (${t.txnId}, ${t.rrn}, ${t.txnTs}, ${t.origin}, ${t.phase}, ${t.dueAt}, ${t.waitingFor}, ${t.takenAt},
      ${t.decidedAt}, ${t.result}, ${t.errCode}, ${t.amountPaise}, ${tx.json(t.content as never)},
      ${tx.json(t.steps)})
    on conflict (txn_id) do nothing returning 1`
  return row !== undefined
}

/** Nobody else changes it until the transaction ends. */
export async function lockTransaction(tx: Tx, txnId: string): Promise<Transaction | undefined> {
  const [row] = await tx<Transaction[]>`
    select ${columns(tx)} from transactions where txn_id = ${txnId} for update`
  return row
}

export async function isAnyDue(sql: Queryable, at: Date): Promise<boolean> {
  const [found] = await sql`select 1 from transactions where due_at <= ${at} limit 1`
  return found !== undefined
}

/** Locks one whose time has come and that nobody else has in hand. */
export async function lockDue(tx: Tx, at: Date): Promise<Transaction | undefined> {
  const [row] = await tx<Transaction[]>`
    select ${columns(tx)} from transactions where due_at <= ${at} order by due_at limit 1 for update skip locked`
  return row
}

/** What was told stays told: only a deemed result is ever replaced. Throws when the row stands elsewhere. */
export async function saveTransaction(tx: Tx, t: Transaction, from: Transaction['phase']): Promise<void> {
  const saved = await tx`
    update transactions set phase = ${t.phase}, due_at = ${t.dueAt}, waiting_for = ${t.waitingFor},
      decided_at = ${t.decidedAt}, result = ${t.result}, err_code = ${t.errCode},
      content = ${tx.json(t.content as never)}, steps = ${tx.json(t.steps)}
    where txn_id = ${t.txnId} and phase = ${from} and (result is null or result = 'DEEMED' or result = ${t.result})`
  if (saved.count !== 1) throw new Error(`transaction ${t.txnId} stands no more in ${from}`)
}

export function recentTransactions(
  sql: Queryable,
  txnId: string | null,
  limit: number,
): Promise<Transaction[]> {
  return sql<Transaction[]>`
    select ${columns(sql)} from transactions where ${txnId === null ? sql`true` : sql`txn_id = ${txnId}`}
    order by taken_at desc, txn_id desc limit ${limit}`
}

export async function nextRrn(tx: Tx): Promise<number> {
  const [row] = await tx<{ next: number }[]>`select nextval('rrns') as next`
  return row!.next
}

/** Undefined when it is new; else what was answered then. */
export async function takeOnce(
  tx: Tx,
  taken: { msgId: string; txnId: string; api: string; ack: Ack; at: Date },
): Promise<Ack | undefined> {
  const [fresh] = await tx`
    insert into messages_taken (msg_id, txn_id, api, ack, at)
    values (${taken.msgId}, ${taken.txnId}, ${taken.api}, ${tx.json(taken.ack)}, ${taken.at})
    on conflict (msg_id) do nothing returning 1`
  if (fresh) return undefined
  const [before] = await tx<{ ack: Ack }[]>`select ack from messages_taken where msg_id = ${taken.msgId}`
  return before!.ack
}

export async function correctAck(tx: Tx, msgId: string, ack: Ack): Promise<void> {
  await tx`update messages_taken set ack = ${tx.json(ack)} where msg_id = ${msgId}`
}

export type OutMessage = {
  msgId: string
  txnId: string
  door: 'psp' | 'bank'
  api: string
  what: string
  body: object
  copies: number
  held: boolean
  dueAt: Date
}

export async function insertOut(tx: Tx, messages: OutMessage[]): Promise<void> {
  for (const m of messages) {
    await tx`
      insert into outbox (msg_id, txn_id, door, api, what, body, copies, held, due_at)
      values (${m.msgId}, ${m.txnId}, ${m.door}, ${m.api}, ${m.what}, ${tx.json(m.body as never)}, ${m.copies},
        ${m.held}, ${m.dueAt})`
  }
}

/** Answers that waited for another transaction's go out after it. True when there were any. */
export async function releaseHeld(sql: Queryable, afterTxnId: string, at: Date): Promise<boolean> {
  const released = await sql`
    update outbox set held = false, due_at = least(due_at, ${at})
    where held and ended_at is null and txn_id <> ${afterTxnId}`
  return released.count > 0
}

/** A request whose time is over is not sent any more. */
export async function cancelOut(tx: Tx, msgId: string, at: Date): Promise<void> {
  await tx`update outbox set ended_at = ${at} where msg_id = ${msgId} and ended_at is null`
}

export type Outgoing = Pick<OutMessage, 'msgId' | 'txnId' | 'door' | 'api' | 'what' | 'body' | 'copies'> & {
  tries: number
}

/** Takes what is due into this process's hands, for so long. */
export function leaseOut(sql: Queryable, at: Date, until: Date, limit: number): Promise<Outgoing[]> {
  return sql<Outgoing[]>`
    update outbox set leased_until = ${until}, tries = tries + 1
    where msg_id in (
      select msg_id from outbox
      where ended_at is null and due_at <= ${at} and (leased_until is null or leased_until <= ${at})
      order by due_at limit ${limit} for update skip locked)
    returning msg_id, txn_id, door, api, what, body, copies, tries`
}

export async function endOut(sql: Queryable, msgId: string, at: Date): Promise<void> {
  await sql`update outbox set ended_at = ${at}, leased_until = null where msg_id = ${msgId} and ended_at is null`
}

export async function retryOut(sql: Queryable, msgId: string, dueAt: Date): Promise<void> {
  await sql`update outbox set due_at = ${dueAt}, leased_until = null where msg_id = ${msgId} and ended_at is null`
}

/** Of a message that we sent: which transaction, and what it was about. */
export async function findOut(tx: Tx, msgId: string): Promise<{ txnId: string; what: string } | undefined> {
  const [row] = await tx<{ txnId: string; what: string }[]>`
    select txn_id, what from outbox where msg_id = ${msgId}`
  return row
}

/** What nobody can ask for any more. Transactions stay while they are open. */
export async function purgeNetwork(sql: Queryable, before: Date): Promise<void> {
  await sql`delete from messages_taken where at < ${before}`
  await sql`delete from outbox where ended_at < ${before}`
}
