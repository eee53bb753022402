// A payment's life as a pure state machine: its state after each event, and the events that change it.
import type { EventData, PaymentRoute } from '@bahi/contracts/events.ts'
import { defaultInitiation, type Initiation } from '@bahi/contracts/initiation.ts'
import type { PaymentStatus } from '@bahi/contracts/payment.ts'
import type { TransferOutcome } from '@bahi/contracts/transfers.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import type { DeltaEvent, NewEvent } from '@bahi/kit/events/events.ts'

export type PaymentParty = EventData<'payment.begun'>['payer']
/** A person with an account that is linked here. */
export type Payer = PaymentParty & { userId: string; accountId: string }

export type Payment = {
  id: string
  /** Of its stream: the version of its last event. Every update of the row states the version that it read. */
  version: number
  txnId: string
  rrn: string
  amountPaise: number
  note?: string
  route: PaymentRoute
  initiation: Initiation
  /** None of a payment that another app began. */
  assessment?: EventData<'payment.begun'>['assessment']
  /** Whose limits it counts against; none: those of everybody. */
  limitCategory?: string
  /** One of our users, except on the route `in`. */
  payer: PaymentParty
  /** Without an account when the UPI ID belongs to another app or does not exist. */
  payee: PaymentParty
  status: PaymentStatus
  /** While pending: since when the network counts it as paid, without the confirmation of the payee's bank. */
  deemedAt?: Date
  /** UPI response code; `00` when settled, none while pending. */
  code?: string
  triesLeft?: number
  createdAt: Date
  completedAt?: Date
}

type LaterType = 'payment.deemed' | 'payment.settled' | 'payment.failed'
type BegunFields = Exclude<keyof EventData<'payment.begun'>, 'paymentId'>
/** An event of a payment's stream, with its time. Later events do not repeat what `payment.begun` holds. */
export type PaymentEvent =
  | { type: 'payment.begun'; at: Date; data: EventData<'payment.begun'> }
  | { [T in LaterType]: { type: T; at: Date; data: Omit<EventData<T>, BegunFields> } }[LaterType]

/** The payment after an event. Throws when that event cannot follow: a final payment never changes. */
export function apply(payment: Payment | undefined, event: PaymentEvent): Payment {
  if (event.type === 'payment.begun') {
    if (payment) throw new Error(`payment ${payment.id} has begun already`)
    const { paymentId, txnId, rrn, amountPaise, note, payer, payee, route = 'ledger' } = event.data
    const { initiation = defaultInitiation, assessment, limitCategory } = event.data
    if (route !== 'in') payerOf({ payer })
    return {
      id: paymentId,
      version: 1,
      txnId,
      rrn,
      amountPaise,
      ...(note === undefined ? {} : { note }),
      route,
      initiation,
      ...(assessment === undefined ? {} : { assessment }),
      ...(limitCategory === undefined ? {} : { limitCategory }),
      payer,
      payee,
      status: 'pending',
      createdAt: event.at,
    }
  }
  if (payment?.status !== 'pending')
    throw new Error(`${event.type} cannot follow: the payment is ${payment?.status ?? 'not there'}`)
  if (payment.id !== event.data.paymentId) throw new Error(`${event.type} belongs to another payment`)
  const version = payment.version + 1
  if (event.type === 'payment.deemed') {
    if (payment.deemedAt) throw new Error(`payment ${payment.id} is deemed already`)
    return { ...payment, version, deemedAt: event.at }
  }
  if (event.type === 'payment.settled') {
    const completedAt = new Date(event.data.settledAt)
    return { ...payment, version, status: 'settled', code: '00', completedAt }
  }
  const { code, triesLeft } = event.data
  return {
    ...payment,
    version,
    status: 'failed',
    code,
    ...(triesLeft === undefined ? {} : { triesLeft }),
    completedAt: event.at,
  }
}

/** The payer as one of our users. Throws when they are not. */
export function payerOf({ payer }: Pick<Payment, 'payer'>): Payer {
  const { userId, accountId } = payer
  if (userId === undefined || accountId === undefined) throw new Error('a payer has a user and an account')
  return { ...payer, userId, accountId }
}

/** The event that completes the payment, by the outcome of its transfer. */
export function completionEvent(
  payment: Payment,
  outcome: Omit<TransferOutcome, 'id'>,
  at: Date,
): PaymentEvent {
  if (outcome.status === 'posted') {
    const settledAt = outcome.postedAt ?? at.toISOString()
    return { type: 'payment.settled', at, data: { paymentId: payment.id, settledAt } }
  }
  // Account never saw the transfer and promises to decline it from now on: no money has moved and none will.
  const { code } = outcome
  return failureEvent(payment, code, at, outcome.triesLeft)
}

export function failureEvent(payment: Payment, code: string, at: Date, triesLeft?: number): PaymentEvent {
  const tries = triesLeft === undefined ? {} : { triesLeft }
  const data = { paymentId: payment.id, code, message: upiCodeText(code, 'en'), ...tries }
  return { type: 'payment.failed', at, data }
}

/** The event as its stream stores it. `version`: the one that the stream reaches with it. */
export function toStreamEvent(
  event: PaymentEvent,
  about: { stream: string; version: number; traceparent?: string | undefined },
): NewEvent | DeltaEvent {
  if (event.type === 'payment.begun') return { ...about, type: event.type, data: event.data }
  return { ...about, type: event.type, data: event.data, isDelta: true } as DeltaEvent
}
