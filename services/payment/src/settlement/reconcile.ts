// Reconciles settlement cycles three ways: the network's report, the ledger's legs, and the payments.
import { cycleAt, cycleNamed, type Cycle } from '@bahi/contracts/network-rules.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { legsPosted, type Leg } from '@bahi/contracts/transfers.ts'
import { leaseUntil } from '@bahi/kit/due-work/lease.ts'
import { appendEvents, type NewEvent } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import { reschedule } from '@bahi/kit/due-work/due-work.ts'
import { collectCheckKind } from '../mandates/work.ts'
import { checkKind } from '../requests/network-requests.ts'
import type { ApplyNetworkOutcome } from '../network/apply-network-outcome.ts'
import { matchSide, netOf, type Finding, type Side, type SideRecords } from './match.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import type { Payment } from '../payments/payment.ts'
import {
  findByTxnIds,
  paymentIdIn,
  firstThroughNetwork,
  pendingBefore,
  scheduleChecks,
} from '../payments/store-network.ts'
import * as store from './store.ts'

const chunk = 500
/** After so long another process may take over a cycle whose process died. */
const leaseMs = 5 * 60_000
/** So long after the end of a cycle its report is complete. */
const reportDelayMs = 2 * 60_000
const everyMs = 20_000

export type ReconcileDeps = Pick<Deps, 'sql' | 'call' | 'clock' | 'log' | 'transaction'> & {
  network: PspMessages | undefined
  applyOutcome: ApplyNetworkOutcome
  txnPrefix: string
  /** Code of our bank. */
  bank: string
}

type Totals = { matched: number; ledgerNetPaise: number }

/**
 * Throws `not-found` for a name that no cycle has, `wrong-state` while the cycle runs or another process works on it,
 * `bank-unreachable`.
 */
export async function reconcile(deps: ReconcileDeps, cycleId: string): Promise<store.CycleRow> {
  const { network, sql, clock } = deps
  if (!network) throw new Problem('not-found', 'no network is connected here')
  const cycle = cycleNamed(cycleId)
  if (!cycle) throw new Problem('not-found', `there is no settlement cycle ${cycleId}`)
  const now = clock.now()
  if (cycle.to > now) throw new Problem('wrong-state', `the cycle ends at ${cycle.to.toISOString()}`)
  if (!(await store.leaseCycle(sql, cycle, now, leaseUntil(now, leaseMs)))) {
    throw new Problem('wrong-state', 'another process reconciles this cycle right now')
  }
  try {
    const { completeUntil, netPaise } = await readReport(deps, network, cycle.id)
    for (const older of await store.cyclesAwaiting(sql, cycle.id)) await readReport(deps, network, older)
    // While an earlier report is missing, a transaction that no report names may be named there.
    const next = await nextCycle(sql)
    const settledUntil = next === undefined || next.from >= cycle.from ? completeUntil : new Date(0)
    const totals = await matchAll(deps, cycle, settledUntil)
    const sums = { completeUntil, networkNetPaise: netPaise, ...totals, at: clock.now() }
    await deps.transaction(async (tx) => {
      await store.completeCycle(tx, cycle.id, sums)
      const open = (await store.findCycle(tx, cycle.id))!.open
      const data = { cycle: cycle.id, open, networkNetPaise: netPaise, ...totals }
      await appendEvents(tx, clock.now(), [{ type: 'payment.cycle-reconciled', stream: cycle.id, data }])
    })
    return (await store.findCycle(sql, cycle.id))!
  } catch (error) {
    await store.releaseCycle(sql, cycle.id).catch(() => undefined)
    throw error
  }
}

/** The first cycle that is not reconciled. Undefined when nothing went through the network yet. */
async function nextCycle(sql: Queryable): Promise<Cycle | undefined> {
  const first = await firstThroughNetwork(sql)
  return first && cycleAt(await store.reconciledUpTo(sql, cycleAt(first).from))
}

async function readReport(
  deps: ReconcileDeps,
  network: PspMessages,
  cycle: string,
): Promise<{ completeUntil: Date; netPaise: number }> {
  for (let after: string | undefined; ;) {
    const page = await network.report(cycle, after)
    await store.storeReportRows(deps.sql, cycle, page.rows)
    after = page.next
    if (after === undefined) return { completeUntil: new Date(page.completeUntil), netPaise: page.netPaise }
  }
}

async function matchAll(deps: ReconcileDeps, cycle: Cycle, completeUntil: Date): Promise<Totals> {
  const { sql } = deps
  const sum: Totals = { matched: 0, ledgerNetPaise: 0 }
  for await (const txnIds of pages((last) => store.reportedTxnIds(sql, cycle.id, last, chunk))) {
    const { matched, ledgerNetPaise } = await matchTransactions(deps, cycle, txnIds, completeUntil)
    sum.matched += matched
    sum.ledgerNetPaise += ledgerNetPaise
  }
  // What only our side has: legs of this cycle, older differences, pending payments.
  for await (const txnIds of legsOf(deps, cycle)) await matchTransactions(deps, cycle, txnIds, completeUntil)
  for await (const txnIds of pages((last) => store.openDifferenceTxnIds(sql, last, chunk)))
    await matchTransactions(deps, cycle, txnIds, completeUntil)
  for await (const pending of pages<Payment>((last) => pendingBefore(sql, completeUntil, last?.id, chunk))) {
    const txnIds = pending.map(({ txnId }) => txnId)
    await matchTransactions(deps, cycle, txnIds, completeUntil)
  }
  // A payment without a leg at our bank is not in our bank's legs: only a check decides it.
  await scheduleChecks(sql, { now: deps.clock.now(), before: completeUntil })
  return sum
}

/** Page after page, each found by the last item of the one before it. */
async function* pages<T = string>(find: (last: T | undefined) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let page = await find(undefined); page.length > 0; page = await find(page.at(-1))) yield page
}

/** Transactions with a leg that our bank posted in the cycle. */
async function* legsOf({ call }: ReconcileDeps, cycle: Cycle): AsyncGenerator<string[]> {
  const time = { from: cycle.from.toISOString(), to: cycle.to.toISOString() }
  for (let after: string | undefined; ;) {
    const page = await call(legsPosted, { body: { ...time, limit: chunk, ...(after ? { after } : {}) } })
    yield [...new Set(page.legs.map((leg) => leg.txnId))]
    after = page.next
    if (after === undefined) return
  }
}

async function matchTransactions(
  deps: ReconcileDeps,
  cycle: Cycle,
  txnIds: string[],
  completeUntil: Date,
): Promise<Totals> {
  const sum: Totals = { matched: 0, ledgerNetPaise: 0 }
  if (txnIds.length === 0) return sum
  let sides = await collectSides(deps, txnIds, completeUntil)
  const results = await Promise.all(sides.map((one) => completeByReport(deps, one)))
  const stuck = new Set(sides.flatMap((one, i) => (results[i] === 'stuck' ? [one.side + one.txnId] : [])))
  if (results.includes('completed')) sides = await collectSides(deps, txnIds, completeUntil)
  const differing = sides.flatMap((one) => {
    const kind = kindOf(matchSide(one), stuck.has(one.side + one.txnId))
    return kind ? [{ ...one, kind }] : []
  })
  // Where it is too early to judge, no difference may close either.
  const early = new Set(sides.flatMap((one) => (matchSide(one).is === 'early' ? [one.txnId] : [])))
  const judged = txnIds.filter((txnId) => !early.has(txnId))
  await storeDifferences(deps, cycle, judged, differing)
  await checkUnpaid(deps, sides)
  const matching = sides.filter((one) => matchSide(one).is === 'matched')
  sum.matched += matching.filter((one) => one.network.length > 0).length
  const inCycle = new Set(
    sides.flatMap((one) => one.network.flatMap((r) => (r.cycle === cycle.id ? [r.leg + one.txnId] : []))),
  )
  sum.ledgerNetPaise += netOf(
    sides.flatMap((one) => one.ledger.filter((leg) => inCycle.has(leg.leg + one.txnId))),
  )
  return sum
}

/** A credit that pays a request of ours, or a debit, of which no message came: it is checked now. */
async function checkUnpaid(
  { sql, clock, txnPrefix }: ReconcileDeps,
  sides: TransactionSide[],
): Promise<void> {
  const unpaid = sides.filter((one) => one.side === 'CREDIT' && one.isOurs && !one.payment)
  const ids = unpaid.map(({ txnId }) => paymentIdIn(txnId, txnPrefix)).filter((id) => id !== undefined)
  if (ids.length === 0) return
  await reschedule(sql, checkKind, ids, clock.now())
  await reschedule(sql, collectCheckKind, ids, clock.now())
}

/** A payment that the report cannot complete, since its hold was closed the other way, is a difference too. */
function kindOf(finding: Finding, isStuck: boolean): store.NewDifference['kind'] | undefined {
  if (finding.is === 'differs') return finding.kind
  if (finding.is !== 'complete' || !isStuck) return undefined
  return finding.as === 'settled' ? 'missing-here' : 'missing-there'
}

type TransactionSide = Omit<SideRecords, 'network' | 'ledger' | 'payment'> & {
  txnId: string
  network: store.ReportRow[]
  ledger: Leg[]
  payment: Payment | undefined
}

/** All records of these transactions, by side. */
async function collectSides(
  deps: ReconcileDeps,
  txnIds: string[],
  completeUntil: Date,
): Promise<TransactionSide[]> {
  const [rows, legs, payments] = await Promise.all([
    store.reportRowsOf(deps.sql, txnIds),
    allLegs(deps, txnIds),
    findByTxnIds(deps.sql, txnIds, deps.txnPrefix),
  ])
  const of = <T extends { txnId: string }>(all: T[]) => Map.groupBy(all, ({ txnId }) => txnId)
  const [rowsOf, legsOfTxn] = [of(rows), of(legs)]
  const paymentOf = new Map(payments.map((payment) => [payment.txnId, payment]))
  return txnIds.flatMap((txnId) =>
    (['DEBIT', 'CREDIT'] as const).flatMap((side): TransactionSide[] => {
      const isSide = ({ leg }: { leg: string }) => leg === side || leg === `${side}-REVERSAL`
      const network = (rowsOf.get(txnId) ?? []).filter(isSide)
      const ledger = (legsOfTxn.get(txnId) ?? []).filter(isSide)
      const payment = paymentOf.get(txnId)
      if (network.length + ledger.length === 0 && sideOf(deps, payment) !== side) return []
      const since = payment?.createdAt ?? new Date(ledger[0]?.postedAt ?? 0)
      const isOurs = txnId.startsWith(deps.txnPrefix)
      return [{ txnId, side, network, ledger, payment, isOurs, isComplete: since < completeUntil }]
    }),
  )
}

/** The side of a payment that is at our bank; undefined when none is. */
function sideOf({ bank }: ReconcileDeps, payment: Payment | undefined): Side | undefined {
  if (payment?.route === 'out') return 'DEBIT'
  if (payment?.route === 'in' || payment?.route === 'through') {
    return payment.payee.bank === bank ? 'CREDIT' : undefined
  }
  return undefined
}

async function allLegs({ call }: ReconcileDeps, txnIds: string[]): Promise<Leg[]> {
  const legs: Leg[] = []
  for (let after: string | undefined; txnIds.length > 0;) {
    const page = await call(legsPosted, { body: { txnIds, limit: 1_000, ...(after ? { after } : {}) } })
    legs.push(...page.legs)
    after = page.next
    if (after === undefined) break
  }
  return legs
}

/** Completes a pending payment by the report, which is final. Undefined when there is nothing to complete. */
async function completeByReport(
  deps: ReconcileDeps,
  side: TransactionSide,
): Promise<'completed' | 'stuck' | undefined> {
  const finding = matchSide(side)
  if (finding.is !== 'complete' || !side.payment) return undefined
  const outcome =
    finding.as === 'settled' ? ({ is: 'settled' } as const) : { is: 'failed' as const, code: 'U48' }
  const payment = await deps.applyOutcome(side.payment, outcome)
  return payment.status === 'pending' ? 'stuck' : 'completed'
}

async function storeDifferences(
  deps: ReconcileDeps,
  cycle: Cycle,
  txnIds: string[],
  differing: (TransactionSide & { kind: store.NewDifference['kind'] })[],
): Promise<void> {
  const now = deps.clock.now()
  const found = differing.map(({ txnId, side, kind, network, ledger, payment }) => ({
    ...{ id: uuidv7(now.getTime()), txnId, side, kind, cycle: cycle.id },
    rrn: network[0]?.rrn ?? ledger[0]?.rrn ?? payment?.rrn,
    networkPaise: network.find((row) => row.leg === side)?.amountPaise,
    ledgerPaise: ledger.find((leg) => leg.leg === side)?.amountPaise,
    paymentStatus: payment?.status,
  }))
  await deps.transaction(async (tx) => {
    const opened = await store.openDifferences(tx, found, now)
    const closed = await store.closeResolved(tx, txnIds, found, now)
    const toEvent =
      (type: 'payment.difference-opened' | 'payment.difference-closed') =>
      ({ id, kind, txnId }: { id: string; kind: string; txnId: string }): NewEvent => {
        const data = { differenceId: id, kind, txnId, cycle: cycle.id }
        return { type, stream: id, data }
      }
    await appendEvents(tx, now, [
      ...opened.map(toEvent('payment.difference-opened')),
      ...closed.map(toEvent('payment.difference-closed')),
    ])
  })
}

/** Reconciles cycles in order, after each has ended. */
export function reconcileWorker(deps: ReconcileDeps): Worker {
  return {
    name: 'reconcile cycles',
    intervalMs: everyMs,
    async run() {
      if (!deps.network) return false
      const cycle = await nextCycle(deps.sql)
      if (!cycle || cycle.to.getTime() + reportDelayMs > deps.clock.now().getTime()) return false
      try {
        await reconcile(deps, cycle.id)
        return true
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        deps.log.warn(
          { err: error, cycle: cycle.id },
          'settlement cycle could not be reconciled: it will be tried again',
        )
        return false
      }
    },
  }
}
