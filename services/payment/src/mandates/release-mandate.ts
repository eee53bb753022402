// Another app takes a mandate of our payer over, with the PIN that its bank has checked: here it ends, and nothing of
// it is debited by us any more.
import { umnOf } from '@bahi/contracts/bank-mandates.ts'
import { normaliseVpa } from '@bahi/contracts/formats.ts'
import { mandateRulesAt, portableAfter } from '@bahi/contracts/mandate-rules.ts'
import type { Message } from '@bahi/contracts/network.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { dropDebit } from './claim-debit.ts'
import { attemptOf, factsOf, handleOf, isBeingMade, type Mandate } from './mandate.ts'
import { openDebits } from './store-debits.ts'
import { record } from './work.ts'

/** UPI codes of why it stays here. `beingMade`: the other app asks again. */
const codes = { malformed: 'ZD', beingMade: 'U01', over: 'QD', revoked: 'QC', tooSoon: 'Z7' }

/** `00`: it is the other app's, which has the debits that were announced. Repeating it changes nothing. */
export async function releaseMandate(
  tx: Tx,
  mandate: Mandate,
  { payerAddr }: Message<'ReqAuthMandate'>['mandate'],
  now: Date,
): Promise<string> {
  const to = payerAddr === undefined ? undefined : handleOf(normaliseVpa(payerAddr))
  if (to === undefined || to === handleOf(mandate.payer.vpa)) return codes.malformed
  if (mandate.status === 'ported') return '00'
  const open = await openDebits(tx, mandate.id)
  const code = refusalOf(mandate, now)
  if (code !== undefined) return code
  if (open.some((debit) => isBeingMade(mandate, debit) || attemptOf(debit))) return codes.beingMade
  const data = { ...factsOf(mandate), app: to, toUmn: umnOf(mandate.id, to) }
  const ported: Mandate = { ...mandate, status: 'ported', endedAt: now }
  let last = await record(tx, ported, { type: 'payment.mandate-ported-out', data }, now)
  for (const debit of open) last = await dropDebit(tx, last, debit, now)
  return '00'
}

function refusalOf({ status, pendingOperation, terms, ported }: Mandate, now: Date): string | undefined {
  if (status !== 'active') return status === 'revoked' ? codes.revoked : codes.over
  // Its bank decides just now what it is, or from which account it debits.
  if (pendingOperation !== undefined) return codes.beingMade
  const rules = mandateRulesAt(now)
  if (terms.blockFunds || rules.portEveryDays === undefined) return codes.over
  const after = portableAfter(rules, ported?.at)
  return after && after > now ? codes.tooSoon : undefined
}
