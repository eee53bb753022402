// Operations on mandates: each is numbered and stored, decided by the payer's bank, and then applied, once.
import { operateMandate, resolveMandateOperation } from '@bahi/contracts/bank-mandates.ts'
import { appOf } from '@bahi/contracts/umn.ts'
import type { PortOut } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import { cancel, schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import { dropDebit } from './claim-debit.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { payerOf } from '../payments/payment.ts'
import {
  asBankOperation,
  asTaken,
  factsOf,
  isBeingMade,
  isByPin,
  isPayerElsewhere,
  umnOfMandate,
  type Mandate,
  type MandateOperation,
  type TakeOperation,
} from './mandate.ts'
import { fitDebits } from './fit-debits.ts'
import { planNext } from './plan-debits.ts'
import {
  completeOperation,
  findMandate,
  findOperation,
  insertOperation,
  lockMandates,
  updateMandate,
  updatePayer,
} from './store.ts'
import { openDebits } from './store-debits.ts'
import { findPortOut, storePortOut } from './store-port-out.ts'
import { adoptDebits, countedThere, scheduleClosePort, takeOverDebits, portRequestOf } from './port-in.ts'
import { operationKind, record, scheduleEnd, report, type MandateEvent } from './work.ts'

export type OperateDeps = Pick<Deps, 'sql' | 'transaction' | 'clock' | 'call' | 'log'> & {
  network: PspMessages | undefined
}
type OperationWork = { mandateId: string; nth: number }
type BankOutcome = { code: string; triesLeft?: number }

/** Until the bank is asked what became of an operation whose answer was lost. */
const resolveAfterMs = 20_000

/** Of a locked mandate: its next operation, whose outcome is not known yet. */
export async function begin(
  tx: Tx,
  mandate: Mandate,
  operation: MandateOperation,
  at: Date,
): Promise<Mandate> {
  if (mandate.pendingOperation !== undefined)
    throw new Problem('wrong-state', 'the mandate is being changed just now: look again shortly')
  const nth = mandate.operations + 1
  await insertOperation(tx, mandate.id, nth, { operation, at })
  const dueAt = new Date(at.getTime() + resolveAfterMs)
  const payload: OperationWork = { mandateId: mandate.id, nth }
  await schedule(tx, [{ kind: operationKind, key: `${mandate.id} ${nth}`, dueAt, payload }])
  const begun = { ...mandate, operations: nth, pendingOperation: nth }
  await updateMandate(tx, begun)
  return begun
}

/**
 * Asks the bank, and applies what it decided. Without an answer the operation stays open until it is resolved. The app
 * of a payer elsewhere answers with a message.
 */
export async function drive(
  deps: OperateDeps,
  mandate: Mandate,
  operation: MandateOperation,
  pin?: string,
): Promise<Mandate> {
  const nth = mandate.pendingOperation!
  const completing = (outcome: BankOutcome, taken?: PortOut) =>
    deps.transaction((tx) => complete(tx, mandate.id, nth, { operation, outcome, taken }, deps.clock.now()))
  const asked = askedOf(mandate, operation, nth)
  if (!asked) {
    const code = await revokeElsewhere(deps, mandate)
    return code === undefined ? mandate : completing({ code })
  }
  let outcome: BankOutcome
  let taken: PortOut | undefined
  try {
    taken = await portOut(deps, mandate, operation, nth)
    if (taken && taken.code !== '00') return await completing({ code: taken.code })
    // Before the bank is asked: what it decides is applied also when this process ends and that app is gone.
    if (taken) await storePortOut(deps.sql, mandate.id, nth, taken)
    const body = { ...asked, operation: asBankOperation(operation, mandate) }
    outcome = await deps.call(operateMandate, { body: pin === undefined ? body : { ...body, pin } })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    deps.log.warn({ err: error, mandateId: mandate.id }, 'outcome of an operation on a mandate unknown')
    return mandate
  }
  return completing(outcome, taken)
}

/** What its bank is asked about; undefined: of a payer elsewhere, whose app is asked. */
function askedOf(mandate: Mandate, operation: MandateOperation, nth: number) {
  const debited = asTaken(mandate, operation)
  if (isPayerElsewhere(debited)) return undefined
  return { umn: umnOfMandate(debited), nth, accountId: payerOf(debited).accountId }
}

/**
 * What another app had announced of a mandate that it ports out, or why it does not, as it answered first; undefined:
 * none is asked.
 */
async function portOut(
  { network, sql }: OperateDeps,
  mandate: Mandate,
  operation: MandateOperation,
  nth: number,
): Promise<PortOut | undefined> {
  if (operation.type !== 'take') return undefined
  return (await findPortOut(sql, mandate.id, nth)) ?? network!.portOut(portRequestOf(mandate, operation, nth))
}

/** Of a payer elsewhere a payee can do nothing else. Repeating it changes nothing. The code of a refusal, if any. */
async function revokeElsewhere({ network, log }: OperateDeps, mandate: Mandate): Promise<string | undefined> {
  const about = { mandateId: mandate.id }
  try {
    const { err } = await network!.revokeMandate(mandate)
    if (err !== undefined) log.warn({ ...about, err }, 'the network did not take the end of a mandate')
    return err
  } catch (err) {
    if (!(err instanceof Problem)) throw err
    log.warn({ ...about, err }, 'whether the network took the end of a mandate is not known')
    return undefined
  }
}

/** What the app of a payer elsewhere answers to the end of a locked mandate that our payee asked for. */
export async function completeElsewhere(tx: Tx, mandate: Mandate, code: string, now: Date): Promise<void> {
  const operation = await pendingOf(tx, mandate)
  if (operation?.type !== 'revoke') return
  await complete(tx, mandate.id, mandate.pendingOperation!, { operation, outcome: { code } }, now)
}

/** The operation whose outcome is not known. */
export async function pendingOf(
  sql: Queryable,
  { id, pendingOperation }: Pick<Mandate, 'id' | 'pendingOperation'>,
): Promise<MandateOperation | undefined> {
  return pendingOperation === undefined
    ? undefined
    : (await findOperation(sql, id, pendingOperation))?.operation
}

/** By which its payer is just moving it here; undefined: nobody is. */
export async function arrivingBy(
  sql: Queryable,
  mandate: Pick<Mandate, 'id' | 'pendingOperation'>,
): Promise<TakeOperation | undefined> {
  const operation = await pendingOf(sql, mandate)
  return operation?.type === 'take' ? operation : undefined
}

/** In one transaction the operation, the mandate and its event; a second time nothing. */
async function complete(
  tx: Tx,
  id: string,
  nth: number,
  {
    operation,
    outcome,
    taken,
  }: { operation: MandateOperation; outcome: BankOutcome; taken?: PortOut | undefined },
  now: Date,
): Promise<Mandate> {
  const mandate = (await lockMandates(tx, [id])).get(id)!
  if (mandate.pendingOperation !== nth) return mandate
  await completeOperation(tx, id, nth, { code: outcome.code, at: now })
  await cancel(tx, operationKind, [`${id} ${nth}`])
  const { pendingOperation: _, code: _code, triesLeft: _tries, ...rest } = mandate
  if (operation.type === 'take')
    await scheduleClosePort(tx, portRequestOf(mandate, operation, nth), outcome.code, now)
  if (outcome.code !== '00') return decline(tx, rest, operation, outcome, now)
  if (!taken) return apply(tx, rest, operation, now)
  if (operation.type === 'take' && operation.into)
    return takeOverDebits(tx, await apply(tx, asTaken(rest, operation), operation, now), taken, now)
  const ours = await apply(tx, countedThere(rest, taken, now), operation, now)
  return adoptDebits(tx, ours, taken, now)
}

async function decline(
  tx: Tx,
  mandate: Mandate,
  operation: MandateOperation,
  { code, triesLeft }: BankOutcome,
  now: Date,
): Promise<Mandate> {
  const { type } = operation
  const declined = { ...mandate, code, ...(triesLeft === undefined ? {} : { triesLeft }) }
  // To its payee nothing has happened: it stays with the app that keeps it.
  if (operation.type === 'take' && operation.into) {
    await updateMandate(tx, mandate)
    return { ...asTaken(declined, operation), status: 'failed', endedAt: now }
  }
  // What was entered in another app is shown there.
  if (type === 'release') {
    await updateMandate(tx, mandate)
    return declined
  }
  // What a payee asked for can be approved with another try.
  if (type === 'take' || (type === 'create' && mandate.expiresAt === undefined)) {
    const data = { ...factsOf(mandate), code }
    const failed: Mandate = { ...declined, status: 'failed', endedAt: now }
    return record(tx, failed, { type: 'payment.mandate-failed', data }, now)
  }
  await updateMandate(tx, declined)
  return declined
}

/** Of a locked mandate: what was done to it. */
export async function apply(
  tx: Tx,
  mandate: Mandate,
  operation: MandateOperation,
  now: Date,
): Promise<Mandate> {
  const { after, event } = effectOf(mandate, operation, now)
  if (operation.type === 'port' || operation.type === 'take') await updatePayer(tx, after)
  const changed = await record(tx, after, event, now)
  if (operation.type === 'release') return dropDebits(tx, changed, now)
  await report(tx, changed, { type: wireTypes[operation.type], code: '00' }, now)
  // One that is being debited is decided by the bank, which knows of the revocation.
  if (operation.type === 'revoke') return dropDebits(tx, changed, now)
  if (['create', 'update', 'take'].includes(operation.type)) await scheduleEnd(tx, changed)
  const fitting = operation.type === 'update' ? await fitDebits(tx, changed, now) : changed
  if (operation.type !== 'pause') await planNext(tx, fitting, istDateOf(now), now)
  return fitting
}

/** Of a locked mandate: those that are not being made are not made any more. */
async function dropDebits(tx: Tx, mandate: Mandate, now: Date): Promise<Mandate> {
  let last = mandate
  for (const debit of await openDebits(tx, mandate.id))
    if (!isBeingMade(mandate, debit)) last = await dropDebit(tx, last, debit, now)
  return last
}

/** How the network calls them. */
const wireTypes = {
  create: 'CREATE',
  update: 'UPDATE',
  pause: 'PAUSE',
  unpause: 'UNPAUSE',
  port: 'PORT',
  take: 'PORT',
  revoke: 'REVOKE',
} as const

function effectOf(
  mandate: Mandate,
  operation: MandateOperation,
  now: Date,
): { after: Mandate; event: MandateEvent } {
  const { pause: _, ...unpaused } = mandate
  switch (operation.type) {
    case 'create': {
      const after: Mandate = { ...mandate, status: 'active' }
      const data = { ...factsOf(after), terms: after.terms }
      return { after, event: { type: 'payment.mandate-authorised', data } }
    }
    case 'update': {
      const { amountPaise, validTo } = operation
      const after = { ...mandate, terms: { ...mandate.terms, amountPaise, validTo } }
      const data = { ...factsOf(after), terms: after.terms }
      return { after, event: { type: 'payment.mandate-updated', data } }
    }
    case 'pause': {
      const { from, until } = operation
      const data = { ...factsOf(mandate), pausedFrom: from, pausedUntil: until }
      return {
        after: { ...mandate, pause: { from, until } },
        event: { type: 'payment.mandate-paused', data },
      }
    }
    case 'unpause':
      return { after: unpaused, event: { type: 'payment.mandate-unpaused', data: factsOf(mandate) } }
    case 'port': {
      const fromVpa = mandate.payer.vpa
      const after: Mandate = { ...mandate, payer: operation.payer, ported: { at: now, fromVpa } }
      return { after, event: { type: 'payment.mandate-ported', data: { ...factsOf(after), fromVpa } } }
    }
    case 'take': {
      const { app, fromUmn, fromVpa } = operation
      // Its one debit may have been paid meanwhile: money can come late.
      const status = mandate.status === 'completed' ? mandate.status : 'active'
      const after: Mandate = { ...mandate, status, ported: { at: now, fromVpa } }
      const data = { ...factsOf(after), terms: after.terms, app, fromUmn }
      return { after, event: { type: 'payment.mandate-ported-in', data } }
    }
    case 'release': {
      const { toUmn } = operation
      const data = { ...factsOf(mandate), app: appOf(toUmn), toUmn }
      const after: Mandate = { ...mandate, status: 'ported', endedAt: now }
      return { after, event: { type: 'payment.mandate-ported-out', data } }
    }
    case 'revoke': {
      const data = { ...factsOf(mandate), by: operation.by ?? ('payer' as const) }
      const after: Mandate = { ...mandate, status: 'revoked', endedAt: now }
      return { after, event: { type: 'payment.mandate-revoked', data } }
    }
  }
}

/** Drives on operations whose answer was lost. What needs a PIN is never done anew: the bank says what became of it. */
export function operationHandler(deps: OperateDeps): DueHandler<OperationWork> {
  const again = (): DueResult => ({
    outcome: 'retry',
    at: new Date(deps.clock.now().getTime() + resolveAfterMs),
  })
  return {
    kind: operationKind,
    run: runEach(async ({ payload: { mandateId, nth } }) => {
      const mandate = (await findMandate(deps.sql, mandateId))?.mandate
      const found = await findOperation(deps.sql, mandateId, nth)
      if (mandate?.pendingOperation !== nth || !found) return { outcome: 'done' }
      const { operation } = found
      const asked = askedOf(mandate, operation, nth)
      if (!asked) {
        // A refusal now proves nothing: an earlier try may have been taken.
        await revokeElsewhere(deps, mandate)
        return { outcome: 'retry' }
      }
      try {
        const outcome = isByPin(operation)
          ? await deps.call(resolveMandateOperation, { body: asked })
          : await deps.call(operateMandate, {
              body: { ...asked, operation: asBankOperation(operation, mandate) },
            })
        const taken = outcome.code === '00' ? await portOut(deps, mandate, operation, nth) : undefined
        const decided = { operation, outcome, taken }
        await deps.transaction((tx) => complete(tx, mandateId, nth, decided, deps.clock.now()))
        return { outcome: 'done' }
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        return again()
      }
    }),
  }
}
