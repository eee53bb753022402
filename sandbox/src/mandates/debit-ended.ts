// What the end of a transaction means for the debit of a mandate that it was to make.
import { isTriedAgain, mandateRulesAt, nextAttempt } from '@bahi/contracts/mandate-rules.ts'
import { handlingOf } from '@bahi/contracts/upi-codes.ts'
import type { Tx } from '@bahi/kit/sql/sql.ts'
import { endPayerDebit } from './store-payers.ts'
import { lockDebitOf, updateDebit } from './store.ts'

/** @param code `00`: it was made; a failed one is tried again in the next hours without peak, as the rules allow. */
export async function debitEnded(tx: Tx, txnId: string, code: string, now: Date): Promise<void> {
  // Of a payer at another bank; no payee's is another bank's then.
  await endPayerDebit(tx, txnId, code === '00' ? 'made' : 'noticed')
  const debit = await lockDebitOf(tx, txnId)
  if (!debit) return
  if (code === '00') return updateDebit(tx, { ...debit, status: 'made', code: null })
  const rules = mandateRulesAt(now)
  const again = isTriedAgain(code, handlingOf(code)) && debit.attempts <= rules.retries
  const next = again ? { dueAt: nextAttempt(rules, now) } : { status: 'refused' as const }
  return updateDebit(tx, { ...debit, code, ...next })
}
