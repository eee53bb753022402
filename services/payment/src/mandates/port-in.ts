// Mandates that are ported in: the other app ports one out, and is told how the bank decided; what it had announced
// is made here.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { approvableUntil, debitWindowAt, mandateRulesAt, nextAttempt } from '@bahi/contracts/mandate-rules.ts'
import type { PortOut, PortRequest } from '@bahi/contracts/network-adapter.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler } from '@bahi/kit/due-work/due-worker.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { PaymentMetrics } from '../metrics.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { dropDebit, failAttempt } from './claim-debit.ts'
import {
  asTaken,
  debitFactsOf,
  umnOfMandate,
  type Debit,
  type Mandate,
  type TakeOperation,
} from './mandate.ts'
import { isLate, openStatus, plannedOf, recordAnnounced, scheduleDebit } from './plan-debits.ts'
import { debitWith, insertDebit, openDebits, rewriteDebit } from './store-debits.ts'
import { record, closePortKind } from './work.ts'

type ClosePortWork = { request: PortRequest; code: string }

/** The `nth` operation of a mandate is one try. */
export function portRequestOf(mandate: Mandate, operation: TakeOperation, nth: number): PortRequest {
  const { fromUmn, bank, accountRef } = operation
  return { fromUmn, toUmn: umnOfMandate(asTaken(mandate, operation)), nth, bank, accountRef }
}

/** The app that has ported it out is told once this transaction has committed, until it has answered. */
export async function scheduleClosePort(tx: Tx, request: PortRequest, code: string, at: Date): Promise<void> {
  const payload: ClosePortWork = { request, code }
  await schedule(tx, [{ kind: closePortKind, key: `${request.toUmn} ${request.nth}`, dueAt: at, payload }])
}

export function closePortHandlers(
  network: PspMessages | undefined,
  metrics: Pick<PaymentMetrics, 'ported'>,
): DueHandler<ClosePortWork>[] {
  if (!network) return []
  const run = runEach<ClosePortWork>(async ({ payload: { request, code } }) => {
    await network.closePort(request, code)
    metrics.ported('in', code)
    return { outcome: 'done' }
  })
  return [{ kind: closePortKind, run }]
}

/**
 * With the numbers of the debits there. If there are any, today's period counts as debited in that app, and so do those
 * of the debits that it holds open: the platform plans later ones alone.
 */
export function countedThere(mandate: Mandate, { lastSequence: last, debits }: PortOut, now: Date): Mandate {
  const { terms, lastSequence, lastPeriod, presentedBy } = mandate
  if (last <= lastSequence) return mandate
  const days = presentedBy === 'platform' ? [istDateOf(now), ...debits.map(({ dueOn }) => dueOn)] : []
  const periods = days.flatMap((day) => debitWindowAt(terms, day)?.period ?? [])
  return { ...mandate, lastSequence: last, lastPeriod: Math.max(lastPeriod, ...periods) }
}

/** Of a locked mandate that is ours now: the payee's PSP makes here what the other app was told of. */
export async function adoptDebits(
  tx: Tx,
  mandate: Mandate,
  { debits }: Pick<PortOut, 'debits'>,
  now: Date,
): Promise<Mandate> {
  let last = mandate
  for (const one of debits) {
    if (await debitWith(tx, mandate.id, one.sequence)) continue
    last = await adoptDebit(tx, last, one, now)
  }
  return last
}

async function adoptDebit(
  tx: Tx,
  mandate: Mandate,
  { sequence, amountPaise, dueOn, noticedAt }: PortOut['debits'][number],
  now: Date,
): Promise<Mandate> {
  const { terms } = mandate
  const period = terms.recurrence === 'ASPRESENTED' ? undefined : debitWindowAt(terms, dueOn)?.period
  const wanted = {
    ...{ id: uuidv7(now.getTime()), sequence, amountPaise, dueOn },
    ...(period === undefined ? {} : { period }),
  }
  // The notice that the payer had there counts.
  const planned = plannedOf(mandate, wanted, new Date(noticedAt))
  const debit: Debit = { ...planned, status: openStatus(mandate, wanted, now) }
  await insertDebit(tx, debit)
  await scheduleDebit(tx, debit, { dueAt: undefined, now })
  return recordAnnounced(tx, mandate, debit, now)
}

/**
 * Of a locked mandate of a payee of ours, whose payer is ours from now on: what was presented before is made here under
 * its number. A notice that the payer had in the other app counts; who had none gets it now. What that app was notified
 * of and does not hold open is not made: its payer opted out of it there, or it counts as made.
 */
export async function takeOverDebits(
  tx: Tx,
  mandate: Mandate,
  { debits }: Pick<PortOut, 'debits'>,
  now: Date,
): Promise<Mandate> {
  let last = mandate
  for (const debit of await openDebits(tx, mandate.id)) {
    // A number that was refused here is used again: the other app may know another debit by it.
    const there = debits.find(
      ({ sequence, amountPaise, dueOn }) =>
        sequence === debit.sequence && amountPaise === debit.amountPaise && dueOn === debit.dueOn,
    )
    const noticedAt = there ? new Date(there.noticedAt) : now
    const isOver = debit.noticedAt !== undefined && !there
    last = isOver
      ? await dropDebit(tx, last, debit, now)
      : await takeOverDebit(tx, last, debit, { noticedAt, now })
  }
  return last
}

/** @param noticedAt of one whose notice is not known here yet */
async function takeOverDebit(
  tx: Tx,
  mandate: Mandate,
  debit: Debit,
  { noticedAt, now }: { noticedAt: Date; now: Date },
): Promise<Mandate> {
  const { attempts } = debit
  const planned = debit.noticedAt
    ? debit
    : { ...debit, ...plannedOf(mandate, debit, noticedAt), noticedAt, attempts }
  const taken: Debit = { ...planned, status: openStatus(mandate, debit, now) }
  await rewriteDebit(tx, taken)
  const known = debit.noticedAt
    ? await recordAsked(tx, mandate, taken, now)
    : await recordAnnounced(tx, mandate, taken, now)
  if (isLate(mandate, taken)) return failAttempt(tx, known, taken, { code: 'QR' }, now)
  const earliest = attempts > 0 ? nextAttempt(mandateRulesAt(now), now) : now
  const dueAt = taken.executeAt > earliest ? taken.executeAt : earliest
  await scheduleDebit(tx, taken, { dueAt, now })
  return known
}

/** Of one whose notice the payer has had: that it needs their PIN, if it does. */
async function recordAsked(tx: Tx, mandate: Mandate, debit: Debit, now: Date): Promise<Mandate> {
  if (debit.status !== 'awaiting-approval') return mandate
  const until = approvableUntil(mandateRulesAt(now), istDateOf(debit.executeAt))
  const data = { ...debitFactsOf(mandate, debit), answerUntil: until.toISOString() }
  return record(tx, mandate, { type: 'payment.mandate-debit-asked', data }, now)
}
