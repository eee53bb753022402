// The SQL of the ledger: posting sets, reading balances and entries, holds that ran out, partitions, and the proof.
import type { Queryable } from '@bahi/kit/sql/sql.ts'

/** What the ledger is asked; see `post` in sql/ledger.sql. */
export type LedgerItem =
  | {
      id: string
      kind: 'transfer'
      debitAccount: number
      creditAccount: number
      amountPaise: number
      refused?: string
    }
  | {
      id: string
      kind: 'hold'
      debitAccount: number
      creditAccount: number
      amountPaise: number
      expiresInS: number
    }
  | { id: string; kind: 'commit'; pendingId: string; amountPaise?: number }
  | { id: string; kind: 'void'; pendingId: string; expired?: boolean }

/** `code`: `00`, a UPI code for a decline, or a fault of the caller's that begins with `!`. */
export type LedgerOutcome = { id: string; code: string; postedAt: Date; fresh: boolean }

/** Outcomes in the order of the items. */
export async function postItems(sql: Queryable, items: LedgerItem[]): Promise<LedgerOutcome[]> {
  const rows = items.map((item) => {
    const open = item.kind === 'transfer' || item.kind === 'hold'
    return {
      id: item.id,
      kind: item.kind,
      amount_paise: item.kind === 'void' ? undefined : item.amountPaise,
      ...(open
        ? { debit_account: item.debitAccount, credit_account: item.creditAccount }
        : { pending_id: item.pendingId }),
      ...(item.kind === 'transfer' ? { refused: item.refused } : {}),
      ...(item.kind === 'hold' ? { expires_in_s: item.expiresInS } : {}),
      ...(item.kind === 'void' ? { expired: item.expired } : {}),
    }
  })
  return sql<
    LedgerOutcome[]
  >`select id, code, posted_at, fresh from post(${sql.json(rows as never)}) order by nth`
}

/** @param floorPaise null: no floor */
export async function openLedgerAccount(sql: Queryable, floorPaise: number | null = 0): Promise<number> {
  const [row] = await sql<{ id: number }[]>`select open_ledger_account(${floorPaise}) as id`
  return row!.id
}

export async function balanceOf(
  sql: Queryable,
  ledgerAccountId: number,
): Promise<{ balancePaise: number; heldPaise: number } | undefined> {
  const [row] = await sql<{ balancePaise: number; heldPaise: number }[]>`
    select balance_paise, held_paise from ledger_accounts where id = ${ledgerAccountId}`
  return row
}

export type Entry = {
  transferId: string
  nth: number
  amountPaise: number
  balancePaise: number
  postedAt: Date
}

/** Newest first. @param before the number of an entry: only older ones */
export function entriesOf(
  sql: Queryable,
  ledgerAccountId: number,
  page: { limit: number; before?: number | undefined },
): Promise<Entry[]> {
  return sql<Entry[]>`
    select e.transfer_id, e.nth, e.amount_paise, e.balance_paise, t.posted_at
    from entries e join transfers t on t.id = e.transfer_id
    where e.account_id = ${ledgerAccountId} and e.nth < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by e.nth desc limit ${page.limit}`
}

/** Open holds whose time is over. */
export function expiredHolds(sql: Queryable, limit: number): Promise<{ id: string }[]> {
  return sql<{ id: string }[]>`
    select id from holds where closed_by is null and expires_at <= now() order by expires_at limit ${limit}`
}

/** Monthly partitions up to `aheadMonths` from now; how many were new. */
export async function makePartitions(sql: Queryable, aheadMonths: number): Promise<number> {
  const [row] = await sql<{ made: number }[]>`select make_partitions(${aheadMonths}) as made`
  return row!.made
}

/** What is wrong with the books: nothing, or there is a bug. */
export function bookFaults(sql: Queryable): Promise<{ fault: string; detail: string }[]> {
  return sql<{ fault: string; detail: string }[]>`select fault, detail from book_faults()`
}
