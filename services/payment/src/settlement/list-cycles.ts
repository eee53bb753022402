// Lists settlement cycles that were reconciled, for operators.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { listCycles as contract, SettlementCycle } from '@bahi/contracts/reconciliation.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { reconciledCycles, type CycleRow } from './store.ts'

const defaultLimit = 50

export function cycleView(row: CycleRow): SettlementCycle {
  return {
    id: row.id,
    from: row.fromAt.toISOString(),
    to: row.toAt.toISOString(),
    networkNetPaise: row.networkNetPaise ?? 0,
    ledgerNetPaise: row.ledgerNetPaise ?? 0,
    matched: row.matched ?? 0,
    open: row.open,
    reconciledAt: (row.reconciledAt ?? row.toAt).toISOString(),
  }
}

export async function listCycles(
  deps: Pick<Deps, 'sql'>,
  { before, limit = defaultLimit }: Input<typeof contract>['querystring'],
): Promise<Output<typeof contract>> {
  const rows = await reconciledCycles(deps.sql, { before: before ?? null, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return { cycles: page.map(cycleView), ...(rows.length > limit ? { next: page.at(-1)!.id } : {}) }
}
