// The rows of mandates' debits.
import type { DebitStatus } from '@bahi/contracts/mandates.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Debit } from './mandate.ts'
import { originOf } from './store.ts'

type Row = {
  id: string
  mandateId: string
  sequence: number
  period: number | null
  amountPaise: number
  note: string | null
  dueOn: string
  announcedAt: Date
  executeAt: Date
  status: DebitStatus
  attempts: number
  code: string | null
  paymentId: string | null
  txnId: string | null
  rrn: string | null
  reqMsgId: string | null
  txnAttempt: number | null
  begunAt: Date | null
  answerUntil: Date | null
  noticedAt: Date | null
  completedAt: Date | null
}

const columns = (sql: Queryable) => sql`
  id, mandate_id, sequence, period, amount_paise, note, due_on::text, announced_at, execute_at, status, attempts, code,
  payment_id, txn_id, rrn, req_msg_id, txn_attempt, begun_at, answer_until, noticed_at, completed_at`

function toDebit(row: Row): Debit {
  return {
    ...{ id: row.id, mandateId: row.mandateId, sequence: row.sequence, amountPaise: row.amountPaise },
    ...(row.period === null ? {} : { period: row.period }),
    ...(row.note === null ? {} : { note: row.note }),
    ...{ dueOn: row.dueOn, announcedAt: row.announcedAt, executeAt: row.executeAt },
    ...{ status: row.status, attempts: row.attempts },
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.paymentId === null ? {} : { paymentId: row.paymentId }),
    ...(row.txnId === null
      ? {}
      : {
          network: {
            ...originOf({ ...row, txnId: row.txnId }),
            attempt: row.txnAttempt!,
            ...(row.begunAt === null ? {} : { begunAt: row.begunAt }),
            ...(row.answerUntil === null ? {} : { answerUntil: row.answerUntil }),
          },
        }),
    ...(row.noticedAt === null ? {} : { noticedAt: row.noticedAt }),
    ...(row.completedAt === null ? {} : { completedAt: row.completedAt }),
  }
}

export async function findDebits(sql: Queryable, ids: string[]): Promise<Map<string, Debit>> {
  if (ids.length === 0) return new Map()
  const rows = await sql<Row[]>`
    select ${columns(sql)} from mandate_debits where id = any (${ids}::uuid[]) order by id`
  return new Map(rows.map((row) => [row.id, toDebit(row)]))
}

/** The newest first. */
export async function debitsOf(sql: Queryable, mandateId: string, limit: number): Promise<Debit[]> {
  const rows = await sql<Row[]>`
    select ${columns(sql)} from mandate_debits where mandate_id = ${mandateId} order by sequence desc limit ${limit}`
  return rows.map(toDebit)
}

export async function debitWith(
  sql: Queryable,
  mandateId: string,
  sequence: number,
): Promise<Debit | undefined> {
  const [row] = await sql<Row[]>`
    select ${columns(sql)} from mandate_debits where mandate_id = ${mandateId} and sequence = ${sequence}`
  return row && toDebit(row)
}

/** The debit that a transaction of the network, ours or another app's, tries to make. */
export async function debitOfTxn(sql: Queryable, txnId: string): Promise<Debit | undefined> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from mandate_debits where txn_id = ${txnId}`
  return row && toDebit(row)
}

/** The last number of a payer elsewhere that their app has taken, or may take. */
export async function lastNumber(tx: Tx, mandateId: string): Promise<number> {
  const [row] = await tx<{ last: number }[]>`
    select coalesce(max(sequence), 0) as last from mandate_debits
    where mandate_id = ${mandateId} and (status <> 'failed' or noticed_at is not null)`
  return row!.last
}

/** Whether a debit of this period is open or was paid. */
export async function hasDebitIn(sql: Queryable, mandateId: string, period: number): Promise<boolean> {
  const rows = await sql`
    select from mandate_debits
    where mandate_id = ${mandateId} and period = ${period} and status not in ('failed', 'skipped')`
  return rows.length > 0
}

/** How many debits of a mandate are open, and how many were announced since then. */
export async function countDebits(
  tx: Tx,
  mandateId: string,
  since: Date,
): Promise<{ open: number; announced: number }> {
  const [row] = await tx<{ open: number; announced: number }[]>`
    select count(*) filter (where completed_at is null) as open,
      count(*) filter (where announced_at > ${since}) as announced
    from mandate_debits where mandate_id = ${mandateId}`
  return row!
}

/** Those that are neither paid nor given up. */
export async function openDebits(tx: Tx, mandateId: string): Promise<Debit[]> {
  const rows = await tx<Row[]>`
    select ${columns(tx)} from mandate_debits where mandate_id = ${mandateId} and completed_at is null
    order by sequence`
  return rows.map(toDebit)
}

export async function insertDebit(tx: Tx, d: Debit): Promise<void> {
  await tx`
    insert into mandate_debits (id, mandate_id, sequence, period, amount_paise, note, due_on, announced_at, execute_at,
      status)
    values (${d.id}, ${d.mandateId}, ${d.sequence}, ${d.period ?? null}, ${d.amountPaise}, ${d.note ?? null},
      ${d.dueOn}, ${d.announcedAt}, ${d.executeAt}, ${d.status})`
}

/** Of a debit whose mandate the transaction has locked. */
export async function updateDebit(tx: Tx, d: Debit): Promise<void> {
  await tx`
    update mandate_debits set status = ${d.status}, attempts = ${d.attempts}, code = ${d.code ?? null},
      payment_id = ${d.paymentId ?? null}, completed_at = ${d.completedAt ?? null},
      txn_id = ${d.network?.txnId ?? null}, rrn = ${d.network?.rrn ?? null},
      req_msg_id = ${d.network?.reqMsgId ?? null}, txn_attempt = ${d.network?.attempt ?? null},
      begun_at = ${d.network?.begunAt ?? null}, answer_until = ${d.network?.answerUntil ?? null},
      noticed_at = ${d.noticedAt ?? null}
    where id = ${d.id}`
}

/** Of debits whose mandates the transaction has locked: the payments that are in progress for them now. */
export async function claimDebitRows(
  tx: Tx,
  claims: { debitId: string; paymentId: string }[],
): Promise<void> {
  if (claims.length === 0) return
  const [debits, payments] = [claims.map((one) => one.debitId), claims.map((one) => one.paymentId)]
  await tx`
    update mandate_debits d set payment_id = c.payment_id
    from unnest(${debits}::uuid[], ${payments}::uuid[]) as c (debit_id, payment_id) where d.id = c.debit_id`
}

/** Of open debits whose mandates the transaction has locked: what paid them. */
export async function payDebitRows(
  tx: Tx,
  paid: { debitId: string; paymentId: string }[],
  at: Date,
): Promise<void> {
  if (paid.length === 0) return
  const [debits, payments] = [paid.map((one) => one.debitId), paid.map((one) => one.paymentId)]
  await tx`
    update mandate_debits d set status = 'paid', payment_id = p.payment_id, completed_at = ${at}
    from unnest(${debits}::uuid[], ${payments}::uuid[]) as p (debit_id, payment_id) where d.id = p.debit_id`
}

/** As it is presented anew, or at another time: its amount, its day, when it is made. */
export async function rewriteDebit(tx: Tx, d: Debit): Promise<void> {
  await tx`
    update mandate_debits set period = ${d.period ?? null}, amount_paise = ${d.amountPaise}, note = ${d.note ?? null},
      due_on = ${d.dueOn}, announced_at = ${d.announcedAt}, execute_at = ${d.executeAt}
    where id = ${d.id}`
  await updateDebit(tx, d)
}
