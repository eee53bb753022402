// The SQL of settlement: cycles, the rows of the network's reports, differences.
import type { DifferenceKind } from '@bahi/contracts/reconciliation.ts'
import type { SettledLeg } from '@bahi/contracts/network-adapter.ts'
import { rowsIn, type Queryable } from '@bahi/kit/sql/sql.ts'
import type { Side } from './match.ts'

export type CycleRow = {
  id: string
  fromAt: Date
  toAt: Date
  networkNetPaise: number | null
  ledgerNetPaise: number | null
  matched: number | null
  reconciledAt: Date | null
  open: number
}

const cycleColumns = (sql: Queryable) => sql`
  c.id, c.from_at, c.to_at, c.network_net_paise, c.ledger_net_paise, c.matched, c.reconciled_at,
  (select count(*) from differences d where d.cycle = c.id and d.closed_at is null) as open`

/** Leases the cycle to this process until `until`; false while another process has it. */
export async function leaseCycle(
  sql: Queryable,
  cycle: { id: string; from: Date; to: Date },
  now: Date,
  until: Date,
): Promise<boolean> {
  const rows = await sql`
    insert into settlement_cycles (id, from_at, to_at, leased_until)
    values (${cycle.id}, ${cycle.from}, ${cycle.to}, ${until})
    on conflict (id) do update set leased_until = ${until} where settlement_cycles.leased_until <= ${now}
    returning id`
  return rows.length === 1
}

export async function releaseCycle(sql: Queryable, id: string): Promise<void> {
  await sql`update settlement_cycles set leased_until = '-infinity' where id = ${id}`
}

/** The end of the last cycle that was reconciled together with all before it, from the one that begins at `from` on. */
export async function reconciledUpTo(sql: Queryable, from: Date): Promise<Date> {
  const [row] = await sql<{ at: Date | null }[]>`
    with done as (
      select from_at, to_at from settlement_cycles where from_at >= ${from} and reconciled_at is not null
    )
    select min(c.to_at) as at from done c
    where exists (select 1 from done where from_at = ${from})
      and not exists (select 1 from done n where n.from_at <= c.to_at and n.to_at > c.to_at)`
  return row?.at ?? from
}

export async function findCycle(sql: Queryable, id: string): Promise<CycleRow | undefined> {
  const [row] = await sql<CycleRow[]>`select ${cycleColumns(sql)} from settlement_cycles c where c.id = ${id}`
  return row
}

export function reconciledCycles(
  sql: Queryable,
  { before, limit }: { before: string | null; limit: number },
): Promise<CycleRow[]> {
  return sql<CycleRow[]>`
    select ${cycleColumns(sql)} from settlement_cycles c
    where c.reconciled_at is not null and (${before}::text is null or c.to_at < (
      select b.to_at from settlement_cycles b where b.id = ${before}))
    order by c.to_at desc limit ${limit}`
}

export async function storeReportRows(sql: Queryable, cycle: string, rows: SettledLeg[]): Promise<void> {
  if (rows.length === 0) return
  const given = rows.map(({ txnId, amountPaise, ...row }) => ({
    ...row,
    txn_id: txnId,
    amount_paise: amountPaise,
  }))
  await sql`
    insert into settlement_rows (txn_id, leg, cycle, rrn, amount_paise, result, at)
    select r.txn_id, r.leg, ${cycle}, r.rrn, r.amount_paise, r.result, r.at
    from json_to_recordset(${rowsIn(sql, given)})
      as r (txn_id text, leg text, rrn text, amount_paise bigint, result text, at timestamptz)
    on conflict (txn_id, leg, cycle) do update set result = excluded.result, amount_paise = excluded.amount_paise`
}

export type ReportRow = Omit<SettledLeg, 'at'> & { cycle: string }

/** Of all cycles. */
export function reportRowsOf(sql: Queryable, txnIds: string[]): Promise<ReportRow[]> {
  return sql<ReportRow[]>`
    select txn_id, leg, rrn, amount_paise, result, cycle from settlement_rows where txn_id = any (${txnIds})`
}

/** Transactions of a cycle's report, a page at a time. */
export async function reportedTxnIds(
  sql: Queryable,
  cycle: string,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ txnId: string }[]>`
    select distinct txn_id from settlement_rows where cycle = ${cycle} and txn_id > ${after ?? ''}
    order by txn_id limit ${limit}`
  return rows.map((row) => row.txnId)
}

/** Older cycles with a transaction that is still deemed: their reports change when it is confirmed. */
export async function cyclesAwaiting(sql: Queryable, except: string): Promise<string[]> {
  const rows = await sql<{ cycle: string }[]>`
    select distinct r.cycle from differences d join settlement_rows r on r.txn_id = d.txn_id and r.result = 'DEEMED'
    where d.closed_at is null and d.kind = 'deemed-awaiting' and r.cycle <> ${except}`
  return rows.map((row) => row.cycle)
}

/** Transactions with open differences, a page at a time. */
export async function openDifferenceTxnIds(
  sql: Queryable,
  after: string | undefined,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ txnId: string }[]>`
    select distinct txn_id from differences where closed_at is null and txn_id > ${after ?? ''}
    order by txn_id limit ${limit}`
  return rows.map((row) => row.txnId)
}

export type NewDifference = {
  id: string
  txnId: string
  side: Side
  kind: DifferenceKind
  cycle: string
  rrn: string | undefined
  networkPaise: number | undefined
  ledgerPaise: number | undefined
  paymentStatus: string | undefined
}

/** Opens new differences, and reopens automatically closed ones; what a person closed stays closed. Those opened. */
export async function openDifferences(
  sql: Queryable,
  found: NewDifference[],
  now: Date,
): Promise<{ id: string; kind: DifferenceKind; txnId: string }[]> {
  if (found.length === 0) return []
  const given = found.map((one) => ({
    ...{ id: one.id, side: one.side, kind: one.kind, cycle: one.cycle, rrn: one.rrn },
    txn_id: one.txnId,
    network_paise: one.networkPaise,
    ledger_paise: one.ledgerPaise,
    payment_status: one.paymentStatus,
  }))
  return sql<{ id: string; kind: DifferenceKind; txnId: string }[]>`
    insert into differences (id, txn_id, side, kind, cycle, rrn, network_paise, ledger_paise, payment_status, opened_at)
    select r.id, r.txn_id, r.side, r.kind, r.cycle, r.rrn, r.network_paise, r.ledger_paise, r.payment_status, ${now}
    from json_to_recordset(${rowsIn(sql, given)}) as r (id uuid, txn_id text, side text, kind text, cycle text,
      rrn text, network_paise bigint, ledger_paise bigint, payment_status text)
    on conflict (txn_id, side, kind) do update set closed_at = null
      where differences.closed_at is not null and differences.closed_by is null
    returning id, kind, txn_id`
}

/** Closes the differences of these transactions that are not among the ones that remain. */
export async function closeResolved(
  sql: Queryable,
  txnIds: string[],
  remaining: { txnId: string; side: Side; kind: string }[],
  now: Date,
): Promise<{ id: string; kind: DifferenceKind; txnId: string }[]> {
  const keys = remaining.map(({ txnId, side, kind }) => `${txnId} ${side} ${kind}`)
  return sql<{ id: string; kind: DifferenceKind; txnId: string }[]>`
    update differences set closed_at = ${now}
    where closed_at is null and txn_id = any (${txnIds})
      and not (txn_id || ' ' || side || ' ' || kind = any (${keys}))
    returning id, kind, txn_id`
}

export type DifferenceRow = {
  id: string
  txnId: string
  side: Side
  kind: DifferenceKind
  cycle: string
  rrn: string | null
  networkPaise: number | null
  ledgerPaise: number | null
  paymentStatus: string | null
  openedAt: Date
  closedAt: Date | null
  closedBy: string | null
  note: string | null
}

const differenceColumns = (sql: Queryable) => sql`
  id, txn_id, side, kind, cycle, rrn, network_paise, ledger_paise, payment_status, opened_at, closed_at, closed_by,
  note`

export function findDifferences(
  sql: Queryable,
  query: { state: 'open' | 'closed' | null; kind: string | null; after: string | null; limit: number },
): Promise<DifferenceRow[]> {
  const { state, kind, after, limit } = query
  return sql<DifferenceRow[]>`
    select ${differenceColumns(sql)} from differences
    where (${state}::text is null or (closed_at is null) = (${state} = 'open'))
      and (${kind}::text is null or kind = ${kind})
      and (${after}::uuid is null
        or (opened_at, id) > (select opened_at, id from differences where id = ${after}::uuid))
    order by opened_at, id limit ${limit}`
}

export async function closeManually(
  sql: Queryable,
  id: string,
  by: { userId: string; note: string; at: Date },
): Promise<DifferenceRow | undefined> {
  const [row] = await sql<DifferenceRow[]>`
    update differences set closed_at = ${by.at}, closed_by = ${by.userId}, note = ${by.note}
    where id = ${id} and closed_at is null returning ${differenceColumns(sql)}`
  return row
}

/** How many of each kind are open, and for how many seconds the oldest one. */
export function openDifferencesByKind(sql: Queryable) {
  return sql<{ kind: DifferenceKind; count: number; oldestS: number }[]>`
    select kind, count(*) as count,
      greatest(extract(epoch from now() - min(opened_at)), 0)::float8 as oldest_s
    from differences where closed_at is null group by kind`
}

export async function differenceExists(sql: Queryable, id: string): Promise<boolean> {
  const rows = await sql`select 1 from differences where id = ${id}`
  return rows.length === 1
}

export async function completeCycle(
  sql: Queryable,
  id: string,
  sums: { completeUntil: Date; networkNetPaise: number; ledgerNetPaise: number; matched: number; at: Date },
): Promise<void> {
  await sql`
    update settlement_cycles set complete_until = ${sums.completeUntil}, network_net_paise = ${sums.networkNetPaise},
      ledger_net_paise = ${sums.ledgerNetPaise}, matched = ${sums.matched}, reconciled_at = ${sums.at},
      leased_until = '-infinity'
    where id = ${id}`
}
