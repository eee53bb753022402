// The SQL of UPI numbers.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type NumberRow = { number: string; vpa: string; since: Date }

/** Those of a person that are switched on, the oldest first. */
export function numbersOf(sql: Queryable, userId: string): Promise<NumberRow[]> {
  return sql<NumberRow[]>`
    select number, vpa, since from upi_numbers where user_id = ${userId} and released_at is null
    order by since, number`
}

/** How many numbers the person has taken since then, those switched off again included. */
export async function countTaken(tx: Tx, userId: string, after: Date): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from upi_numbers where user_id = ${userId} and since > ${after}`
  return row!.count
}

/**
 * False when somebody else has it, or had it, an erased person too (`mark`: its stream); `isOwnMobile`: the person has
 * proven this phone, and gets what another person switched off.
 */
export async function upsertNumber(
  tx: Tx,
  userId: string,
  { number, vpa, since, mark }: NumberRow & { mark: string },
  isOwnMobile: boolean,
): Promise<boolean> {
  const rows = await tx`
    insert into upi_numbers as n (number, user_id, vpa, since)
    select ${number}, ${userId}, ${vpa}, ${since}
    where ${isOwnMobile} or not exists (select from erased_names where mark = ${mark})
    on conflict (number) do update set user_id = excluded.user_id, vpa = excluded.vpa, since = excluded.since,
      released_at = null, is_revoked = false
    where n.user_id = excluded.user_id or (${isOwnMobile} and n.released_at is not null)
    returning 1`
  return rows.length === 1
}

/** Where it led; undefined when it is no number of theirs that is on. `isRevoked`: until they prove the phone. */
export async function releaseNumberRow(
  tx: Tx,
  userId: string,
  number: string,
  at: Date,
  isRevoked = false,
): Promise<string | undefined> {
  const [row] = await tx<{ vpa: string }[]>`
    update upi_numbers set released_at = ${at}, is_revoked = ${isRevoked}
    where number = ${number} and user_id = ${userId} and released_at is null returning vpa`
  return row?.vpa
}

/** Those that lead to a UPI ID are switched off with it. */
export async function releaseNumbersOf(tx: Tx, vpa: string, at: Date, isRevoked: boolean): Promise<string[]> {
  const rows = await tx<{ number: string }[]>`
    update upi_numbers set released_at = ${at}, is_revoked = ${isRevoked}
    where vpa = ${vpa} and released_at is null returning number`
  return rows.map(({ number }) => number)
}

/**
 * Those of the person that were switched off because their phone was revoked, and lead to a UPI ID of theirs that is
 * open. `mobile`: the number that they have proven again; others that are mobile numbers stay off.
 */
export function regainNumbers(tx: Tx, userId: string, mobile: string): Promise<Omit<NumberRow, 'since'>[]> {
  return tx<NumberRow[]>`
    update upi_numbers n set released_at = null, is_revoked = false
    where n.user_id = ${userId} and n.is_revoked and (length(n.number) < 10 or n.number = ${mobile})
      and exists (select from vpas v where v.vpa = n.vpa and v.user_id = n.user_id and v.released_at is null)
    returning n.number, n.vpa`
}

/** Where a number leads. */
export async function vpaOfNumber(sql: Queryable, number: string): Promise<string | undefined> {
  const [row] = await sql<{ vpa: string }[]>`
    select vpa from upi_numbers where number = ${number} and released_at is null`
  return row?.vpa
}
