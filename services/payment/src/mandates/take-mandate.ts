// Moves a mandate of ours from another app to this one, with the PIN: that app ports it out, the bank changes its
// number, and what was announced there is made here.
import { createHash } from 'node:crypto'
import { mandateIdIn } from '@bahi/contracts/umn.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { mandateRulesAt } from '@bahi/contracts/mandate-rules.ts'
import type { HeldElsewhere } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { retryRaces, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import { lockPayers } from '../limits/store.ts'
import type { Payer } from '../payments/payment.ts'
import { payeeIn, payerIn, unreachable, type PartyResolver } from '../payments/resolve.ts'
import { checkLive } from './make-mandate.ts'
import { asTaken, isPayerElsewhere, type Mandate, type TakeOperation } from './mandate.ts'
import { arrivingBy, begin, drive, type OperateDeps } from './operate.ts'
import { checkNotDebited } from './port-mandate.ts'
import { findMandate, insertMandate, isOfAnother, lockMandates, mandateIdWith, updatePayer } from './store.ts'

export type TakeDeps = OperateDeps & {
  parties: PartyResolver
  /** Also into the records of payees of ours. */
  movesToPayees: boolean
}
type Begun = { mandate: Mandate; operation?: TakeOperation }

/** From which it can be taken: what is here of it has ended. */
const ended: Mandate['status'][] = ['ported', 'failed']

const notFound = () => new Problem('not-found', 'no other app keeps such a mandate of yours')

/**
 * The mandate as the bank decided; `failed` when it, or the other app, did not agree: another try can. Of one that is
 * here already nothing is changed. Throws `not-found`, also for a UPI ID of another account, `wrong-state` before the
 * rules let it, `rate-limited`, `bank-unreachable`.
 */
export async function takeMandate(
  deps: TakeDeps,
  userId: string,
  anyCase: string,
  { payerVpa, pin }: { payerVpa: string; pin: string },
): Promise<Mandate> {
  const umn = normaliseVpa(anyCase)
  const id = mandateIdIn(umn)
  if (id === undefined || !deps.network) throw notFound()
  const known = await knownAs(deps.sql, umn, id)
  const here = known && (await hereOf(deps.sql, known, userId))
  if (here) return here
  const found = await deps.parties.payer(normaliseVpa(payerVpa))
  if (found === unreachable || found?.userId !== userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  const held = (await deps.network.heldElsewhere(found)).find((one) => one.umn === umn)
  if (!held) throw notFound()
  checkTakeable(held)
  const payee = await deps.parties.payee(normaliseVpa(held.payee.vpa))
  if (payee === unreachable)
    throw new Problem('bank-unreachable', 'the network does not say who the payee is')
  if (!payee) throw notFound()
  if (payee.userId !== undefined && !deps.movesToPayees)
    throw new Problem('wrong-state', `its payee uses this app: it stays in the app of ${held.app}`)
  const payer = payerIn(found, userId)
  const now = deps.clock.now()
  // Of one number there is one record.
  if (payee.userId === undefined && known?.umn !== undefined) throw notFound()
  const { mandate, operation } =
    payee.userId === undefined
      ? await beginNew(deps, id, held, { payer, payee: payeeIn(held.payee.vpa, payee) }, now)
      : await beginInto(deps, known, held, { payer, payeeUserId: payee.userId }, now)
  return operation ? drivenOf(await drive(deps, mandate, operation, pin), operation) : mandate
}

/** What is here of it: under this number, or with its id. */
async function knownAs(sql: Queryable, umn: string, id: string): Promise<Mandate | undefined> {
  const numbered = await mandateIdWith(sql, umn)
  return (await findMandate(sql, numbered ?? id))?.mandate
}

/** One that is this person's here, or is just being moved; undefined: it can be taken. Throws `not-found`. */
async function hereOf(sql: Queryable, known: Mandate, userId: string): Promise<Mandate | undefined> {
  if (isPayerElsewhere(known)) {
    const operation = await arrivingBy(sql, known)
    return operation?.into?.payer.userId === userId ? drivenOf(known, operation) : undefined
  }
  if (known.payer.userId !== userId) throw notFound()
  return ended.includes(known.status) ? undefined : existing(known)
}

/** As its payer sees it: one that is moved into the record of a payee of ours has been asked for until it is here. */
function drivenOf(mandate: Mandate, operation: TakeOperation): Mandate {
  if (!operation.into || !isPayerElsewhere(mandate)) return mandate
  const { expiresAt: _, ...taken } = asTaken(mandate, operation)
  // Decided meanwhile: the bank was never asked.
  return taken.pendingOperation === undefined
    ? { ...taken, status: 'failed', code: 'XB' }
    : { ...taken, status: 'requested' }
}

/** Another try that is not decided yet, or the mandate that is here. */
function existing(mandate: Mandate): Mandate {
  if (mandate.status === 'active' || mandate.pendingOperation !== undefined) return mandate
  throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
}

const operationOf = ({ umn, payerVpa, app, bank, accountRef }: HeldElsewhere): TakeOperation => ({
  ...{ type: 'take', fromUmn: umn, fromVpa: normaliseVpa(payerVpa), app, bank, accountRef },
})

/** Of a payee with another app: a record of its own, or the one of before. */
function beginNew(
  deps: TakeDeps,
  id: string,
  held: HeldElsewhere,
  sides: { payer: Payer; payee: Mandate['payee'] },
  now: Date,
): Promise<Begun> {
  const { userId } = sides.payer
  const wanted = wantedOf(id, held, sides, now)
  const operation = operationOf(held)
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      await lockPayers(tx, [userId])
      const before = (await lockMandates(tx, [id])).get(id)
      if (before && before.payer.userId !== userId) throw notFound()
      if (before && !ended.includes(before.status)) return { mandate: existing(before) }
      await checkNumber(tx, held, id)
      await checkLive(tx, userId, now)
      if (!before) {
        await insertMandate(tx, wanted, createHash('sha256').update(held.umn).digest('hex'))
        return { mandate: await begin(tx, wanted, operation, now), operation }
      }
      // It was here before: it goes on with its history, and is not ended any more.
      const { endedAt: _, code: _code, triesLeft: _tries, pause: _pause, ...rest } = before
      const { payer, terms, pause, status } = wanted
      const again: Mandate = { ...rest, payer, terms, status, ...(pause ? { pause } : {}) }
      await updatePayer(tx, again)
      return { mandate: await begin(tx, again, operation, now), operation }
    }),
  )
}

/** Into the record of a payee of ours, which stays as it is until the bank has decided. */
function beginInto(
  deps: TakeDeps,
  known: Mandate | undefined,
  held: HeldElsewhere,
  { payer, payeeUserId }: { payer: Payer; payeeUserId: string },
  now: Date,
): Promise<Begun> {
  checkMovable(now)
  if (payeeUserId === payer.userId)
    throw new Problem('wrong-state', `you are its payee: it stays in the app of ${held.app}`)
  const { terms, pause } = held
  const into = { payer, terms, ...(pause ? { pause } : {}) }
  return retryRaces(() =>
    deps.transaction(async (tx) => {
      await lockPayers(tx, [payer.userId])
      const mandate = known && (await lockMandates(tx, [known.id])).get(known.id)
      // The payee’s record is the one that the number names, for which the network vouches.
      if (mandate?.payee.userId !== payeeUserId || mandate.payee.vpa !== normaliseVpa(held.payee.vpa))
        throw new Problem('wrong-state', 'its payee knows of no such mandate')
      const here = await hereOf(tx, mandate, payer.userId)
      if (here) return { mandate: here }
      if (mandate.umn !== held.umn) throw notFound()
      if (mandate.status !== 'active') throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
      await checkNumber(tx, held, mandate.id)
      await checkLive(tx, payer.userId, now)
      await checkNotDebited(tx, mandate)
      const operation: TakeOperation = { ...operationOf(held), fromVpa: mandate.payer.vpa, into }
      return { mandate: await begin(tx, mandate, operation, now), operation }
    }),
  )
}

function checkTakeable({ portableAfter, terms, app }: HeldElsewhere): void {
  if (terms.blockFunds)
    throw new Problem(
      'wrong-state',
      `money is reserved for it: it stays in the app of ${app} until it is debited or cancelled there`,
    )
  if (portableAfter !== undefined)
    throw new Problem('wrong-state', `it was moved lately: wait until ${portableAfter.slice(0, 10)}`)
}

/** With our handle its number would be that of another one, if another one has the id in it. */
async function checkNumber(tx: Tx, { umn, app }: HeldElsewhere, own: string): Promise<void> {
  if (await isOfAnother(tx, mandateIdIn(umn)!, own))
    throw new Problem('wrong-state', `another mandate has its number here: it stays in the app of ${app}`)
}

function checkMovable(now: Date): void {
  if (mandateRulesAt(now).portEveryDays === undefined)
    throw new Problem('wrong-state', 'mandates are not moved yet')
}

function wantedOf(
  id: string,
  { name, terms, pause, mcc, txnId, rrn }: HeldElsewhere,
  sides: { payer: Payer; payee: Mandate['payee'] },
  now: Date,
): Mandate {
  checkMovable(now)
  return {
    ...{ id, version: 0, ...sides, mcc, name, terms, ...(pause ? { pause } : {}), presentedBy: 'payee' },
    // It was asked for there: the message that did is not known here.
    network: { txnId, rrn, reqMsgId: txnId },
    ...{ status: 'requested', createdAt: now, operations: 0, lastSequence: 0, lastPeriod: -1 },
  }
}
