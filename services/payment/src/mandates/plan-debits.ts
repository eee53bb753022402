// Plans and announces the debits of mandates: the platform's by their terms, a payee's as it presents them.
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Input } from '@bahi/contracts/call.ts'
import { mandateIdIn } from '@bahi/contracts/umn.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import {
  announceAt,
  approvableUntil,
  debitFault,
  debitWindowAt,
  executeAt,
  mandateRulesAt,
  nextDebit,
  withoutPinPaise,
  type DebitWindow,
} from '@bahi/contracts/mandate-rules.ts'
import { isRefusedNotice, type presentDebit as presentContract } from '@bahi/contracts/mandates.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, isDate, istDateOf, type IstDate } from '@bahi/contracts/recurrence.ts'
import { upiCodeText } from '@bahi/contracts/upi-codes.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import type { DueHandler, DueItem } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dayMs } from '../limits/limits.ts'
import { invalidField } from '../payments/client-input.ts'
import { debitFactsOf, isPayerElsewhere, isPresentedElsewhere, type Debit, type Mandate } from './mandate.ts'
import { lockMandates, mandateIdWith, updateMandate } from './store.ts'
import { countDebits, debitWith, hasDebitIn, insertDebit, rewriteDebit } from './store-debits.ts'
import { approvalKind, debitKind, noticeKind, planKind, record } from './work.ts'

type PlanWork = { mandateId: string; period: number; day: IstDate }
export type DebitWork = { mandateId: string; debitId: string; attempt: number }

/** The first day of the window that is in no pause; undefined: there is none. */
function dayIn({ pause }: Mandate, { from, to }: DebitWindow): IstDate | undefined {
  const day = pause && pause.from <= from && from <= pause.until ? addDays(pause.until, 1) : from
  return day <= to ? day : undefined
}

/** Schedules the announcement of the first debit of a later period that ends on `from` or later. */
export async function planNext(tx: Tx, mandate: Mandate, from: IstDate, now: Date): Promise<void> {
  if (mandate.presentedBy !== 'platform' || mandate.status !== 'active') return
  let window = nextDebit(mandate.terms, from)
  for (; window; window = nextDebit(mandate.terms, addDays(window.to, 1))) {
    const day = dayIn(mandate, window)
    if (window.period <= mandate.lastPeriod || day === undefined) continue
    const payload: PlanWork = { mandateId: mandate.id, period: window.period, day }
    const key = `${mandate.id} ${window.period} ${day}`
    await schedule(tx, [{ kind: planKind, key, dueAt: announceAt(mandateRulesAt(now), day), payload }])
    return
  }
}

export function planHandler(deps: Pick<Deps, 'clock'>): DueHandler<PlanWork> {
  return {
    kind: planKind,
    run: (items) =>
      Promise.resolve(
        items.map((item) => ({
          outcome: 'done',
          commit: (tx: Tx) => runPlan(tx, item, deps.clock.now()),
        })),
      ),
  }
}

async function runPlan(tx: Tx, { payload, createdId }: DueItem<PlanWork>, now: Date): Promise<void> {
  const { mandateId, period, day } = payload
  const mandate = (await lockMandates(tx, [mandateId])).get(mandateId)
  if (mandate?.status !== 'active' || period <= mandate.lastPeriod) return
  const window = debitWindowAt(mandate.terms, day)
  // Terms or pause changed after it was planned: another item stands for what is due now.
  if (window?.period !== period || dayIn(mandate, window) !== day) return planNext(tx, mandate, day, now)
  const { amountPaise } = mandate.terms
  const sequence = mandate.lastSequence + 1
  const wanted = { id: createdId, sequence, period, dueOn: day, amountPaise }
  const announced = await announce(tx, mandate, wanted, { now })
  await planNext(tx, announced, addDays(window.to, 1), now)
}

type NewDebit = Pick<Debit, 'id' | 'sequence' | 'period' | 'dueOn' | 'amountPaise' | 'note'>

/** Of a locked mandate: the notice to the payer, and the work that makes the debit or gives it up. */
export async function announce(
  tx: Tx,
  mandate: Mandate,
  wanted: NewDebit,
  { before, now }: { before?: Debit | undefined; now: Date },
): Promise<Mandate> {
  const planned = plannedOf(mandate, before ? { ...wanted, id: before.id } : wanted, now)
  const debit: Debit = { ...planned, status: openStatus(mandate, wanted, now) }
  await (before ? rewriteDebit(tx, debit) : insertDebit(tx, debit))
  await scheduleDebit(tx, debit, { dueAt: isPresentedElsewhere(mandate) ? undefined : debit.executeAt, now })
  return recordAnnounced(tx, countedIn(mandate, debit), debit, now)
}

/** Of a payer of ours: whether a debit of this amount waits for their PIN. */
export function openStatus(
  { mcc }: Mandate,
  { amountPaise }: Pick<Debit, 'amountPaise'>,
  now: Date,
): 'planned' | 'awaiting-approval' {
  return amountPaise > withoutPinPaise(mandateRulesAt(now), mcc) ? 'awaiting-approval' : 'planned'
}

/**
 * An open debit of a payer of ours is made then. One that waits for the PIN, or for the PSP of a payee elsewhere, is
 * given up when the time for that is over, whatever has failed before.
 * @param dueAt undefined: of a payee elsewhere, whose PSP makes it
 */
export async function scheduleDebit(
  tx: Tx,
  { id, mandateId, status, attempts, executeAt }: Debit,
  { dueAt, now }: { dueAt: Date | undefined; now: Date },
): Promise<void> {
  const rules = mandateRulesAt(now)
  const madeAt = status === 'planned' ? dueAt : undefined
  const attempt = madeAt ? attempts + 1 : rules.retries + 1
  const payload: DebitWork = { mandateId, debitId: id, attempt }
  const work = madeAt
    ? { kind: debitKind, key: `${id} ${attempt}`, dueAt: madeAt }
    : { kind: approvalKind, key: id, dueAt: approvableUntil(rules, istDateOf(executeAt)) }
  await schedule(tx, [{ ...work, payload }])
}

/** What the payer is told of a debit before it is made. */
export function recordAnnounced(tx: Tx, mandate: Mandate, debit: Debit, now: Date): Promise<Mandate> {
  const { executeAt: at, status } = debit
  const needsApproval = status === 'awaiting-approval'
  const data = { ...debitFactsOf(mandate, debit), executeAt: at.toISOString(), needsApproval }
  return record(tx, mandate, { type: 'payment.mandate-debit-announced', data }, now)
}

export function plannedOf(mandate: Mandate, wanted: NewDebit, now: Date): Debit {
  const { mcc } = mandate
  return {
    ...{ ...wanted, mandateId: mandate.id, announcedAt: now, status: 'planned', attempts: 0 },
    executeAt: executeAt(mandateRulesAt(now), { day: wanted.dueOn, noticedAt: now, mcc }),
  }
}

/** Whether its notice came too late for it. */
export const isLate = (
  { terms }: Mandate,
  { dueOn, executeAt }: Pick<Debit, 'dueOn' | 'executeAt'>,
): boolean => istDateOf(executeAt) > (debitWindowAt(terms, dueOn)?.to ?? dueOn)

const countedIn = (mandate: Mandate, { sequence, period }: Debit): Mandate => ({
  ...mandate,
  lastSequence: sequence,
  lastPeriod: Math.max(mandate.lastPeriod, period ?? -1),
})

/** The app of a payer elsewhere is asked to notify them: without its answer nothing is debited. */
async function announceElsewhere(
  tx: Tx,
  mandate: Mandate,
  wanted: NewDebit,
  { before, now }: { before: Debit | undefined; now: Date },
): Promise<void> {
  const debit = plannedOf(mandate, before ? { ...wanted, id: before.id } : wanted, now)
  await (before ? rewriteDebit(tx, debit) : insertDebit(tx, debit))
  await updateMandate(tx, countedIn(mandate, debit))
  const payload: DebitWork = { mandateId: mandate.id, debitId: debit.id, attempt: 1 }
  const work = { kind: noticeKind, key: debit.id, dueAt: now, payload }
  await schedule(tx, [work], { existing: 'reschedule' })
}

type Presented = Input<typeof presentContract>['body']

/**
 * The debit that a payee presents: announced now, made on its day. The same sequence number and content again give the
 * same one. Throws `not-found`, `wrong-state`, `id-reused`, `rate-limited`, `request-invalid` for what the terms do not
 * allow.
 */
export function presentDebit(
  deps: Pick<Deps, 'transaction' | 'clock'>,
  userId: string,
  umn: string,
  body: Presented,
): Promise<{ mandate: Mandate; debit: Debit }> {
  return deps.transaction(async (tx) => {
    const numbered = await mandateIdWith(tx, normaliseVpa(umn))
    const id = numbered ?? mandateIdIn(umn)
    const mandate = id === undefined ? undefined : (await lockMandates(tx, [id])).get(id)
    const isNamed = mandate && (mandate.umn !== undefined) === (numbered !== undefined)
    if (!isNamed || mandate.payee.userId !== userId || (isPayerElsewhere(mandate) && !numbered))
      throw new Problem('not-found', 'you have no such mandate')
    return { mandate, debit: await presentIn(tx, mandate, body, deps.clock.now()) }
  })
}

/** The same of a locked mandate, whoever presents it for its payee. */
export async function presentIn(tx: Tx, mandate: Mandate, body: Presented, now: Date): Promise<Debit> {
  // Before its debits are looked for: those have numbers too, and would be taken for other content.
  if (mandate.presentedBy !== 'payee')
    throw new Problem('wrong-state', 'the platform makes the debits of this mandate by its terms')
  const { sequence, amountPaise, dueOn, note } = body
  const before = await debitWith(tx, mandate.id, sequence)
  if (before) {
    const isSame =
      before.amountPaise === amountPaise && before.dueOn === dueOn && (before.note ?? '') === (note ?? '')
    if (isSame) return before
    if (!isRefusedNotice(before))
      throw new Problem('id-reused', `debit ${sequence} was presented with other content`)
  }
  const period = await checkPresented(tx, mandate, body, now)
  const wanted: NewDebit = {
    ...{ id: uuidv7(now.getTime()), sequence, dueOn, amountPaise },
    ...(note ? { note } : {}),
    ...(period === undefined ? {} : { period }),
  }
  if (isPayerElsewhere(mandate)) await announceElsewhere(tx, mandate, wanted, { before, now })
  else await announce(tx, mandate, wanted, { before, now })
  return (await debitWith(tx, mandate.id, sequence))!
}

/** The period that the debit is of; none for a mandate without periods. */
async function checkPresented(
  tx: Tx,
  mandate: Mandate,
  { sequence, amountPaise, dueOn }: Presented,
  now: Date,
): Promise<number | undefined> {
  const { terms, pause, mcc } = mandate
  if (mandate.status !== 'active') throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
  if (sequence !== mandate.lastSequence + 1)
    throw new Problem('wrong-state', `the next debit has the number ${mandate.lastSequence + 1}`)
  if (!isDate(dueOn)) throw invalidField('/body/dueOn', 'the calendar has no such day')
  if (dueOn < istDateOf(now)) throw invalidField('/body/dueOn', 'is in the past')
  const bound = { ...terms, ...(pause ? { pause } : {}) }
  const fault = debitFault(bound, { amountPaise, date: dueOn })
  if (fault)
    throw invalidField(fault === 'QH' ? '/body/amountPaise' : '/body/dueOn', upiCodeText(fault, 'en'))
  const rules = mandateRulesAt(now)
  const first = istDateOf(executeAt(rules, { day: dueOn, noticedAt: now, mcc }))
  const window = debitWindowAt(terms, dueOn)!
  if (first > window.to)
    throw invalidField('/body/dueOn', 'the payer needs a longer notice: present it earlier')
  const { open, announced } = await countDebits(tx, mandate.id, new Date(now.getTime() - dayMs))
  if (open >= rules.presented.maxOpen)
    throw new Problem('rate-limited', `${open} debits of this mandate are open: wait until they are made`)
  if (announced >= rules.presented.perDay)
    throw new Problem('rate-limited', `${rules.presented.perDay} debits of a mandate are announced in a day`)
  if (terms.recurrence === 'ASPRESENTED') return undefined
  if (await hasDebitIn(tx, mandate.id, window.period))
    throw new Problem('wrong-state', 'this period has its debit already')
  return window.period
}
