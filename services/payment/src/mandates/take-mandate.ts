// Moves a mandate of ours from another app to this one, with the PIN: that app lets it go, the bank changes its number,
// and what was announced there is made here.
import { createHash } from 'node:crypto'
import { mandateIdIn } from '@bahi/contracts/bank-mandates.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { mandateRulesAt } from '@bahi/contracts/mandate-rules.ts'
import type { HeldElsewhere } from '@bahi/contracts/network-adapter.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { retryRaces } from '@bahi/kit/sql/sql.ts'
import { lockPayers } from '../limits/store.ts'
import { invalidField } from '../payments/client-input.ts'
import type { Payer } from '../payments/payment.ts'
import { payeeIn, payerIn, unreachable, type PartyResolver } from '../payments/resolve.ts'
import { checkLive } from './make-mandate.ts'
import type { Mandate, TakeOperation } from './mandate.ts'
import { begin, drive, type OperateDeps } from './operate.ts'
import { findMandate, insertMandate, lockMandates, updatePayer } from './store.ts'

/** From which it can be taken: what is here of it has ended. */
const ended: Mandate['status'][] = ['ported', 'failed']

/**
 * The mandate as the bank decided; `failed` when it, or the other app, did not agree: another try can. Of one that is
 * here already nothing is changed. Throws `not-found`, `wrong-state` before the rules let it, `rate-limited`,
 * `request-invalid` for a UPI ID of another account, `bank-unreachable`.
 */
export async function takeMandate(
  deps: OperateDeps & { parties: PartyResolver },
  userId: string,
  anyCase: string,
  { payerVpa, pin }: { payerVpa: string; pin: string },
): Promise<Mandate> {
  const umn = normaliseVpa(anyCase)
  const id = mandateIdIn(umn)
  const notFound = new Problem('not-found', 'no other app keeps such a mandate of yours')
  if (id === undefined || !deps.network) throw notFound
  const here = (await findMandate(deps.sql, id))?.mandate
  if (here && here.payer.userId !== userId) throw notFound
  if (here && !ended.includes(here.status)) return existing(here)
  const found = await deps.parties.payer(normaliseVpa(payerVpa))
  if (found === unreachable || found?.userId !== userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  const held = (await deps.network.heldElsewhere(found)).find((one) => one.umn === umn)
  if (!held) throw notFound
  checkTakeable(held)
  const payee = await deps.parties.payee(normaliseVpa(held.payee.vpa))
  if (payee === unreachable)
    throw new Problem('bank-unreachable', 'the network does not say who the payee is')
  if (!payee) throw notFound
  if (payee.userId !== undefined)
    throw new Problem('wrong-state', `its payee uses this app: it stays in the app of ${held.app}`)
  const operation: TakeOperation = {
    ...{ type: 'take', fromUmn: umn, fromVpa: held.payerVpa, app: held.app },
    ...{ bank: held.bank, accountRef: held.accountRef },
  }
  const now = deps.clock.now()
  const wanted = wantedOf(
    id,
    held,
    { payer: payerIn(found, userId), payee: payeeIn(held.payee.vpa, payee) },
    now,
  )
  const begun = await retryRaces(() =>
    deps.transaction(async (tx) => {
      await lockPayers(tx, [userId])
      const before = (await lockMandates(tx, [id])).get(id)
      if (before && (before.payer.userId !== userId || !ended.includes(before.status)))
        return existing(before)
      await checkLive(tx, userId, now)
      if (!before) {
        await insertMandate(tx, wanted, createHash('sha256').update(umn).digest('hex'))
        return begin(tx, wanted, operation, now)
      }
      // It was here before: it goes on with its history, and is not ended any more.
      const { endedAt: _, code: _code, triesLeft: _tries, pause: _pause, ...rest } = before
      const { payer, terms, pause, status } = wanted
      const again: Mandate = { ...rest, payer, terms, status, ...(pause ? { pause } : {}) }
      await updatePayer(tx, again)
      return begin(tx, again, operation, now)
    }),
  )
  return begun.status === 'requested' && begun.pendingOperation !== undefined
    ? drive(deps, begun, operation, pin)
    : begun
}

/** Another try that is not decided yet, or the mandate that is here. */
function existing(mandate: Mandate): Mandate {
  if (mandate.status === 'active' || mandate.pendingOperation !== undefined) return mandate
  throw new Problem('wrong-state', `the mandate is ${mandate.status}`)
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

function wantedOf(
  id: string,
  { name, terms, pause, mcc, txnId, rrn }: HeldElsewhere,
  sides: { payer: Payer; payee: Mandate['payee'] },
  now: Date,
): Mandate {
  if (mandateRulesAt(now).portEveryDays === undefined)
    throw new Problem('wrong-state', 'mandates are not moved yet')
  if (sides.payer.accountId === undefined) throw invalidField('/body/payerVpa', 'is of no account')
  return {
    ...{ id, version: 0, ...sides, mcc, name, terms, ...(pause ? { pause } : {}), presentedBy: 'payee' },
    // It was asked for there: the message that did is not known here.
    network: { txnId, rrn, reqMsgId: txnId },
    ...{ status: 'requested', createdAt: now, operations: 0, lastSequence: 0, lastPeriod: -1 },
  }
}
