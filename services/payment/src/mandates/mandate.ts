// A mandate and its debits, and how each of its two people sees them. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { MandateOrder } from '@bahi/contracts/codes/mandate-order.ts'
import { umnOf } from '@bahi/contracts/bank-mandates.ts'
import { mandateRulesAt, withoutPinPaise, type MandateTerms } from '@bahi/contracts/mandate-rules.ts'
import type { DebitStatus, MandateDebit, MandateStatus, MandateView } from '@bahi/contracts/mandates.ts'
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import type { Payer, PaymentParty } from '../payments/payment.ts'

export type Mandate = {
  id: string
  version: number
  payer: Payer
  payee: PaymentParty
  mcc: string
  name: string
  terms: MandateTerms
  presentedBy: 'payee' | 'platform'
  /** The network's transaction by which another app asked for it. */
  network?: NetworkOrigin
  /** Of the code by which it was made. */
  initiation?: MandateOrder['initiation']
  status: MandateStatus
  pause?: { from: IstDate; until: IstDate }
  operations: number
  /** The number of the operation whose outcome is not known. */
  pendingOperation?: number
  code?: string
  triesLeft?: number
  createdAt: Date
  expiresAt?: Date
  endedAt?: Date
  lastSequence: number
  lastPeriod: number
}

export type Debit = {
  id: string
  mandateId: string
  sequence: number
  period?: number
  amountPaise: number
  note?: string
  dueOn: IstDate
  announcedAt: Date
  executeAt: Date
  status: DebitStatus
  attempts: number
  code?: string
  /** The payment in progress for it, or that paid it. */
  paymentId?: string
  /** The newest attempt that the payee's PSP began, counted from 1. */
  network?: NetworkOrigin & { attempt: number }
  completedAt?: Date
}

/** A transaction that another app began, and the message that our answer names. */
export type NetworkOrigin = { txnId: string; rrn: string; reqMsgId: string }

/** The network's transaction that tries to debit it just now; undefined: none. */
export function attemptOf({ network, attempts, status }: Debit): NetworkOrigin | undefined {
  return network?.attempt === attempts + 1 && status === 'planned' ? network : undefined
}

export const isOpen = ({ status }: Debit): boolean => status === 'planned' || status === 'awaiting-approval'

export const umnOfMandate = ({ id, payer }: Pick<Mandate, 'id' | 'payer'>): string =>
  umnOf(id, payer.vpa.slice(payer.vpa.lastIndexOf('@') + 1))

/** What every event of a mandate says of it. */
export function factsOf({ id, name, terms, payer, payee }: Mandate): EventData<'payment.mandate-declined'> {
  return { mandateId: id, name, amountPaise: terms.amountPaise, payer, payee }
}

/** What every event of a debit says of it. */
export function debitFactsOf(mandate: Mandate, debit: Debit): EventData<'payment.mandate-debit-skipped'> {
  const { sequence, amountPaise: debitPaise, dueOn } = debit
  return { ...factsOf(mandate), sequence, debitPaise, dueOn }
}

/** Neither side sees the other's bank account. */
export function viewOf(mandate: Mandate, debits: Debit[], userId: string, now: Date): MandateView {
  const { id, name, status, terms, pause, payer, payee, presentedBy, code, triesLeft, mcc } = mandate
  const { createdAt, expiresAt, endedAt, initiation } = mandate
  const isPayer = payer.userId === userId
  return {
    ...{ id, umn: umnOfMandate(mandate), name, status },
    direction: isPayer ? 'payer' : 'payee',
    terms,
    currency: 'INR',
    ...(initiation?.reference === undefined ? {} : { reference: initiation.reference }),
    ...(pause ? { pause } : {}),
    payer: partyView(payer, isPayer),
    payee: partyView(payee, !isPayer),
    presentedBy,
    ...(isPayer && code !== undefined ? { code } : {}),
    ...(isPayer && triesLeft !== undefined ? { triesLeft } : {}),
    operating: mandate.pendingOperation !== undefined,
    createdAt: createdAt.toISOString(),
    ...(status === 'requested' && expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    withoutPinPaise: withoutPinPaise(mandateRulesAt(now), mcc),
    debits: debits.map(debitView),
  }
}

function partyView({ vpa, name, bank, maskedNumber }: PaymentParty, isOwn: boolean): MandateView['payer'] {
  if (!isOwn) return { vpa, name }
  return { vpa, name, ...(bank ? { bank } : {}), ...(maskedNumber ? { maskedNumber } : {}) }
}

export function debitView(debit: Debit): MandateDebit {
  const { id, sequence, status, amountPaise, note, dueOn, executeAt, attempts, code, paymentId } = debit
  return {
    ...{ id, sequence, status, amountPaise, dueOn, attempts },
    ...(note === undefined ? {} : { note }),
    executeAt: executeAt.toISOString(),
    ...(code === undefined ? {} : { code }),
    ...(status === 'paid' && paymentId !== undefined ? { paymentId } : {}),
  }
}
