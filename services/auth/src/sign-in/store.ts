// Every statement about login attempts.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

/**
 * Counts a login before its password is looked at, so that logins at the same time can't pass the bound.
 * Answers which try in a row this is; undefined while login is locked.
 */
export async function takeLoginTry(
  sql: Queryable,
  phoneKey: Buffer,
  now: Date,
  rule: { tries: number; lockMs: number; forgetMs: number },
): Promise<number | undefined> {
  const [row] = await sql<{ wrong: number }[]>`
    insert into login_tries as t (phone_fingerprint, wrong, last_at) values (${phoneKey}, 1, ${now})
    on conflict (phone_fingerprint) do update
    set last_at = excluded.last_at,
      wrong = case
        when t.wrong >= ${rule.tries} or t.last_at <= ${before(now, rule.forgetMs)} then 1
        else t.wrong + 1 end
    where t.wrong < ${rule.tries} or t.last_at <= ${before(now, rule.lockMs)}
    returning wrong`
  return row?.wrong
}

/** When the last try was counted, from which the lock runs. */
export async function lastLoginTry(sql: Queryable, phoneKey: Buffer): Promise<Date | undefined> {
  const [row] = await sql<{ lastAt: Date }[]>`
    select last_at from login_tries where phone_fingerprint = ${phoneKey}`
  return row?.lastAt
}

export async function startLock(tx: Tx, phoneKey: Buffer, now: Date): Promise<void> {
  await tx`update login_tries set last_at = ${now} where phone_fingerprint = ${phoneKey}`
}

export async function forgetLoginTries(sql: Queryable, phoneKey: Buffer): Promise<void> {
  await sql`delete from login_tries where phone_fingerprint = ${phoneKey}`
}

/** How many rows went. */
export async function purgeLoginTries(sql: Queryable, lastBefore: Date, limit: number): Promise<number> {
  const gone = await sql`
    delete from login_tries where phone_fingerprint in (
      select phone_fingerprint from login_tries where last_at <= ${lastBefore} limit ${limit}
      for update skip locked
    )`
  return gone.count
}
