// Processes responses and status checks of our PSP and our bank: which transition follows, if any.
import { amountFromWire, type Message } from '@bahi/contracts/network.ts'
import { deemedBy, drops } from '../scenarios/effects.ts'
import { collectApproved, collectEnded } from './collect-transitions.ts'
import { addressRefused, creditAnswered, debitAnswered, addressResolved } from './payment-transitions.ts'
import { creditReversalAnswered, debitReversalAnswered, deemedAnswered } from './reversal-transitions.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { findOutgoing, insertTransaction, lockTransaction } from './store.ts'
import { enqueueCheckResponse } from './complete-transaction.ts'
import { toParty, type Transaction } from './transaction.ts'
import { applyTransition, addStep, type TxContext, type Transition } from './transition.ts'

/** `U48`: the response is to no request of the switch. */
const unknownRequest = 'U48'

export async function onAddressResponse(
  deps: NetworkDeps,
  context: TxContext,
  message: Message<'RespAuthDetails'>,
): Promise<string | undefined> {
  const {
    txn: { id },
    resp,
    payee,
  } = message
  const txn = await lockTransaction(context.tx, id)
  if (!txn) return unknownRequest
  if (txn.content.collect) return onCollectResponse(deps, context, txn, message)
  if (txn.phase !== 'address' || txn.waitingFor !== resp.reqMsgId) return undefined
  await applyTransition(deps, context, txn, (transition) => {
    if (resp.result !== 'SUCCESS' || !payee) return addressRefused(transition, resp.errCode ?? 'ZH')
    return addressResolved(transition, { ...toParty(payee), addr: txn.content.payee.addr, isMember: true })
  })
  return undefined
}

/** The answer of our customer to a collect. One that comes when it is over is refused: nothing happens by it. */
async function onCollectResponse(
  deps: NetworkDeps,
  context: TxContext,
  txn: Transaction,
  { txn: answered, resp, payer }: Message<'RespAuthDetails'>,
): Promise<string | undefined> {
  if (txn.phase !== 'collect' || txn.waitingFor !== resp.reqMsgId) return 'U69'
  const isApproved = resp.result === 'SUCCESS'
  if (isApproved && (!payer?.ac || amountFromWire(payer.amount) !== txn.amountPaise)) return 'U54'
  await applyTransition(deps, context, txn, (transition) => {
    if (!isApproved || !payer) return collectEnded(transition, resp.errCode ?? 'ZA')
    if (payer.creds) txn.content.creds = payer.creds
    const party = { ...toParty(payer), addr: txn.content.payer.addr, isMember: true }
    return collectApproved(transition, new Date(answered.ts), party)
  })
  return undefined
}

export type BankResponse = { txnId: string; reqMsgId: string; code: string; reversalCode?: string }

/** A bank's response to a leg, a reversal or a status check. A response that comes too late changes nothing. */
export async function onBankResponse(
  deps: NetworkDeps,
  context: TxContext,
  response: BankResponse,
): Promise<string | undefined> {
  const request = await findOutgoing(context.tx, response.reqMsgId)
  if (request?.txnId !== response.txnId) return unknownRequest
  const txn = (await lockTransaction(context.tx, response.txnId))!
  const step = transitionFor(txn, request.purpose, response)
  if (step) await applyTransition(deps, context, txn, step)
  return undefined
}

type RunTransition = (transition: Transition) => Promise<void>

function transitionFor(txn: Transaction, purpose: string, response: BankResponse): RunTransition | undefined {
  const { code, reqMsgId, reversalCode = code } = response
  const { phase, content, waitingFor } = txn
  const awaited = waitingFor === reqMsgId
  const lost: RunTransition = (transition) =>
    Promise.resolve(addStep(transition, `the answer of our bank to the ${purpose} is lost`))
  switch (purpose) {
    case 'debit':
      if (phase !== 'debit' || !awaited) return undefined
      return drops(content.effects, 'debit-answer') ? lost : (transition) => debitAnswered(transition, code)
    case 'credit':
      if (phase !== 'credit' || !awaited) return undefined
      if (drops(content.effects, 'credit-answer') || deemedBy(content.effects)) return lost
      return (transition) => creditAnswered(transition, code)
    case 'debit-reversal':
      if (phase !== 'debit-reversal' && phase !== 'owed') return undefined
      return (transition) => debitReversalAnswered(transition, reversalCode)
    case 'credit-reversal':
      if (phase === 'credit-reversal' && awaited)
        return (transition) => creditReversalAnswered(transition, reversalCode)
      // It was deemed meanwhile; a late response of our bank still says what it did.
      if (phase !== 'deemed' || !['00', 'CS', 'NC', 'ND', 'OC', 'OD'].includes(reversalCode)) return undefined
      return (transition) => deemedAnswered(transition, reversalCode === 'CS')
    case 'credit-check':
      return phase === 'deemed' ? (transition) => deemedAnswered(transition, code === '00') : undefined
    default:
      return undefined
  }
}

/** The member refused a request at its first delivery, so it has not executed it. */
export async function onRefusal(
  deps: NetworkDeps,
  context: TxContext,
  refusal: { txnId: string; reqMsgId: string; purpose: string; err: string },
): Promise<void> {
  const { txnId, reqMsgId, purpose, err } = refusal
  const txn = await lockTransaction(context.tx, txnId)
  if (!txn || txn.waitingFor !== reqMsgId) return
  if (purpose === 'address') {
    if (txn.phase === 'address')
      await applyTransition(deps, context, txn, (transition) => addressRefused(transition, err))
    return
  }
  if (purpose === 'collect' && txn.phase === 'collect')
    return applyTransition(deps, context, txn, (transition) => collectEnded(transition, err))
  if (purpose !== 'debit' && purpose !== 'credit') return
  const step = transitionFor(txn, purpose, { txnId, reqMsgId, code: err })
  if (step) await applyTransition(deps, context, txn, step)
}

/** A transaction that is unknown at its status check has failed: it is stored so, and a later request is refused. */
export async function onStatusCheck(
  deps: NetworkDeps,
  context: TxContext,
  { head, txn: checked }: Message<'ReqChkTxn'>,
): Promise<string | undefined> {
  const unknown: Transaction = {
    txnId: checked.id,
    rrn: checked.custRef,
    txnTs: new Date(checked.ts),
    origin: 'unknown',
    phase: 'ended',
    dueAt: null,
    waitingFor: null,
    takenAt: context.now,
    decidedAt: context.now,
    result: 'FAILURE',
    errCode: 'U48',
    amountPaise: 0,
    content: {
      payer: { addr: 'unknown@sandbox', name: '', type: 'PERSON', code: '0000', isMember: true },
      payee: { addr: 'unknown@sandbox', name: '', type: 'PERSON', code: '0000', isMember: false },
      reqMsgId: head.msgId,
      effects: [],
      refs: [],
    },
    steps: [],
  }
  await insertTransaction(context.tx, unknown)
  const txn = (await lockTransaction(context.tx, checked.id))!
  await applyTransition(deps, context, txn, (transition) => {
    if (txn.phase === 'lost') {
      txn.phase = 'ended'
      txn.result = 'FAILURE'
      txn.errCode = 'U48'
      txn.decidedAt = context.now
    }
    addStep(transition, `ReqChkTxn: ${txn.result ?? 'PENDING'}`)
    enqueueCheckResponse(transition, head.msgId)
    return Promise.resolve()
  })
  return undefined
}
