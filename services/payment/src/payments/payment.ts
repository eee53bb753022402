// A payment's life as a pure state machine, and how each of its two people may see it.
import type { TransferOutcome } from '@bahi/contracts/transfers.ts'
import type { EventData, PaymentRoute } from '@bahi/contracts/events.ts'
import type { NewEvent, DeltaEvent } from '@bahi/kit/events/events.ts'
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import type { PaymentView as PaymentSeen, PaymentStatus } from '@bahi/contracts/payment.ts'
import { upiCodes } from '@bahi/contracts/upi-codes.ts'

export type Party = EventData<'payment.begun'>['payer']
/** Somebody whom account knows. */
export type KnownParty = Party & { userId: string; accountId: string }

export type Payment = {
  id: string
  txnId: string
  rrn: string
  amountPaise: number
  note?: string
  route: PaymentRoute
  /** A person of ours, but on the route `in`. */
  payer: Party
  /** Without an account when another app or nobody stands behind the UPI ID. */
  payee: Party
  status: PaymentStatus
  /** While pending: since when the network counts it as paid, without the word of the payee's bank. */
  deemedAt?: Date
  /** UPI response code; `00` when settled, none while pending. */
  code?: string
  triesLeft?: number
  createdAt: Date
  completedAt?: Date
}

type Later = 'payment.deemed' | 'payment.settled' | 'payment.failed'
type Facts = Exclude<keyof EventData<'payment.begun'>, 'paymentId'>
/** An event of a payment's stream, at its time. What `payment.begun` said is not said again. */
export type Change =
  | { type: 'payment.begun'; at: Date; data: EventData<'payment.begun'> }
  | { [T in Later]: { type: T; at: Date; data: Omit<EventData<T>, Facts> } }[Later]

/** The payment after an event. Throws when that event cannot follow: a final payment stays what it is. */
export function apply(payment: Payment | undefined, change: Change): Payment {
  if (change.type === 'payment.begun') {
    if (payment) throw new Error(`payment ${payment.id} has begun already`)
    const { paymentId, txnId, rrn, amountPaise, note, payer, payee, route = 'ledger' } = change.data
    if (route !== 'in') known(payer)
    return {
      id: paymentId,
      txnId,
      rrn,
      amountPaise,
      ...(note === undefined ? {} : { note }),
      route,
      payer,
      payee,
      status: 'pending',
      createdAt: change.at,
    }
  }
  if (payment?.status !== 'pending')
    throw new Error(`${change.type} cannot follow: the payment is ${payment?.status ?? 'not there'}`)
  if (payment.id !== change.data.paymentId) throw new Error(`${change.type} belongs to another payment`)
  if (change.type === 'payment.deemed') {
    if (payment.deemedAt) throw new Error(`payment ${payment.id} is deemed already`)
    return { ...payment, deemedAt: change.at }
  }
  if (change.type === 'payment.settled')
    return { ...payment, status: 'settled', code: '00', completedAt: new Date(change.data.settledAt) }
  const { code, triesLeft } = change.data
  return {
    ...payment,
    status: 'failed',
    code,
    ...(triesLeft === undefined ? {} : { triesLeft }),
    completedAt: change.at,
  }
}

/** The payer as a person of ours. Throws when they are not. */
export function known(payer: Party): KnownParty {
  const { userId, accountId } = payer
  if (userId === undefined || accountId === undefined) throw new Error('a payer has a user and an account')
  return { ...payer, userId, accountId }
}

/** What account says of a transfer, as the event that ends the payment. */
export function endOf(payment: Payment, outcome: Omit<TransferOutcome, 'id'>, at: Date): Change {
  if (outcome.status === 'posted') {
    const settledAt = outcome.postedAt ?? at.toISOString()
    return { type: 'payment.settled', at, data: { paymentId: payment.id, settledAt } }
  }
  // Never seen, and by account's promise never to be: nothing has moved and nothing will.
  const code = outcome.status === 'unknown' ? 'XB' : outcome.code
  return failureOf(payment, code, at, outcome.triesLeft)
}

/** A change as its stream keeps it. */
export function eventOf(
  change: Change,
  about: { stream: string; version: number; traceparent?: string | undefined },
): NewEvent | DeltaEvent {
  if (change.type === 'payment.begun') return { ...about, type: change.type, data: change.data }
  return { ...about, type: change.type, data: change.data, isDelta: true } as DeltaEvent
}

/** The version that the next event of this payment has. */
export function nextVersion(payment: Payment): number {
  return payment.deemedAt ? 3 : 2
}

export function failureOf(payment: Payment, code: string, at: Date, triesLeft?: number): Change {
  const tries = triesLeft === undefined ? {} : { triesLeft }
  const data = { paymentId: payment.id, code, message: failureMessage(code), ...tries }
  return { type: 'payment.failed', at, data }
}

/** For the payer of a failed payment: a code that we have no sentence for means no less that nothing moved. */
export function failureMessage(code: string): string {
  return upiCodes[code]?.message ?? upiCodes['XB']!.message
}

/** Payers see all of their payments, payees the settled ones, nobody else any. */
export function maySee(payment: Payment, userId: string): boolean {
  if (payment.payer.userId === userId) return true
  return payment.payee.userId === userId && payment.status === 'settled'
}

/** By when a person has it clear: the end of a day in India. */
export function returnBy(createdAt: Date): Date {
  const istMs = 330 * 60_000
  const dayMs = 86_400_000
  const { returnWithinDays } = networkRulesAt(createdAt)
  const day = Math.floor((createdAt.getTime() + istMs) / dayMs) + returnWithinDays + 1
  return new Date(day * dayMs - istMs - 1)
}

function pendingOf(payment: Payment, now: Date): NonNullable<PaymentSeen['pending']> {
  const by = returnBy(payment.createdAt)
  const inWords = new Intl.DateTimeFormat('en-IN', { dateStyle: 'medium', timeZone: 'Asia/Kolkata' }).format(
    by,
  )
  const ageS = (now.getTime() - payment.createdAt.getTime()) / 1_000
  const about = { returnBy: by.toISOString() }
  if (payment.deemedAt) {
    const message = `Your money is safe. The receiving bank credits it by ${inWords}, or it comes back to you.`
    return { reason: 'deemed', message, ...about }
  }
  if (ageS < networkRulesAt(now).firstCheckAfterS) {
    return { reason: 'in-progress', message: 'The payment is on its way. Your money is safe.', ...about }
  }
  const message = `We are asking the banks. Your money is safe: by ${inWords} it is paid, or back with you.`
  return { reason: 'checking', message, ...about }
}

/** The payment as one of its two people sees it: no ids of people and accounts. Both at once is the payer. */
export function seenBy(payment: Payment, userId: string, now: Date): PaymentSeen {
  const { id, txnId, rrn, status, amountPaise, note, code, triesLeft, createdAt, completedAt } = payment
  const failed = status === 'failed' && code !== undefined
  return {
    id,
    txnId,
    rrn,
    status,
    direction: payment.payer.userId === userId ? 'debit' : 'credit',
    amountPaise,
    currency: 'INR',
    ...(note === undefined ? {} : { note }),
    payer: partySeen(payment.payer),
    payee: partySeen(payment.payee),
    ...(failed
      ? {
          failure: { code, message: failureMessage(code), ...(triesLeft === undefined ? {} : { triesLeft }) },
        }
      : {}),
    ...(status === 'pending' ? { pending: pendingOf(payment, now) } : {}),
    createdAt: createdAt.toISOString(),
    ...(completedAt ? { completedAt: completedAt.toISOString() } : {}),
  }
}

function partySeen({ vpa, name, bank, maskedNumber }: Party): PaymentSeen['payer'] {
  return { vpa, name, ...(bank ? { bank } : {}), ...(maskedNumber ? { maskedNumber } : {}) }
}
