// Messages that the network sends to our PSP: each is applied, and acknowledged only once that is durable.
import {
  amountToWire,
  type Ack,
  type Api,
  type Message,
  type SignedMessage,
} from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { networkOutcomeOf, type ApplyNetworkOutcome } from './apply-network-outcome.ts'
import type { PaymentMetrics } from '../metrics.ts'
import type { PspMessages } from './psp-messages.ts'
import type { Routes } from '../payments/routes/route.ts'
import type { PartyResolver } from '../payments/resolve.ts'
import type { Payment } from '../payments/payment.ts'
import { inboundPaymentId, receive } from '../payments/receive.ts'
import { findPayments, toPayment } from '../payments/store.ts'

type InboundDeps = Pick<Deps, 'transaction' | 'clock' | 'sql' | 'log'> & {
  parties: PartyResolver
  applyOutcome: ApplyNetworkOutcome
  network: PspMessages | undefined
  metrics: Pick<PaymentMetrics, 'received'>
  txnPrefix: string
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
    case 'RespPay':
    case 'RespChkTxn':
      await applyOutcomeOf(deps, message)
      return network.ack(message)
    case 'ReqTxnConfirmation':
      await applyOutcomeOf(deps, message)
      inBackground(deps, network.answerConfirmation(message))
      return network.ack(message)
    case 'ReqAuthDetails': {
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
  const payment = await findPaymentOf(deps, message)
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
}

/** Whether RRN and amounts are the payment's; what did not move counts as `0.00`. */
function isAbout(
  { rrn, amountPaise }: Payment,
  { txn, refs }: Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>,
): boolean {
  const amounts = ['0.00', amountToWire(amountPaise).value]
  return txn.custRef === rrn && refs.every(({ settAmount }) => amounts.includes(settAmount))
}

function isOurs({ txnPrefix }: InboundDeps, { txn }: Message): boolean {
  return txn.id.startsWith(txnPrefix)
}

async function findPaymentOf(deps: InboundDeps, message: Message): Promise<Payment | undefined> {
  const { txn } = message
  const hex = txn.id.slice(3).toLowerCase()
  const ownId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  if (isOurs(deps, message) && !/^[0-9a-f]{32}$/.test(hex)) return undefined
  const id = isOurs(deps, message) ? ownId : inboundPaymentId(txn)
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
