// Every statement about login attempts.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

/**
 * Counts an attempt before its password is compared, so that concurrent attempts cannot exceed the limit. Returns the
 * number of attempts in a row; undefined while login is locked.
 */
export async function countLoginAttempt(
  sql: Queryable,
  phoneKey: Buffer,
  now: Date,
  rule: { maxAttempts: number; lockMs: number; resetMs: number },
): Promise<number | undefined> {
  const [row] = await sql<{ failed: number }[]>`
    insert into login_attempts as a (phone_fingerprint, failed, last_at) values (${phoneKey}, 1, ${now})
    on conflict (phone_fingerprint) do update
    set last_at = excluded.last_at,
      failed = case
        when a.failed >= ${rule.maxAttempts} or a.last_at <= ${before(now, rule.resetMs)} then 1
        else a.failed + 1 end
    where a.failed < ${rule.maxAttempts} or a.last_at <= ${before(now, rule.lockMs)}
    returning failed`
  return row?.failed
}

/** When the last attempt was counted; the lock starts then. */
export async function lastLoginAttempt(sql: Queryable, phoneKey: Buffer): Promise<Date | undefined> {
  const [row] = await sql<{ lastAt: Date }[]>`
    select last_at from login_attempts where phone_fingerprint = ${phoneKey}`
  return row?.lastAt
}

export async function startLoginLock(tx: Tx, phoneKey: Buffer, now: Date): Promise<void> {
  await tx`update login_attempts set last_at = ${now} where phone_fingerprint = ${phoneKey}`
}

export async function clearLoginAttempts(sql: Queryable, phoneKey: Buffer): Promise<void> {
  await sql`delete from login_attempts where phone_fingerprint = ${phoneKey}`
}

/** How many rows were deleted. */
export async function purgeLoginAttempts(sql: Queryable, lastBefore: Date, limit: number): Promise<number> {
  const deleted = await sql`
    delete from login_attempts where phone_fingerprint in (
      select phone_fingerprint from login_attempts where last_at <= ${lastBefore} limit ${limit}
      for update skip locked
    )`
  return deleted.count
}
