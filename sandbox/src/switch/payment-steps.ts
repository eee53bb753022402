// The way of a payment through the switch: address, debit, credit, and what an answer or a timer does at each.
import { ownBank, pspOf } from '../banks/bank.ts'
import { creditHere, debitHere } from '../banks/legs.ts'
import { declineAt, deemedBy, delayMs, drops, isOffline } from '../scenarios/effects.ts'
import {
  askDebitBack,
  creditReversalAnswered,
  creditTimedOut,
  debitReversalAnswered,
  fail,
  payBack,
  settleDeemed,
} from './reversal-steps.ts'
import { findParty } from '../banks/resolve-addresses.ts'
import { tell } from './complete-transaction.ts'
import { isHere, partyOf, refOf, txnOf, type Side } from './transaction.ts'
import { enter, note, paced, send, stopWaiting, type Unit } from './step.ts'

/** Whose is the payee's address? Asked of our PSP, or looked up. */
export async function startAddress(unit: Unit): Promise<void> {
  const { txn } = unit
  const { payee, effects } = txn.content
  const declined = declineAt(effects, 'address')
  if (declined) return fail(unit, declined)
  if (isOffline(effects, 'payer')) return fail(unit, 'U28')
  if (isOffline(effects, 'payee')) return fail(unit, 'U78')
  if (!payee.ours) {
    if (pspOf(payee.addr) === undefined) return fail(unit, 'ZH')
    const found = await findParty(unit.tx, payee.addr)
    return found ? resolved(unit, found) : fail(unit, 'ZH')
  }
  if (drops(effects, 'address')) note(unit, 'ReqAuthDetails is lost')
  else {
    const parties = { payer: partyOf(txn, txn.content.payer), payee: partyOf(txn, payee) }
    const message = { api: 'ReqAuthDetails', txn: txnOf(txn, 'PAY'), ...parties }
    txn.waitingFor = send(unit, 'psp', 'address', message, {
      afterS: paced(unit, delayMs(effects, 'address') / 1_000),
    })
  }
  enter(unit, 'address', unit.rules.addressTimeoutS)
}

export async function resolved(unit: Unit, payee: Side): Promise<void> {
  const { content } = unit.txn
  await stopWaiting(unit)
  content.payee = payee
  if (payee.ours) content.resolved = true
  note(unit, `${payee.addr} has an account at ${payee.bank ?? 'an unknown bank'}`)
  if (!payee.ac) return fail(unit, 'XI')
  const { payer } = content
  if (payer.ac?.ifsc === payee.ac.ifsc && payer.ac.acnum === payee.ac.acnum) return fail(unit, 'U96')
  return startDebit(unit)
}

export async function addressRefused(unit: Unit, code: string): Promise<void> {
  await stopWaiting(unit)
  note(unit, `the address is refused: ${code}`)
  return fail(unit, code)
}

async function startDebit(unit: Unit): Promise<void> {
  const { txn } = unit
  const { effects } = txn.content
  const declined = declineAt(effects, 'debit')
  if (declined) return fail(unit, /^U\d/.test(declined) ? declined : 'U30', [refOf(txn, 'PAYER', declined)])
  const waitS = paced(unit, delayMs(effects, 'debit') / 1_000)
  if (waitS > 0) return enter(unit, 'debit-wait', waitS)
  return debitNow(unit)
}

async function debitNow(unit: Unit): Promise<void> {
  const { txn } = unit
  const { payer, payee, effects, creds } = txn.content
  if (isHere(payer)) return debitAtOther(unit)
  if (creds?.type === 'PreApproved') {
    txn.content.debited = 'held'
    note(unit, 'our bank has held the payer’s money')
    return startCredit(unit)
  }
  if (!creds || !payer.ac) return fail(unit, 'U11')
  // From here the debit may have happened, whatever is heard of it.
  txn.content.debited = 'bank'
  if (drops(effects, 'debit')) note(unit, 'ReqPay debit is lost')
  else {
    txn.waitingFor = send(unit, 'bank', 'debit', {
      api: 'ReqPay',
      txn: txnOf(txn, 'DEBIT'),
      payer: partyOf(txn, payer, { ac: payer.ac, creds }),
      payee: partyOf(txn, payee),
    })
  }
  return enter(unit, 'debit', unit.rules.payTimeoutS)
}

async function debitAtOther(unit: Unit): Promise<void> {
  const { txn } = unit
  const { effects } = txn.content
  if (drops(effects, 'debit')) return enter(unit, 'debit', unit.rules.payTimeoutS)
  const code = await debitHere(unit)
  if (code === '00') txn.content.debited = 'here'
  if (drops(effects, 'debit-answer')) {
    note(unit, 'the answer of the payer’s bank is lost')
    return enter(unit, 'debit', unit.rules.payTimeoutS)
  }
  return debitAnswered(unit, code)
}

export async function debitAnswered(unit: Unit, code: string): Promise<void> {
  const { txn } = unit
  await stopWaiting(unit)
  note(unit, `debit: ${code}`)
  delete txn.content.creds
  if (code === '00') return startCredit(unit)
  delete txn.content.debited
  return fail(unit, /^U\d/.test(code) ? code : 'U30', /^U\d/.test(code) ? [] : [refOf(txn, 'PAYER', code)])
}

async function startCredit(unit: Unit): Promise<void> {
  const { txn } = unit
  const { payer, payee, effects } = txn.content
  const declined = declineAt(effects, 'credit')
  if (declined) return creditAnswered(unit, declined)
  const waitS = paced(unit, delayMs(effects, 'credit') / 1_000)
  if (waitS > 0 && txn.phase !== 'credit-wait') return enter(unit, 'credit-wait', waitS)
  if (isHere(payee)) return creditNow(unit)
  if (drops(effects, 'credit') || deemedBy(effects)?.then === 'RET') note(unit, 'ReqPay credit is lost')
  else {
    txn.waitingFor = send(unit, 'bank', 'credit', {
      api: 'ReqPay',
      txn: txnOf(txn, 'CREDIT'),
      payer: partyOf(txn, payer),
      payee: partyOf(txn, payee, { ac: payee.ac }),
    })
  }
  return enter(unit, 'credit', unit.rules.payTimeoutS)
}

async function creditNow(unit: Unit): Promise<void> {
  const { effects } = unit.txn.content
  if (deemedBy(effects) || drops(effects, 'credit')) {
    note(unit, 'the credit is lost')
    return enter(unit, 'credit', unit.rules.payTimeoutS)
  }
  const code = await creditHere(unit)
  if (drops(effects, 'credit-answer')) {
    note(unit, 'the answer of the payee’s bank is lost')
    return enter(unit, 'credit', unit.rules.payTimeoutS)
  }
  return creditAnswered(unit, code)
}

export async function creditAnswered(unit: Unit, code: string): Promise<void> {
  const { txn } = unit
  await stopWaiting(unit)
  note(unit, `credit: ${code}`)
  const payerDone = refOf(txn, 'PAYER', '00')
  if (code === '00') return tell(unit, { result: 'SUCCESS', refs: [payerDone, refOf(txn, 'PAYEE', '00')] })
  return fail(unit, 'U31', [payerDone, refOf(txn, 'PAYEE', code)])
}

/** Time has run out, or has come. */
export async function wakeUp(unit: Unit): Promise<void> {
  const { txn } = unit
  switch (txn.phase) {
    case 'begun':
      return startAddress(unit)
    case 'address':
      return addressRefused(unit, 'U09')
    case 'debit-wait':
      return debitNow(unit)
    case 'debit':
      return debitTimedOut(unit)
    case 'credit-wait':
      return startCredit(unit)
    case 'credit':
      return creditTimedOut(unit)
    case 'debit-reversal':
      return debitReversalAnswered(unit, undefined)
    case 'credit-reversal':
      return creditReversalAnswered(unit, undefined)
    case 'deemed':
      return settleDeemed(unit)
    case 'owed':
      return payBack(unit)
    case 'lost':
    case 'ended':
      txn.dueAt = null
  }
}

async function debitTimedOut(unit: Unit): Promise<void> {
  note(unit, 'no answer to the debit')
  await stopWaiting(unit)
  return unit.txn.content.payer.bank === ownBank ? askDebitBack(unit, 'U67', []) : fail(unit, 'U67')
}
