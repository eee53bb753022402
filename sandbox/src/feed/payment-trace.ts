// The trace of one payment: what the ledger decided about it, and the steps of its transaction at the switch.
import type { Output } from '@bahi/contracts/call.ts'
import { movementsOf, type paymentTrace as contract } from '@bahi/contracts/feed.ts'
import { maskVpasIn } from '@bahi/contracts/personal-data.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { recentTransactions } from '../switch/store.ts'

export async function showPaymentTrace(
  deps: Pick<SandboxDeps, 'sql' | 'call'>,
  { paymentId, txnId }: { paymentId: string; txnId: string },
): Promise<Output<typeof contract>> {
  const [{ movements }, [transaction]] = await Promise.all([
    deps.call(movementsOf, { params: { paymentId }, querystring: { txnId } }),
    recentTransactions(deps.sql, txnId, 1),
  ])
  return {
    movements,
    network: (transaction?.steps ?? []).map(({ at, what }) => ({ at, what: maskVpasIn(what) })),
  }
}
