// The SQL of what the network requests from our bank: posting legs, and their outcomes.
import type { Leg } from '@bahi/contracts/transfers.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { LegState } from './bank-messages.ts'
import type { PinRules } from '../pin/store.ts'

export type LegItem = {
  txnId: string
  leg: Leg['leg']
  rrn: string
  amountPaise: number
  accountRef: string | undefined
  addr: string
  transferId: string
  /** Of a debit: digest of the PIN presented. */
  pinDigest: Buffer | undefined
  /** Of a debit: what allows it instead of a PIN, or must allow it beside one. */
  mandate?: { umn: string; sequence: number; payeeVpa: string } | undefined
  /** Decline with this code, and try no PIN. */
  declineCode: string | undefined
}

export type LegOutcome = {
  /** `00`, a UPI code, or `!reused`: the leg is known with other content, and nothing happened. */
  code: string
  postedAt: Date
  bankAccountId: string | null
  /** The PIN is locked by this try. */
  lockedNow: boolean
}

/** Outcomes in the order of the items, which hold one kind of leg of a transaction; see `post_legs`. */
export function postLegs(
  sql: Queryable,
  items: LegItem[],
  rules: PinRules & { at: Date },
): Promise<LegOutcome[]> {
  const rows = items.map((item) => ({
    txn_id: item.txnId,
    leg: item.leg,
    rrn: item.rrn,
    amount_paise: item.amountPaise,
    account_ref: item.accountRef,
    addr: item.addr,
    transfer_id: item.transferId,
    pin_digest: item.pinDigest?.toString('hex'),
    decline_code: item.declineCode,
    umn: item.mandate?.umn,
    sequence: item.mandate?.sequence,
    payee_vpa: item.mandate?.payeeVpa,
  }))
  return sql<LegOutcome[]>`
    select code, posted_at, bank_account_id, locked_now
    from post_legs(${sql.json(rows as never)}, ${rules.at}, ${rules.maxTries}, ${rules.lockHours})
    order by nth`
}

/**
 * Bars a leg that does not exist from ever being posted. Waits for a transaction that is posting it at this moment; a
 * later one finds it declined.
 */
export async function tombstoneLeg(
  tx: Tx,
  { txnId, leg, rrn }: { txnId: string; leg: 'DEBIT' | 'CREDIT'; rrn: string },
  at: Date,
): Promise<void> {
  await tx`
    insert into network_legs (txn_id, leg, rrn, code, posted_at)
    values (${txnId}, ${leg}, ${rrn}, ${leg === 'CREDIT' ? 'NC' : 'ND'}, ${at})
    on conflict (txn_id, leg) do nothing`
}

/** Outcomes of a leg and of its reversal. */
export async function legStates(
  sql: Queryable,
  txnId: string,
  leg: 'DEBIT' | 'CREDIT',
): Promise<{ leg: LegState | undefined; reversal: LegState | undefined }> {
  const rows = await sql<(LegState & { leg: string })[]>`
    select leg, code, addr, amount_paise from network_legs
    where txn_id = ${txnId} and leg in (${leg}, ${`${leg}-REVERSAL`})`
  return { leg: rows.find((r) => r.leg === leg), reversal: rows.find((r) => r.leg !== leg) }
}

export type LegRow = Omit<Leg, 'postedAt'> & { postedAt: Date }

export type LegPage = {
  txnIds?: string[] | undefined
  from?: Date | undefined
  to?: Date | undefined
  after?: { postedAt: Date; txnId: string; leg: string } | undefined
  limit: number
}

/** Executed legs, in the order of time. */
export function legRows(sql: Queryable, { txnIds, from, to, after, limit }: LegPage): Promise<LegRow[]> {
  const key = after && sql`(${after.postedAt}::timestamptz, ${after.txnId}::text, ${after.leg}::text)`
  return sql<LegRow[]>`
    select txn_id, rrn, leg, amount_paise, posted_at from network_legs
    where code = '00'
      ${txnIds ? sql`and txn_id = any (${txnIds})` : sql``}
      ${from ? sql`and posted_at >= ${from}` : sql``}
      ${to ? sql`and posted_at < ${to}` : sql``}
      ${key ? sql`and (posted_at, txn_id, leg) > ${key}` : sql``}
    order by posted_at, txn_id, leg limit ${limit}`
}
