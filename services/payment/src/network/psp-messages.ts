// The messages that our PSP sends to the switch and reads from it. No other file here knows their format.
import {
  type Ack,
  type Api,
  type Creds,
  type Head,
  type Message,
  type SignedMessage,
  type Txn,
  type WireParty,
} from '@bahi/contracts/network.ts'
import type { SettlementPage } from '@bahi/contracts/network-adapter.ts'
import type { MandateDebitRef } from '@bahi/contracts/transfers.ts'
import { uuidv7, uuidv7TimeMs } from '@bahi/contracts/id.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Payment } from '../payments/payment.ts'
import type { PaymentRequest } from '../requests/request.ts'
import { mandateMessages, type MandateMessages } from './mandate-messages.ts'
import { acOf, kindOf, partyOf, respOf, type WireAccount } from './message-parts.ts'

export type PspMessages = MandateMessages & {
  /** Builds the message that starts a payment; the result sends it, and repetitions have no further effect. */
  payment(
    payment: Payment,
    payer: WireAccount,
    creds: Creds,
    debit?: MandateDebitRef,
  ): Promise<() => Promise<Ack>>
  /** The same of a payment that approves a request of another app, in answer to the message that asked for it. */
  approval(payment: Payment, payer: WireAccount, creds: Creds, reqMsgId: string): Promise<() => Promise<Ack>>
  /** Asks the customer of another app for money, which is credited to this account; `mcc` of a merchant. */
  collect(request: PaymentRequest, payee: WireAccount & { mcc?: string }): Promise<Ack>
  /** Replies to a collect that our customer does not pay. */
  refuseCollect(request: PaymentRequest, code: string): Promise<Ack>
  /** Checks what became of a request; the reply arrives as a message. */
  checkRequest(request: PaymentRequest): Promise<Ack>
  /** Checks the status of a payment; the reply arrives as a message. */
  check(payment: Payment): Promise<Ack>
  /** Replies to an address request: the account, or the code of a refusal. */
  answerAddress(
    request: Message<'ReqAuthDetails'>,
    found: { account: WireAccount; name: string; mcc?: string } | { code: string },
  ): Promise<Ack>
  /** Replies that a confirmation was received. */
  answerConfirmation(request: Message<'ReqTxnConfirmation'>): Promise<Ack>
  /** A page of the report of a settlement cycle. Throws `bank-unreachable`, `wrong-state` when it is not there yet. */
  report(cycle: string, after: string | undefined): Promise<SettlementPage>
  /** The verified message. Throws `unauthenticated`, or `request-invalid` when it is no message of this API. */
  read<A extends Api>(api: A, signed: SignedMessage): Promise<Message<A>>
  ack(message: Message, err?: string): Ack
}

/** Undefined without a network: only payments within our bank are possible then. */
export function createPspMessages(deps: Pick<Deps, 'network' | 'clock'>): PspMessages | undefined {
  const adapter = deps.network
  if (!adapter.connected) return undefined
  const { orgId } = adapter
  const now = () => deps.clock.now()

  function head(txnId: string): Head {
    const at = now()
    const msgId = txnId.slice(0, 3) + uuidv7(at.getTime()).replaceAll('-', '')
    return { ver: '2.0', ts: at.toISOString(), orgId, msgId, prodType: 'UPI' }
  }

  return {
    payment: (payment, payer, creds, debit) =>
      adapter.prepare({
        api: 'ReqPay',
        head: head(payment.txnId),
        txn: { ...txnOf(payment, 'PAY'), ...(debit ? { umn: debit.umn, seqNum: debit.sequence } : {}) },
        payer: { ...partyOf(payment.payer, payment, '0000'), ac: acOf(payer), creds },
        payee: partyOf(payment.payee, payment, payment.initiation.mcc),
      }),
    approval: (payment, payer, creds, reqMsgId) =>
      adapter.prepare({
        api: 'RespAuthDetails',
        head: head(payment.txnId),
        txn: txnOf(payment, 'COLLECT'),
        resp: respOf(reqMsgId, '00'),
        payer: { ...partyOf(payment.payer, payment, '0000'), ac: acOf(payer), creds },
      }),
    collect: (request, payee) =>
      adapter.send({
        api: 'ReqPay',
        head: head(request.network!.txnId),
        txn: { ...txnOfRequest(request, 'COLLECT'), expireAfter: minutesOf(request) },
        payer: partyOf(request.payer, request, '0000'),
        payee: { ...partyOf(request.payee, request, payee.mcc ?? '0000'), ac: acOf(payee) },
      }),
    refuseCollect: (request, code) =>
      adapter.send({
        api: 'RespAuthDetails',
        head: head(request.network!.txnId),
        txn: txnOfRequest(request, 'COLLECT'),
        resp: respOf(request.network!.reqMsgId!, code),
      }),
    checkRequest: (request) =>
      adapter.send({
        api: 'ReqChkTxn',
        head: head(request.network!.txnId),
        txn: { ...txnOfRequest(request, 'CHKTXN'), subType: 'COLLECT' },
      }),
    check: (payment) =>
      adapter.send({
        api: 'ReqChkTxn',
        head: head(payment.txnId),
        txn: { ...txnOf(payment, 'CHKTXN'), subType: 'PAY' },
      }),
    answerAddress(request, found) {
      const resp = respOf(request.head.msgId, 'code' in found ? found.code : '00')
      const about = { api: 'RespAuthDetails' as const, head: head(request.txn.id), txn: request.txn, resp }
      if ('code' in found) return adapter.send(about)
      const { name, account, mcc } = found
      const category = mcc === undefined ? {} : kindOf(mcc)
      const payee: WireParty = { ...request.payee, ...category, name, ac: acOf(account) }
      return adapter.send({ ...about, payee })
    },
    answerConfirmation: (request) =>
      adapter.send({
        api: 'RespTxnConfirmation',
        head: head(request.txn.id),
        txn: request.txn,
        resp: respOf(request.head.msgId, '00'),
      }),
    ...mandateMessages(adapter, head),
    report: (cycle, after) => adapter.settlementReport(cycle, after),
    read: (api, signed) => adapter.read(api, signed),
    ack: (message, err) => ({
      api: message.api,
      reqMsgId: message.head.msgId,
      ts: now().toISOString(),
      ...(err === undefined ? {} : { err }),
    }),
  }
}

function txnOf(payment: Payment, type: Txn['type']): Txn {
  const { id, txnId, rrn, note, route, createdAt, initiation } = payment
  const { mode, purpose, reference, infoUrl } = initiation
  // The time of an inbound payment's message is in its id: all messages about it name the same one.
  const begunAt = route === 'in' ? new Date(uuidv7TimeMs(id)) : createdAt
  return {
    id: txnId,
    custRef: rrn,
    ts: begunAt.toISOString(),
    type,
    initiationMode: mode,
    purpose,
    ...(reference === undefined ? {} : { refId: reference }),
    ...(infoUrl === undefined ? {} : { refUrl: infoUrl }),
    ...(note === undefined ? {} : { note }),
  }
}

function txnOfRequest({ network, note, createdAt }: PaymentRequest, type: Txn['type']): Txn {
  const { txnId, rrn } = network!
  return {
    id: txnId,
    custRef: rrn,
    ts: createdAt.toISOString(),
    type,
    ...(note === undefined ? {} : { note }),
  }
}

const minutesOf = ({ createdAt, expiresAt }: PaymentRequest): number =>
  Math.round((expiresAt.getTime() - createdAt.getTime()) / 60_000)
