// The settlement report of a cycle: what our member owes and is owed. A report closes its cycle.
import type { Output } from '@bahi/contracts/call.ts'
import { cycleNamed, networkRulesAt, type Cycle } from '@bahi/contracts/network-rules.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import type { settlementReport as contract } from '@bahi/contracts/sandbox.ts'
import { ownBank } from '../banks/bank.ts'
import type { NetworkDeps } from '../sandbox.ts'
import { closeCycle, findClosed, takeCycleLock, netPosition, findRows } from './store.ts'

const defaultLimit = 500

type ReportQuery = { cycle: string; after?: string; limit?: number }

/** Throws `not-found` for a cycle that does not exist, `wrong-state` before it has ended. */
export async function settlementReport(
  deps: NetworkDeps,
  { cycle: id, after, limit = defaultLimit }: ReportQuery,
): Promise<Output<typeof contract>> {
  const cycle = cycleNamed(id)
  if (!cycle) throw new Problem('not-found', 'there is no such cycle')
  const closed = (await findClosed(deps.sql, id)) ?? (await close(deps, cycle))
  const rows = await findRows(deps.sql, { bank: ownBank, cycle: id, after: after ?? null, limit })
  const last = rows.at(-1)?.txnId
  const isFull = new Set(rows.map(({ txnId }) => txnId)).size >= limit
  return {
    cycle: id,
    completeUntil: closed.completeUntil.toISOString(),
    netPaise: await netPosition(deps.sql, ownBank, id),
    rows: rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    ...(isFull && last !== undefined ? { next: last } : {}),
  }
}

/** After this has committed no transaction is decided into the cycle. */
async function close(deps: NetworkDeps, cycle: Cycle): Promise<{ completeUntil: Date }> {
  if (deps.clock.now() < cycle.to) throw new Problem('wrong-state', 'the cycle has not ended yet')
  return deps.transaction(async (tx) => {
    await takeCycleLock(tx)
    const { messageMaxAgeS } = networkRulesAt(cycle.to)
    // Transactions from before may still arrive while their message is young enough.
    await closeCycle(tx, cycle.id, cycle.to, new Date(cycle.to.getTime() - messageMaxAgeS * 1_000))
    return (await findClosed(tx, cycle.id))!
  })
}
