// The transitions of a collect until its payer has answered: asked, approved, declined, expired.
import { ownBank, pspOf } from '../banks/bank.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import { beginDebit, payerAtOurBank } from '../mandates/payer-mandates.ts'
import { answersByItself } from '../scenarios/addresses.ts'
import { isOffline } from '../scenarios/effects.ts'
import { sidesKnown } from './payment-transitions.ts'
import { failTransaction } from './reversal-transitions.ts'
import { toWireParty, toWireTxn, type Party } from './transaction.ts'
import { addStep, enqueue, enterPhase, stopAwaiting, type Transition } from './transition.ts'

/** Asks our PSP, or the customer of another bank. */
export async function startCollect(transition: Transition): Promise<void> {
  const { txn } = transition
  const { payer, payee, effects, collect } = txn.content
  const { expireAfter } = collect!
  if (isOffline(effects, 'payer')) return failTransaction(transition, 'U28')
  if (payer.isMember) {
    const parties = { payer: toWireParty(txn, payer), payee: toWireParty(txn, payee) }
    const message = { api: 'ReqAuthDetails', txn: { ...toWireTxn(txn, 'COLLECT'), expireAfter }, ...parties }
    txn.waitingFor = enqueue(transition, 'psp', 'collect', message)
    txn.content.payerPspAsked = true
  } else {
    const found =
      (await payerAtOurBank(transition)) ??
      (pspOf(payer.addr) === undefined ? undefined : await resolveAddress(transition.tx, payer.addr))
    if (!found) return failTransaction(transition, 'ZH')
    txn.content.payer = found
    addStep(transition, `${found.addr} is asked`)
    const code = collect!.umn === undefined ? undefined : await beginDebit(transition)
    if (code !== undefined && code !== '00' && code !== 'asked') return collectEnded(transition, code)
    if (code === '00' && found.bank === ownBank) txn.content.creds = { type: 'UpiMandate' }
    if (code === '00' || answersByItself(found.addr)) return collectApproved(transition, transition.now)
  }
  return enterPhase(transition, 'collect', expireAfter * 60)
}

/** @param at from then on it is like any other payment, of that time */
export async function collectApproved(transition: Transition, at: Date, payer?: Party): Promise<void> {
  const { txn } = transition
  await stopAwaiting(transition)
  txn.txnTs = at
  if (payer) txn.content.payer = payer
  addStep(transition, 'the payer approves')
  return sidesKnown(transition)
}

/** `ZA`: by the payer; `U69`: the time is over. */
export async function collectEnded(transition: Transition, code: string): Promise<void> {
  await stopAwaiting(transition)
  transition.txn.txnTs = transition.now
  addStep(transition, code === 'U69' ? 'the time for an answer is over' : `the payer declines: ${code}`)
  return failTransaction(transition, code)
}
