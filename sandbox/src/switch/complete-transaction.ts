// Completes a transaction: sets its result, enqueues response and confirmation, and adds its settlement rows.
import { cycleAt } from '@bahi/contracts/network-rules.ts'
import { failureCode, type Ref, type Resp } from '@bahi/contracts/network.ts'
import { ownBank } from '../banks/bank.ts'
import { delayMs, drops, isReordered, isLate } from '../scenarios/effects.ts'
import { debitEnded } from '../mandates/debit-ended.ts'
import { insertRows, markSettled, type NewRow } from '../settlement/store.ts'
import { toWireRef, toWireTxn, type Transaction } from './transaction.ts'
import {
  enterPhase,
  addStep,
  scaledS,
  enqueue,
  stopAwaiting,
  type EnqueueOptions,
  type Transition,
} from './transition.ts'

/** Seconds before scaling. */
const heldS = 10
const reorderedByS = 2
const lateByS = 5
const settleDeemedS = 60

export type Outcome = { result: NonNullable<Transaction['result']>; errCode?: string; refs: Ref[] }

/** Sets the result of an undecided transaction. Responds to the payer's PSP and confirms to the payee's. */
export async function completeTransaction(transition: Transition, outcome: Outcome): Promise<void> {
  const { txn } = transition
  if (txn.result !== null) return
  await stopAwaiting(transition)
  // Point of no return.
  txn.result = outcome.result
  txn.errCode = outcome.errCode ?? null
  txn.decidedAt = transition.now
  txn.content.refs = outcome.refs
  delete txn.content.creds
  addStep(
    transition,
    `${outcome.result}${outcome.errCode ? ` ${outcome.errCode}` : ''}${describeRefs(outcome.refs)}`,
  )
  if (outcome.result !== 'FAILURE')
    await insertRows(transition.tx, settlementRows(transition, outcome.result))
  enqueuePayResponse(transition)
  enqueueConfirmation(transition)
  if (outcome.result === 'DEEMED') enterPhase(transition, 'deemed', scaledS(transition, settleAfterS(txn)))
  else {
    await endDebit(transition)
    enterPhase(transition, 'ended')
  }
}

/** Of a debit by a mandate: it is made, or its payee's PSP may try again. */
async function endDebit({ tx, txn, now }: Transition): Promise<void> {
  if (txn.content.collect?.umn === undefined) return
  const resp = { reqMsgId: '', result: 'FAILURE', ...(txn.errCode ? { errCode: txn.errCode } : {}) } as const
  const code = txn.result === 'SUCCESS' ? '00' : failureCode({ resp, refs: txn.content.refs })
  await debitEnded(tx, txn.txnId, code, now)
}

const describeRefs = (refs: Ref[]): string =>
  refs.length === 0 ? '' : ` (${refs.map((ref) => `${ref.type} ${ref.respCode}`).join(', ')})`

function settleAfterS({ content }: Transaction): number {
  return content.effects.find((e) => e.do === 'deemed')?.afterS ?? settleDeemedS
}

function responseOf(txn: Transaction, reqMsgId: string): Resp {
  const result = txn.result ?? 'PENDING'
  return { reqMsgId, result, ...(txn.errCode === null ? {} : { errCode: txn.errCode }) }
}

const kindOf = ({ content }: Transaction) => (content.collect ? 'COLLECT' : 'PAY')

function enqueuePayResponse(transition: Transition): void {
  const { txn } = transition
  const { effects, reqMsgId, refs } = txn.content
  if (txn.origin !== 'member') return
  if (drops(effects, 'answer')) return addStep(transition, 'RespPay answer is lost')
  const held = isReordered(effects, 'after-next')
  const options: EnqueueOptions = {
    held,
    afterS:
      delayOf(transition, 'answer') +
      scaledS(
        transition,
        (held ? heldS : 0) + (isReordered(effects, 'confirmation-first') ? reorderedByS : 0),
      ),
  }
  enqueue(
    transition,
    'psp',
    'answer',
    { api: 'RespPay', txn: toWireTxn(txn, kindOf(txn)), resp: responseOf(txn, reqMsgId), refs },
    options,
  )
}

function enqueueConfirmation(transition: Transition): void {
  const { txn } = transition
  const { effects, reqMsgId, refs, payer, payee, payeePspAsked, payerPspAsked, collect } = txn.content
  const [other, isAsked] = collect ? [payer, payerPspAsked] : [payee, payeePspAsked]
  if (!other.isMember || !isAsked) return
  if (drops(effects, 'confirmation')) return addStep(transition, 'ReqTxnConfirmation is lost')
  const message = { txn: toWireTxn(txn, 'TXNCONF', kindOf(txn)), resp: responseOf(txn, reqMsgId), refs }
  enqueue(
    transition,
    'psp',
    'confirmation',
    { api: 'ReqTxnConfirmation', ...message },
    { afterS: delayOf(transition, 'confirmation') },
  )
}

function delayOf(transition: Transition, what: 'answer' | 'confirmation'): number {
  const { effects } = transition.txn.content
  const late = isLate(effects, what) ? transition.rules.payTimeoutS + scaledS(transition, lateByS) : 0
  return late + scaledS(transition, delayMs(effects, what) / 1_000)
}

/** Settles a deemed transaction: credited (TCC) or returned (RET). */
export async function settleDeemed(transition: Transition, how: 'TCC' | 'RET'): Promise<void> {
  const { txn } = transition
  if (txn.result !== 'DEEMED') return
  await stopAwaiting(transition)
  addStep(transition, how === 'TCC' ? 'SUCCESS: credited after all (TCC)' : 'FAILURE: returned (RET)')
  txn.errCode = how === 'TCC' ? null : 'RB'
  if (how === 'TCC') {
    await markSettled(transition.tx, txn.txnId)
    txn.result = 'SUCCESS'
    txn.content.refs = [toWireRef(txn, 'PAYER', '00'), toWireRef(txn, 'PAYEE', '00')]
  } else {
    // Its settlement row stays deemed: a member that has not seen the return yet must not read it as a success.
    txn.result = 'FAILURE'
    txn.content.refs = [toWireRef(txn, 'PAYER', '00', '00'), toWireRef(txn, 'PAYEE', 'RB', '00')]
    await insertRows(transition.tx, returnRows(transition))
  }
  await endDebit(transition)
  enterPhase(transition, 'ended')
}

const legsOf = ({ content }: Transaction) =>
  (
    [
      ['DEBIT', content.payer],
      ['CREDIT', content.payee],
    ] as const
  ).filter(([, side]) => side.bank === ownBank)

function settlementRows(transition: Transition, result: 'SUCCESS' | 'DEEMED'): NewRow[] {
  return legsOf(transition.txn).map(([leg]) => ({ ...settlementRow(transition), leg, result }))
}

function returnRows(transition: Transition): NewRow[] {
  return legsOf(transition.txn).map(([leg]) => ({
    ...settlementRow(transition),
    leg: `${leg}-REVERSAL` as const,
    result: 'SUCCESS',
  }))
}

function settlementRow({ txn, now }: Transition) {
  const { txnId, rrn, amountPaise } = txn
  return { cycle: cycleAt(now).id, txnId, rrn, amountPaise, bank: ownBank, at: now }
}

/** Responds to a status check with what is known. */
export function enqueueCheckResponse(transition: Transition, reqMsgId: string): void {
  const { txn } = transition
  const { effects, refs } = txn.content
  if (drops(effects, 'check')) return addStep(transition, 'RespChkTxn is lost')
  const message = {
    txn: toWireTxn(txn, 'CHKTXN', kindOf(txn)),
    resp: responseOf(txn, reqMsgId),
    refs: txn.result ? refs : [],
  }
  enqueue(
    transition,
    'psp',
    'check',
    { api: 'RespChkTxn', ...message },
    { afterS: scaledS(transition, delayMs(effects, 'check') / 1_000) },
  )
}
