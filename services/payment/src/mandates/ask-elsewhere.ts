// Mandates of payers with another app, as due work: they are asked through the network, and notified of debits by it.
import { networkRulesAt } from '@bahi/contracts/network-rules.ts'
import { schedule } from '@bahi/kit/due-work/due-work.ts'
import { runEach, type DueHandler, type DueItem, type DueResult } from '@bahi/kit/due-work/due-worker.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import type { PspMessages } from '../network/psp-messages.ts'
import { debitFactsOf, factsOf, isOpen, isPayerElsewhere, type Debit, type Mandate } from './mandate.ts'
import { arrivingBy } from './operate.ts'
import { isLate, type DebitWork } from './plan-debits.ts'
import { findMandate, lockMandates } from './store.ts'
import { findDebits, lastNumber, updateDebit } from './store-debits.ts'
import { askCheckKind, noticeKind, record } from './work.ts'

export const askKind = 'mandate-ask'

/** A notice that was not answered is given again. Before scaling. */
const noticeAgainMs = 60_000
/** UPI code of an app that does not answer. */
const noAnswer = 'U28'

type AskDeps = Pick<Deps, 'sql' | 'clock' | 'network'>

export function askHandlers(deps: AskDeps, network: PspMessages | undefined): DueHandler<never>[] {
  if (!network) return []
  const each = (run: (mandate: Mandate, item: DueItem<unknown>) => Promise<DueResult>) =>
    runEach(async (item: DueItem<unknown>): Promise<DueResult> => {
      const found = await findMandate(deps.sql, item.key)
      return found?.mandate.status === 'requested' ? run(found.mandate, item) : { outcome: 'done' }
    })
  return [
    { kind: askKind, run: each((mandate, { attempts }) => ask(deps, network, mandate, attempts > 1)) },
    { kind: askCheckKind, run: each((mandate, { attempts }) => check(deps, network, mandate, attempts)) },
    { kind: noticeKind, run: runEach((item: DueItem<DebitWork>) => notify(deps, network, item)) },
  ]
}

/** A refusal at a later try proves nothing: an earlier one may have been taken, and a check decides. */
async function ask(
  deps: AskDeps,
  network: PspMessages,
  mandate: Mandate,
  isAgain: boolean,
): Promise<DueResult> {
  const { err } = await network.askMandate(mandate)
  const now = deps.clock.now()
  if (err !== undefined && !isAgain)
    return {
      outcome: 'done',
      async commit(tx) {
        const open = (await lockMandates(tx, [mandate.id])).get(mandate.id)!
        if (open.status === 'requested') await failAsked(tx, open, err, now)
      },
    }
  const { firstCheckAfterS } = networkRulesAt(now, deps.network.timeScale)
  const dueAt = new Date(mandate.expiresAt!.getTime() + firstCheckAfterS * 1_000)
  return { outcome: 'done', commit: (tx) => schedule(tx, [{ kind: askCheckKind, key: mandate.id, dueAt }]) }
}

/** Of a locked mandate that was asked for: nobody agreed to it. */
export async function failAsked(tx: Tx, mandate: Mandate, code: string, now: Date): Promise<void> {
  const ended = { ...mandate, code, endedAt: now }
  const data = factsOf(mandate)
  if (code === 'ZA')
    await record(tx, { ...ended, status: 'declined' }, { type: 'payment.mandate-declined', data }, now)
  else if (code === 'U69')
    await record(tx, { ...ended, status: 'expired' }, { type: 'payment.mandate-expired', data }, now)
  else {
    const event = { type: 'payment.mandate-failed', data: { ...data, code } } as const
    await record(tx, { ...ended, status: 'failed' }, event, now)
  }
}

/** As of a payment request: what the network says nothing of stays open, for a person. */
async function check(
  deps: AskDeps,
  network: PspMessages,
  mandate: Mandate,
  attempts: number,
): Promise<DueResult> {
  const { checkEveryS, maxChecks } = networkRulesAt(deps.clock.now(), deps.network.timeScale)
  if (attempts > maxChecks)
    return {
      outcome: 'give-up',
      error: `the network was asked ${maxChecks} times and did not say whether the payer agreed`,
    }
  await network.checkMandate(mandate)
  return { outcome: 'retry', at: new Date(deps.clock.now().getTime() + checkEveryS * 1_000) }
}

/**
 * Until it is answered, or the last day on which the debit could be made is over. As of the question a refusal at a
 * later try proves nothing: their app may have taken an earlier notice, and its number then.
 */
async function notify(
  deps: AskDeps,
  network: PspMessages,
  { payload: { mandateId, debitId }, attempts }: DueItem<DebitWork>,
): Promise<DueResult> {
  const mandate = (await findMandate(deps.sql, mandateId))!.mandate
  const debit = (await findDebits(deps.sql, [debitId])).get(debitId)!
  if (!isOpen(debit) || debit.noticedAt || !isPayerElsewhere(mandate)) return { outcome: 'done' }
  const again = new Date(deps.clock.now().getTime() + noticeAgainMs / deps.network.timeScale)
  // The app that keeps it then notifies the payer.
  if (await arrivingBy(deps.sql, mandate)) return { outcome: 'retry', at: again }
  const now = deps.clock.now()
  const isOver = isLate(mandate, { dueOn: debit.dueOn, executeAt: now })
  const err = isOver ? noAnswer : (await network.announceDebit(mandate, debit)).err
  if (err === undefined || (!isOver && attempts > 1)) return { outcome: 'retry', at: again }
  return {
    outcome: 'done',
    async commit(tx) {
      const locked = (await lockMandates(tx, [mandateId])).get(mandateId)!
      const open = (await findDebits(tx, [debitId])).get(debitId)!
      if (await arrivingBy(tx, locked))
        throw new Error('its payer is moving the mandate: the item is tried again')
      if (isOpen(open) && !open.noticedAt && isPayerElsewhere(locked))
        await refuseNotice(tx, locked, open, err, now)
    },
  }
}

/** Of a locked mandate: the payer was not notified of this debit, which is nothing then, and its number is free. */
export async function refuseNotice(
  tx: Tx,
  mandate: Mandate,
  debit: Debit,
  code: string,
  now: Date,
): Promise<void> {
  await updateDebit(tx, { ...debit, status: 'failed', code, completedAt: now })
  const data = { ...debitFactsOf(mandate, debit), code }
  const counted = { ...mandate, lastSequence: await lastNumber(tx, mandate.id) }
  await record(tx, counted, { type: 'payment.mandate-debit-refused', data }, now)
}
