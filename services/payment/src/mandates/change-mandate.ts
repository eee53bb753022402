// What the two people of a mandate do with it: show, list, approve, decline, change, pause, revoke, skip a debit.
import type { Input, Output } from '@bahi/contracts/call.ts'
import { mandateRulesAt, termsFault } from '@bahi/contracts/mandate-rules.ts'
import type { listMandates as listContract, MandateView } from '@bahi/contracts/mandates.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { addDays, isDate, istDateOf, istTime, type IstDate } from '@bahi/contracts/recurrence.ts'
import type { DueHandler, DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { lockPayers } from '../limits/store.ts'
import { invalidField } from '../payments/client-input.ts'
import { readPage } from '../payments/page.ts'
import { dropDebit, failAttempt } from './claim-debit.ts'
import {
  attemptOf,
  factsOf,
  isBeingMade,
  isOpen,
  isPayerElsewhere,
  viewOf,
  type Mandate,
  type MandateOperation,
} from './mandate.ts'
import { checkLive, creationOf, refuseStoppedMandate } from './make-mandate.ts'
import { arrivingBy, begin, completeElsewhere, drive, type OperateDeps } from './operate.ts'
import { findMandate, lockMandates, mandatesOf } from './store.ts'
import { debitsOf, debitWith, openDebits } from './store-debits.ts'
import { endKind, record, report } from './work.ts'

const debitsShown = 50

export async function viewFor(
  deps: Pick<Deps, 'sql' | 'clock'>,
  mandate: Mandate,
  userId: string,
): Promise<MandateView> {
  const debits = await debitsOf(deps.sql, mandate.id, debitsShown)
  return viewOf(mandate, debits, userId, deps.clock.now())
}

/** Throws `not-found` for a mandate that does not exist and for one of other people alike. */
export async function showMandate(
  deps: Pick<Deps, 'sql' | 'clock'>,
  userId: string,
  id: string,
): Promise<MandateView> {
  const mandate = (await findMandate(deps.sql, id))?.mandate
  if (!mandate || !isOf(mandate, userId)) throw notFound()
  return viewFor(deps, mandate, userId)
}

export async function listMandates(
  deps: Pick<Deps, 'sql' | 'clock'>,
  userId: string,
  query: Input<typeof listContract>['querystring'],
): Promise<Output<typeof listContract>> {
  const { direction = null, status = null } = query
  const { found, next } = await readPage(query, (page) =>
    mandatesOf(deps.sql, userId, { direction, status, ...page }),
  )
  const now = deps.clock.now()
  return { mandates: found.map((mandate) => viewOf(mandate, [], userId, now)), ...next }
}

/** The payer agrees to what the payee asked for. Throws `not-found`, `wrong-state`, `rate-limited`. */
export function approveMandate(deps: OperateDeps, userId: string, id: string, pin: string): Promise<Mandate> {
  return operate(deps, { userId, id, pin, by: 'payer' }, 'requested', async (mandate, now, tx) => {
    if (mandate.expiresAt !== undefined && mandate.expiresAt <= now)
      throw new Problem('wrong-state', 'the time to answer is over')
    await refuseStoppedMandate(tx, mandate)
    await checkLive(tx, userId, now)
    return creationOf(mandate, now)
  })
}

/** Throws `not-found`, `wrong-state`. Repeating it changes nothing. */
export function declineMandate(deps: OperateDeps, userId: string, id: string): Promise<Mandate> {
  return deps.transaction(async (tx) => {
    const mandate = await lockOwn(tx, id, userId, 'payer')
    if (mandate.status === 'declined') return mandate
    if (mandate.status !== 'requested') throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
    if (mandate.pendingOperation !== undefined)
      throw new Problem('wrong-state', 'the mandate is being authorised just now')
    const now = deps.clock.now()
    const declined: Mandate = { ...mandate, status: 'declined', endedAt: now }
    await report(tx, mandate, { type: 'CREATE', code: 'ZA' }, now)
    return record(tx, declined, { type: 'payment.mandate-declined', data: factsOf(mandate) }, now)
  })
}

/** Throws `not-found`, `wrong-state`, `request-invalid` for terms that make no sense. */
export function updateMandate(
  deps: OperateDeps,
  userId: string,
  id: string,
  { amountPaise, validTo, pin }: { amountPaise: number; validTo: IstDate; pin: string },
): Promise<Mandate> {
  return operate(deps, { userId, id, pin, by: 'payer' }, 'active', (mandate, now) => {
    const { terms, mcc } = mandate
    if (terms.blockFunds)
      throw new Problem('wrong-state', 'money is reserved for it: revoke it and make a new one')
    const today = istDateOf(now)
    const changed = { ...terms, amountPaise, validTo }
    // The first day may have passed, and was judged then.
    const fault = termsFault(changed, mandateRulesAt(now), {
      today: terms.validFrom < today ? terms.validFrom : today,
      mcc,
    })
    if (fault) throw invalidField(`/body/${fault.field}`, fault.message)
    if (validTo < today) throw invalidField('/body/validTo', 'is in the past')
    return { type: 'update', amountPaise, validTo }
  })
}

/** Throws `not-found`, `wrong-state`, `request-invalid`. */
export function pauseMandate(
  deps: OperateDeps,
  userId: string,
  id: string,
  { from, until }: { from: IstDate; until: IstDate },
): Promise<Mandate> {
  return operate(deps, { userId, id, by: 'payer' }, 'active', (mandate, now) => {
    if (mandate.terms.blockFunds)
      throw new Problem('wrong-state', 'money is reserved for it: it cannot be paused')
    if (!isDate(from) || from < istDateOf(now)) throw invalidField('/body/from', 'is no day from today on')
    if (!isDate(until) || until < from) throw invalidField('/body/until', 'is no day after the first one')
    return { type: 'pause', from, until }
  })
}

/** Throws `not-found`, `wrong-state`. */
export function unpauseMandate(deps: OperateDeps, userId: string, id: string, pin: string): Promise<Mandate> {
  return operate(deps, { userId, id, pin, by: 'payer' }, 'active', (mandate) => {
    if (!mandate.pause) throw new Problem('wrong-state', 'the mandate is not paused')
    return { type: 'unpause' }
  })
}

/** By either side; of an irrevocable one by the payee alone. Throws `not-found`, `wrong-state`. */
export async function revokeMandate(deps: OperateDeps, userId: string, id: string): Promise<Mandate> {
  const found = (await findMandate(deps.sql, id))?.mandate
  if (!found || !isOf(found, userId)) throw notFound()
  if (found.status === 'revoked') return found
  const by = found.payer.userId === userId ? 'payer' : 'payee'
  return operate(deps, { userId, id, by }, 'active', (mandate) => {
    if (by === 'payer' && !mandate.terms.revocable)
      throw new Problem('wrong-state', 'only the payee can revoke this mandate')
    return { type: 'revoke', by }
  })
}

/** Opts out of one debit that is not being made yet. Throws `not-found`, `wrong-state`. */
export function skipDebit(deps: OperateDeps, userId: string, id: string, sequence: number): Promise<Mandate> {
  return deps.transaction(async (tx) => {
    const mandate = await lockOwn(tx, id, userId, 'payer')
    const debit = await debitWith(tx, mandate.id, sequence)
    if (!debit) throw new Problem('not-found', 'the mandate has no such debit')
    if (debit.status === 'skipped') return mandate
    if (!isOpen(debit)) throw new Problem('wrong-state', `the debit is ${debit.status}`)
    // What waits for the PIN is declined so, as is the attempt that asks for it.
    if (debit.paymentId !== undefined || (attemptOf(debit) && debit.status === 'planned'))
      throw new Problem('wrong-state', 'it is being debited just now')
    return dropDebit(tx, mandate, debit, deps.clock.now())
  })
}

type Who = { userId: string; id: string; by: 'payer' | 'payee'; pin?: string }

/** Undefined instead of an operation: the mandate is as it should be. */
export async function operate(
  deps: OperateDeps,
  { userId, id, by, pin }: Who,
  from: Mandate['status'],
  operationOf: (
    mandate: Mandate,
    now: Date,
    tx: Tx,
  ) => MandateOperation | Promise<MandateOperation | undefined>,
): Promise<Mandate> {
  const { begun, operation } = await deps.transaction(async (tx) => {
    // Their live mandates are counted, under their lock; it is taken before that of any mandate.
    if (from === 'requested') await lockPayers(tx, [userId])
    const mandate = await lockOwn(tx, id, userId, by)
    if (mandate.status !== from) throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
    const now = deps.clock.now()
    const operation = await operationOf(mandate, now, tx)
    return { operation, begun: operation ? await begin(tx, mandate, operation, now) : mandate }
  })
  return operation ? drive(deps, begun, operation, pin) : begun
}

async function lockOwn(tx: Tx, id: string, userId: string, side: 'payer' | 'payee'): Promise<Mandate> {
  const mandate = (await lockMandates(tx, [id])).get(id.toLowerCase())
  if (mandate?.[side].userId !== userId) throw notFound()
  return mandate
}

const isOf = ({ payer, payee }: Mandate, userId: string) => payer.userId === userId || payee.userId === userId
const notFound = () => new Problem('not-found', 'there is no such mandate')

/** Ends mandates that nobody answered, and those whose last day is over. */
export function endHandler(deps: Pick<Deps, 'clock'>): DueHandler<{ mandateId: string }> {
  return {
    kind: endKind,
    run: (items) =>
      Promise.resolve(
        items.map(({ payload }): DueResult => ({
          outcome: 'done',
          commit: (tx) => end(tx, payload.mandateId, deps.clock.now()),
        })),
      ),
  }
}

async function end(tx: Tx, id: string, now: Date): Promise<void> {
  const mandate = (await lockMandates(tx, [id])).get(id)
  if (!mandate || mandate.endedAt) return
  const isOver =
    mandate.status === 'requested'
      ? mandate.expiresAt !== undefined && mandate.expiresAt <= now
      : istTime(addDays(mandate.terms.validTo, 1)) <= now
  if (!isOver) return
  if (mandate.pendingOperation !== undefined) {
    // Its payee asked the app of a payer elsewhere to end it, which never answered: it is over now in any case.
    if (isPayerElsewhere(mandate) && !(await arrivingBy(tx, mandate)))
      return completeElsewhere(tx, mandate, '00', now)
    throw new Error('an operation is open: the item is tried again')
  }
  const open = await openDebits(tx, id)
  if (open.some((debit) => isBeingMade(mandate, debit)))
    throw new Error('a debit is being made: the item is tried again')
  const expired: Mandate = { ...mandate, status: 'expired', endedAt: now }
  if (mandate.status === 'requested') await report(tx, mandate, { type: 'CREATE', code: 'U69' }, now)
  let last = await record(tx, expired, { type: 'payment.mandate-expired', data: factsOf(mandate) }, now)
  for (const debit of open) last = await failAttempt(tx, last, debit, { code: 'QD' }, now)
}
