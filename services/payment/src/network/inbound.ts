// Our PSP's door: each message of the network is carried out, and acknowledged only when that is durable.
import {
  amountToWire,
  type Ack,
  type Api,
  type Message,
  type SignedMessage,
} from '@bahi/contracts/network.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { verdictOf, type Conclude } from './apply-network-outcome.ts'
import type { Measures } from '../metrics.ts'
import type { Network } from './network.ts'
import type { Parties } from '../payments/resolve.ts'
import type { Payment } from '../payments/payment.ts'
import { incomingId, receive } from '../payments/receive.ts'
import { findPayments, toPayment } from '../payments/store.ts'

type HearDeps = Pick<Deps, 'transaction' | 'clock' | 'sql' | 'log'> & {
  parties: Parties
  conclude: Conclude['conclude']
  network: Network | undefined
  measures: Pick<Measures, 'heard'>
  txnPrefix: string
  pace: number
  /** What goes on after an Ack, so that a service that closes waits for it. */
  after: Set<Promise<unknown>>
}

/** Throws `not-found` without a network, `unauthenticated`, `request-invalid`; and whatever keeps it from durable. */
export async function hearNetwork(
  deps: HearDeps,
  params: { api: Api; txnId: string },
  signed: SignedMessage,
): Promise<Ack> {
  const { network } = deps
  if (!network) throw new Problem('not-found', 'no network is connected here')
  const message = await network.read(params.api, signed)
  if (message.txn.id !== params.txnId)
    throw new Problem('request-invalid', 'the path names another transaction')
  deps.measures.heard(message.api)
  switch (message.api) {
    case 'RespPay':
    case 'RespChkTxn':
      await concludeBy(deps, message)
      return network.ack(message)
    case 'ReqTxnConfirmation':
      await concludeBy(deps, message)
      later(deps, network.tellConfirmed(message))
      return network.ack(message)
    case 'ReqAuthDetails': {
      const known = await paymentBehind(deps, message)
      const address = await receive(deps, message, { known, begin: !isOurs(deps, message), pace: deps.pace })
      later(deps, network.tellAddress(message, address))
      return network.ack(message)
    }
    default:
      throw new Problem('request-invalid', `our PSP takes no ${message.api}`)
  }
}

async function concludeBy(
  deps: HearDeps,
  message: Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>,
): Promise<void> {
  const payment = await paymentBehind(deps, message)
  if (!payment) {
    deps.log.warn({ txnId: message.txn.id, api: message.api }, 'the network speaks of a payment unknown here')
    return
  }
  if (!speaksOf(payment, message)) {
    // Money is moved on no word about another one: a check or the report decides.
    const about = { paymentId: payment.id, api: message.api, result: message.resp.result }
    deps.log.error(about, 'the network names another RRN or amount than the payment has')
    return
  }
  await deps.conclude(payment, verdictOf(message))
}

/** Whether RRN and amounts are the payment's; what did not move counts as `0.00`. */
function speaksOf(
  { rrn, amountPaise }: Payment,
  { txn, refs }: Message<'RespPay' | 'RespChkTxn' | 'ReqTxnConfirmation'>,
): boolean {
  const amounts = ['0.00', amountToWire(amountPaise).value]
  return txn.custRef === rrn && refs.every(({ settAmount }) => amounts.includes(settAmount))
}

function isOurs({ txnPrefix }: HearDeps, { txn }: Message): boolean {
  return txn.id.startsWith(txnPrefix)
}

async function paymentBehind(deps: HearDeps, message: Message): Promise<Payment | undefined> {
  const { txn } = message
  const hex = txn.id.slice(3).toLowerCase()
  const ownId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  if (isOurs(deps, message) && !/^[0-9a-f]{32}$/.test(hex)) return undefined
  const id = isOurs(deps, message) ? ownId : incomingId(txn)
  const [row] = await findPayments(deps.sql, [id])
  const payment = row && toPayment(row)
  return payment?.txnId === txn.id ? payment : undefined
}

/** What the network hears of this way it can ask for again: its loss costs time, not money. */
function later(deps: HearDeps, telling: Promise<unknown>): void {
  const told = telling
    .catch((error: unknown) => deps.log.warn({ err: error }, 'the network did not take an answer'))
    .finally(() => deps.after.delete(told))
  deps.after.add(told)
}
