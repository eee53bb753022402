// The way back: reversals after a leg failed or was not answered, and what is deemed when nobody can tell.
import type { Ref } from '@bahi/contracts/network.ts'
import { creditHere, returnHere, takeBackHere } from '../banks/legs.ts'
import { deemedBy, drops, reversalFails } from '../scenarios/effects.ts'
import { hasEntry } from '../banks/store.ts'
import { settle, tell } from './complete-transaction.ts'
import { isHere, partyOf, refOf, txnOf } from './transaction.ts'
import { enter, note, paced, send, stopWaiting, type Unit } from './step.ts'

/** At pace 1. */
const askAgainS = 60
const maxAsked = 20

/** After a failure that is known: whatever was taken from the payer goes back, then it is told. */
export async function fail(unit: Unit, errCode: string, refs: Ref[] = []): Promise<void> {
  const { txn } = unit
  const { content } = txn
  if (content.debited === undefined) return tell(unit, { result: 'FAILURE', errCode, refs })
  // The answer is enough: whoever held the money lets go of it.
  if (content.debited === 'held')
    return tell(unit, { result: 'FAILURE', errCode, refs: reversed(refs, '00') })
  if (content.debited === 'bank') return askDebitBack(unit, errCode, refs)
  if (reversalFails(content.effects)) {
    note(unit, 'the payer’s bank cannot reverse the debit (96); it will be done later')
    await tell(unit, { result: 'FAILURE', errCode, refs: reversed(refs, '96') })
    return enter(unit, 'owed', paced(unit, askAgainS))
  }
  await returnHere(unit)
  note(unit, 'the debit is reversed at the payer’s bank')
  return tell(unit, { result: 'FAILURE', errCode, refs: reversed(refs, '00') })
}

/** Whether the debit happened or not: our bank undoes it, and says so. */
export async function askDebitBack(unit: Unit, errCode: string, refs: Ref[]): Promise<void> {
  unit.txn.content.failing = { errCode, refs }
  await stopWaiting(unit)
  sendReversal(unit, 'DEBIT')
  enter(unit, 'debit-reversal', unit.rules.reversalTimeoutS)
}

function sendReversal(unit: Unit, leg: 'DEBIT' | 'CREDIT'): void {
  const { txn } = unit
  const { payer, payee, effects } = txn.content
  const what = leg === 'DEBIT' ? 'debit-reversal' : 'credit-reversal'
  if (drops(effects, 'reversal') || (leg === 'CREDIT' && deemedBy(effects))) {
    return note(unit, `ReqPay ${what} is lost`)
  }
  txn.waitingFor = send(unit, 'bank', what, {
    api: 'ReqPay',
    txn: txnOf(txn, 'REVERSAL', leg),
    payer: partyOf(txn, payer, { ac: leg === 'DEBIT' ? payer.ac : undefined }),
    payee: partyOf(txn, payee, { ac: leg === 'CREDIT' ? payee.ac : undefined }),
  })
}

/** @param code what our bank said about reversing the debit; undefined when it said nothing */
export async function debitReversalAnswered(unit: Unit, code: string | undefined): Promise<void> {
  const { txn } = unit
  const { failing } = txn.content
  const done = code !== undefined && code !== '96'
  note(unit, code === undefined ? 'no answer to the reversal of the debit' : `reversal of the debit: ${code}`)
  if (txn.phase === 'debit-reversal') {
    const { errCode, refs } = failing!
    await tell(unit, { result: 'FAILURE', errCode, refs: reversed(refs, code ?? 'RR') })
  } else await stopWaiting(unit)
  if (done) enter(unit, 'ended')
  else enter(unit, 'owed', paced(unit, askAgainS))
}

/** Told as failed, and the payer's money is not known to be back: tried again until it is. */
export async function payBack(unit: Unit): Promise<void> {
  const { txn } = unit
  if (txn.content.debited === 'here') {
    await returnHere(unit)
    note(unit, 'the debit is reversed at the payer’s bank, late')
    return enter(unit, 'ended')
  }
  await stopWaiting(unit)
  const asked = (txn.content.asked = (txn.content.asked ?? 0) + 1)
  if (asked > maxAsked) {
    note(unit, 'our bank is asked no more about the reversal')
    return enter(unit, 'ended')
  }
  sendReversal(unit, 'DEBIT')
  enter(unit, 'owed', paced(unit, askAgainS * asked))
}

/** The reversal's code belongs to the payer's side: only what was debited is given back. */
function reversed(refs: Ref[], code: string): Ref[] {
  return refs.map((ref) =>
    ref.type === 'PAYER' && ref.respCode === '00'
      ? { ...ref, reversalRespCode: code, settAmount: code === '00' ? '0.00' : ref.settAmount }
      : ref,
  )
}

/** The credit was not answered in time: the payee's bank is asked to undo it, and its answer decides. */
export async function creditTimedOut(unit: Unit): Promise<void> {
  const { txn } = unit
  const { payee, effects } = txn.content
  note(unit, 'no answer to the credit')
  await stopWaiting(unit)
  if (!isHere(payee)) {
    sendReversal(unit, 'CREDIT')
    return enter(unit, 'credit-reversal', unit.rules.reversalTimeoutS)
  }
  if (deemedBy(effects) || drops(effects, 'reversal')) {
    return enter(unit, 'credit-reversal', unit.rules.reversalTimeoutS)
  }
  return creditReversalAnswered(unit, reversalFails(effects) ? '96' : await takeBackHere(unit))
}

/** @param code `00` undone, `NC` was never done, `CS` stands; all else, and silence, tells nothing */
export async function creditReversalAnswered(unit: Unit, code: string | undefined): Promise<void> {
  const { txn } = unit
  note(
    unit,
    code === undefined ? 'no answer to the reversal of the credit' : `reversal of the credit: ${code}`,
  )
  const payerDone = refOf(txn, 'PAYER', '00')
  switch (code) {
    case 'CS':
      return tell(unit, { result: 'SUCCESS', refs: [payerDone, refOf(txn, 'PAYEE', '00')] })
    case '00':
      return fail(unit, 'U68', [payerDone, refOf(txn, 'PAYEE', 'BT', '00')])
    case 'NC':
    case 'ND':
    case 'OC':
    case 'OD':
      return fail(unit, 'U68', [payerDone, refOf(txn, 'PAYEE', 'BT', code)])
    default:
      return tell(unit, { result: 'DEEMED', errCode: 'RB', refs: [payerDone, refOf(txn, 'PAYEE', 'RB')] })
  }
}

/** A deemed transaction's time has come: a bank here settles it, ours is asked what it did. */
export async function settleDeemed(unit: Unit): Promise<void> {
  const { txn } = unit
  const { payee, effects } = txn.content
  if (!isHere(payee)) {
    await stopWaiting(unit)
    const asked = (txn.content.asked = (txn.content.asked ?? 0) + 1)
    txn.waitingFor = send(unit, 'bank', 'credit-check', {
      api: 'ReqChkTxn',
      txn: txnOf(txn, 'CHKTXN', 'CREDIT'),
    })
    // Without end: somebody's money depends on it.
    return enter(unit, 'deemed', paced(unit, askAgainS * Math.min(asked, 30)))
  }
  if (deemedBy(effects)?.then !== 'RET') {
    if ((await creditHere(unit)) === '00') return settle(unit, 'TCC')
  } else if (await hasEntry(unit.tx, txn.txnId, 'CREDIT')) return settle(unit, 'TCC')
  return giveBack(unit)
}

/** Our bank said what became of a credit that is deemed: it stands, or it never will. */
export async function deemedAnswered(unit: Unit, credited: boolean): Promise<void> {
  note(unit, credited ? 'our bank has credited' : 'our bank has not credited')
  return credited ? settle(unit, 'TCC') : giveBack(unit)
}

async function giveBack(unit: Unit): Promise<void> {
  const { txn } = unit
  await settle(unit, 'RET')
  if (txn.content.debited === 'here') await returnHere(unit)
  if (txn.content.debited === 'bank') {
    txn.content.asked = 0
    await payBack(unit)
  }
}
