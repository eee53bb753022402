// Somebody at another bank pays with that bank's app: the switch begins the transaction itself.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa, rrnOf, txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { amountToWire } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { payFromOutside as contract } from '@bahi/contracts/sandbox.ts'
import { prefixOf } from '../banks/bank.ts'
import { beginTransaction } from './begin-transaction.ts'
import { findParty } from '../banks/resolve-addresses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { nextRrn } from './store.ts'
import { inUnit, newMsgId } from './step.ts'

type Asked = Input<typeof contract>['body']

/** Throws `not-found` when no other bank's app gave the payer's UPI ID. */
export async function payFromOutside(deps: NetworkDeps, asked: Asked): Promise<Output<typeof contract>> {
  const { amountPaise } = asked
  return inUnit(deps, async (moment) => {
    const found = await findParty(moment.tx, asked.payerVpa)
    if (!found) throw new Problem('not-found', 'no customer of another bank has the payer’s UPI ID')
    const txnId = txnIdOf(prefixOf(found.bank!), uuidv7(moment.now.getTime()))
    const rrn = rrnOf(moment.now, await nextRrn(moment.tx))
    const amount = amountToWire(amountPaise)
    const { addr, name, type, code, ac } = found
    await beginTransaction(deps, moment, {
      origin: 'outside',
      txnId,
      rrn,
      txnTs: moment.now,
      amountPaise,
      payer: { addr, name, type, code, amount, ...(ac ? { ac } : {}) },
      payee: { addr: normaliseVpa(asked.payeeVpa), name: '', type: 'PERSON', code: '0000', amount },
      reqMsgId: newMsgId(moment.now),
      ...(asked.note === undefined ? {} : { note: asked.note }),
    })
    return { txnId, rrn }
  })
}
