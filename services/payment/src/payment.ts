// A payment's life as a pure state machine, and how each of its two people may see it.
import type { TransferOutcome } from '@bahi/contracts/account.ts'
import type { EventData } from '@bahi/contracts/events.ts'
import type { Payment as PaymentSeen, PaymentStatus } from '@bahi/contracts/payment.ts'
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
  payer: KnownParty
  /** Without an account when nobody stands behind the UPI ID: such a payment fails as it begins. */
  payee: Party
  status: PaymentStatus
  /** UPI response code; `00` when settled, none while pending. */
  code?: string
  triesLeft?: number
  createdAt: Date
  completedAt?: Date
}

type ChangeType = 'payment.begun' | 'payment.settled' | 'payment.failed'
/** An event of a payment's stream, at its time. */
export type Change = { [T in ChangeType]: { type: T; at: Date; data: EventData<T> } }[ChangeType]

/** The payment after an event. Throws when that event cannot follow: a final payment stays what it is. */
export function apply(payment: Payment | undefined, change: Change): Payment {
  if (change.type === 'payment.begun') {
    if (payment) throw new Error(`payment ${payment.id} has begun already`)
    const { paymentId, txnId, rrn, amountPaise, note, payer, payee } = change.data
    return {
      id: paymentId,
      txnId,
      rrn,
      amountPaise,
      ...(note === undefined ? {} : { note }),
      payer: known(payer),
      payee,
      status: 'pending',
      createdAt: change.at,
    }
  }
  if (payment?.status !== 'pending')
    throw new Error(`${change.type} cannot follow: the payment is ${payment?.status ?? 'not there'}`)
  if (payment.id !== change.data.paymentId) throw new Error(`${change.type} belongs to another payment`)
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

function known(payer: Party): KnownParty {
  const { userId, accountId } = payer
  if (userId === undefined || accountId === undefined) throw new Error('a payer has a user and an account')
  return { ...payer, userId, accountId }
}

/** What every event of a payment tells. */
export function factsOf(payment: Payment): EventData<'payment.begun'> {
  const { id, txnId, rrn, amountPaise, note, payer, payee } = payment
  return { paymentId: id, txnId, rrn, amountPaise, ...(note === undefined ? {} : { note }), payer, payee }
}

/** What account says of a transfer, as the event that ends the payment. */
export function endOf(payment: Payment, outcome: Omit<TransferOutcome, 'id'>, at: Date): Change {
  if (outcome.status === 'posted') {
    const settledAt = outcome.postedAt ?? at.toISOString()
    return { type: 'payment.settled', at, data: { ...factsOf(payment), settledAt } }
  }
  // Never seen, and by account's promise never to be: nothing has moved and nothing will.
  const code = outcome.status === 'unknown' ? 'XB' : outcome.code
  return failureOf(payment, code, at, outcome.triesLeft)
}

export function failureOf(payment: Payment, code: string, at: Date, triesLeft?: number): Change {
  const tries = triesLeft === undefined ? {} : { triesLeft }
  const data = { ...factsOf(payment), code, message: failureMessage(code), ...tries }
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

/** The payment as one of its two people sees it: no ids of people and accounts. Both at once is the payer. */
export function seenBy(payment: Payment, userId: string): PaymentSeen {
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
    createdAt: createdAt.toISOString(),
    ...(completedAt ? { completedAt: completedAt.toISOString() } : {}),
  }
}

function partySeen({ vpa, name, bank, maskedNumber }: Party): PaymentSeen['payer'] {
  return { vpa, name, ...(bank ? { bank } : {}), ...(maskedNumber ? { maskedNumber } : {}) }
}
