// Debits that were announced under terms that the payer has changed since.
import { uuidv7 } from '@bahi/contracts/id.ts'
import { debitFault } from '@bahi/contracts/mandate-rules.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dropDebit } from './claim-debit.ts'
import { isBeingMade, isPayerElsewhere, isPresentedElsewhere, type Debit, type Mandate } from './mandate.ts'
import { announce, isLate, plannedOf } from './plan-debits.ts'
import { openDebits } from './store-debits.ts'

/**
 * Of a locked mandate whose terms have changed: what was announced, is not being made, and is against them now would be
 * declined by the bank. It is not made, and one of the platform's is announced anew if its notice is in time. Where a
 * side is in another app, that app decides.
 */
export async function fitDebits(tx: Tx, mandate: Mandate, now: Date): Promise<Mandate> {
  if (isPayerElsewhere(mandate) || isPresentedElsewhere(mandate)) return mandate
  let last = mandate
  for (const debit of await openDebits(tx, mandate.id)) {
    if (isBeingMade(mandate, debit) || isWithin(mandate, debit)) continue
    last = await dropDebit(tx, last, debit, now)
    if (mandate.presentedBy === 'platform') last = await announceAgain(tx, last, debit, now)
  }
  return last
}

const isWithin = ({ terms }: Mandate, { amountPaise, dueOn }: Pick<Debit, 'amountPaise' | 'dueOn'>) =>
  debitFault(terms, { amountPaise, date: dueOn }) === undefined

function announceAgain(tx: Tx, mandate: Mandate, { period, dueOn }: Debit, now: Date): Promise<Mandate> {
  const { amountPaise } = mandate.terms
  const wanted = {
    ...{ id: uuidv7(now.getTime()), sequence: mandate.lastSequence + 1, dueOn, amountPaise },
    ...(period === undefined ? {} : { period }),
  }
  const isInTime = isWithin(mandate, wanted) && !isLate(mandate, plannedOf(mandate, wanted, now))
  return isInTime ? announce(tx, mandate, wanted, { now }) : Promise.resolve(mandate)
}
