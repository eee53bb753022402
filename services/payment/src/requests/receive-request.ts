// What the network says of requests: another app asks one of our customers, or one that a customer of ours made has
// ended.
import { createHash } from 'node:crypto'
import { maxAmountPaise, normaliseVpa } from '@bahi/contracts/formats.ts'
import { amountFromWire, type Message } from '@bahi/contracts/network.ts'
import { mayRequest, requestRulesAt, type ClosedLoopRow } from '@bahi/contracts/request-rules.ts'
import { deriveId } from '@bahi/kit/crypto/derive-id.ts'
import { cancel, schedule } from '@bahi/kit/due-work/due-work.ts'
import { appendEvents } from '@bahi/kit/events/events.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { retryRaces, type Tx } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from '../metrics.ts'
import { networkOutcomeOf } from '../network/apply-network-outcome.ts'
import type { Payment } from '../payments/payment.ts'
import { plainText } from '../payments/receive.ts'
import { unreachable, type PartyResolver } from '../payments/resolve.ts'
import { storeSettled } from '../payments/store-settled.ts'
import { lockPayers } from '../limits/store.ts'
import { areBlocked } from '../people/store.ts'
import { checkKind } from './network-requests.ts'
import { expiryKind } from './expire-requests.ts'
import { change, changeEvent, madeEvent, type PaymentRequest, type RequestChange } from './request.ts'
import { countMade, findByTxnId, insertRequest, lockRequests, updateRequest } from './store.ts'

type ReceiveDeps = Pick<Deps, 'transaction' | 'clock' | 'sql'> & {
  parties: PartyResolver
  closedLoop: readonly ClosedLoopRow[]
  metrics: Pick<PaymentMetrics, 'completed'>
}

/** UPI codes of why our customer is not asked. */
const codes = {
  malformed: 'ZD',
  nobody: 'ZH',
  /** The rules in force do not permit it. */
  forbidden: 'U10',
  blocked: 'ZG',
  tooMany: 'Z7',
}

/**
 * Our customer is asked: stored before the network may go on. The same message again changes nothing. A code: they are
 * not asked, and nothing is stored; undefined: their answer comes later.
 */
export async function receiveRequest(
  deps: ReceiveDeps,
  message: Message<'ReqAuthDetails'>,
): Promise<string | undefined> {
  const { txn, payer, payee } = message
  if (await findByTxnId(deps.sql, txn.id)) return undefined
  const now = deps.clock.now()
  const rules = requestRulesAt(now, deps.closedLoop, 'network')
  const amountPaise = amountFromWire(payee.amount)
  const isAmount =
    amountPaise > 0 && amountPaise <= maxAmountPaise && payer.amount.value === payee.amount.value
  if (!isAmount) return codes.malformed
  if (!mayRequest(rules, payee.code)) return codes.forbidden
  const maxPaise = payee.code === '0000' ? rules.persons!.maxPaise : rules.merchantMaxPaise
  const minutes = Math.min(txn.expireAfter ?? rules.expiry.default, rules.expiry.max)
  if (amountPaise > maxPaise) return codes.forbidden
  const vpa = normaliseVpa(payer.addr)
  const party = await deps.parties.payer(vpa)
  if (party === undefined || party === unreachable || party.userId === undefined) return codes.nobody
  const { userId, name } = party
  const askerVpa = normaliseVpa(payee.addr)
  const request: PaymentRequest = {
    id: deriveId(Date.parse(txn.ts), txn.id, 'request'),
    ...{ version: 1, status: 'pending', amountPaise, reminders: 0 },
    ...(txn.note === undefined ? {} : { note: txn.note }),
    payee: { vpa: askerVpa, name: plainText(payee.name) || askerVpa },
    payer: { userId, vpa, name },
    createdAt: now,
    expiresAt: new Date(Date.parse(txn.ts) + minutes * 60_000),
    network: { txnId: txn.id, rrn: txn.custRef, reqMsgId: message.head.msgId },
  }
  if (request.expiresAt <= now) return codes.malformed
  const hash = createHash('sha256').update(txn.id).digest('hex')
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      // The lock of who is asked: no two requests of one asker are counted at once.
      await lockPayers(tx, [userId])
      if (await findByTxnId(tx, txn.id)) return undefined
      const [isBlocked] = await areBlocked(tx, [{ of: request.payer, by: request.payee }])
      if (isBlocked) return codes.blocked
      const { open } = await countMade(tx, request.payee, request.payer, now)
      if (open >= rules.maxOpenPerPayer) return codes.tooMany
      await insertRequest(tx, request, hash)
      await appendEvents(tx, now, [madeEvent(request)])
      await schedule(tx, [{ kind: expiryKind, key: request.id, dueAt: request.expiresAt }])
      return undefined
    }),
  )
}

type Outcome = Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>

/** Applies what the network says to a request that is open and that no payment of ours is in progress for. */
export async function applyRequestOutcome(deps: ReceiveDeps, txnId: string, message: Outcome): Promise<void> {
  const outcome = networkOutcomeOf(message)
  // A check asks again, after the time of the request.
  if (outcome.is === 'open' || outcome.is === 'deemed') return
  const mcc = outcome.is === 'settled' ? await categoryOfPayee(deps, txnId) : '0000'
  const settled = await retryRaces(() =>
    deps.transaction(async (tx) => {
      const found = await findByTxnId(tx, txnId)
      const request = found && (await lockRequests(tx, [found.id])).get(found.id)
      if (request?.status !== 'pending' || request.paymentId !== undefined) return undefined
      const now = deps.clock.now()
      if (outcome.is === 'failed') {
        await end(tx, request, endOf(outcome.code), now)
        return undefined
      }
      // Somebody else approved it: a payment comes in. Of one that our customer was asked for there is none to be paid.
      return request.payee.userId === undefined ? undefined : settle(tx, request, mcc, now)
    }),
  )
  if (settled) deps.metrics.completed(settled)
}

function endOf(code: string): RequestChange {
  if (code === 'ZA' || code === 'U19') return { type: 'declined', blocked: false }
  return code === 'U69' ? { type: 'expired' } : { type: 'failed', code }
}

async function end(tx: Tx, request: PaymentRequest, what: RequestChange, now: Date): Promise<void> {
  const ended = change(request, what, now)
  await updateRequest(tx, ended)
  // Also one that was given up.
  await cancel(tx, checkKind, [request.id])
  await appendEvents(tx, now, [changeEvent(ended, what)])
}

/** Of whoever asked and is paid now; a UPI ID that is not theirs any more says nothing of them. */
async function categoryOfPayee({ sql, parties }: ReceiveDeps, txnId: string): Promise<string> {
  const payee = (await findByTxnId(sql, txnId))?.payee
  const party = payee?.userId === undefined ? undefined : await parties.payer(payee.vpa)
  if (party === undefined || party === unreachable || party.userId !== payee?.userId) return '0000'
  return party.mcc ?? '0000'
}

/** With the payment that paid it. */
async function settle(tx: Tx, request: PaymentRequest, mcc: string, now: Date): Promise<Payment> {
  const { id: requestId, amountPaise, note, payer, payee, network, createdAt } = request
  const initiation = {
    ...{ mode: '00', purpose: '00', mcc },
    origin: { kind: 'request' as const, id: requestId },
  }
  const { txnId, rrn } = network!
  const about = { txnId, rrn, begunAt: createdAt, amountPaise, payer, payee, initiation }
  const payment = await storeSettled(tx, { ...about, ...(note === undefined ? {} : { note }) }, now)
  await end(tx, request, { type: 'paid', paymentId: payment.id }, now)
  return payment
}
