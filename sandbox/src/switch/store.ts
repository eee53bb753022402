// SQL of the switch's transactions and messages.
import type { Ack } from '@bahi/contracts/network.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Transaction } from './transaction.ts'

const columns = (sql: Queryable) =>
  sql`txn_id, rrn, txn_ts, origin, phase, due_at, waiting_for, taken_at, decided_at, result, err_code, amount_paise,
    content, steps`

/** False when there is already one with this id. */
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

/** Locks the row until the database transaction ends. */
export async function lockTransaction(tx: Tx, txnId: string): Promise<Transaction | undefined> {
  const [row] = await tx<Transaction[]>`
    select ${columns(tx)} from transactions where txn_id = ${txnId} for update`
  return row
}

export type Due = { timers: boolean; messages: boolean }

/** Whether a timer has expired, and whether a message is to be sent. */
export async function whatIsDue(sql: Queryable, at: Date): Promise<Due> {
  const [due] = await sql<Due[]>`
    select exists (select from transactions where due_at <= ${at}) as timers,
      exists (
        select from outbox
        where ended_at is null and due_at <= ${at} and (leased_until is null or leased_until <= ${at})
      ) as messages`
  return due!
}

/** Locks one transaction whose timer has expired, skipping locked ones. */
export async function lockDue(tx: Tx, at: Date): Promise<Transaction | undefined> {
  const [row] = await tx<Transaction[]>`
    select ${columns(tx)} from transactions where due_at <= ${at} order by due_at limit 1 for update skip locked`
  return row
}

/** Only a deemed result is ever replaced. Throws when the row is not in the expected phase. */
export async function saveTransaction(tx: Tx, t: Transaction, from: Transaction['phase']): Promise<void> {
  const saved = await tx`
    update transactions set phase = ${t.phase}, txn_ts = ${t.txnTs}, due_at = ${t.dueAt}, waiting_for = ${t.waitingFor},
      decided_at = ${t.decidedAt}, result = ${t.result}, err_code = ${t.errCode},
      content = ${tx.json(t.content as never)}, steps = ${tx.json(t.steps)}
    where txn_id = ${t.txnId} and phase = ${from} and (result is null or result = 'DEEMED' or result = ${t.result})`
  if (saved.count !== 1) throw new Error(`transaction ${t.txnId} is no longer in phase ${from}`)
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

/** Undefined when the message is new; else its earlier acknowledgement. */
export async function insertReceived(
  tx: Tx,
  received: { msgId: string; txnId: string; api: string; ack: Ack; at: Date },
): Promise<Ack | undefined> {
  const [inserted] = await tx`
    insert into received_messages (msg_id, txn_id, api, ack, at)
    values (${received.msgId}, ${received.txnId}, ${received.api}, ${tx.json(received.ack)}, ${received.at})
    on conflict (msg_id) do nothing returning 1`
  if (inserted) return undefined
  const [earlier] = await tx<
    { ack: Ack }[]
  >`select ack from received_messages where msg_id = ${received.msgId}`
  return earlier!.ack
}

export async function updateAck(tx: Tx, msgId: string, ack: Ack): Promise<void> {
  await tx`update received_messages set ack = ${tx.json(ack)} where msg_id = ${msgId}`
}

export type OutgoingMessage = {
  msgId: string
  txnId: string
  endpoint: 'psp' | 'bank'
  api: string
  purpose: string
  body: object
  copies: number
  held: boolean
  dueAt: Date
}

export async function insertOutgoing(tx: Tx, messages: OutgoingMessage[]): Promise<void> {
  for (const m of messages) {
    await tx`
      insert into outbox (msg_id, txn_id, endpoint, api, purpose, body, copies, held, due_at)
      values (${m.msgId}, ${m.txnId}, ${m.endpoint}, ${m.api}, ${m.purpose}, ${tx.json(m.body as never)}, ${m.copies},
        ${m.held}, ${m.dueAt})`
  }
}

/** Releases the responses that a scenario held until another transaction's. True when there were any. */
export async function releaseHeld(sql: Queryable, afterTxnId: string, at: Date): Promise<boolean> {
  const released = await sql`
    update outbox set held = false, due_at = least(due_at, ${at})
    where held and ended_at is null and txn_id <> ${afterTxnId}`
  return released.count > 0
}

/** A request that timed out is not sent any more. */
export async function cancelOutgoing(tx: Tx, msgId: string, at: Date): Promise<void> {
  await tx`update outbox set ended_at = ${at} where msg_id = ${msgId} and ended_at is null`
}

export type LeasedMessage = Pick<
  OutgoingMessage,
  'msgId' | 'txnId' | 'endpoint' | 'api' | 'purpose' | 'body' | 'copies'
> & {
  tries: number
}

/** Leases due messages until `until`. */
export function leaseOutgoing(
  sql: Queryable,
  at: Date,
  until: Date,
  limit: number,
): Promise<LeasedMessage[]> {
  return sql<LeasedMessage[]>`
    update outbox set leased_until = ${until}, tries = tries + 1
    where msg_id in (
      select msg_id from outbox
      where ended_at is null and due_at <= ${at} and (leased_until is null or leased_until <= ${at})
      order by due_at limit ${limit} for update skip locked)
    returning msg_id, txn_id, endpoint, api, purpose, body, copies, tries`
}

export async function finishOutgoing(sql: Queryable, msgId: string, at: Date): Promise<void> {
  await sql`update outbox set ended_at = ${at}, leased_until = null where msg_id = ${msgId} and ended_at is null`
}

export async function rescheduleOutgoing(sql: Queryable, msgId: string, dueAt: Date): Promise<void> {
  await sql`update outbox set due_at = ${dueAt}, leased_until = null where msg_id = ${msgId} and ended_at is null`
}

/** The transaction and the purpose of a message that the switch sent. */
export async function findOutgoing(
  tx: Tx,
  msgId: string,
): Promise<{ txnId: string; purpose: string } | undefined> {
  const [row] = await tx<{ txnId: string; purpose: string }[]>`
    select txn_id, purpose from outbox where msg_id = ${msgId}`
  return row
}

/** Deletes messages that nobody asks for any more. Transactions are kept. */
export async function purgeNetwork(sql: Queryable, before: Date): Promise<void> {
  await sql`delete from received_messages where at < ${before}`
  await sql`delete from outbox where ended_at < ${before}`
}
