// Hides a payment from one person's own history. Statements, audit and the other side keep it.
import type { Output } from '@bahi/contracts/call.ts'
import type { hidePayment as contract } from '@bahi/contracts/people.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { paymentOf } from '../payments/show-payment.ts'
import { writeHidden } from './store.ts'

/** Throws `not-found`; `wrong-state` for one that is pending: nobody should lose sight of it. */
export async function hidePayment(
  deps: Pick<Deps, 'sql' | 'clock'>,
  userId: string,
  anyCaseId: string,
  hidden: boolean,
): Promise<Output<typeof contract>> {
  const { id, status } = await paymentOf(deps, userId, anyCaseId)
  if (hidden && status === 'pending') throw new Problem('wrong-state', 'a pending payment is not hidden')
  await writeHidden(deps.sql, userId, id, { hidden, at: deps.clock.now() })
  return { id, hidden }
}
