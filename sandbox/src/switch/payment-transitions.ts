// The transitions of a payment: address, debit, credit, and what a response or an expired timer does in each phase.
import { ownBank, pspOf } from '../banks/bank.ts'
import { creditAccount, debitAccount } from '../banks/legs.ts'
import { declineAt, deemedBy, delayMs, drops, isOffline } from '../scenarios/effects.ts'
import {
  requestDebitReversal,
  creditReversalAnswered,
  creditTimedOut,
  debitReversalAnswered,
  failTransaction,
  retryDebitReversal,
  deemedTimerExpired,
} from './reversal-transitions.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import { completeTransaction } from './complete-transaction.ts'
import { isAtSandboxBank, toWireParty, toWireRef, toWireTxn, type Party } from './transaction.ts'
import { enterPhase, addStep, scaledS, enqueue, stopAwaiting, type Transition } from './transition.ts'

/** Resolves the payee's address: asks our PSP, or looks it up at the sandbox's banks. */
export async function startAddressResolution(transition: Transition): Promise<void> {
  const { txn } = transition
  const { payee, effects } = txn.content
  const declined = declineAt(effects, 'address')
  if (declined) return failTransaction(transition, declined)
  if (isOffline(effects, 'payer')) return failTransaction(transition, 'U28')
  if (isOffline(effects, 'payee')) return failTransaction(transition, 'U78')
  if (!payee.isMember) {
    if (pspOf(payee.addr) === undefined) return failTransaction(transition, 'ZH')
    const found = await resolveAddress(transition.tx, payee.addr)
    return found ? addressResolved(transition, found) : failTransaction(transition, 'ZH')
  }
  if (drops(effects, 'address')) addStep(transition, 'ReqAuthDetails is lost')
  else {
    const parties = { payer: toWireParty(txn, txn.content.payer), payee: toWireParty(txn, payee) }
    const message = { api: 'ReqAuthDetails', txn: toWireTxn(txn, 'PAY'), ...parties }
    txn.waitingFor = enqueue(transition, 'psp', 'address', message, {
      afterS: scaledS(transition, delayMs(effects, 'address') / 1_000),
    })
  }
  enterPhase(transition, 'address', transition.rules.addressTimeoutS)
}

export async function addressResolved(transition: Transition, payee: Party): Promise<void> {
  const { content } = transition.txn
  await stopAwaiting(transition)
  content.payee = payee
  if (payee.isMember) content.payeePspAsked = true
  addStep(transition, `${payee.addr} has an account at ${payee.bank ?? 'an unknown bank'}`)
  return sidesKnown(transition)
}

/** Both sides are known: the debit begins, unless there is no account to credit or it is the payer's own. */
export async function sidesKnown(transition: Transition): Promise<void> {
  const [from, to] = [transition.txn.content.payer.ac, transition.txn.content.payee.ac]
  if (!to) return failTransaction(transition, 'XI')
  if (from?.ifsc === to.ifsc && from.acnum === to.acnum) return failTransaction(transition, 'U96')
  return startDebit(transition)
}

export async function addressRefused(transition: Transition, code: string): Promise<void> {
  await stopAwaiting(transition)
  addStep(transition, `the address is refused: ${code}`)
  return failTransaction(transition, code)
}

async function startDebit(transition: Transition): Promise<void> {
  const { txn } = transition
  const { effects } = txn.content
  const declined = declineAt(effects, 'debit')
  if (declined)
    return failTransaction(transition, /^U\d/.test(declined) ? declined : 'U30', [
      toWireRef(txn, 'PAYER', declined),
    ])
  const waitS = scaledS(transition, delayMs(effects, 'debit') / 1_000)
  if (waitS > 0) return enterPhase(transition, 'debit-wait', waitS)
  return requestDebit(transition)
}

async function requestDebit(transition: Transition): Promise<void> {
  const { txn } = transition
  const { payer, payee, effects, creds } = txn.content
  if (isAtSandboxBank(payer)) return debitAtSandboxBank(transition)
  if (creds?.type === 'PreApproved') {
    txn.content.debited = 'held'
    addStep(transition, 'our bank has held the payer’s money')
    return startCredit(transition)
  }
  if (!creds || !payer.ac) return failTransaction(transition, 'U11')
  // From here on the debit may happen, whether its response arrives or not.
  txn.content.debited = 'member-bank'
  if (drops(effects, 'debit')) addStep(transition, 'ReqPay debit is lost')
  else {
    txn.waitingFor = enqueue(transition, 'bank', 'debit', {
      api: 'ReqPay',
      txn: toWireTxn(txn, 'DEBIT'),
      payer: toWireParty(txn, payer, { ac: payer.ac, creds }),
      payee: toWireParty(txn, payee),
    })
  }
  return enterPhase(transition, 'debit', transition.rules.payTimeoutS)
}

async function debitAtSandboxBank(transition: Transition): Promise<void> {
  const { txn } = transition
  const { effects } = txn.content
  if (drops(effects, 'debit')) return enterPhase(transition, 'debit', transition.rules.payTimeoutS)
  const code = await debitAccount(transition)
  if (code === '00') txn.content.debited = 'sandbox-bank'
  if (drops(effects, 'debit-answer')) {
    addStep(transition, 'the answer of the payer’s bank is lost')
    return enterPhase(transition, 'debit', transition.rules.payTimeoutS)
  }
  return debitAnswered(transition, code)
}

export async function debitAnswered(transition: Transition, code: string): Promise<void> {
  const { txn } = transition
  await stopAwaiting(transition)
  addStep(transition, `debit: ${code}`)
  delete txn.content.creds
  if (code === '00') return startCredit(transition)
  delete txn.content.debited
  return failTransaction(
    transition,
    /^U\d/.test(code) ? code : 'U30',
    /^U\d/.test(code) ? [] : [toWireRef(txn, 'PAYER', code)],
  )
}

async function startCredit(transition: Transition): Promise<void> {
  const { txn } = transition
  const { payer, payee, effects } = txn.content
  const declined = declineAt(effects, 'credit')
  if (declined) return creditAnswered(transition, declined)
  const waitS = scaledS(transition, delayMs(effects, 'credit') / 1_000)
  if (waitS > 0 && txn.phase !== 'credit-wait') return enterPhase(transition, 'credit-wait', waitS)
  if (isAtSandboxBank(payee)) return creditAtSandboxBank(transition)
  if (drops(effects, 'credit') || deemedBy(effects)?.then === 'RET')
    addStep(transition, 'ReqPay credit is lost')
  else {
    txn.waitingFor = enqueue(transition, 'bank', 'credit', {
      api: 'ReqPay',
      txn: toWireTxn(txn, 'CREDIT'),
      payer: toWireParty(txn, payer),
      payee: toWireParty(txn, payee, { ac: payee.ac }),
    })
  }
  return enterPhase(transition, 'credit', transition.rules.payTimeoutS)
}

async function creditAtSandboxBank(transition: Transition): Promise<void> {
  const { effects } = transition.txn.content
  if (deemedBy(effects) || drops(effects, 'credit')) {
    addStep(transition, 'the credit is lost')
    return enterPhase(transition, 'credit', transition.rules.payTimeoutS)
  }
  const code = await creditAccount(transition)
  if (drops(effects, 'credit-answer')) {
    addStep(transition, 'the answer of the payee’s bank is lost')
    return enterPhase(transition, 'credit', transition.rules.payTimeoutS)
  }
  return creditAnswered(transition, code)
}

export async function creditAnswered(transition: Transition, code: string): Promise<void> {
  const { txn } = transition
  await stopAwaiting(transition)
  addStep(transition, `credit: ${code}`)
  const payerDone = toWireRef(txn, 'PAYER', '00')
  if (code === '00')
    return completeTransaction(transition, {
      result: 'SUCCESS',
      refs: [payerDone, toWireRef(txn, 'PAYEE', '00')],
    })
  return failTransaction(transition, 'U31', [payerDone, toWireRef(txn, 'PAYEE', code)])
}

/** The timer of the phase has expired. */
export async function timerExpired(transition: Transition): Promise<void> {
  const { txn } = transition
  switch (txn.phase) {
    case 'begun':
      return startAddressResolution(transition)
    case 'collect':
      // Its timer has a transition of its own.
      return
    case 'address':
      return addressRefused(transition, 'U09')
    case 'debit-wait':
      return requestDebit(transition)
    case 'debit':
      return debitTimedOut(transition)
    case 'credit-wait':
      return startCredit(transition)
    case 'credit':
      return creditTimedOut(transition)
    case 'debit-reversal':
      return debitReversalAnswered(transition, undefined)
    case 'credit-reversal':
      return creditReversalAnswered(transition, undefined)
    case 'deemed':
      return deemedTimerExpired(transition)
    case 'owed':
      return retryDebitReversal(transition)
    case 'lost':
    case 'ended':
      txn.dueAt = null
  }
}

async function debitTimedOut(transition: Transition): Promise<void> {
  addStep(transition, 'no answer to the debit')
  await stopAwaiting(transition)
  return transition.txn.content.payer.bank === ownBank
    ? requestDebitReversal(transition, 'U67', [])
    : failTransaction(transition, 'U67')
}
