// The first write of a payment: it begins, its limits refuse it, or its id exists; one transaction for a batch.
import type { PaymentRoute } from '@bahi/contracts/events.ts'
import { txnIdOf } from '@bahi/contracts/formats.ts'
import { isDefaultInitiation, type Initiation } from '@bahi/contracts/initiation.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { batch, type Batch, type BatchInterval } from '@bahi/kit/batch.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from '../metrics.ts'
import {
  applicableTo,
  noOwnLimits,
  rulesInForce,
  subjectOf,
  type LimitSubject,
  type Merchant,
  type OwnLimits,
  type RulesInForce,
} from '../limits/in-force.ts'
import {
  addPayment,
  maxTriesPerDay,
  type CoolingCause,
  type CountedPayment,
  type PayerUsage,
} from '../limits/limits.ts'
import {
  apply,
  toStreamEvent,
  failureEvent,
  type PaymentEvent,
  type Payer,
  type PaymentParty,
  type Payment,
} from './payment.ts'
import { lockPayers, readPayerUsage, type UsageRow } from '../limits/store.ts'
import { tiersOf } from '../limits/store-tiers.ts'
import { areBlocked } from '../people/store.ts'
import { assess, type Assessment } from '../risk/assess.ts'
import {
  claim,
  claimableFor,
  claimKeyOf,
  noteOfClaim,
  refusalOfClaim,
  transactionOf,
  type Claimable,
} from './claims.ts'
import { riskByRules } from '../risk/risk.ts'
import { refusalByStop, stopKindOf, stopOf, type StopSubject } from '../stops/stops.ts'
import { stopsInForce, type StopInForce } from '../stops/store.ts'
import type { NetworkRequest } from '../requests/request.ts'
import type { RrnOf } from './rrn.ts'
import type { Route } from './routes/route.ts'
import { findPayments, insertPayments, toPayment, type NewPayment } from './store.ts'

const maxItems = 200
/** While one batch commits the next one fills: fewer and larger batches cost less than two at a time. */
const maxInFlight = 1
/** UPI's code of a payee who takes nothing from this payer. */
export const blockedCode = 'ZG'
/** UPI's code of a payer whose account is frozen. */
const frozenCode = 'YE'
/** Beyond it the answer is `overloaded`, before anything is stored. */
const maxWaiting = 5_000

/** A payment that may begin, with everything that had to be found out before. */
export type PreparedPayment = {
  id: string
  /** SHA-256 of what the payer asked for, hexadecimal. */
  inputHash: string
  amountPaise: number
  note?: string
  payer: Payer
  payee: PaymentParty
  route: PaymentRoute
  initiation: Initiation
  /** What the payee's PSP has registered of it as a merchant. */
  merchant?: Merchant | undefined
  /** UPI code of what makes it impossible. */
  refusalCode?: string
  /** When the code that it pays has expired. */
  codeExpiresAt?: Date
  /** When the payer's device was bound, the payer registered, the PIN was set. */
  coolingCauses: CoolingCause[]
  /** A mandate's debit that is made without PIN. */
  byMandate?: boolean
  traceparent?: string | undefined
}

export type Begun = { payment: Payment; isNew: boolean }

type Decided = { begun?: NewPayment; events: PaymentEvent[]; exists?: true; refusal?: Problem }

function stopSubjectOf({ payer, payee, route, initiation }: PreparedPayment): StopSubject {
  return {
    kind: stopKindOf(initiation.origin.kind),
    acrossBanks: route !== 'ledger',
    vpas: [payer.vpa, payee.vpa],
  }
}

/** Answers the payment as it is then: pending, failed by a limit, or whatever an existing one is. */
export function createBegin(
  deps: Pick<Deps, 'transaction' | 'clock'> & {
    routes: Record<PaymentRoute, Pick<Route, 'firstCheckAfterMs'>>
    rrnOf: RrnOf
  },
  settings: { txnPrefix: string; interval?: BatchInterval; limits?: OwnLimits },
  metrics: PaymentMetrics,
): Batch<PreparedPayment, Begun> {
  async function beginAll(tx: Tx, prepared: PreparedPayment[]): Promise<(Begun | Error)[]> {
    const now = deps.clock.now()
    const own = settings.limits ?? noOwnLimits
    const rules = rulesInForce(now, own)
    const payers = prepared.map(({ payer }) => payer.userId)
    const tiers = own.byTier ? await tiersOf(tx, payers, now) : []
    const subjects = prepared.map((one, i) =>
      subjectOf(rules, { ...one, payeeVpa: one.payee.vpa, tier: tiers[i] }),
    )
    const queries = subjects.map((subject, i) => ({ ...subject, id: prepared[i]!.id }))
    // Statements sent at once: the later ones read after the first one has its locks.
    const [, usages, claimable, blocked, stops] = await Promise.all([
      lockPayers(
        tx,
        queries.map(({ payerUserId }) => payerUserId),
      ),
      readPayerUsage(tx, queries, rules),
      claimableFor(tx, prepared, now),
      areBlocked(
        tx,
        prepared.map(({ payer, payee }) => ({ of: payee, by: payer })),
      ),
      stopsInForce(tx),
    ])
    const decided = decide(prepared, usages, { subjects, claimable, blocked, stops, rules })
    const begun = decided.flatMap((d) => (d.begun ? [d.begun] : []))
    const events = decided.flatMap((d, i) =>
      d.events.map((event, nth) => {
        const { id, traceparent } = prepared[i]!
        return toStreamEvent(event, { stream: id, version: nth + 1, traceparent })
      }),
    )
    if (begun.length > 0) await Promise.all([insertPayments(tx, begun), appendEvents(tx, now, events)])
    await claim(
      tx,
      claimable,
      begun.map(({ payment }) => payment),
    )
    const existingIds = decided.flatMap((d, i) => (d.exists ? [prepared[i]!.id] : []))
    const existing = new Map((await findPayments(tx, existingIds)).map((row) => [row.id, toPayment(row)]))
    return decided.map((d, i) => {
      if (d.refusal) return d.refusal
      return d.begun
        ? { payment: d.begun.payment, isNew: true }
        : { payment: existing.get(prepared[i]!.id)!, isNew: false }
    })
  }

  /** In order of arrival; a payment that begins here counts for those after it. */
  function decide(
    prepared: PreparedPayment[],
    usages: UsageRow[],
    context: {
      subjects: LimitSubject[]
      claimable: Claimable
      blocked: boolean[]
      stops: StopInForce[]
      rules: RulesInForce
    },
  ): Decided[] {
    const { rules } = context
    const { now } = rules
    const risk = riskByRules(rules.risk)
    const earlier = new Map<string, { tries: number; begun: CountedPayment[] }>()
    const claimed = new Set<string>()
    return prepared.map((one, i): Decided => {
      const { existingUserId, existingHash, sequence, usage: before, controls, isFrozen } = usages[i]!
      // Of one that came in there is no payer.
      if (existingHash !== null) {
        const isSame = existingUserId === one.payer.userId && existingHash === one.inputHash
        return isSame ? { events: [], exists: true } : { events: [], refusal: new Problem('id-reused') }
      }
      const stop = stopOf(context.stops, stopSubjectOf(one))
      if (stop) {
        metrics.stopped(stop.scope)
        return { events: [], refusal: refusalByStop(stop) }
      }
      const refusal = refusalOfClaim(context.claimable, one, { claimed, now })
      if (refusal) return { events: [], refusal }
      const claimKey = claimKeyOf(one)
      const inBatch = earlier.get(one.payer.userId) ?? { tries: 0, begun: [] }
      earlier.set(one.payer.userId, inBatch)
      if (before.tries + inBatch.tries >= maxTriesPerDay)
        return { events: [], refusal: new Problem('rate-limited', 'too many payments were tried in a day') }
      inBatch.tries += 1
      const subject = context.subjects[i]!
      const { category, mcc = '0000' } = subject
      const usage = inBatch.begun.reduce<PayerUsage>((sum, begun) => addPayment(sum, begun, subject), before)
      const { amountPaise, initiation } = one
      const blocked = context.blocked[i] ? blockedCode : undefined
      const refusalCode = isFrozen ? frozenCode : (one.refusalCode ?? blocked)
      const { assessment, refusals } = assess({
        ...{ amountPaise, refusalCode, usage, risk },
        limits: applicableTo(rules, subject, controls),
        payeeMcc: initiation.mcc === mcc ? undefined : mcc,
        about: {
          origin: initiation.origin.kind,
          texts: [one.note, one.payee.name, noteOfClaim(context.claimable, one)],
        },
      })
      const code = refusals[0]?.code
      const transaction = transactionOf(context.claimable, one)
      const begunEvent = begin(one, { sequence, now, assessment, category, transaction })
      const pending = apply(undefined, begunEvent)
      if (code === undefined) inBatch.begun.push({ ...subject, amountPaise })
      if (code === undefined && claimKey !== undefined) claimed.add(claimKey)
      const events = code === undefined ? [begunEvent] : [begunEvent, failureEvent(pending, code, now)]
      const payment = events.slice(1).reduce<Payment>(apply, pending)
      const dueAt = new Date(now.getTime() + deps.routes[one.route].firstCheckAfterMs(now))
      return { begun: { payment, inputHash: one.inputHash, dueAt }, events }
    })
  }

  function begin(
    prepared: PreparedPayment,
    decided: {
      sequence: number
      now: Date
      assessment: Assessment
      category: string | undefined
      transaction: NetworkRequest | undefined
    },
  ): PaymentEvent {
    const { id, amountPaise, note, payer, payee, route, initiation } = prepared
    const { sequence, now, assessment, category, transaction } = decided
    const data = {
      paymentId: id,
      txnId: transaction?.txnId ?? txnIdOf(settings.txnPrefix, id),
      rrn: transaction?.rrn ?? deps.rrnOf(now, sequence),
      amountPaise,
      ...(note === undefined ? {} : { note }),
      payer,
      payee,
      ...(route === 'ledger' ? {} : { route }),
      ...(isDefaultInitiation(initiation) ? {} : { initiation }),
      assessment,
      ...(category === undefined ? {} : { limitCategory: category }),
    }
    return { type: 'payment.begun', at: now, data }
  }

  return batch<PreparedPayment, Begun>(
    async (prepared) => {
      const results = await metrics.step('begin', () =>
        retryRaces(() => deps.transaction((tx) => beginAll(tx, prepared))),
      )
      for (const result of results) {
        if (result instanceof Error || !result.isNew) continue
        if (result.payment.assessment) metrics.assessed(result.payment.assessment)
        if (result.payment.status === 'failed') metrics.completed(result.payment)
      }
      return results
    },
    { name: 'begin payments', maxItems, maxInFlight, maxWaiting, interval: settings.interval },
  )
}
