// Shows a payment to its payer, and once it is settled to its payee.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import type { Payment } from './payment.ts'
import { maySee } from './view.ts'
import { findPayments, toPayment } from './store.ts'

/** Throws `not-found` for a payment that does not exist and for one that the person may not see alike. */
export async function paymentOf(deps: Pick<Deps, 'sql'>, userId: string, id: string): Promise<Payment> {
  const [row] = await findPayments(deps.sql, [id])
  const payment = row && toPayment(row)
  if (!payment || !maySee(payment, userId)) throw new Problem('not-found', 'there is no such payment')
  return payment
}
