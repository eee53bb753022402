// A mandate and its debits, and how each of its two people sees them. Pure.
import type { EventData } from '@bahi/contracts/events.ts'
import type { MandateOrder } from '@bahi/contracts/codes/mandate-order.ts'
import type { BankOperation } from '@bahi/contracts/bank-mandates.ts'
import { appOf, mandateIdIn, umnOf } from '@bahi/contracts/umn.ts'
import {
  approvableUntil,
  mandateRulesAt,
  portableAfter,
  withoutPinPaise,
  type MandatePause,
  type MandateTerms,
} from '@bahi/contracts/mandate-rules.ts'
import type { DebitStatus, MandateDebit, MandateStatus, MandateView } from '@bahi/contracts/mandates.ts'
import { mandateOperations } from '@bahi/contracts/pin-block.ts'
import { istDateOf, type IstDate } from '@bahi/contracts/recurrence.ts'
import type { Payer, PaymentParty } from '../payments/payment.ts'

export type Mandate = {
  id: string
  version: number
  /** One of our users, or somebody with another app who has agreed to it there. */
  payer: PaymentParty
  payee: PaymentParty
  mcc: string
  name: string
  terms: MandateTerms
  presentedBy: 'payee' | 'platform'
  /** The network's transaction by which it was asked for, if one side uses another app. */
  network?: NetworkOrigin
  /** Given by the app of a payer elsewhere who has agreed; its payer may have moved it here since then. */
  umn?: string
  /** Of a payer elsewhere: the time of what their app told last. */
  reportedAt?: Date
  /** Of the code by which it was made. */
  initiation?: MandateOrder['initiation']
  status: MandateStatus
  pause?: MandatePause
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
  /** The last time that its payer moved it, and from which UPI ID. */
  ported?: { at: Date; fromVpa: string }
}

/** As it is stored here: of a PORT with all that is shown of the payer from then on. */
export type MandateOperation =
  Exclude<BankOperation, { type: 'port' | 'take' }> | { type: 'port'; payer: Payer } | TakeOperation

/** From another app, which had it under this number. */
export type TakeOperation = {
  type: 'take'
  fromUmn: string
  fromVpa: string
  app: string
  bank: string
  accountRef: string
  /** Into the record of a payee of ours, which until then is of a payer elsewhere: how it stands, and who it debits. */
  into?: { payer: Payer; terms: MandateTerms; pause?: MandatePause }
}

/** As it is to be once it is taken; else as it is. */
export function asTaken(mandate: Mandate, operation: MandateOperation): Mandate {
  if (operation.type !== 'take' || !operation.into) return mandate
  const { pause: _, ...rest } = mandate
  const { into, fromUmn } = operation
  return { ...rest, ...into, umn: numberAt(fromUmn, appOf(into.payer.vpa)) }
}

/** The number of a mandate with another app: what is before the handle stays. */
const numberAt = (umn: string, handle: string): string => `${umn.slice(0, umn.lastIndexOf('@'))}@${handle}`

/** What the payer's bank is asked to do. */
export function asBankOperation(operation: MandateOperation, mandate: Mandate): BankOperation {
  if (operation.type === 'port') return { type: 'port', accountId: operation.payer.accountId }
  if (operation.type !== 'take') return operation
  const { payer, payee, terms } = asTaken(mandate, operation)
  const { fromUmn } = operation
  // Its bank knows the id in the number, which is no other app's record of it.
  const mandateId = mandateIdIn(fromUmn)!
  return { type: 'take', fromUmn, mandateId, userId: payer.userId!, payeeVpa: payee.vpa, terms }
}

/** Whether the payer's bank decides by the PIN, which only the payer's own request has. */
export const isByPin = ({ type }: { type: MandateOperation['type'] }): boolean =>
  (mandateOperations as readonly string[]).includes(type)

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
  /** When the app of a payer elsewhere took the notice. */
  noticedAt?: Date
  /**
   * The newest attempt in the network, counted from 1; `begunAt`: of one that is ours, `answerUntil`: of another app's
   * that our payer is asked to approve.
   */
  network?: NetworkOrigin & { attempt: number; begunAt?: Date; answerUntil?: Date }
  completedAt?: Date
}

/** A transaction of the network; of one that another app began, the message that our answer names. */
export type NetworkOrigin = { txnId: string; rrn: string; reqMsgId?: string }

/** The network's transaction that tries to debit it just now; undefined: none. */
export function attemptOf(debit: Debit): Debit['network'] {
  const { network, attempts } = debit
  return network?.attempt === attempts + 1 && isOpen(debit) ? network : undefined
}

export const isOpen = ({ status }: Debit): boolean => status === 'planned' || status === 'awaiting-approval'

/** Whose bank, and app, are not ours: they agree to it, change it and are debited elsewhere. */
export const isPayerElsewhere = ({ payer }: Pick<Mandate, 'payer'>): boolean => payer.userId === undefined

/** Whose app, not ours, knows of it: it asked for it, or was offered it. */
export const isPayeeElsewhere = ({ network, payee }: Pick<Mandate, 'network' | 'payee'>): boolean =>
  network !== undefined && payee.userId === undefined

/** Whether that app names its debits, and makes them. */
export const isPresentedElsewhere = (mandate: Mandate): boolean =>
  isPayeeElsewhere(mandate) && mandate.presentedBy === 'payee'

/** Whether an attempt at a debit is in progress whose outcome is not known. */
export const isBeingMade = (mandate: Pick<Mandate, 'payer'>, debit: Debit): boolean =>
  debit.paymentId !== undefined || (isPayerElsewhere(mandate) && attemptOf(debit) !== undefined)

/** Whether this UPI ID with this account is what the mandate debits. */
export const isSameHolder = ({ payer }: Pick<Mandate, 'payer'>, to: PaymentParty): boolean =>
  payer.vpa === to.vpa && payer.accountId === to.accountId

/** Throws for one that a payer elsewhere has not agreed to: it has none. */
export function umnOfMandate(mandate: Pick<Mandate, 'id' | 'payer' | 'umn'>): string {
  if (mandate.umn !== undefined) return mandate.umn
  if (isPayerElsewhere(mandate)) throw new Error(`mandate ${mandate.id} has no number yet`)
  return umnOf(mandate.id, appOf(mandate.payer.vpa))
}

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
  const movableAt = isPayer ? portableAfter(mandateRulesAt(now), mandate.ported?.at) : undefined
  return {
    ...{ id, name, status },
    ...(isPayerElsewhere(mandate) && mandate.umn === undefined ? {} : { umn: umnOfMandate(mandate) }),
    direction: isPayer ? 'payer' : 'payee',
    terms,
    currency: 'INR',
    ...(initiation?.reference === undefined ? {} : { reference: initiation.reference }),
    ...(pause ? { pause } : {}),
    payer: partyView(payer, isPayer),
    payee: partyView(payee, !isPayer),
    presentedBy,
    ...((isPayer || isPayerElsewhere(mandate)) && code !== undefined ? { code } : {}),
    ...(isPayer && triesLeft !== undefined ? { triesLeft } : {}),
    operating: mandate.pendingOperation !== undefined,
    createdAt: createdAt.toISOString(),
    ...(status === 'requested' && expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    withoutPinPaise: withoutPinPaise(mandateRulesAt(now), mcc),
    ...(movableAt && movableAt > now ? { portableAfter: movableAt.toISOString() } : {}),
    debits: debits.map((debit) => debitView(mandate, debit)),
  }
}

function partyView({ vpa, name, bank, maskedNumber }: PaymentParty, isOwn: boolean): MandateView['payer'] {
  if (!isOwn) return { vpa, name }
  return { vpa, name, ...(bank ? { bank } : {}), ...(maskedNumber ? { maskedNumber } : {}) }
}

/** Until when it can be approved with the PIN; undefined: it cannot be now. */
export function approvableUntilOf(mandate: Mandate, debit: Debit): Date | undefined {
  if (debit.status !== 'awaiting-approval') return undefined
  // The payee's app asks for it on its day: the approval is the answer.
  if (isPresentedElsewhere(mandate)) return attemptOf(debit)?.answerUntil
  return approvableUntil(mandateRulesAt(debit.executeAt), istDateOf(debit.executeAt))
}

export function debitView(mandate: Mandate, debit: Debit): MandateDebit {
  const { id, sequence, status, amountPaise, note, dueOn, executeAt, attempts, code, paymentId } = debit
  const until = approvableUntilOf(mandate, debit)
  return {
    ...{ id, sequence, status, amountPaise, dueOn, attempts },
    ...(note === undefined ? {} : { note }),
    executeAt: executeAt.toISOString(),
    ...(code === undefined ? {} : { code }),
    ...(until ? { approvableUntil: until.toISOString() } : {}),
    ...(status === 'paid' && paymentId !== undefined ? { paymentId } : {}),
  }
}
