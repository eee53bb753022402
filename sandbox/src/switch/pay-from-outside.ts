// A customer of another bank pays, asks or answers with that bank's app: the switch begins the transaction itself.
import { readCode } from '@bahi/contracts/codes/read-code.ts'
import type { Input, Output } from '@bahi/contracts/call.ts'
import { amountToWire } from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type {
  answerFromOutside as answerContract,
  payFromOutside as contract,
  requestFromOutside as requestContract,
} from '@bahi/contracts/sandbox.ts'
import { beginTransaction } from './begin-transaction.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { knownParty, newTransactionIds, outsideParty, unknownParty } from './outside-party.ts'
import { lockTransaction } from './store.ts'
import { initiationOf, usualMinutes, type Content } from './transaction.ts'
import { collectApproved, collectEnded } from './collect-transitions.ts'
import { applyTransition, inTransaction, newMsgId } from './transition.ts'

type PayRequest = Input<typeof contract>['body']

/** Throws `not-found` when no customer of another bank has the payer's UPI ID, `code-invalid`. */
export async function payFromOutside(
  deps: NetworkDeps,
  request: PayRequest,
): Promise<Output<typeof contract>> {
  const initiation = request.code === undefined ? undefined : scannedAs(request.code, deps.clock.now())
  const { payerVpa, payeeVpa } = request
  return beginFrom(deps, { side: 'payer', vpa: payerVpa, otherVpa: payeeVpa }, request, {
    ...(initiation === undefined ? {} : { initiation }),
  })
}

/** Throws `not-found` when no customer of another bank has the payee's UPI ID. */
export async function requestFromOutside(
  deps: NetworkDeps,
  request: Input<typeof requestContract>['body'],
): Promise<Output<typeof requestContract>> {
  const { payerVpa, payeeVpa, expiresInMinutes: expireAfter = usualMinutes } = request
  return beginFrom(deps, { side: 'payee', vpa: payeeVpa, otherVpa: payerVpa }, request, {
    collect: { expireAfter },
  })
}

/** A transaction that a customer of another bank begins, with somebody whom the other PSP has to resolve. */
function beginFrom(
  deps: NetworkDeps,
  about: { side: 'payer' | 'payee'; vpa: string; otherVpa: string },
  { amountPaise, note }: { amountPaise: number; note?: string },
  more: Pick<Content, 'initiation' | 'collect'>,
): Promise<{ txnId: string; rrn: string }> {
  return inTransaction(deps, async (context) => {
    const found = await outsideParty(context, about.side, about.vpa)
    const { txnId, rrn } = await newTransactionIds(context, found)
    const amount = amountToWire(amountPaise)
    const own = { ...knownParty(found), amount }
    const other = { ...unknownParty(about.otherVpa), amount }
    await beginTransaction(deps, context, {
      ...{ origin: 'outside', txnId, rrn, txnTs: context.now, amountPaise },
      ...(about.side === 'payer' ? { payer: own, payee: other } : { payer: other, payee: own }),
      reqMsgId: newMsgId(context.now),
      ...(note === undefined ? {} : { note }),
      ...more,
    })
    return { txnId, rrn }
  })
}

/** Throws `not-found` for what is no collect, `wrong-state` when nobody with another app is asked for it. */
export async function answerFromOutside(
  deps: NetworkDeps,
  txnId: string,
  { approve, pin }: Input<typeof answerContract>['body'],
): Promise<void> {
  await inTransaction(deps, async (context) => {
    const txn = await lockTransaction(context.tx, txnId)
    if (!txn?.content.collect) throw new Problem('not-found', 'there is no such request')
    if (txn.phase !== 'collect' || txn.content.payer.isMember)
      throw new Problem('wrong-state', 'nobody with another app is asked for this')
    if (pin !== undefined) txn.content.creds = { type: 'PIN', subType: 'MPIN', data: pin }
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
  return initiationOf({ initiationMode: mode, purpose, refId: reference, refUrl: infoUrl })
}
