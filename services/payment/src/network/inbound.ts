// Messages that the network sends to our PSP: each is applied, and acknowledged only once that is durable.
import {
  amountToWire,
  type Ack,
  type Api,
  type Message,
  type SignedMessage,
} from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { ClosedLoopRow } from '@bahi/contracts/request-rules.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { networkOutcomeOf, type ApplyNetworkOutcome } from './apply-network-outcome.ts'
import type { PaymentMetrics } from '../metrics.ts'
import { applyDebitOutcome, receiveAnswer, receiveChange } from '../mandates/receive-answer.ts'
import { debitTransactionOver, receiveDebit, receiveMandate } from '../mandates/receive-mandate.ts'
import type { PspMessages } from './psp-messages.ts'
import type { Routes } from '../payments/routes/route.ts'
import type { PartyResolver } from '../payments/resolve.ts'
import type { Payment } from '../payments/payment.ts'
import { inboundPaymentId, receive } from '../payments/receive.ts'
import { findByTxnIds, paymentIdIn } from '../payments/store-network.ts'
import { debitOfTxn } from '../mandates/store-debits.ts'
import { findPayments, toPayment } from '../payments/store.ts'
import { applyRequestOutcome, receiveRequest } from '../requests/receive-request.ts'
import type { PaymentRequest } from '../requests/request.ts'
import { findByTxnId } from '../requests/store.ts'

type InboundDeps = Pick<Deps, 'transaction' | 'clock' | 'sql' | 'log' | 'call'> & {
  parties: PartyResolver
  applyOutcome: ApplyNetworkOutcome
  network: PspMessages | undefined
  metrics: Pick<PaymentMetrics, 'received' | 'completed' | 'ported'>
  closedLoop: readonly ClosedLoopRow[]
  txnPrefix: string
  /** Code of our bank. */
  bank: string
  routes: Routes
  /** What is still sent after an Ack: a service that closes waits for it. */
  background: Set<Promise<unknown>>
}

/** Throws `not-found` without a network, `unauthenticated`, `request-invalid`, and what keeps it from being durable. */
export async function receiveMessage(
  deps: InboundDeps,
  params: { api: Api; txnId: string },
  signed: SignedMessage,
): Promise<Ack> {
  const { network } = deps
  if (!network) throw new Problem('not-found', 'no network is connected here')
  const message = await network.read(params.api, signed)
  if (message.txn.id !== params.txnId)
    throw new Problem('request-invalid', 'the path names another transaction')
  deps.metrics.received(message.api)
  switch (message.api) {
    case 'RespChkTxn':
      // Of a mandate that was asked for: a payment's has another type.
      if (message.txn.subType === 'CREATE') await receiveAnswer(deps, message)
      else await applyOutcomeOf(deps, message)
      return network.ack(message)
    case 'RespPay':
      await applyOutcomeOf(deps, message)
      return network.ack(message)
    case 'ReqTxnConfirmation':
      await applyOutcomeOf(deps, message)
      inBackground(deps, network.answerConfirmation(message))
      return network.ack(message)
    case 'RespMandate':
      await receiveAnswer(deps, message)
      return network.ack(message)
    case 'ReqMandateConfirmation':
      await receiveChange(deps, message)
      return network.ack(message)
    case 'ReqAuthMandate': {
      const answer = await receiveMandate(deps, message)
      if (answer) inBackground(deps, network.replyAboutMandate(message, answer))
      return network.ack(message)
    }
    case 'ReqAuthDetails': {
      if (message.txn.type === 'COLLECT' && message.txn.umn !== undefined) {
        const refused = await receiveDebit(deps, message)
        if (refused !== undefined) inBackground(deps, network.answerAddress(message, { code: refused }))
        return network.ack(message)
      }
      if (message.txn.type === 'COLLECT') {
        const refused = await receiveRequest(deps, message)
        if (refused !== undefined) inBackground(deps, network.answerAddress(message, { code: refused }))
        return network.ack(message)
      }
      const existing = await findPaymentOf(deps, message)
      const address = await receive(deps, message, { existing, begin: !isOurs(deps, message) })
      inBackground(deps, network.answerAddress(message, address))
      return network.ack(message)
    }
    default:
      throw new Problem('request-invalid', `our PSP takes no ${message.api}`)
  }
}

async function applyOutcomeOf(
  deps: InboundDeps,
  message: Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>,
): Promise<void> {
  const own = (await findPaymentOf(deps, message)) ?? (await debitPaymentOf(deps, message))
  const request = own ? undefined : await findByTxnId(deps.sql, message.txn.id)
  const payment = request ? await paymentOf(deps, request) : own
  if (request && !isAboutRequest(request, message)) {
    const about = { requestId: request.id, api: message.api, result: message.resp.result }
    deps.log.error(about, 'network message has another RRN or amount than its request: nothing was applied')
    return
  }
  if (request && payment?.status !== 'pending') return applyRequestOutcome(deps, message.txn.id, message)
  if (!payment && message.api !== 'ReqTxnConfirmation' && (await applyDebitOutcome(deps, message))) return
  if (!payment && (await debitTransactionOver(deps, message))) return
  if (!payment) {
    deps.log.warn(
      { txnId: message.txn.id, api: message.api },
      'network message for an unknown payment: ignored',
    )
    return
  }
  if (!isAbout(payment, message)) {
    // No money moves by a message that does not match: a check or the settlement report decides.
    const about = { paymentId: payment.id, api: message.api, result: message.resp.result }
    deps.log.error(about, 'network message has another RRN or amount than its payment: nothing was applied')
    return
  }
  await deps.applyOutcome(payment, networkOutcomeOf(message))
  // The network's transaction is over, and with it what the payment was to approve: a request, or a debit.
  if (request) await applyRequestOutcome(deps, message.txn.id, message)
  else if (payment.initiation.origin.kind === 'mandate') await debitTransactionOver(deps, message)
}

/** The payment of ours that approves a request of another app. */
async function paymentOf(
  deps: InboundDeps,
  { paymentId }: { paymentId?: string | undefined },
): Promise<Payment | undefined> {
  const [row] = paymentId === undefined ? [] : await findPayments(deps.sql, [paymentId])
  return row && toPayment(row)
}

/** The payment of ours by which the PSP of a payee elsewhere debits a mandate. */
async function debitPaymentOf(deps: InboundDeps, { txn }: Message): Promise<Payment | undefined> {
  if (isOurs(deps, { txn })) return undefined
  // The one in progress, if there are earlier ones that failed.
  const inProgress = await paymentOf(deps, { paymentId: (await debitOfTxn(deps.sql, txn.id))?.paymentId })
  if (inProgress) return inProgress
  const [payment] = await findByTxnIds(deps.sql, [txn.id], deps.txnPrefix)
  return payment?.initiation.origin.kind === 'mandate' && payment.status !== 'failed' ? payment : undefined
}

const isAboutRequest = ({ network, amountPaise }: PaymentRequest, message: Parameters<typeof isAbout>[1]) =>
  isAbout({ rrn: network!.rrn, amountPaise }, message)

/** Whether RRN and amounts are the payment's; what did not move counts as `0.00`. */
function isAbout(
  { rrn, amountPaise }: Pick<Payment, 'rrn' | 'amountPaise'>,
  { txn, refs }: Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>,
): boolean {
  const amounts = ['0.00', amountToWire(amountPaise).value]
  return txn.custRef === rrn && refs.every(({ settAmount }) => amounts.includes(settAmount))
}

function isOurs({ txnPrefix }: InboundDeps, { txn }: Pick<Message, 'txn'>): boolean {
  return txn.id.startsWith(txnPrefix)
}

async function findPaymentOf(deps: InboundDeps, message: Message): Promise<Payment | undefined> {
  const { txn } = message
  const id = isOurs(deps, message)
    ? paymentIdIn(txn.id.toLowerCase(), deps.txnPrefix.toLowerCase())
    : inboundPaymentId(txn)
  if (id === undefined) return undefined
  const [row] = await findPayments(deps.sql, [id])
  const payment = row && toPayment(row)
  return payment?.txnId === txn.id ? payment : undefined
}

/** The network repeats requests without a reply: a lost reply costs time, not money. */
function inBackground(deps: InboundDeps, sending: Promise<unknown>): void {
  const sent = sending
    .catch((error: unknown) =>
      deps.log.warn({ err: error }, 'reply could not be sent to the network: it will ask again'),
    )
    .finally(() => deps.background.delete(sent))
  deps.background.add(sent)
}
