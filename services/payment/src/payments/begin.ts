// The first write of a payment: it begins, or its limits refuse it, or its id is found to be known; many at once.
import type { PaymentRoute } from '@bahi/contracts/events.ts'
import { rrnOf, txnIdOf } from '@bahi/contracts/formats.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { payRules, rulesAt, type PayRules } from '@bahi/contracts/rules.ts'
import { batch, type Batch, type BatchInterval } from '@bahi/kit/batch.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { Measures } from '../metrics.ts'
import {
  coolingAt,
  dayMs,
  limitCode,
  maxTriesPerDay,
  windowStart,
  withBegun,
  type Cooling,
  type CoolingCause,
  type Standing,
} from '../limits/limits.ts'
import {
  apply,
  eventOf,
  failureOf,
  type Change,
  type KnownParty,
  type Party,
  type Payment,
} from './payment.ts'
import {
  findPayments,
  insertPayments,
  lockPayers,
  readStanding,
  toPayment,
  type Found,
  type NewPayment,
} from './store.ts'

const maxItems = 200
/** While one set commits the next one gathers: fewer and larger sets cost less than two at a time. */
const maxInFlight = 1
/** Beyond it the answer is `overloaded`, before anything is stored. */
const maxWaiting = 5_000

/** A payment that is asked for, with everything that had to be found out before. */
export type Order = {
  id: string
  /** SHA-256 of what the payer asked for, hexadecimal. */
  inputHash: string
  amountPaise: number
  note?: string
  payer: KnownParty
  payee: Party
  route: PaymentRoute
  /** UPI code of what makes it impossible. */
  refused?: string
  /** When the payer's device was bound, the payer registered, the PIN was set. */
  coolingCauses: CoolingCause[]
  traceparent?: string | undefined
}

export type Begun = { payment: Payment; fresh: boolean }

type Decided = { begun?: NewPayment; changes: Change[]; known?: true; refusal?: Problem }

/** Answers the payment as it stands then: pending, failed by a limit, or whatever it was when known before. */
export function createBegin(
  deps: Pick<Deps, 'transaction' | 'clock'>,
  settings: { txnPrefix: string; recoveryAfterMs: number; pace: number; gather?: BatchInterval },
  measures: Measures,
): Batch<Order, Begun> {
  async function beginAll(tx: Tx, orders: Order[]): Promise<(Begun | Error)[]> {
    const now = deps.clock.now()
    const rules = rulesAt(payRules, now)
    const coolings = orders.map((order) => coolingAt(now, rules, order.coolingCauses))
    const asked = orders.map((order, i) => ({
      id: order.id,
      payerUserId: order.payer.userId,
      ...(coolings[i] ? { coolingFrom: coolings[i].from, coolingLast: coolings[i].last } : {}),
    }))
    const window = {
      day: new Date(now.getTime() - dayMs),
      since: windowStart(now, rules),
      idSlackMs: rules.idMaxAgeHours * 3_600_000,
    }
    // Two statements on their way at once: the second one reads after the first one has its locks.
    const [, found] = await Promise.all([
      lockPayers(
        tx,
        asked.map((one) => one.payerUserId),
      ),
      readStanding(tx, asked, window),
    ])
    const decided = decide(orders, found, coolings, rules, now)
    const fresh = decided.flatMap((d) => (d.begun ? [d.begun] : []))
    const events = decided.flatMap((d, i) =>
      d.changes.map((change, nth) => {
        const { id, traceparent } = orders[i]!
        return eventOf(change, { stream: id, version: nth + 1, traceparent })
      }),
    )
    if (fresh.length > 0) await Promise.all([insertPayments(tx, fresh), appendEvents(tx, now, events)])
    const knownIds = decided.flatMap((d, i) => (d.known ? [orders[i]!.id] : []))
    const known = new Map((await findPayments(tx, knownIds)).map((row) => [row.id, toPayment(row)]))
    return decided.map((d, i) => {
      if (d.refusal) return d.refusal
      return d.begun
        ? { payment: d.begun.payment, fresh: true }
        : { payment: known.get(orders[i]!.id)!, fresh: false }
    })
  }

  /** In the order of arrival; what begins here counts for what comes after it. */
  function decide(
    orders: Order[],
    found: Found[],
    coolings: (Cooling | undefined)[],
    rules: PayRules,
    now: Date,
  ): Decided[] {
    const ahead = new Map<string, { amounts: number[]; tries: number }>()
    return orders.map((order, i): Decided => {
      const { knownUserId, knownHash, sequence, ...before } = found[i]!
      if (knownUserId !== null) {
        const same = knownUserId === order.payer.userId && knownHash === order.inputHash
        return same ? { changes: [], known: true } : { changes: [], refusal: new Problem('id-reused') }
      }
      const here = ahead.get(order.payer.userId) ?? { amounts: [], tries: 0 }
      ahead.set(order.payer.userId, here)
      if (before.tries + here.tries >= maxTriesPerDay)
        return { changes: [], refusal: new Problem('rate-limited', 'too many payments were tried in a day') }
      here.tries += 1
      const standing = here.amounts.reduce<Standing>(withBegun, before)
      const begun = beginning(order, sequence, now)
      const pending = apply(undefined, begun)
      const code = order.refused ?? limitCode(order.amountPaise, standing, rules, coolings[i] !== undefined)
      if (code === undefined) here.amounts.push(order.amountPaise)
      const changes = code === undefined ? [begun] : [begun, failureOf(pending, code, now)]
      const payment = changes.slice(1).reduce<Payment>(apply, pending)
      const dueAt = new Date(now.getTime() + firstLookMs(order.route, now))
      return { begun: { payment, inputHash: order.inputHash, dueAt }, changes }
    })
  }

  function firstLookMs(route: PaymentRoute, now: Date): number {
    if (route === 'ledger') return settings.recoveryAfterMs
    return networkRulesAt(now, settings.pace).firstCheckAfterS * 1_000
  }

  function beginning(order: Order, sequence: number, now: Date): Change {
    const { id, amountPaise, note, payer, payee, route } = order
    const data = {
      paymentId: id,
      txnId: txnIdOf(settings.txnPrefix, id),
      rrn: rrnOf(now, sequence),
      amountPaise,
      ...(note === undefined ? {} : { note }),
      payer,
      payee,
      ...(route === 'ledger' ? {} : { route }),
    }
    return { type: 'payment.begun', at: now, data }
  }

  return batch<Order, Begun>(
    async (orders) => {
      const answers = await measures.step('begin', () =>
        retryRaces(() => deps.transaction((tx) => beginAll(tx, orders))),
      )
      for (const answer of answers) {
        if (!(answer instanceof Error) && answer.fresh && answer.payment.status === 'failed')
          measures.ended(answer.payment)
      }
      return answers
    },
    { maxItems, maxInFlight, maxWaiting, interval: settings.gather },
  )
}
