// The SQL of paying with a PIN: both ends of transfers, and the one statement that authorises and posts a set.
import { rowsIn, type Queryable } from '@bahi/kit/sql/sql.ts'
import type { PinRules } from '../bank-accounts/store-bank.ts'

/** What never changes about a linked account. */
export type End = {
  accountId: string
  userId: string
  /** Null, both of them, for an account at another bank. */
  bankAccountId: string | null
  ledgerAccountId: number | null
}

export function endsOf(sql: Queryable, accountIds: string[]): Promise<End[]> {
  return sql<End[]>`
    select l.id as account_id, l.user_id, l.bank_account_id, b.ledger_account_id
    from linked_accounts l left join bank_accounts b on b.id = l.bank_account_id
    where l.id = any (${accountIds}::uuid[])`
}

export function ownersOf(sql: Queryable, vpas: string[]): Promise<{ vpa: string; userId: string }[]> {
  return sql<{ vpa: string; userId: string }[]>`select vpa, user_id from vpas where vpa = any (${vpas})`
}

export type PinTransfer = {
  id: string
  kind: 'transfer' | 'hold'
  /** Of a hold. */
  expiresInS?: number | undefined
  /** Null, with the debit account 0: there is no such account in our ledger. */
  bankAccountId: string | null
  debitAccount: number
  creditAccount: number
  amountPaise: number
  /** Digest of the PIN presented. */
  presented?: Buffer | undefined
  /** Decline with this code, and try no PIN. */
  refused?: string | undefined
}

export type PinOutcome = {
  id: string
  code: string
  postedAt: Date
  fresh: boolean
  triesLeft: number | null
  lockedNow: boolean
}

/** Outcomes in the order of the items; codes as `post` gives them. */
export function authoriseAndPost(
  sql: Queryable,
  items: PinTransfer[],
  rules: PinRules & { at: Date },
): Promise<PinOutcome[]> {
  const rows = items.map((item) => ({
    id: item.id,
    kind: item.kind,
    expires_in_s: item.expiresInS,
    bank_account_id: item.bankAccountId,
    debit_account: item.debitAccount,
    credit_account: item.creditAccount,
    amount_paise: item.amountPaise,
    presented: item.presented?.toString('hex'),
    refused: item.refused,
  }))
  return sql<PinOutcome[]>`
    select id, code, posted_at, fresh, tries_left, locked_now
    from authorise_and_post(${rowsIn(sql, rows)}, ${rules.at}, ${rules.maxTries}, ${rules.lockHours})
    order by nth`
}
