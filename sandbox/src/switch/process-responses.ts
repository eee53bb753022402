// What our PSP and our bank answer to the switch, and what they ask it: which step follows, if one still does.
import type { Message } from '@bahi/contracts/network.ts'
import { deemedBy, drops } from '../scenarios/effects.ts'
import { addressRefused, creditAnswered, debitAnswered, resolved } from './payment-steps.ts'
import { creditReversalAnswered, debitReversalAnswered, deemedAnswered } from './reversal-steps.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { findOut, insertTransaction, lockTransaction } from './store.ts'
import { tellChecked } from './complete-transaction.ts'
import { sideOf, type Transaction } from './transaction.ts'
import { change, note, type Moment, type Unit } from './step.ts'

/** `U48`: nobody asked. */
const notAsked = 'U48'

export async function answerParty(
  deps: NetworkDeps,
  moment: Moment,
  { txn: { id }, resp, payee }: Message<'RespAuthDetails'>,
): Promise<string | undefined> {
  const txn = await lockTransaction(moment.tx, id)
  if (!txn) return notAsked
  if (txn.phase !== 'address' || txn.waitingFor !== resp.reqMsgId) return undefined
  await change(deps, moment, txn, (unit) => {
    if (resp.result !== 'SUCCESS' || !payee) return addressRefused(unit, resp.errCode ?? 'ZH')
    return resolved(unit, { ...sideOf(payee), addr: txn.content.payee.addr, ours: true })
  })
  return undefined
}

export type BankAnswer = { txnId: string; reqMsgId: string; code: string; reversalCode?: string }

/** A bank's answer to a leg, a reversal, a check. What comes too late changes nothing. */
export async function answerOf(
  deps: NetworkDeps,
  moment: Moment,
  answer: BankAnswer,
): Promise<string | undefined> {
  const asked = await findOut(moment.tx, answer.reqMsgId)
  if (asked?.txnId !== answer.txnId) return notAsked
  const txn = (await lockTransaction(moment.tx, answer.txnId))!
  const step = stepFor(txn, asked.what, answer)
  if (step) await change(deps, moment, txn, step)
  return undefined
}

type StepOf = (unit: Unit) => Promise<void>

function stepFor(txn: Transaction, what: string, answer: BankAnswer): StepOf | undefined {
  const { code, reqMsgId, reversalCode = code } = answer
  const { phase, content, waitingFor } = txn
  const awaited = waitingFor === reqMsgId
  const lost: StepOf = (unit) => Promise.resolve(note(unit, `the answer of our bank to the ${what} is lost`))
  switch (what) {
    case 'debit':
      if (phase !== 'debit' || !awaited) return undefined
      return drops(content.effects, 'debit-answer') ? lost : (unit) => debitAnswered(unit, code)
    case 'credit':
      if (phase !== 'credit' || !awaited) return undefined
      if (drops(content.effects, 'credit-answer') || deemedBy(content.effects)) return lost
      return (unit) => creditAnswered(unit, code)
    case 'debit-reversal':
      if (phase !== 'debit-reversal' && phase !== 'owed') return undefined
      return (unit) => debitReversalAnswered(unit, reversalCode)
    case 'credit-reversal':
      if (phase === 'credit-reversal' && awaited) return (unit) => creditReversalAnswered(unit, reversalCode)
      // It was deemed meanwhile; what our bank says late is still what it did.
      if (phase !== 'deemed' || !['00', 'CS', 'NC', 'ND', 'OC', 'OD'].includes(reversalCode)) return undefined
      return (unit) => deemedAnswered(unit, reversalCode === 'CS')
    case 'credit-check':
      return phase === 'deemed' ? (unit) => deemedAnswered(unit, code === '00') : undefined
    default:
      return undefined
  }
}

/** A member that refused a request at its first delivery has not done it. */
export async function refuse(
  deps: NetworkDeps,
  moment: Moment,
  refused: { txnId: string; reqMsgId: string; what: string; err: string },
): Promise<void> {
  const { txnId, reqMsgId, what, err } = refused
  const txn = await lockTransaction(moment.tx, txnId)
  if (!txn || txn.waitingFor !== reqMsgId) return
  if (what === 'address') {
    if (txn.phase === 'address') await change(deps, moment, txn, (unit) => addressRefused(unit, err))
    return
  }
  if (what !== 'debit' && what !== 'credit') return
  const step = stepFor(txn, what, { txnId, reqMsgId, code: err })
  if (step) await change(deps, moment, txn, step)
}

/** What nobody knows by now has failed, and never happens any more. */
export async function answerCheck(
  deps: NetworkDeps,
  moment: Moment,
  { head, txn: asked }: Message<'ReqChkTxn'>,
): Promise<string | undefined> {
  const unknown: Transaction = {
    txnId: asked.id,
    rrn: asked.custRef,
    txnTs: new Date(asked.ts),
    origin: 'unknown',
    phase: 'ended',
    dueAt: null,
    waitingFor: null,
    takenAt: moment.now,
    decidedAt: moment.now,
    result: 'FAILURE',
    errCode: 'U48',
    amountPaise: 0,
    content: {
      payer: { addr: 'unknown@sandbox', name: '', type: 'PERSON', code: '0000', ours: true },
      payee: { addr: 'unknown@sandbox', name: '', type: 'PERSON', code: '0000', ours: false },
      reqMsgId: head.msgId,
      effects: [],
      refs: [],
    },
    steps: [],
  }
  await insertTransaction(moment.tx, unknown)
  const txn = (await lockTransaction(moment.tx, asked.id))!
  await change(deps, moment, txn, (unit) => {
    if (txn.phase === 'lost') {
      txn.phase = 'ended'
      txn.result = 'FAILURE'
      txn.errCode = 'U48'
      txn.decidedAt = moment.now
    }
    note(unit, `ReqChkTxn: ${txn.result ?? 'PENDING'}`)
    tellChecked(unit, head.msgId)
    return Promise.resolve()
  })
  return undefined
}
