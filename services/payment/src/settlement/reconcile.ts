// Holds settlement cycles against our books: the network's report, the ledger's legs, and the payments, three ways.
import { cycleAt, cycleNamed, type Cycle } from '@bahi/contracts/network-rules.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { legsPosted, type Leg } from '@bahi/contracts/transfers.ts'
import { appendEvents, type NewEvent } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Conclude } from '../network/apply-network-outcome.ts'
import { match, netOf, type Finding, type Side, type Words } from './match.ts'
import type { Network } from '../network/network.ts'
import type { Payment } from '../payments/payment.ts'
import { findByTxnIds } from '../payments/store.ts'
import * as store from './store.ts'

const chunk = 500
/** Work on one cycle is given up for dead after so long, and another process may take it. */
const holdMs = 5 * 60_000
/** After its end a cycle is left alone so long: its report is being written. */
const reportDelayMs = 2 * 60_000
const everyMs = 20_000

export type ReconcileDeps = Pick<Deps, 'sql' | 'call' | 'clock' | 'log' | 'transaction'> & {
  network: Network | undefined
  conclude: Conclude['conclude']
  txnPrefix: string
  /** Code of our bank. */
  bank: string
}

type Examined = { matched: number; ledgerNetPaise: number }

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
  if (!(await store.holdCycle(sql, cycle, now, new Date(now.getTime() + holdMs)))) {
    throw new Problem('wrong-state', 'another process reconciles this cycle right now')
  }
  try {
    const { completeUntil, netPaise } = await readReport(deps, network, cycle.id)
    for (const older of await store.cyclesAwaiting(sql, cycle.id)) await readReport(deps, network, older)
    // With a report missing before it, what nobody named may be named there.
    const next = await nextCycle(sql)
    const until = next === undefined || next.from >= cycle.from ? completeUntil : new Date(0)
    const examined = await examineAll(deps, cycle, until)
    const sums = { completeUntil, networkNetPaise: netPaise, ...examined, at: clock.now() }
    await deps.transaction(async (tx) => {
      await store.finishCycle(tx, cycle.id, sums)
      const open = (await store.findCycle(tx, cycle.id))!.open
      const data = { cycle: cycle.id, open, networkNetPaise: netPaise, ...examined }
      await appendEvents(tx, clock.now(), [{ type: 'payment.cycle-reconciled', stream: cycle.id, data }])
    })
    return (await store.findCycle(sql, cycle.id))!
  } catch (error) {
    await store.letGoOfCycle(sql, cycle.id).catch(() => undefined)
    throw error
  }
}

/** Where reconciliation goes on: all before it is reconciled. Undefined when nothing went through the network yet. */
async function nextCycle(sql: Queryable): Promise<Cycle | undefined> {
  const first = await store.firstThroughNetwork(sql)
  return first && cycleAt(await store.reconciledUpTo(sql, cycleAt(first).from))
}

async function readReport(
  deps: ReconcileDeps,
  network: Network,
  cycle: string,
): Promise<{ completeUntil: Date; netPaise: number }> {
  for (let after: string | undefined; ;) {
    const page = await network.report(cycle, after)
    await store.keepRows(deps.sql, cycle, page.rows)
    after = page.next
    if (after === undefined) return { completeUntil: new Date(page.completeUntil), netPaise: page.netPaise }
  }
}

async function examineAll(deps: ReconcileDeps, cycle: Cycle, completeUntil: Date): Promise<Examined> {
  const { sql } = deps
  const sum: Examined = { matched: 0, ledgerNetPaise: 0 }
  for await (const txnIds of pages((last) => store.reportedTxnIds(sql, cycle.id, last, chunk))) {
    const { matched, ledgerNetPaise } = await examine(deps, cycle, txnIds, completeUntil)
    sum.matched += matched
    sum.ledgerNetPaise += ledgerNetPaise
  }
  // What our side knows of, and nobody named: money of this cycle, older differences, payments that wait.
  for await (const txnIds of legsOf(deps, cycle)) await examine(deps, cycle, txnIds, completeUntil)
  for await (const txnIds of pages((last) => store.openDifferenceTxnIds(sql, last, chunk)))
    await examine(deps, cycle, txnIds, completeUntil)
  for await (const pending of pages<Payment>((last) =>
    store.pendingBefore(sql, completeUntil, last?.id, chunk),
  )) {
    const txnIds = pending.map(({ txnId }) => txnId)
    await examine(deps, cycle, txnIds, completeUntil)
  }
  // Money that never was at our bank stands in no report of ours: only a check tells.
  await store.wakeChecks(sql, { now: deps.clock.now(), before: completeUntil })
  return sum
}

/** Page after page, each found by the last item of the one before it. */
async function* pages<T = string>(find: (last: T | undefined) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let page = await find(undefined); page.length > 0; page = await find(page.at(-1))) yield page
}

/** Transactions that our bank moved money for in the cycle. */
async function* legsOf({ call }: ReconcileDeps, cycle: Cycle): AsyncGenerator<string[]> {
  const time = { from: cycle.from.toISOString(), to: cycle.to.toISOString() }
  for (let after: string | undefined; ;) {
    const page = await call(legsPosted, { body: { ...time, limit: chunk, ...(after ? { after } : {}) } })
    yield [...new Set(page.legs.map((leg) => leg.txnId))]
    after = page.next
    if (after === undefined) return
  }
}

async function examine(
  deps: ReconcileDeps,
  cycle: Cycle,
  txnIds: string[],
  completeUntil: Date,
): Promise<Examined> {
  const sum: Examined = { matched: 0, ledgerNetPaise: 0 }
  if (txnIds.length === 0) return sum
  let known = await gather(deps, txnIds, completeUntil)
  const tried = await Promise.all(known.map((one) => concludeBy(deps, one)))
  const stuck = new Set(known.flatMap((one, i) => (tried[i] === 'stuck' ? [one.side + one.txnId] : [])))
  if (tried.includes('ended')) known = await gather(deps, txnIds, completeUntil)
  const differing = known.flatMap((one) => {
    const kind = kindOf(match(one), stuck.has(one.side + one.txnId))
    return kind ? [{ ...one, kind }] : []
  })
  // Of what it is too early to judge, nothing is gone either.
  const early = new Set(known.flatMap((one) => (match(one).is === 'early' ? [one.txnId] : [])))
  const judged = txnIds.filter((txnId) => !early.has(txnId))
  await keepDifferences(deps, cycle, judged, differing)
  const matching = known.filter((one) => match(one).is === 'matched')
  sum.matched += matching.filter((one) => one.network.length > 0).length
  const inCycle = new Set(
    known.flatMap((one) => one.network.flatMap((r) => (r.cycle === cycle.id ? [r.leg + one.txnId] : []))),
  )
  sum.ledgerNetPaise += netOf(
    known.flatMap((one) => one.ledger.filter((leg) => inCycle.has(leg.leg + one.txnId))),
  )
  return sum
}

/** A payment that the network's word cannot end, since its hold ended the other way, is a difference too. */
function kindOf(finding: Finding, isStuck: boolean): store.NewDifference['kind'] | undefined {
  if (finding.is === 'differs') return finding.kind
  if (finding.is !== 'conclude' || !isStuck) return undefined
  return finding.as === 'settled' ? 'missing-here' : 'missing-there'
}

type Known = Omit<Words, 'network' | 'ledger' | 'payment'> & {
  txnId: string
  network: store.KeptRow[]
  ledger: Leg[]
  payment: Payment | undefined
}

/** All that is known of these transactions, side by side. */
async function gather(deps: ReconcileDeps, txnIds: string[], completeUntil: Date): Promise<Known[]> {
  const [rows, legs, payments] = await Promise.all([
    store.keptRows(deps.sql, txnIds),
    allLegs(deps, txnIds),
    findByTxnIds(deps.sql, txnIds, deps.txnPrefix),
  ])
  const of = <T extends { txnId: string }>(all: T[]) => Map.groupBy(all, ({ txnId }) => txnId)
  const [rowsOf, legsOfTxn] = [of(rows), of(legs)]
  const paymentOf = new Map(payments.map((payment) => [payment.txnId, payment]))
  return txnIds.flatMap((txnId) =>
    (['DEBIT', 'CREDIT'] as const).flatMap((side): Known[] => {
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

/** On which side of a payment our bank stands; undefined when on none. */
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

/** The report is the last word: it ends what no message ended. Undefined when it says nothing of that. */
async function concludeBy(deps: ReconcileDeps, known: Known): Promise<'ended' | 'stuck' | undefined> {
  const finding = match(known)
  if (finding.is !== 'conclude' || !known.payment) return undefined
  const verdict =
    finding.as === 'settled' ? ({ is: 'settled' } as const) : { is: 'failed' as const, code: 'U48' }
  const payment = await deps.conclude(known.payment, verdict)
  return payment.status === 'pending' ? 'stuck' : 'ended'
}

async function keepDifferences(
  deps: ReconcileDeps,
  cycle: Cycle,
  txnIds: string[],
  differing: (Known & { kind: store.NewDifference['kind'] })[],
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
    const closed = await store.closeGone(tx, txnIds, found, now)
    const told =
      (type: 'payment.difference-opened' | 'payment.difference-closed') =>
      (one: { id: string; kind: string; txnId: string }): NewEvent => {
        const data = { differenceId: one.id, kind: one.kind, txnId: one.txnId, cycle: cycle.id }
        return { type, stream: one.id, data }
      }
    await appendEvents(tx, now, [
      ...opened.map(told('payment.difference-opened')),
      ...closed.map(told('payment.difference-closed')),
    ])
  })
}

/** Reconciles cycles one after the other, as they end. */
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
        deps.log.warn({ err: error, cycle: cycle.id }, 'a settlement cycle cannot be reconciled yet')
        return false
      }
    },
  }
}
