// A payment request as the result of its events: which may follow which. Pure.
import type { AskingApp } from '@bahi/contracts/app-requests.ts'
import type { EventData } from '@bahi/contracts/events.ts'
import type { RequestStatus, RequestView } from '@bahi/contracts/requests.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { requestRulesAt } from '@bahi/contracts/request-rules.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import type { NewEvent } from '@bahi/kit/events/events.ts'
import type { PaymentParty } from '../payments/payment.ts'

/** Without a user: they use another app. */
export type RequestParty = PaymentParty

/** Of a request through the network: its transaction, and the message that asked our customer. */
export type NetworkRequest = { txnId: string; rrn: string; reqMsgId?: string }

export type PaymentRequest = {
  id: string
  version: number
  status: RequestStatus
  amountPaise: number
  note?: string
  /** Who asks, and is paid. */
  payee: RequestParty
  /** Who is asked. */
  payer: RequestParty
  createdAt: Date
  expiresAt: Date
  completedAt?: Date
  reminders: number
  remindedAt?: Date
  /** The payment in progress for it, or that paid it. */
  paymentId?: string
  network?: NetworkRequest
  /** Through which the payee asks. */
  app?: AskingApp
  /** UPI response code of what ended it. */
  code?: string
}

export type RequestChange =
  | { type: 'reminded' }
  | { type: 'paid'; paymentId: string }
  | { type: 'declined'; blocked: boolean }
  | { type: 'cancelled' }
  | { type: 'expired' }
  | { type: 'failed'; code: string }

/** The request after a change. Throws `wrong-state` when it is final, or is being paid and the change is no payment. */
export function change(request: PaymentRequest, what: RequestChange, at: Date): PaymentRequest {
  if (request.status !== 'pending')
    throw new Problem('wrong-state', `the request is ${request.status} already`)
  const { paymentId, ...rest } = request
  const version = request.version + 1
  if (what.type === 'paid')
    return { ...rest, version, status: 'paid', paymentId: what.paymentId, completedAt: at }
  if (paymentId !== undefined)
    throw new Problem('wrong-state', 'the request is being paid just now: look again shortly')
  if (what.type === 'reminded') return { ...rest, version, reminders: request.reminders + 1, remindedAt: at }
  const code = what.type === 'failed' ? { code: what.code } : {}
  return { ...rest, ...code, version, status: what.type, completedAt: at }
}

/** What every event of a request says of it. */
export function factsOf(request: PaymentRequest): EventData<'payment.request-cancelled'> {
  const { id, amountPaise, note, payer, payee, app } = request
  return {
    requestId: id,
    amountPaise,
    ...(note === undefined ? {} : { note }),
    payer,
    payee,
    ...(app && { app }),
  }
}

export function madeEvent(request: PaymentRequest): NewEvent {
  const data = { ...factsOf(request), expiresAt: request.expiresAt.toISOString() }
  return { type: 'payment.request-made', stream: request.id, version: 1, data }
}

/** The event of a change; `request`: after it. */
export function changeEvent(request: PaymentRequest, what: RequestChange): NewEvent {
  const about = { stream: request.id, version: request.version }
  const facts = factsOf(request)
  switch (what.type) {
    case 'reminded':
      return { ...about, type: 'payment.request-reminded', data: { ...facts, nth: request.reminders } }
    case 'paid':
      return { ...about, type: 'payment.request-paid', data: { ...facts, paymentId: what.paymentId } }
    case 'declined':
      return { ...about, type: 'payment.request-declined', data: { ...facts, blocked: what.blocked } }
    case 'cancelled':
      return { ...about, type: 'payment.request-cancelled', data: facts }
    case 'expired':
      return { ...about, type: 'payment.request-expired', data: facts }
    case 'failed':
      return { ...about, type: 'payment.request-failed', data: { ...facts, code: what.code } }
  }
}

/**
 * When its payee may remind its payer, by the rules in force when the payer was asked last; undefined: the rules allow
 * no more.
 */
export function remindableFrom({ remindedAt, createdAt, reminders }: PaymentRequest): Date | undefined {
  const last = remindedAt ?? createdAt
  const { max, everyHours } = requestRulesAt(last).reminders
  return reminders < max ? new Date(last.getTime() + everyHours * 3_600_000) : undefined
}

/** As one of its two people sees it. */
export function viewOf(request: PaymentRequest, userId: string): RequestView {
  const {
    id,
    status,
    amountPaise,
    note,
    createdAt,
    expiresAt,
    completedAt,
    paymentId,
    reminders,
    code,
    app,
  } = request
  const isOwn = request.payee.userId === userId
  // Another app takes none.
  const reminder = isOwn && status === 'pending' && !request.network ? remindableFrom(request) : undefined
  return {
    id,
    status,
    direction: isOwn ? 'sent' : 'received',
    amountPaise,
    currency: 'INR',
    ...(note === undefined ? {} : { note }),
    payee: partyView(request.payee),
    payer: partyView(request.payer),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(completedAt === undefined ? {} : { completedAt: completedAt.toISOString() }),
    ...(status === 'paid' && paymentId !== undefined ? { paymentId } : {}),
    acrossBanks: request.network !== undefined,
    ...(request.network ? { txnId: request.network.txnId } : {}),
    ...(status === 'failed' && code !== undefined
      ? { failure: { code, message: upiCodeText(code, 'en') } }
      : {}),
    ...(app ? { app: appView(app) } : {}),
    reminders,
    ...(reminder ? { remindableFrom: reminder.toISOString() } : {}),
  }
}

function appView({ name, reference }: AskingApp): RequestView['app'] {
  return { name, ...(reference === undefined ? {} : { reference }) }
}

/** Neither side sees the other's bank account before a payment. */
function partyView({ vpa, name }: RequestParty): RequestView['payer'] {
  return { vpa, name }
}
