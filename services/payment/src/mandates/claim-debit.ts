// Payments of mandates' debits: one at a time claims a debit; a settled one pays it, a failed one is an attempt.
import { isUuid } from '@bahi/contracts/id.ts'
import { isTriedAgain, mandateRulesAt, nextAttempt } from '@bahi/contracts/mandate-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type { MandateDebitRef } from '@bahi/contracts/transfers.ts'
import { handlingOf } from '@bahi/contracts/upi-codes.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { Payment } from '../payments/payment.ts'
import {
  attemptOf,
  debitFactsOf,
  isOpen,
  isPayerElsewhere,
  isPresentedElsewhere,
  umnOfMandate,
  type Debit,
  type Mandate,
} from './mandate.ts'
import type { DebitWork } from './plan-debits.ts'
import { findMandate, lockMandatesOf, updateStates } from './store.ts'
import { claimDebitRows, findDebits, payDebitRows, updateDebit } from './store-debits.ts'
import { appendOf, collectKind, debitKind, record, report } from './work.ts'

type Origin = Pick<Payment, 'initiation'>

/** The debit that a payment is for; undefined: none. */
export function debitIdOf({ initiation: { origin } }: Origin): string | undefined {
  return origin.kind === 'mandate' ? origin.id : undefined
}

/** By their ids. Debits of one mandate share it: a change of it is seen by all of them. */
export type ClaimableDebits = { debits: Map<string, Debit>; mandates: Map<string, Mandate> }
type Claimable = { debit: Debit; mandate: Mandate }

/** The debits that these payments are for, with their mandates locked. */
export async function debitsFor(tx: Tx, payments: Origin[]): Promise<ClaimableDebits> {
  const ids = [...new Set(payments.flatMap((one) => debitIdOf(one) ?? []).filter(isUuid))]
  if (ids.length === 0) return { debits: new Map(), mandates: new Map() }
  const mandates = await lockMandatesOf(tx, ids)
  // Read under the locks.
  return { debits: await findDebits(tx, ids), mandates }
}

/** The debit that this payment is for, with its mandate as it is now. */
export function claimableBy(found: ClaimableDebits, payment: Origin): Claimable | undefined {
  const debit = found.debits.get(debitIdOf(payment) ?? '')
  return debit && { debit, mandate: found.mandates.get(debit.mandateId)! }
}

/** Which debit of which mandate a payment approves, for the bank to check. Undefined: none. */
export async function approvedBy(sql: Queryable, payment: Origin): Promise<MandateDebitRef | undefined> {
  const id = debitIdOf(payment)
  const debit = id === undefined ? undefined : (await findDebits(sql, [id])).get(id)
  const found = debit && (await findMandate(sql, debit.mandateId))
  return found && { umn: umnOfMandate(found.mandate), sequence: debit.sequence }
}

/** Why this payment cannot pay the debit; undefined: it can. `byMandate`: without PIN. */
export function debitRefusal(
  found: Claimable | undefined,
  payment: Pick<Payment, 'payer' | 'payee' | 'amountPaise'> & { byMandate?: boolean | undefined },
): Problem | undefined {
  if (!found || found.mandate.payer.userId !== payment.payer.userId)
    return new Problem('not-found', 'you have no such mandate')
  const { debit, mandate } = found
  if (mandate.payee.vpa !== payment.payee.vpa || debit.amountPaise !== payment.amountPaise) {
    const path = '/body'
    const message = 'payeeVpa and amountPaise are not those of the debit'
    return new Problem('request-invalid', message, { fields: [{ path, message }] })
  }
  // Nobody has a UPI ID that is not found: the payment fails of that.
  if (payment.payee.userId !== undefined && payment.payee.userId !== mandate.payee.userId)
    return new Problem('wrong-state', 'the UPI ID of the payee is somebody else’s by now')
  if (debit.status !== (payment.byMandate ? 'planned' : 'awaiting-approval'))
    return new Problem('wrong-state', `the debit is ${debit.status}`)
  if (debit.paymentId !== undefined)
    return new Problem('wrong-state', 'it is being debited just now: look again shortly')
  if (isPresentedElsewhere(mandate) && !attemptOf(debit))
    return new Problem('wrong-state', 'the payee’s app has not asked for it yet: wait until it does')
  if (mandate.status !== 'active') return new Problem('wrong-state', `the mandate is ${mandate.status}`)
  // Its bank may be moving it to another account: a debit of this one would be declined, and lost.
  if (mandate.pendingOperation !== undefined)
    return new Problem('wrong-state', 'the mandate is being changed just now: look again shortly')
  // It was moved since the payment was prepared: the bank would decline a debit of the account before.
  if (mandate.payer.accountId !== payment.payer.accountId)
    return new Problem('wrong-state', 'the mandate debits another account: look again shortly')
  return undefined
}

/** Of payments that have begun; one that was refused as it began is an attempt that failed. */
export async function claimDebits(tx: Tx, found: ClaimableDebits, begun: Payment[]): Promise<void> {
  // First, since it leaves the debit to whoever claims it in the same batch.
  for (const payment of begun.filter(({ status }) => status !== 'pending')) {
    const claimed = claimableBy(found, payment)
    if (claimed) await completeOne(tx, found, claimed, payment, payment.completedAt ?? payment.createdAt)
  }
  await claimDebitRows(
    tx,
    begun.flatMap((payment) => {
      const claimed = payment.status === 'pending' ? claimableBy(found, payment) : undefined
      return claimed ? [{ debitId: claimed.debit.id, paymentId: payment.id }] : []
    }),
  )
}

/** In the transaction that completes payments. */
export async function completeDebits(tx: Tx, completed: Payment[], now: Date): Promise<void> {
  const paying = completed.filter((payment) => debitIdOf(payment) !== undefined)
  if (paying.length === 0) return
  const found = await debitsFor(tx, paying)
  const own = paying.filter((payment) => {
    const debit = claimableBy(found, payment)?.debit
    return debit?.paymentId === payment.id && isOpen(debit)
  })
  const [settled, failed] = [true, false].map((is) =>
    own.filter(({ status }) => (status === 'settled') === is),
  ) as [Payment[], Payment[]]
  await payAll(tx, found, settled, now)
  const ofMandate = Map.groupBy(failed, (payment) => claimableBy(found, payment)!.mandate.id)
  // One after the other in a mandate, whose version each of them counts up.
  await Promise.all(
    [...ofMandate.values()].map(async (payments) => {
      for (const payment of payments) await completeOne(tx, found, claimableBy(found, payment)!, payment, now)
    }),
  )
}

/** Of locked mandates, in one statement for all debits, one for all mandates and one for all events. */
async function payAll(tx: Tx, found: ClaimableDebits, settled: Payment[], now: Date): Promise<void> {
  const events = settled.map((payment) => {
    const { debit, mandate } = claimableBy(found, payment)!
    const after = { ...paidBy(mandate, now), version: mandate.version + 1 }
    found.mandates.set(mandate.id, after)
    return { mandate: after, event: paidEvent(mandate, debit, payment.id) }
  })
  const ids = new Set(events.map(({ mandate }) => mandate.id))
  await payDebitRows(
    tx,
    settled.map((payment) => ({ debitId: debitIdOf(payment)!, paymentId: payment.id })),
    now,
  )
  await updateStates(
    tx,
    [...ids].map((id) => found.mandates.get(id)!),
  )
  await appendOf(tx, events, now)
}

async function completeOne(
  tx: Tx,
  { mandates }: ClaimableDebits,
  claimed: Claimable,
  payment: Payment,
  now: Date,
): Promise<void> {
  mandates.set(claimed.mandate.id, await outcomeOf(tx, claimed, payment, now))
}

/** Writes what the payment means for the debit; answers the mandate as it is then. */
async function outcomeOf(
  tx: Tx,
  { debit, mandate }: Claimable,
  payment: Payment,
  now: Date,
): Promise<Mandate> {
  const { paymentId: _, ...open } = debit
  // The person entered a wrong PIN, say: they can try again.
  if (debit.status === 'awaiting-approval' && mandate.status === 'active') {
    await updateDebit(tx, open)
    return mandate
  }
  return failAttempt(tx, mandate, open, { code: payment.code ?? 'XB', paymentId: payment.id }, now)
}

/** A debit of a locked mandate is paid by this payment. */
export async function payDebit(
  tx: Tx,
  mandate: Mandate,
  debit: Debit,
  paymentId: string,
  now: Date,
): Promise<Mandate> {
  await updateDebit(tx, { ...debit, status: 'paid', paymentId, completedAt: now })
  return record(tx, paidBy(mandate, now), paidEvent(mandate, debit, paymentId), now)
}

/** The mandate as it is after one of its debits was paid. */
function paidBy(mandate: Mandate, now: Date): Mandate {
  const isOver = mandate.terms.recurrence === 'ONETIME' && mandate.status === 'active'
  return isOver ? { ...mandate, status: 'completed', endedAt: now } : mandate
}

const paidEvent = (mandate: Mandate, debit: Debit, paymentId: string) => ({
  type: 'payment.mandate-debit-paid' as const,
  data: { ...debitFactsOf(mandate, debit), paymentId },
})

/** An attempt at a debit of a locked mandate failed: the next one is scheduled, or it was the last. */
export async function failAttempt(
  tx: Tx,
  mandate: Mandate,
  debit: Debit,
  failure: { code: string; paymentId?: string },
  now: Date,
  { isLast = false } = {},
): Promise<Mandate> {
  const rules = mandateRulesAt(now)
  const { code } = failure
  const attempts = debit.attempts + 1
  const nextAt = nextAttempt(rules, now)
  const again =
    !isLast &&
    isTriedAgain(code, handlingOf(code)) &&
    isOpen(debit) &&
    mandate.status === 'active' &&
    attempts <= rules.retries &&
    istDateOf(nextAt) <= mandate.terms.validTo
  const { completedAt: _, ...rest } = debit
  await updateDebit(tx, {
    ...{ ...rest, attempts, code },
    ...(again ? {} : { status: 'failed', completedAt: now }),
  })
  const attempt = attemptOf(debit)
  if (attempt) await report(tx, mandate, { type: 'DEBIT', code, debit: attempt }, now)
  // Of a payee elsewhere its PSP tries again.
  if (again && !isPresentedElsewhere(mandate)) {
    const kind = isPayerElsewhere(mandate) ? collectKind : debitKind
    const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt: attempts + 1 }
    await schedule(tx, [{ kind, key: `${debit.id} ${attempts + 1}`, dueAt: nextAt, payload }])
  }
  const data = {
    ...{ ...debitFactsOf(mandate, debit), ...failure },
    ...(again ? { nextAt: nextAt.toISOString() } : {}),
  }
  return record(tx, mandate, { type: 'payment.mandate-debit-failed', data }, now)
}

/** A debit of a locked mandate that is not made after all. */
export async function dropDebit(tx: Tx, mandate: Mandate, debit: Debit, now: Date): Promise<Mandate> {
  const attempt = attemptOf(debit)
  if (attempt) await report(tx, mandate, { type: 'DEBIT', code: 'ZA', debit: attempt }, now)
  await updateDebit(tx, { ...debit, status: 'skipped', completedAt: now })
  const data = debitFactsOf(mandate, debit)
  return record(tx, mandate, { type: 'payment.mandate-debit-skipped', data }, now)
}
