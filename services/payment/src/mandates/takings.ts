// Mandates that are taken from another app: it lets one go, and is told how the bank decided; what it had announced is
// made here.
import { uuidv7 } from '@bahi/contracts/id.ts'
import {
  approvableUntil,
  debitWindowAt,
  mandateRulesAt,
  nextAttempt,
  withoutPinPaise,
} from '@bahi/contracts/mandate-rules.ts'
import type { LetGo, Taking } from '@bahi/contracts/network-adapter.ts'
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
import { isLate, plannedOf, type DebitWork } from './plan-debits.ts'
import { debitWith, insertDebit, openDebits, rewriteDebit } from './store-debits.ts'
import { approvalKind, debitKind, record, takenKind } from './work.ts'

type TakenWork = { taking: Taking; code: string }

/** The `nth` operation of a mandate is one try. */
export function takingOf(mandate: Mandate, operation: TakeOperation, nth: number): Taking {
  const { fromUmn, bank, accountRef } = operation
  return { fromUmn, toUmn: umnOfMandate(asTaken(mandate, operation)), nth, bank, accountRef }
}

/** The app that has let it go is told once this transaction has committed, until it has heard it. */
export async function scheduleTaken(tx: Tx, taking: Taking, code: string, at: Date): Promise<void> {
  const payload: TakenWork = { taking, code }
  await schedule(tx, [{ kind: takenKind, key: `${taking.toUmn} ${taking.nth}`, dueAt: at, payload }])
}

export function takenHandlers(
  network: PspMessages | undefined,
  metrics: Pick<PaymentMetrics, 'ported'>,
): DueHandler<TakenWork>[] {
  if (!network) return []
  const run = runEach<TakenWork>(async ({ payload: { taking, code } }) => {
    await network.closeTaking(taking, code)
    metrics.ported('in', code)
    return { outcome: 'done' }
  })
  return [{ kind: takenKind, run }]
}

/** Of a locked mandate that is ours now: the payee's PSP makes here what the other app was told of. */
export async function adoptDebits(
  tx: Tx,
  mandate: Mandate,
  { debits }: Pick<LetGo, 'debits'>,
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
  { sequence, amountPaise, dueOn, noticedAt }: LetGo['debits'][number],
  now: Date,
): Promise<Mandate> {
  const { terms, mcc } = mandate
  const period = terms.recurrence === 'ASPRESENTED' ? undefined : debitWindowAt(terms, dueOn)?.period
  const wanted = {
    ...{ id: uuidv7(now.getTime()), sequence, amountPaise, dueOn },
    ...(period === undefined ? {} : { period }),
  }
  const rules = mandateRulesAt(now)
  const needsApproval = amountPaise > withoutPinPaise(rules, mcc)
  // The notice that the payer had there counts.
  const debit: Debit = {
    ...plannedOf(mandate, wanted, new Date(noticedAt)),
    status: needsApproval ? 'awaiting-approval' : 'planned',
  }
  await insertDebit(tx, debit)
  const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt: rules.retries + 1 }
  const dueAt = approvableUntil(rules, istDateOf(debit.executeAt))
  await schedule(tx, [{ kind: approvalKind, key: debit.id, dueAt, payload }])
  const data = { ...debitFactsOf(mandate, debit), executeAt: debit.executeAt.toISOString(), needsApproval }
  return record(tx, mandate, { type: 'payment.mandate-debit-announced', data }, now)
}

/**
 * Of a locked mandate of a payee of ours, whose payer is ours from now on: what was presented before is made here under
 * its number. A notice that the payer had in the other app counts; who had none gets it now. What that app was notified
 * of and does not hold open is not made: its payer opted out of it there, or it counts as made.
 */
export async function takeOverDebits(
  tx: Tx,
  mandate: Mandate,
  { debits }: Pick<LetGo, 'debits'>,
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
  const rules = mandateRulesAt(now)
  const { attempts } = debit
  const needsApproval = debit.amountPaise > withoutPinPaise(rules, mandate.mcc)
  const taken: Debit = {
    ...{
      ...debit,
      ...(debit.noticedAt ? {} : { ...plannedOf(mandate, debit, noticedAt), noticedAt, attempts }),
    },
    status: needsApproval ? 'awaiting-approval' : 'planned',
  }
  await rewriteDebit(tx, taken)
  const until = approvableUntil(rules, istDateOf(taken.executeAt))
  const known = await recordTaken(tx, mandate, taken, { isNew: !debit.noticedAt, until, now })
  if (isLate(mandate, taken)) return failAttempt(tx, known, taken, { code: 'QR' }, now)
  const payload = { mandateId: mandate.id, debitId: debit.id }
  const attempt = attempts + 1
  const earliest = attempts > 0 ? nextAttempt(rules, now) : now
  const work = needsApproval
    ? { kind: approvalKind, key: debit.id, dueAt: until, payload: { ...payload, attempt: rules.retries + 1 } }
    : {
        ...{ kind: debitKind, key: `${debit.id} ${attempt}`, payload: { ...payload, attempt } },
        dueAt: taken.executeAt > earliest ? taken.executeAt : earliest,
      }
  await schedule(tx, [work])
  return known
}

/** What the payer is told of it here: the notice that they have not had, or that it needs their PIN. */
async function recordTaken(
  tx: Tx,
  mandate: Mandate,
  debit: Debit,
  { isNew, until, now }: { isNew: boolean; until: Date; now: Date },
): Promise<Mandate> {
  const facts = debitFactsOf(mandate, debit)
  const needsApproval = debit.status === 'awaiting-approval'
  if (isNew) {
    const data = { ...facts, executeAt: debit.executeAt.toISOString(), needsApproval }
    return record(tx, mandate, { type: 'payment.mandate-debit-announced', data }, now)
  }
  if (!needsApproval) return mandate
  const data = { ...facts, answerUntil: until.toISOString() }
  return record(tx, mandate, { type: 'payment.mandate-debit-asked', data }, now)
}
