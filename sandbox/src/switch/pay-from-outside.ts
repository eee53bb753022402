// A customer of another bank pays with that bank's app: the switch begins the transaction itself.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa, txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { amountToWire } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { payFromOutside as contract } from '@bahi/contracts/sandbox.ts'
import { prefixOf } from '../banks/bank.ts'
import { beginTransaction } from './begin-transaction.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { rrnOf } from './rrn.ts'
import { nextRrn } from './store.ts'
import { inTransaction, newMsgId } from './transition.ts'

type PayRequest = Input<typeof contract>['body']

/** Throws `not-found` when no customer of another bank has the payer's UPI ID. */
export async function payFromOutside(
  deps: NetworkDeps,
  request: PayRequest,
): Promise<Output<typeof contract>> {
  const { amountPaise } = request
  return inTransaction(deps, async (context) => {
    const payer = await resolveAddress(context.tx, request.payerVpa)
    if (!payer) throw new Problem('not-found', 'no customer of another bank has the payer’s UPI ID')
    const txnId = txnIdOf(prefixOf(payer.bank!), uuidv7(context.now.getTime()))
    const rrn = rrnOf(context.now, await nextRrn(context.tx))
    const amount = amountToWire(amountPaise)
    const { addr, name, type, code, ac } = payer
    await beginTransaction(deps, context, {
      origin: 'outside',
      txnId,
      rrn,
      txnTs: context.now,
      amountPaise,
      payer: { addr, name, type, code, amount, ...(ac ? { ac } : {}) },
      payee: { addr: normaliseVpa(request.payeeVpa), name: '', type: 'PERSON', code: '0000', amount },
      reqMsgId: newMsgId(context.now),
      ...(request.note === undefined ? {} : { note: request.note }),
    })
    return { txnId, rrn }
  })
}
