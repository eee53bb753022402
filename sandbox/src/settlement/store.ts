// SQL of settlement: closed cycles and settlement rows.
import type { SettlementRow } from '@bahi/contracts/sandbox.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

const cycleLock = 6_214_472

/**
 * Takes the cycle lock shared: no cycle is closed until the transaction ends. Returns the end of the last closed cycle;
 * what is received or decided in this transaction must be later.
 */
export async function shareCycleLock(tx: Tx): Promise<Date | undefined> {
  await tx`select pg_advisory_xact_lock_shared(${cycleLock})`
  const [row] = await tx<{ until: Date | null }[]>`select max(to_at) as until from closed_cycles`
  return row?.until ?? undefined
}

/** Takes the cycle lock exclusively: waits for all transactions that are deciding now. */
export async function takeCycleLock(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(${cycleLock})`
}

export async function findClosed(
  sql: Queryable,
  cycle: string,
): Promise<{ completeUntil: Date } | undefined> {
  const [row] = await sql<{ completeUntil: Date }[]>`
    select complete_until from closed_cycles where cycle = ${cycle}`
  return row
}

/**
 * `complete_until`: every transaction that began before it is decided and reported. So it is not after the begin of an
 * undecided transaction, of one decided into a later cycle, or of one whose message may still arrive.
 */
export async function closeCycle(tx: Tx, cycle: string, to: Date, receivedUntil: Date): Promise<void> {
  await tx`
    insert into closed_cycles (cycle, to_at, complete_until)
    select ${cycle}, ${to}, least(${receivedUntil}::timestamptz,
      (select min(txn_ts) from transactions
       where decided_at is null and phase not in ('lost', 'collect') or decided_at >= ${to}))
    on conflict (cycle) do nothing`
}

export type NewRow = Omit<SettlementRow, 'at'> & { cycle: string; bank: string; at: Date }

export async function insertRows(tx: Tx, rows: NewRow[]): Promise<void> {
  if (rows.length === 0) return
  const named = ['cycle', 'txnId', 'leg', 'bank', 'rrn', 'amountPaise', 'result', 'at'] as const
  await tx`insert into settlement_rows ${tx(rows, ...named)} on conflict (txn_id, leg) do nothing`
}

/** A deemed transaction that was credited after all stays in its cycle. */
export async function markSettled(tx: Tx, txnId: string): Promise<void> {
  await tx`update settlement_rows set result = 'SUCCESS' where txn_id = ${txnId} and result = 'DEEMED'`
}

export function findRows(
  sql: Queryable,
  about: { bank: string; cycle: string; after: string | null; limit: number },
): Promise<(Omit<SettlementRow, 'at'> & { at: Date })[]> {
  // A transaction's rows stay on one page.
  return sql<(Omit<SettlementRow, 'at'> & { at: Date })[]>`
    select txn_id, rrn, leg, amount_paise, result, at from settlement_rows
    where bank = ${about.bank} and cycle = ${about.cycle} and txn_id in (
      select distinct txn_id from settlement_rows
      where bank = ${about.bank} and cycle = ${about.cycle}
        and ${about.after === null ? sql`true` : sql`txn_id > ${about.after}`}
      order by txn_id limit ${about.limit})
    order by txn_id, leg`
}

/** Owed to the bank, less what it owes. */
export async function netPosition(sql: Queryable, bank: string, cycle: string): Promise<number> {
  const [row] = await sql<{ net: number }[]>`
    select coalesce(sum(
      case when leg in ('CREDIT', 'DEBIT-REVERSAL') then amount_paise else -amount_paise end), 0)::bigint as net
    from settlement_rows where bank = ${bank} and cycle = ${cycle}`
  return row!.net
}
