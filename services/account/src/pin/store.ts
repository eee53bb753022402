// The SQL of the UPI PIN: tries of PINs and cards, new PINs, PIN blocks that were used.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type PinRules = { maxTries: number; lockHours: number }

export type PinVerdict = { code: string; triesLeft: number | null; lockedNow: boolean }

/** Tries one PIN and keeps the account's lock until the transaction ends. Codes: see `try_pins` in sql/pin.sql. */
export async function tryPin(
  tx: Tx,
  guess: { bankAccountId: string; pinDigest: Buffer; at: Date } & PinRules,
): Promise<PinVerdict> {
  const { bankAccountId, pinDigest, at, maxTries, lockHours } = guess
  const [row] = await tx<PinVerdict[]>`
    select code, tries_left, locked_now
    from try_pins(${[bankAccountId]}::uuid[], array[${pinDigest}::bytea], ${at}, ${maxTries}, ${lockHours})`
  return row!
}

/** A new PIN opens a locked one. */
export async function writePin(
  tx: Tx,
  pin: { bankAccountId: string; verifier: Buffer; at: Date },
): Promise<void> {
  await tx`
    update bank_accounts
    set pin_verifier = ${pin.verifier}, pin_wrong_tries = 0, pin_locked_until = null, pin_set_at = ${pin.at}
    where id = ${pin.bankAccountId}`
}

export type CardVerdict = { right: boolean; triesLeft: number }

/** Costs a try when wrong, gives all back when right. Undefined: the card is locked, and nothing was compared. */
export async function tryCard(
  sql: Queryable,
  guess: { bankAccountId: string; fingerprint: Buffer; at: Date; maxTries: number; lockedUntil: Date },
): Promise<CardVerdict | undefined> {
  const { bankAccountId, fingerprint, at, maxTries, lockedUntil } = guess
  const wrong = sql`case when card_locked_until is null then card_wrong_tries + 1 else 1 end`
  const [row] = await sql<CardVerdict[]>`
    update bank_accounts set
      card_wrong_tries = case when card_fingerprint = ${fingerprint} then 0 else ${wrong} end,
      card_locked_until = case when card_fingerprint <> ${fingerprint} and ${wrong} >= ${maxTries}
        then ${lockedUntil}::timestamptz end
    where id = ${bankAccountId} and (card_locked_until is null or card_locked_until <= ${at})
    returning card_fingerprint = ${fingerprint} as right,
      greatest(${maxTries}::int - card_wrong_tries, 0) as tries_left`
  return row
}

/** True when this call is the first to bring the block. */
export async function insertUsedPinBlock(sql: Queryable, digest: Buffer, at: Date): Promise<boolean> {
  const rows = await sql`
    insert into used_pin_blocks (digest, used_at) values (${digest}, ${at}) on conflict do nothing returning digest`
  return rows.length === 1
}
