// Lists what the ledger decided about one payment: for a sandbox, which shows how money moves.
import type { Output } from '@bahi/contracts/call.ts'
import type { movementsOf as contract } from '@bahi/contracts/feed.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { movementRows } from './store.ts'

const kinds = { t: 'transfer', h: 'hold', c: 'capture', v: 'void', n: 'tombstone' } as const

export async function listMovements(
  deps: Pick<Deps, 'sql'>,
  asked: { paymentId: string; txnId: string },
): Promise<Output<typeof contract>> {
  const rows = await movementRows(deps.sql, asked)
  return {
    movements: rows.map(({ kind, postedAt, ...row }) => ({
      ...row,
      kind: kinds[kind],
      postedAt: postedAt.toISOString(),
    })),
  }
}
