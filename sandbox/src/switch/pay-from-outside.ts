// A customer of another bank pays, asks or answers with that bank's app: the switch begins the transaction itself.
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { normaliseVpa, txnIdOf } from '@bahi/contracts/formats.ts'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { amountToWire } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type {
  payFromOutside as contract,
  requestFromOutside as requestContract,
} from '@bahi/contracts/sandbox.ts'
import { prefixOf } from '../banks/bank.ts'
import { beginTransaction } from './begin-transaction.ts'
import { resolveAddress } from '../banks/resolve-addresses.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { rrnOf } from './rrn.ts'
import { lockTransaction, nextRrn } from './store.ts'
import type { Content } from './transaction.ts'
import { collectApproved, collectEnded } from './collect-transitions.ts'
import { applyTransition, inTransaction, newMsgId } from './transition.ts'

const usualMinutes = 30

type PayRequest = Input<typeof contract>['body']

/** Throws `not-found` when no customer of another bank has the payer's UPI ID, `code-invalid`. */
export async function payFromOutside(
  deps: NetworkDeps,
  request: PayRequest,
): Promise<Output<typeof contract>> {
  const { amountPaise } = request
  const initiation = request.code === undefined ? undefined : scannedAs(request.code, deps.clock.now())
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
      ...(initiation === undefined ? {} : { initiation }),
    })
    return { txnId, rrn }
  })
}

/** Throws `not-found` when no customer of another bank has the payee's UPI ID. */
export async function requestFromOutside(
  deps: NetworkDeps,
  request: Input<typeof requestContract>['body'],
): Promise<Output<typeof requestContract>> {
  const { amountPaise, expiresInMinutes: expireAfter = usualMinutes } = request
  return inTransaction(deps, async (context) => {
    const payee = await resolveAddress(context.tx, request.payeeVpa)
    if (!payee) throw new Problem('not-found', 'no customer of another bank has the payee’s UPI ID')
    const txnId = txnIdOf(prefixOf(payee.bank!), uuidv7(context.now.getTime()))
    const rrn = rrnOf(context.now, await nextRrn(context.tx))
    const amount = amountToWire(amountPaise)
    const { addr, name, type, code, ac } = payee
    await beginTransaction(deps, context, {
      origin: 'outside',
      txnId,
      rrn,
      txnTs: context.now,
      amountPaise,
      payer: { addr: normaliseVpa(request.payerVpa), name: '', type: 'PERSON', code: '0000', amount },
      payee: { addr, name, type, code, amount, ...(ac ? { ac } : {}) },
      collect: { expireAfter },
      reqMsgId: newMsgId(context.now),
      ...(request.note === undefined ? {} : { note: request.note }),
    })
    return { txnId, rrn }
  })
}

/** Throws `not-found` for what is no collect, `wrong-state` when nobody at another bank is asked for it. */
export async function answerFromOutside(deps: NetworkDeps, txnId: string, approve: boolean): Promise<void> {
  await inTransaction(deps, async (context) => {
    const txn = await lockTransaction(context.tx, txnId)
    if (!txn?.content.collect) throw new Problem('not-found', 'there is no such request')
    if (txn.phase !== 'collect' || txn.content.payer.isMember)
      throw new Problem('wrong-state', 'nobody at another bank is asked for this')
    await applyTransition(deps, context, txn, (transition) =>
      approve ? collectApproved(transition, context.now) : collectEnded(transition, 'ZA'),
    )
  })
}

/** What another app sends of the order that it scanned. It does not verify the signature. */
function scannedAs(code: string, now: Date): Content['initiation'] {
  const reading = readCode(code, now.getTime())
  if (reading.kind !== 'pay') throw new Problem('code-invalid', 'the other app cannot pay by this code')
  const { mode, purpose, reference, infoUrl } = reading.order.initiation
  return {
    ...(mode === undefined ? {} : { initiationMode: mode }),
    ...(purpose === undefined ? {} : { purpose }),
    ...(reference === undefined ? {} : { refId: reference }),
    ...(infoUrl === undefined ? {} : { refUrl: infoUrl }),
  }
}
