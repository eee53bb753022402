// A transaction begins: kept under its id once, its faults chosen, its first step taken.
import type { WireParty } from '@bahi/contracts/network.ts'
import { ownBank } from '../banks/bank.ts'
import { chooseEffects, drops } from '../scenarios/effects.ts'
import { findParty } from '../banks/resolve-addresses.ts'
import { startAddress } from './payment-steps.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { rulesInForce } from '../scenarios/rules.ts'
import { insertTransaction } from './store.ts'
import { sideOf, type Side, type Transaction } from './transaction.ts'
import { change, enter, note, type Moment } from './step.ts'

export type Begun = Pick<Transaction, 'txnId' | 'rrn' | 'txnTs' | 'amountPaise'> & {
  origin: 'member' | 'outside'
  payer: WireParty
  payee: WireParty
  reqMsgId: string
  note?: string
}

/** False when there is a transaction with this id. */
export async function beginTransaction(deps: NetworkDeps, moment: Moment, begun: Begun): Promise<boolean> {
  const { txnId, amountPaise } = begun
  const payer = payerOf(begun)
  // Not yet asked: its bank is known here only when it is one of ours.
  const payee: Side = sideOf({ ...begun.payee, ac: undefined })
  const bank = payee.ours ? ownBank : (await findParty(moment.tx, payee.addr))?.bank
  const about = { txnId, amountPaise, payer, payee: bank === undefined ? payee : { ...payee, bank } }
  const { rules, seed } = await rulesInForce(deps, moment.tx)
  const chosen = chooseEffects(about, rules, seed)
  const txn: Transaction = {
    txnId,
    rrn: begun.rrn,
    txnTs: begun.txnTs,
    origin: begun.origin,
    phase: 'begun',
    dueAt: null,
    waitingFor: null,
    takenAt: moment.now,
    decidedAt: null,
    result: null,
    errCode: null,
    amountPaise,
    content: {
      payer,
      payee,
      ...(begun.note === undefined ? {} : { note: begun.note }),
      ...(begun.payer.creds ? { creds: begun.payer.creds } : {}),
      reqMsgId: begun.reqMsgId,
      ...chosen,
      refs: [],
    },
    steps: [],
  }
  if (!(await insertTransaction(moment.tx, txn))) return false
  await change(deps, moment, txn, async (unit) => {
    note(unit, begun.origin === 'member' ? 'ReqPay from our PSP' : `paid with the app of ${payer.bank}`)
    if (!drops(chosen.effects, 'request')) return startAddress(unit)
    note(unit, 'the request is lost')
    delete txn.content.creds
    enter(unit, 'lost')
  })
  return true
}

/** Who has authorised the debit itself is our bank, whether it names the account or not. */
function payerOf({ payer }: Begun): Side {
  const side = sideOf(payer)
  return payer.creds?.type === 'PreApproved' && !payer.ac ? { ...side, bank: ownBank } : side
}
