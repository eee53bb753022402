// The transitions of failures: reversals after a leg failed or timed out, and deemed when the outcome is unknown.
import type { Ref } from '@bahi/contracts/network.ts'
import { creditAccount, reverseDebit, reverseCredit } from '../banks/legs.ts'
import { deemedBy, drops, reversalFails } from '../scenarios/effects.ts'
import { hasEntry } from '../banks/store.ts'
import { completeTransaction, settleDeemed } from './complete-transaction.ts'
import { isAtSandboxBank, toWireParty, toWireRef, toWireTxn } from './transaction.ts'
import { enterPhase, addStep, scaledS, enqueue, stopAwaiting, type Transition } from './transition.ts'

/** Before scaling. */
const retryAfterS = 60
const maxReversalRequests = 20

/** After a known failure: reverses the debit if there was one, then completes the transaction as failed. */
export async function failTransaction(
  transition: Transition,
  errCode: string,
  refs: Ref[] = [],
): Promise<void> {
  const { txn } = transition
  const { content } = txn
  if (content.debited === undefined)
    return completeTransaction(transition, { result: 'FAILURE', errCode, refs })
  // The response is enough: our bank releases its hold.
  if (content.debited === 'held')
    return completeTransaction(transition, { result: 'FAILURE', errCode, refs: withReversalCode(refs, '00') })
  if (content.debited === 'member-bank') return requestDebitReversal(transition, errCode, refs)
  if (reversalFails(content.effects)) {
    addStep(transition, 'the payer’s bank cannot reverse the debit (96), retrying later')
    await completeTransaction(transition, { result: 'FAILURE', errCode, refs: withReversalCode(refs, '96') })
    return enterPhase(transition, 'owed', scaledS(transition, retryAfterS))
  }
  await reverseDebit(transition)
  addStep(transition, 'the debit is reversed at the payer’s bank')
  return completeTransaction(transition, { result: 'FAILURE', errCode, refs: withReversalCode(refs, '00') })
}

/** Whether the debit happened or not: asks our bank to reverse it. */
export async function requestDebitReversal(
  transition: Transition,
  errCode: string,
  refs: Ref[],
): Promise<void> {
  transition.txn.content.pendingFailure = { errCode, refs }
  await stopAwaiting(transition)
  enqueueReversal(transition, 'DEBIT')
  enterPhase(transition, 'debit-reversal', transition.rules.reversalTimeoutS)
}

function enqueueReversal(transition: Transition, leg: 'DEBIT' | 'CREDIT'): void {
  const { txn } = transition
  const { payer, payee, effects } = txn.content
  const what = leg === 'DEBIT' ? 'debit-reversal' : 'credit-reversal'
  if (drops(effects, 'reversal') || (leg === 'CREDIT' && deemedBy(effects))) {
    return addStep(transition, `ReqPay ${what} is lost`)
  }
  txn.waitingFor = enqueue(transition, 'bank', what, {
    api: 'ReqPay',
    txn: toWireTxn(txn, 'REVERSAL', leg),
    payer: toWireParty(txn, payer, { ac: leg === 'DEBIT' ? payer.ac : undefined }),
    payee: toWireParty(txn, payee, { ac: leg === 'CREDIT' ? payee.ac : undefined }),
  })
}

/** @param code our bank's response code to the reversal; undefined when there was no response */
export async function debitReversalAnswered(transition: Transition, code: string | undefined): Promise<void> {
  const { txn } = transition
  const { pendingFailure: failing } = txn.content
  const done = code !== undefined && code !== '96'
  addStep(
    transition,
    code === undefined ? 'no answer to the reversal of the debit' : `reversal of the debit: ${code}`,
  )
  if (txn.phase === 'debit-reversal') {
    const { errCode, refs } = failing!
    await completeTransaction(transition, {
      result: 'FAILURE',
      errCode,
      refs: withReversalCode(refs, code ?? 'RR'),
    })
  } else await stopAwaiting(transition)
  if (done) enterPhase(transition, 'ended')
  else enterPhase(transition, 'owed', scaledS(transition, retryAfterS))
}

/** The transaction failed, but the reversal of its debit is not confirmed: requests it again. */
export async function retryDebitReversal(transition: Transition): Promise<void> {
  const { txn } = transition
  if (txn.content.debited === 'sandbox-bank') {
    await reverseDebit(transition)
    addStep(transition, 'the debit is reversed at the payer’s bank, late')
    return enterPhase(transition, 'ended')
  }
  await stopAwaiting(transition)
  const requests = (txn.content.requests = (txn.content.requests ?? 0) + 1)
  if (requests > maxReversalRequests) {
    addStep(transition, 'no more requests to our bank for the reversal')
    return enterPhase(transition, 'ended')
  }
  enqueueReversal(transition, 'DEBIT')
  enterPhase(transition, 'owed', scaledS(transition, retryAfterS * requests))
}

/** Adds the reversal's code to the payer's side, if that was debited. */
function withReversalCode(refs: Ref[], code: string): Ref[] {
  return refs.map((ref) =>
    ref.type === 'PAYER' && ref.respCode === '00'
      ? { ...ref, reversalRespCode: code, settAmount: code === '00' ? '0.00' : ref.settAmount }
      : ref,
  )
}

/** The credit timed out: asks the payee's bank to reverse it. Its response decides the outcome. */
export async function creditTimedOut(transition: Transition): Promise<void> {
  const { txn } = transition
  const { payee, effects } = txn.content
  addStep(transition, 'no answer to the credit')
  await stopAwaiting(transition)
  if (!isAtSandboxBank(payee)) {
    enqueueReversal(transition, 'CREDIT')
    return enterPhase(transition, 'credit-reversal', transition.rules.reversalTimeoutS)
  }
  if (deemedBy(effects) || drops(effects, 'reversal')) {
    return enterPhase(transition, 'credit-reversal', transition.rules.reversalTimeoutS)
  }
  return creditReversalAnswered(transition, reversalFails(effects) ? '96' : await reverseCredit(transition))
}

/** @param code `00` reversed, `NC` never credited, `CS` credited and not reversible; else the outcome is unknown */
export async function creditReversalAnswered(
  transition: Transition,
  code: string | undefined,
): Promise<void> {
  const { txn } = transition
  addStep(
    transition,
    code === undefined ? 'no answer to the reversal of the credit' : `reversal of the credit: ${code}`,
  )
  const payerDone = toWireRef(txn, 'PAYER', '00')
  switch (code) {
    case 'CS':
      return completeTransaction(transition, {
        result: 'SUCCESS',
        refs: [payerDone, toWireRef(txn, 'PAYEE', '00')],
      })
    case '00':
      return failTransaction(transition, 'U68', [payerDone, toWireRef(txn, 'PAYEE', 'BT', '00')])
    case 'NC':
    case 'ND':
    case 'OC':
    case 'OD':
      return failTransaction(transition, 'U68', [payerDone, toWireRef(txn, 'PAYEE', 'BT', code)])
    default:
      return completeTransaction(transition, {
        result: 'DEEMED',
        errCode: 'RB',
        refs: [payerDone, toWireRef(txn, 'PAYEE', 'RB')],
      })
  }
}

/** Settles a deemed transaction at a bank of the sandbox; asks our bank whether it credited. */
export async function deemedTimerExpired(transition: Transition): Promise<void> {
  const { txn } = transition
  const { payee, effects } = txn.content
  if (!isAtSandboxBank(payee)) {
    await stopAwaiting(transition)
    const requests = (txn.content.requests = (txn.content.requests ?? 0) + 1)
    txn.waitingFor = enqueue(transition, 'bank', 'credit-check', {
      api: 'ReqChkTxn',
      txn: toWireTxn(txn, 'CHKTXN', 'CREDIT'),
    })
    // Without a limit: money is outstanding until our bank responds.
    return enterPhase(transition, 'deemed', scaledS(transition, retryAfterS * Math.min(requests, 30)))
  }
  if (deemedBy(effects)?.then !== 'RET') {
    if ((await creditAccount(transition)) === '00') return settleDeemed(transition, 'TCC')
  } else if (await hasEntry(transition.tx, txn.txnId, 'CREDIT')) return settleDeemed(transition, 'TCC')
  return returnDeemed(transition)
}

/** Our bank's response to the status check of a deemed credit. */
export async function deemedAnswered(transition: Transition, credited: boolean): Promise<void> {
  addStep(transition, credited ? 'our bank has credited' : 'our bank has not credited')
  return credited ? settleDeemed(transition, 'TCC') : returnDeemed(transition)
}

async function returnDeemed(transition: Transition): Promise<void> {
  const { txn } = transition
  await settleDeemed(transition, 'RET')
  if (txn.content.debited === 'sandbox-bank') await reverseDebit(transition)
  if (txn.content.debited === 'member-bank') {
    txn.content.requests = 0
    await retryDebitReversal(transition)
  }
}
