// What the network says of mandates whose payer uses another app: whether they agreed, were notified, what they
// changed, and what became of an attempt at a debit.
import { appOf, mandateIdIn } from '@bahi/contracts/umn.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { debitCodesOf } from '@bahi/contracts/initiation.ts'
import { executeAt, mandateRulesAt } from '@bahi/contracts/mandate-rules.ts'
import { amountToWire, type Message } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { cancel, schedule } from '@bahi/kit/due-work/due-work.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from '../metrics.ts'
import { networkOutcomeOf } from '../network/apply-network-outcome.ts'
import type { Payment, PaymentParty } from '../payments/payment.ts'
import { paymentIdIn } from '../payments/store-network.ts'
import { settledIdOf, storeSettled } from '../payments/store-settled.ts'
import { failAsked, refuseNotice } from './ask-elsewhere.ts'
import { failAttempt, payDebit } from './claim-debit.ts'
import {
  attemptOf,
  factsOf,
  isOpen,
  isPayeeElsewhere,
  isPayerElsewhere,
  type Debit,
  type Mandate,
  type MandateOperation,
} from './mandate.ts'
import { apply, arrivingBy, completeElsewhere, type OperateDeps } from './operate.ts'
import { isLate, recordAnnounced, type DebitWork } from './plan-debits.ts'
import { offerAnswered } from './report-mandate.ts'
import { findMandate, isOfAnother, lockMandates, mandateIdOf, updateReportedAt } from './store.ts'
import { debitOfTxn, debitWith, rewriteDebit } from './store-debits.ts'
import { askCheckKind, collectCheckKind, collectKind, noticeKind, record, scheduleEnd } from './work.ts'

type AnswerDeps = OperateDeps & {
  metrics: Pick<PaymentMetrics, 'completed'>
  txnPrefix: string
}

/** The answer to what our PSP asked for, or to a check of it. A second one changes nothing. */
export async function receiveAnswer(
  deps: AnswerDeps,
  message: Message<'RespMandate' | 'RespChkTxn'>,
): Promise<void> {
  const { txn, resp } = message
  const outcome = networkOutcomeOf({
    api: message.api === 'RespMandate' ? 'RespPay' : message.api,
    resp,
    refs: 'refs' in message ? message.refs : [],
  })
  const code = outcome.is === 'failed' ? outcome.code : outcome.is === 'settled' ? '00' : undefined
  if (code === undefined) return
  const offered = await offerOf(deps, message)
  if (offered) return offerAnswered(deps, offered, code)
  return inMandate(deps, message, async (tx, mandate, now) => {
    if (txn.type === 'NOTIFY') {
      // Their app may refuse it because it ports the mandate out: what becomes of the notice is decided after that.
      if (code !== '00' && (await arrivingBy(tx, mandate))) return
      await noticeAnswered(tx, mandate, { sequence: txn.seqNum ?? 0, code }, now)
      return endedElsewhere(tx, mandate.id, code, now)
    }
    if (txn.type === 'REVOKE') return completeElsewhere(tx, mandate, code, now)
    if (mandate.status !== 'requested') return
    if (code !== '00') {
      await failAsked(tx, mandate, code, now)
      return cancel(tx, askCheckKind, [mandate.id])
    }
    await agreed(deps, tx, mandate, message, now)
  })
}

/** The mandate of our payer that the app of a payee elsewhere answers to. */
async function offerOf({ sql }: AnswerDeps, { txn }: Message): Promise<string | undefined> {
  const id = await mandateIdOf(sql, txn.id)
  const mandate = id === undefined ? undefined : (await findMandate(sql, id))?.mandate
  const isOffer = mandate && isPayeeElsewhere(mandate) && mandate.network!.reqMsgId === undefined
  return isOffer && mandate.network!.rrn === txn.custRef && txn.type === 'CREATE' ? id : undefined
}

/** What the payer did with it, or their app. Older than what was told before: it is over already. */
export function receiveChange(deps: AnswerDeps, message: Message<'ReqMandateConfirmation'>): Promise<void> {
  const { txn, head, mandate: reported } = message
  const reportedAt = new Date(head.ts)
  return inMandate(deps, message, async (tx, before, now) => {
    // The bank alone knows yet which app keeps it: the network sends this again.
    if (await arrivingBy(tx, before)) throw new Problem('unavailable', 'its payer is moving it just now')
    const known = before.status === 'requested' ? await agreed(deps, tx, before, message, now) : before
    if (known?.status !== 'active') return
    // Nothing follows the end: it holds also when their app's clocks say that it came before.
    if (txn.type !== 'REVOKE' && known.reportedAt && reportedAt < known.reportedAt) return
    let mandate: Mandate = { ...known, reportedAt }
    if (txn.type === 'REVOKE') {
      // Our payee may have ended it at the same time: it ends once.
      if (mandate.pendingOperation !== undefined) return completeElsewhere(tx, mandate, '00', now)
      await apply(tx, mandate, { type: 'revoke', by: 'payer' }, now)
      return
    }
    for (const change of changesOf(mandate, reported)) mandate = await apply(tx, mandate, change, now)
    if (mandate.version === known.version) await updateReportedAt(tx, mandate)
  })
}

/** From how it stands here to how its payer's app says that it does. */
function changesOf(
  { terms, pause }: Mandate,
  reported: Message<'ReqMandateConfirmation'>['mandate'],
): MandateOperation[] {
  const { amountPaise, validTo } = reported.terms ?? terms
  const isUpdated = amountPaise !== terms.amountPaise || validTo !== terms.validTo
  const isPaused =
    reported.pause && (reported.pause.from !== pause?.from || reported.pause.until !== pause.until)
  return [
    ...(isUpdated ? [{ type: 'update', amountPaise, validTo } as const] : []),
    ...(isPaused ? [{ type: 'pause', ...reported.pause! } as const] : []),
    ...(pause && !reported.pause ? [{ type: 'unpause' } as const] : []),
  ]
}

/** A locked mandate that was asked for is agreed to; undefined: the network names no number that it can have. */
async function agreed(
  deps: Pick<AnswerDeps, 'log'>,
  tx: Tx,
  mandate: Mandate,
  { txn }: Message,
  now: Date,
): Promise<Mandate | undefined> {
  const umn = txn.umn === undefined ? undefined : normaliseVpa(txn.umn)
  const id = umn === undefined ? undefined : mandateIdIn(umn)
  const isTaken = id !== undefined && (await isOfAnother(tx, id, mandate.id))
  // Nobody else may be named by it: the handle is that of the payer's app, the id that of no other mandate here.
  if (umn === undefined || appOf(umn) !== appOf(mandate.payer.vpa) || isTaken) {
    deps.log.error(
      { mandateId: mandate.id },
      'the network names no number of the mandate: nothing was applied',
    )
    return undefined
  }
  const active: Mandate = { ...mandate, status: 'active', umn }
  const data = { ...factsOf(active), terms: active.terms }
  const agreedTo = await record(tx, active, { type: 'payment.mandate-authorised', data }, now)
  await scheduleEnd(tx, agreedTo)
  await cancel(tx, askCheckKind, [mandate.id])
  return agreedTo
}

/** Without an earlier notice than the rules demand nothing is debited: it counts from now. */
async function noticeAnswered(
  tx: Tx,
  mandate: Mandate,
  { sequence, code }: { sequence: number; code: string },
  now: Date,
): Promise<void> {
  const debit = await debitWith(tx, mandate.id, sequence)
  if (!debit || !isOpen(debit) || debit.noticedAt) return
  await cancel(tx, noticeKind, [debit.id])
  if (code !== '00') return refuseNotice(tx, mandate, debit, code, now)
  const rules = mandateRulesAt(now)
  const { mcc } = mandate
  const noticed: Debit = {
    ...{ ...debit, noticedAt: now, announcedAt: now },
    executeAt: executeAt(rules, { day: debit.dueOn, noticedAt: now, mcc }),
  }
  await rewriteDebit(tx, noticed)
  const known = await recordAnnounced(tx, mandate, noticed, now)
  if (isLate(mandate, noticed)) {
    await failAttempt(tx, known, noticed, { code: 'QR' }, now)
    return
  }
  const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt: 1 }
  await schedule(tx, [{ kind: collectKind, key: `${debit.id} 1`, dueAt: noticed.executeAt, payload }])
}

/** Runs with the mandate of a payer elsewhere that the message is about, locked. */
async function inMandate(
  deps: AnswerDeps,
  { txn, api }: Message,
  run: (tx: Tx, mandate: Mandate, now: Date) => Promise<void>,
): Promise<void> {
  const id = await mandateIdOf(deps.sql, txn.id)
  await retryRaces(() =>
    deps.transaction(async (tx) => {
      const mandate = id === undefined ? undefined : (await lockMandates(tx, [id])).get(id)
      if (!mandate || !isPayerElsewhere(mandate) || mandate.network!.rrn !== txn.custRef)
        return deps.log.warn({ txnId: txn.id, api }, 'network message for an unknown mandate: ignored')
      return run(tx, mandate, deps.clock.now())
    }),
  )
}

type Outcome = Message<'RespPay' | 'RespChkTxn'>

/** What the network says of an attempt of ours; false: the transaction is none. */
export async function applyDebitOutcome(deps: AnswerDeps, message: Outcome): Promise<boolean> {
  const { txn, refs } = message
  const found = await debitOfTxn(deps.sql, txn.id)
  if (!found?.network?.begunAt) return false
  const outcome = networkOutcomeOf(message)
  // A check asks again, after the time for an answer.
  if (outcome.is === 'open' || outcome.is === 'deemed') return true
  const amounts = ['0.00', amountToWire(found.amountPaise).value]
  if (txn.custRef !== found.network.rrn || refs.some(({ settAmount }) => !amounts.includes(settAmount))) {
    const about = { debitId: found.id, api: message.api, result: message.resp.result }
    deps.log.error(about, 'network message has another RRN or amount than its debit: nothing was applied')
    return true
  }
  const settled = await retryRaces(() =>
    deps.transaction(async (tx) => {
      const mandate = (await lockMandates(tx, [found.mandateId])).get(found.mandateId)!
      const debit = await debitOfTxn(tx, txn.id)
      if (!debit) return undefined
      if (!isOpen(debit) || debit.paymentId !== undefined) {
        if (outcome.is === 'settled') moneyCameLate(deps, debit)
        return undefined
      }
      const now = deps.clock.now()
      // Also one that was given up.
      const id = paymentIdIn(txn.id, deps.txnPrefix)
      if (id !== undefined) await cancel(tx, collectCheckKind, [id])
      // Money that came is a payment, also when a failure was said first: no other attempt is being made.
      if (outcome.is === 'settled') return settle(tx, mandate, debit, now)
      if (!attemptOf(debit)) return undefined
      await failAttempt(tx, mandate, debit, { code: outcome.code }, now)
      await endedElsewhere(tx, mandate.id, outcome.code, now)
      return undefined
    }),
  )
  if (settled) deps.metrics.completed(settled)
  return true
}

/**
 * Of an attempt at a debit that has ended, or that a payment from here is to pay since its payer moved the mandate.
 * Whether the money stays is decided by a person: the credit has no payment, which reconciliation shows to operators as
 * `missing-here`. Throws `unavailable` while the payment from here is pending: the network sends it again, and when
 * that payment has failed, this money pays the debit.
 */
function moneyCameLate({ log }: Pick<AnswerDeps, 'log'>, debit: Debit): void {
  const { id: debitId, mandateId, status, amountPaise, paymentId } = debit
  const { txnId, rrn, begunAt } = debit.network!
  // It is known already.
  if (paymentId === settledIdOf({ txnId, begunAt: begunAt! })) return
  const about = { debitId, mandateId, status, amountPaise, txnId, rrn, paymentId }
  log.error(
    about,
    'debit settled after it had ended, or beside another payment: return this one to the payer',
  )
  if (isOpen(debit)) throw new Problem('unavailable', 'another payment of the debit is not decided yet')
}

/** Their app says that it was revoked, in answer to something else: what told us of it was lost. */
async function endedElsewhere(tx: Tx, id: string, code: string, now: Date): Promise<void> {
  const mandate = code === 'QC' ? (await lockMandates(tx, [id])).get(id)! : undefined
  if (mandate?.status === 'active' && mandate.pendingOperation === undefined)
    await apply(tx, mandate, { type: 'revoke', by: 'payer' }, now)
}

async function settle(tx: Tx, mandate: Mandate, debit: Debit, now: Date): Promise<Payment> {
  const { amountPaise, note, network } = debit
  const { payee, mcc, ported } = mandate
  // It began before the payer moved it here.
  const payer: PaymentParty = isPayerElsewhere(mandate)
    ? mandate.payer
    : { vpa: ported!.fromVpa, name: mandate.payer.name }
  const { txnId, rrn, begunAt } = network!
  const initiation = {
    ...{ ...debitCodesOf(mandate.initiation), mcc },
    origin: { kind: 'mandate' as const, id: debit.id },
  }
  const about = { txnId, rrn, begunAt: begunAt!, amountPaise, payer, payee, initiation }
  const payment = await storeSettled(tx, { ...about, ...(note === undefined ? {} : { note }) }, now)
  await payDebit(tx, mandate, debit, payment.id, now)
  return payment
}
