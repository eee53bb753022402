// The end of a transaction: what is told to whom, and what counts for settlement.
import { cycleAt } from '@bahi/contracts/network-rules.ts'
import type { Ref, Resp } from '@bahi/contracts/network.ts'
import { ownBank } from '../banks/bank.ts'
import { delayMs, drops, isDisordered, isLate } from '../scenarios/effects.ts'
import { insertRows, markSettled, type NewRow } from '../settlement/store.ts'
import { refOf, txnOf, type Transaction } from './transaction.ts'
import { enter, note, paced, send, stopWaiting, type SendOptions, type Unit } from './step.ts'

/** Seconds, at pace 1. */
const heldS = 10
const behindS = 2
const lateByS = 5
const settleDeemedS = 60

export type Outcome = { result: NonNullable<Transaction['result']>; errCode?: string; refs: Ref[] }

/** Decides a transaction that was undecided: the answer to who began it, the confirmation to the other side. */
export async function tell(unit: Unit, outcome: Outcome): Promise<void> {
  const { txn } = unit
  if (txn.result !== null) return
  await stopWaiting(unit)
  // Point of no return.
  txn.result = outcome.result
  txn.errCode = outcome.errCode ?? null
  txn.decidedAt = unit.now
  txn.content.refs = outcome.refs
  delete txn.content.creds
  note(unit, `${outcome.result}${outcome.errCode ? ` ${outcome.errCode}` : ''}${saidOf(outcome.refs)}`)
  if (outcome.result !== 'FAILURE') await insertRows(unit.tx, rowsFor(unit, outcome.result))
  answer(unit)
  confirm(unit)
  if (outcome.result === 'DEEMED') enter(unit, 'deemed', paced(unit, settleAfterS(txn)))
  else enter(unit, 'ended')
}

const saidOf = (refs: Ref[]): string =>
  refs.length === 0 ? '' : ` (${refs.map((ref) => `${ref.type} ${ref.respCode}`).join(', ')})`

function settleAfterS({ content }: Transaction): number {
  return content.effects.find((e) => e.do === 'deemed')?.afterS ?? settleDeemedS
}

function respOf(txn: Transaction, reqMsgId: string): Resp {
  const result = txn.result ?? 'PENDING'
  return { reqMsgId, result, ...(txn.errCode === null ? {} : { errCode: txn.errCode }) }
}

function answer(unit: Unit): void {
  const { txn } = unit
  const { effects, reqMsgId, refs } = txn.content
  if (txn.origin !== 'member') return
  if (drops(effects, 'answer')) return note(unit, 'RespPay answer is lost')
  const held = isDisordered(effects, 'after-next')
  const options: SendOptions = {
    held,
    afterS:
      waitOf(unit, 'answer') +
      paced(unit, (held ? heldS : 0) + (isDisordered(effects, 'confirmation-first') ? behindS : 0)),
  }
  send(
    unit,
    'psp',
    'answer',
    { api: 'RespPay', txn: txnOf(txn, 'PAY'), resp: respOf(txn, reqMsgId), refs },
    options,
  )
}

function confirm(unit: Unit): void {
  const { txn } = unit
  const { effects, reqMsgId, refs, payee, resolved } = txn.content
  if (!payee.ours || !resolved) return
  if (drops(effects, 'confirmation')) return note(unit, 'ReqTxnConfirmation is lost')
  const message = { txn: txnOf(txn, 'TXNCONF', 'PAY'), resp: respOf(txn, reqMsgId), refs }
  send(
    unit,
    'psp',
    'confirmation',
    { api: 'ReqTxnConfirmation', ...message },
    { afterS: waitOf(unit, 'confirmation') },
  )
}

function waitOf(unit: Unit, what: 'answer' | 'confirmation'): number {
  const { effects } = unit.txn.content
  const late = isLate(effects, what) ? unit.rules.payTimeoutS + paced(unit, lateByS) : 0
  return late + paced(unit, delayMs(effects, what) / 1_000)
}

/** The last word about a deemed transaction: credited (TCC), or returned (RET). */
export async function settle(unit: Unit, how: 'TCC' | 'RET'): Promise<void> {
  const { txn } = unit
  if (txn.result !== 'DEEMED') return
  await stopWaiting(unit)
  note(unit, how === 'TCC' ? 'SUCCESS: credited after all (TCC)' : 'FAILURE: returned (RET)')
  txn.errCode = how === 'TCC' ? null : 'RB'
  if (how === 'TCC') {
    await markSettled(unit.tx, txn.txnId)
    txn.result = 'SUCCESS'
    txn.content.refs = [refOf(txn, 'PAYER', '00'), refOf(txn, 'PAYEE', '00')]
  } else {
    // Its row stays deemed: nobody may take it for a success who has not seen the return yet.
    txn.result = 'FAILURE'
    txn.content.refs = [refOf(txn, 'PAYER', '00', '00'), refOf(txn, 'PAYEE', 'RB', '00')]
    await insertRows(unit.tx, returnedRows(unit))
  }
  enter(unit, 'ended')
}

const legsOf = ({ content }: Transaction) =>
  (
    [
      ['DEBIT', content.payer],
      ['CREDIT', content.payee],
    ] as const
  ).filter(([, side]) => side.bank === ownBank)

function rowsFor(unit: Unit, result: 'SUCCESS' | 'DEEMED'): NewRow[] {
  return legsOf(unit.txn).map(([leg]) => ({ ...rowOf(unit), leg, result }))
}

function returnedRows(unit: Unit): NewRow[] {
  return legsOf(unit.txn).map(([leg]) => ({
    ...rowOf(unit),
    leg: `${leg}-REVERSAL` as const,
    result: 'SUCCESS',
  }))
}

function rowOf({ txn, now }: Unit) {
  const { txnId, rrn, amountPaise } = txn
  return { cycle: cycleAt(now).id, txnId, rrn, amountPaise, bank: ownBank, at: now }
}

/** What is known, to whom asks. */
export function tellChecked(unit: Unit, reqMsgId: string): void {
  const { txn } = unit
  const { effects, refs } = txn.content
  if (drops(effects, 'check')) return note(unit, 'RespChkTxn is lost')
  const message = {
    txn: txnOf(txn, 'CHKTXN', 'PAY'),
    resp: respOf(txn, reqMsgId),
    refs: txn.result ? refs : [],
  }
  send(
    unit,
    'psp',
    'check',
    { api: 'RespChkTxn', ...message },
    { afterS: paced(unit, delayMs(effects, 'check') / 1_000) },
  )
}
