// Begins a transaction: stores it once by its id, chooses its faults, and makes the first transition.
import type { WireParty } from '@bahi/contracts/network.ts'
import { ownBank } from '../banks/bank.ts'
import { chooseEffects, drops } from '../scenarios/effects.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import { startCollect } from './collect-transitions.ts'
import { startAddressResolution } from './payment-transitions.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { activeRules } from '../scenarios/rules.ts'
import { insertTransaction } from './store.ts'
import { toParty, type Content, type Party, type Transaction } from './transaction.ts'
import { applyTransition, enterPhase, addStep, type TxContext } from './transition.ts'

export type NewTransaction = Pick<Transaction, 'txnId' | 'rrn' | 'txnTs' | 'amountPaise'> & {
  origin: 'member' | 'outside'
  payer: WireParty
  payee: WireParty
  reqMsgId: string
  note?: string
  initiation?: Content['initiation']
  collect?: Content['collect']
  debit?: Content['debit']
}

/** False when there is already a transaction with this id. */
export async function beginTransaction(
  deps: NetworkDeps,
  context: TxContext,
  request: NewTransaction,
): Promise<boolean> {
  const { txnId, amountPaise } = request
  const payer = payerOf(request)
  // Not resolved yet; its bank is known only when it is the member or a bank of the sandbox.
  // Who asks names the account.
  const payee: Party = toParty(request.collect ? request.payee : { ...request.payee, ac: undefined })
  const bank = payee.isMember ? ownBank : (await resolveAddress(context.tx, payee.addr))?.bank
  const facts = { txnId, amountPaise, payer, payee: bank === undefined ? payee : { ...payee, bank } }
  const { rules, seed } = await activeRules(deps, context.tx)
  const chosen = chooseEffects(facts, rules, seed)
  const txn: Transaction = {
    txnId,
    rrn: request.rrn,
    txnTs: request.txnTs,
    origin: request.origin,
    phase: 'begun',
    dueAt: null,
    waitingFor: null,
    takenAt: context.now,
    decidedAt: null,
    result: null,
    errCode: null,
    amountPaise,
    content: {
      payer,
      payee,
      ...(request.note === undefined ? {} : { note: request.note }),
      ...(request.initiation === undefined ? {} : { initiation: request.initiation }),
      ...(request.payer.creds ? { creds: request.payer.creds } : {}),
      ...(request.collect === undefined ? {} : { collect: request.collect }),
      ...(request.debit === undefined ? {} : { debit: request.debit }),
      reqMsgId: request.reqMsgId,
      ...chosen,
      refs: [],
    },
    steps: [],
  }
  if (!(await insertTransaction(context.tx, txn))) return false
  await applyTransition(deps, context, txn, async (transition) => {
    addStep(transition, beginningOf(request, payer))
    if (!drops(chosen.effects, 'request'))
      return request.collect ? startCollect(transition) : startAddressResolution(transition)
    addStep(transition, 'the request is lost')
    delete txn.content.creds
    enterPhase(transition, 'lost')
  })
  return true
}

/** A pre-approved debit is our bank's, whether the message names the account or not. */
function payerOf({ payer }: NewTransaction): Party {
  const side = toParty(payer)
  return payer.creds?.type === 'PreApproved' && !payer.ac ? { ...side, bank: ownBank } : side
}

function beginningOf({ origin, collect, payee }: NewTransaction, payer: Party): string {
  if (origin === 'member') return `ReqPay ${collect ? 'COLLECT ' : ''}from our PSP`
  return collect ? `requested with the app of ${payee.addr}` : `paid with the app of ${payer.bank}`
}
