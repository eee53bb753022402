// Has open payments checked in the network once more, by order of an operator.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { checkOpenPayments as contract } from '@bahi/contracts/reconciliation.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { scheduleChecks } from './store-network.ts'

export async function checkPayments(
  deps: Pick<Deps, 'sql' | 'clock'>,
  { paymentIds }: Input<typeof contract>['body'],
): Promise<Output<typeof contract>> {
  return { asked: await scheduleChecks(deps.sql, { now: deps.clock.now(), paymentIds }) }
}
