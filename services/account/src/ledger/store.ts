// The SQL of the ledger: posting transfers and holds, closing holds, balances and entries, partitions.
import { type Queryable, rowsIn } from '@bahi/kit/sql/sql.ts'
import type { PinRules } from '../pin/store.ts'

/** One item for `post_transfers` in sql/ledger.sql. */
export type LedgerItem =
  | {
      id: string
      kind: 'transfer'
      debitAccount: number
      creditAccount: number
      amountPaise: number
      declineCode?: string
    }
  | {
      id: string
      kind: 'hold'
      debitAccount: number
      creditAccount: number
      amountPaise: number
      expiresInS: number
    }
  | { id: string; kind: 'capture'; pendingId: string; amountPaise?: number }
  | { id: string; kind: 'void'; pendingId: string; expired?: boolean }

/** `code`: `00`, the UPI code of a decline, or an error of the caller that begins with `!`. */
export type LedgerOutcome = { id: string; code: string; postedAt: Date; isNew: boolean }

/** Outcomes in the order of the items. */
export async function postTransfers(sql: Queryable, items: LedgerItem[]): Promise<LedgerOutcome[]> {
  const rows = items.map((item) => {
    const open = item.kind === 'transfer' || item.kind === 'hold'
    return {
      id: item.id,
      kind: item.kind,
      amount_paise: item.kind === 'void' ? undefined : item.amountPaise,
      ...(open
        ? { debit_account: item.debitAccount, credit_account: item.creditAccount }
        : { pending_id: item.pendingId }),
      ...(item.kind === 'transfer' ? { decline_code: item.declineCode } : {}),
      ...(item.kind === 'hold' ? { expires_in_s: item.expiresInS } : {}),
      ...(item.kind === 'void' ? { expired: item.expired } : {}),
    }
  })
  return sql<
    LedgerOutcome[]
  >`select id, code, posted_at, is_new from post_transfers(${sql.json(rows as never)}) order by nth`
}

export type AuthorisedTransfer = {
  id: string
  kind: 'transfer' | 'hold'
  /** Of a hold. */
  expiresInS?: number | undefined
  /** Null, with the debit account 0: there is no such account in our ledger. */
  bankAccountId: string | null
  debitAccount: number
  creditAccount: number
  amountPaise: number
  /** Keyed digest of the PIN presented. */
  pinDigest?: Buffer | undefined
  /** What allows it instead of a PIN, or must allow it beside one. */
  mandate?: { umn: string; sequence: number; payeeVpa: string } | undefined
  /** Record it as declined with this code and try no PIN. */
  declineCode?: string | undefined
}

export type AuthorisedOutcome = {
  id: string
  code: string
  postedAt: Date
  isNew: boolean
  triesLeft: number | null
  lockedNow: boolean
}

/** Outcomes in the order of the items, with the codes of `post_transfers`; see sql/pin.sql. */
export function authoriseAndPost(
  sql: Queryable,
  items: AuthorisedTransfer[],
  rules: PinRules & { at: Date },
): Promise<AuthorisedOutcome[]> {
  const rows = items.map((item) => ({
    id: item.id,
    kind: item.kind,
    expires_in_s: item.expiresInS,
    bank_account_id: item.bankAccountId,
    debit_account: item.debitAccount,
    credit_account: item.creditAccount,
    amount_paise: item.amountPaise,
    pin_digest: item.pinDigest?.toString('hex'),
    decline_code: item.declineCode,
    umn: item.mandate?.umn,
    sequence: item.mandate?.sequence,
    payee_vpa: item.mandate?.payeeVpa,
  }))
  return sql<AuthorisedOutcome[]>`
    select id, code, posted_at, is_new, tries_left, locked_now
    from authorise_and_post(${rowsIn(sql, rows)}, ${rules.at}, ${rules.maxTries}, ${rules.lockHours})
    order by nth`
}

export type HoldClosure = {
  /** Of the hold. */
  id: string
  /** Ids of the transfers that close it. */
  captureId: string
  voidId: string
  outcome: 'capture' | 'void'
  txnId: string
  rrn: string
}

export type HoldClosureOutcome = {
  id: string
  /** Null: not decided yet. `fault`: the ledger refused what it must never refuse. */
  status: 'captured' | 'voided' | 'none' | 'fault' | null
  closedAt: Date | null
  /** It had been closed the other way before. */
  differs: boolean | null
}

/** Outcomes in the order of the items; see `close_holds` in sql/holds.sql. */
export function closeHolds(sql: Queryable, items: HoldClosure[]): Promise<HoldClosureOutcome[]> {
  const rows = items.map(({ id, captureId, voidId, outcome, txnId, rrn }) => {
    return { id, capture_id: captureId, void_id: voidId, outcome, txn_id: txnId, rrn }
  })
  return sql<HoldClosureOutcome[]>`
    select id, status, closed_at, differs from close_holds(${sql.json(rows as never)}) order by nth`
}

/** Open holds that are past their expiry. */
export function expiredHolds(sql: Queryable, limit: number): Promise<{ id: string }[]> {
  return sql<{ id: string }[]>`
    select id from holds where closed_by is null and expires_at <= now() order by expires_at limit ${limit}`
}

/** @param floorPaise null: no floor */
export async function openLedgerAccount(sql: Queryable, floorPaise: number | null = 0): Promise<number> {
  const [row] = await sql<{ id: number }[]>`select open_ledger_account(${floorPaise}) as id`
  return row!.id
}

/** `treasury` funds new accounts in a sandbox; `settlement` is between us and the network. */
export async function internalAccount(sql: Queryable, name: 'treasury' | 'settlement'): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    select ledger_account_id as id from internal_accounts where name = ${name}`
  return row!.id
}

/** What never changes about a linked account. */
export type LinkedAccountKeys = {
  accountId: string
  userId: string
  /** Null, both of them, for an account at another bank. */
  bankAccountId: string | null
  ledgerAccountId: number | null
}

export function linkedAccountKeys(sql: Queryable, accountIds: string[]): Promise<LinkedAccountKeys[]> {
  return sql<LinkedAccountKeys[]>`
    select l.id as account_id, l.user_id, l.bank_account_id, b.ledger_account_id
    from linked_accounts l left join bank_accounts b on b.id = l.bank_account_id
    where l.id = any (${accountIds}::uuid[])`
}

export function vpaOwners(sql: Queryable, vpas: string[]): Promise<{ vpa: string; userId: string }[]> {
  return sql<{ vpa: string; userId: string }[]>`
    select vpa, user_id from vpas where vpa = any (${vpas}) and released_at is null`
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
  /** Of a leg that the network asked for. */
  txnId: string | null
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
    select e.transfer_id, l.txn_id, e.nth, e.amount_paise, e.balance_paise, t.posted_at
    from entries e join transfers t on t.id = e.transfer_id left join network_legs l on l.transfer_id = e.transfer_id
    where e.account_id = ${ledgerAccountId} and e.nth < ${page.before ?? Number.MAX_SAFE_INTEGER}
    order by e.nth desc limit ${page.limit}`
}

export type MovementRow = {
  id: string
  kind: 't' | 'h' | 'c' | 'v' | 'n'
  code: string
  amountPaise: number
  postedAt: Date
  entries: { of: string; amountPaise: number }[]
}

/** Of a payment in our own ledger, or of its legs in the network, in the order in which they were decided. */
export function movementRows(
  sql: Queryable,
  { paymentId, txnId }: { paymentId: string; txnId: string },
): Promise<MovementRow[]> {
  return sql<MovementRow[]>`
    with ids as (
      select ${paymentId}::uuid as id
      union select closed_by from holds where id = ${paymentId} and closed_by is not null
      union select transfer_id from network_legs where txn_id = ${txnId} and transfer_id is not null
    )
    select t.id, t.kind, t.code, t.amount_paise, t.posted_at, coalesce((
      select jsonb_agg(jsonb_build_object('of', coalesce(h.name, 'customer'), 'amountPaise', e.amount_paise)
        order by e.amount_paise)
      from entries e left join internal_accounts h on h.ledger_account_id = e.account_id
      where e.transfer_id = t.id), '[]') as entries
    from ids join transfers t using (id) order by t.posted_at, t.id`
}

/** Monthly partitions up to `aheadMonths` from now; how many were new. */
export async function createPartitions(sql: Queryable, aheadMonths: number): Promise<number> {
  const [row] = await sql<{ created: number }[]>`select make_partitions(${aheadMonths}) as created`
  return row!.created
}

/** Violated invariants of the books: none unless there is a bug. */
export function bookFaults(sql: Queryable): Promise<{ fault: string; detail: string }[]> {
  return sql<{ fault: string; detail: string }[]>`select fault, detail from book_faults()`
}

/** How many holds are open, and the age of the one that expires first, by the time in its id. */
export async function openHolds(sql: Queryable): Promise<{ count: number; oldestS: number }> {
  const [row] = await sql<{ count: number; oldestS: number }[]>`
    select count(*) as count, greatest(coalesce(extract(epoch from now() - uuid_extract_timestamp(
      (select id from holds where closed_by is null order by expires_at limit 1))), 0), 0)::float8 as oldest_s
    from holds where closed_by is null`
  return row!
}

/** What accounts and open holds alone show of `book_faults()`: cheap enough for every minute. */
export function totalsFaults(sql: Queryable): Promise<{ fault: string; detail: string }[]> {
  return sql<{ fault: string; detail: string }[]>`
    select 'debits and credits differ' as fault, currency || ' ' || sum(balance_paise) as detail
    from ledger_accounts group by currency having sum(balance_paise) <> 0
    union all
    select 'held money is not the sum of open holds', a.held || ', holds ' || h.held
    from (select coalesce(sum(held_paise), 0) as held from ledger_accounts) a,
      (select coalesce(sum(amount_paise), 0) as held from holds where closed_by is null) h
    where a.held <> h.held
    union all
    select 'balances are below their floor', count(*)::text
    from ledger_accounts where balance_paise - held_paise < floor_paise having count(*) > 0`
}
