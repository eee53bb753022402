// The way of one payment: what the ledger decided about it, and what the switch noted.
import type { Output } from '@bahi/contracts/call.ts'
import { movementsOf, type paymentTrace as contract } from '@bahi/contracts/feed.ts'
import type { SandboxDeps } from '../sandbox.ts'
import { hideIn } from './feed.ts'
import { recentTransactions } from '../switch/store.ts'

export async function showTravel(
  deps: Pick<SandboxDeps, 'sql' | 'call'>,
  { paymentId, txnId }: { paymentId: string; txnId: string },
): Promise<Output<typeof contract>> {
  const [{ movements }, [transaction]] = await Promise.all([
    deps.call(movementsOf, { params: { paymentId }, querystring: { txnId } }),
    recentTransactions(deps.sql, txnId, 1),
  ])
  return {
    movements,
    network: (transaction?.steps ?? []).map(({ at, what }) => ({ at, what: hideIn(what) })),
  }
}
