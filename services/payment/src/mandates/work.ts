// What timed work of mandates is called and keyed by, and how a change of a mandate is recorded with its event.
import type { EventData, EventType } from '@bahi/contracts/events.ts'
import { addDays, istTime } from '@bahi/contracts/recurrence.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { appendEvents, type NewEvent } from '@bahi/kit/events/events.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { isPayeeElsewhere, type Mandate, type NetworkOrigin } from './mandate.ts'
import { updateMandate } from './store.ts'

export const planKind = 'mandate-plan'
export const debitKind = 'mandate-debit'
export const approvalKind = 'mandate-approval'
export const operationKind = 'mandate-operation'
export const endKind = 'mandate-end'
export const reportKind = 'mandate-report'
/** Of a payer elsewhere: the notice before a debit, and an attempt at it. */
export const noticeKind = 'mandate-notice'
export const collectKind = 'mandate-collect'
/** What became of it; the key of its items is the id in the transaction: the settlement report leads to them. */
export const collectCheckKind = 'mandate-collect-check'
/** Whether a payer elsewhere agreed. */
export const askCheckKind = 'mandate-ask-check'
/** Of a payee elsewhere: the end of the time in which the payer can approve an attempt. */
export const answerEndKind = 'mandate-answer-end'

/** `CREATE`: how our payer answered; `code` with a transaction: why no debit is made by it; else: what was changed. */
export type ReportWork = {
  mandateId: string
  type: 'CREATE' | 'UPDATE' | 'PAUSE' | 'UNPAUSE' | 'PORT' | 'REVOKE' | 'DEBIT'
  code: string
  /** Of a debit: the transaction that asked for it. */
  debit?: NetworkOrigin
}

/** How its bank decided of a mandate that is taken from another app, which is told. */
export const closePortKind = 'mandate-port-close'

/** Of what the app of a payee elsewhere is told as a mandate begins, or does not: once. */
export const offerKey = (mandateId: string): string => `${mandateId} CREATE`

/** The app of a payee elsewhere is told once this transaction has committed; one that knows nothing of it is not. */
export async function report(
  tx: Tx,
  mandate: Mandate,
  what: Omit<ReportWork, 'mandateId'>,
  at: Date,
): Promise<void> {
  if (!isPayeeElsewhere(mandate)) return
  const payload: ReportWork = { mandateId: mandate.id, ...what }
  const key = what.debit
    ? `${mandate.id} ${what.debit.txnId}`
    : what.type === 'CREATE'
      ? offerKey(mandate.id)
      : `${mandate.id} ${what.type} ${mandate.operations}`
  await schedule(tx, [{ kind: reportKind, key, dueAt: at, payload }])
}

export type MandateEventType = Extract<EventType, `payment.mandate-${string}`>
export type MandateEvent = { [T in MandateEventType]: { type: T; data: EventData<T> } }[MandateEventType]

/** Writes a locked mandate with the event that explains it; answers it with its new version. */
export async function record(tx: Tx, mandate: Mandate, event: MandateEvent, at: Date): Promise<Mandate> {
  const next = { ...mandate, version: mandate.version + 1 }
  await updateMandate(tx, next)
  await appendOf(tx, [{ mandate: next, event }], at)
  return next
}

/** The events of mandates that were written as they are after them. */
export const appendOf = (
  tx: Tx,
  events: { mandate: Mandate; event: MandateEvent }[],
  at: Date,
): Promise<void> =>
  appendEvents(
    tx,
    at,
    events.map(({ mandate: { id, version }, event }) => ({ ...event, stream: id, version }) as NewEvent),
  )

/** When a mandate ends by itself: requested, with the time to answer; else after its last day. */
export function endWork({ id, status, expiresAt, terms }: Mandate) {
  const dueAt = status === 'requested' ? expiresAt! : istTime(addDays(terms.validTo, 1))
  return { kind: endKind, key: `${id} ${dueAt.toISOString()}`, dueAt, payload: { mandateId: id } }
}

export const scheduleEnd = (tx: Tx, mandate: Mandate): Promise<void> => schedule(tx, [endWork(mandate)])
