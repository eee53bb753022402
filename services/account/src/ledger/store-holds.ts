// The SQL of closing holds: the one statement that commits or voids a set.
import type { Queryable } from '@bahi/kit/sql/sql.ts'

export type Closing = {
  /** The hold's. */
  id: string
  /** Ids of what closes it. */
  commitId: string
  voidId: string
  outcome: 'commit' | 'void'
  txnId: string
  rrn: string
}

export type Closed = {
  id: string
  /** Null: not decided yet. `fault`: the ledger refused what it should never refuse. */
  status: 'committed' | 'voided' | 'none' | 'fault' | null
  closedAt: Date | null
  /** Decided otherwise before. */
  other: boolean | null
}

/** Outcomes in the order of the items; see `close_holds` in sql/holds.sql. */
export function closeSet(sql: Queryable, items: Closing[]): Promise<Closed[]> {
  const rows = items.map(({ id, commitId, voidId, outcome, txnId, rrn }) => {
    return { id, commit_id: commitId, void_id: voidId, outcome, txn_id: txnId, rrn }
  })
  return sql<Closed[]>`
    select id, status, closed_at, other from close_holds(${sql.json(rows as never)}) order by nth`
}
