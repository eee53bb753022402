// Moves a mandate to another UPI ID of its payer, with the PIN: the authority at the bank stays, with all that it has
// debited.
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { mandateRulesAt, portableAfter } from '@bahi/contracts/mandate-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { istDateOf } from '@bahi/contracts/recurrence.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { invalidField } from '../payments/client-input.ts'
import { payerIn, unreachable, type PartyResolver } from '../payments/resolve.ts'
import { operate } from './change-mandate.ts'
import { isBeingMade, isSameHolder, type Mandate } from './mandate.ts'
import type { OperateDeps } from './operate.ts'
import { openDebits } from './store-debits.ts'

/**
 * To the account that the UPI ID names now, at the same bank; at another bank than ours to the same account only.
 * Repeating it changes nothing. Throws `not-found`; `wrong-state` before the rules let it, while a debit is made or
 * when money is reserved; `request-invalid` for another bank's account.
 */
export async function portMandate(
  deps: OperateDeps & { parties: PartyResolver },
  userId: string,
  id: string,
  { payerVpa, pin }: { payerVpa: string; pin: string },
): Promise<Mandate> {
  const found = await deps.parties.payer(normaliseVpa(payerVpa))
  if (found === unreachable || found?.userId !== userId)
    throw new Problem('not-found', 'that is no UPI ID of yours')
  const payer = payerIn(found, userId)
  return operate(deps, { userId, id, pin, by: 'payer' }, 'active', async (mandate, now, tx) => {
    if (isSameHolder(mandate, payer)) return undefined
    await checkPortable(tx, mandate, now)
    const isMoved = payer.accountId !== mandate.payer.accountId
    if (isMoved && (!found.onUs || payer.bank !== mandate.payer.bank))
      throw invalidField(
        '/body/payerVpa',
        'is of an account that another bank holds: cancel it and make a new one',
      )
    return { type: 'port', payer }
  })
}

/** Of a locked mandate: whether it can be moved now without a debit lost, or made from both. */
async function checkPortable(tx: Tx, mandate: Mandate, now: Date): Promise<void> {
  const rules = mandateRulesAt(now)
  if (rules.portEveryDays === undefined) throw new Problem('wrong-state', 'mandates are not moved yet')
  if (mandate.terms.blockFunds)
    throw new Problem('wrong-state', 'money is reserved for it: revoke it and make a new one')
  const after = portableAfter(rules, mandate.ported?.at)
  if (after && after > now)
    throw new Problem(
      'wrong-state',
      `it was moved ${rules.portEveryDays} days ago or less: wait until ${istDateOf(after)}`,
    )
  await checkNotDebited(tx, mandate)
}

/** Of a locked mandate. Throws `wrong-state`. */
export async function checkNotDebited(tx: Tx, mandate: Mandate): Promise<void> {
  for (const debit of await openDebits(tx, mandate.id))
    if (isBeingMade(mandate, debit))
      throw new Problem('wrong-state', 'it is being debited just now: look again shortly')
}
