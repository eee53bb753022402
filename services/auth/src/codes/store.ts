// Every statement about one-time codes.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import {
  maxUnusedSends,
  otpLifeMs,
  maxOtpAttempts,
  resendAfterMs,
  sendWindowMs,
  type OtpSends,
} from './otp.ts'

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

/**
 * Makes this the phone's only active code. False when an unused one was sent a moment ago, or when the window has the
 * maximum of unused sends.
 */
export async function storeOtp(
  sql: Queryable,
  phoneKey: Buffer,
  codeKey: Buffer,
  now: Date,
): Promise<boolean> {
  const expiresAt = new Date(now.getTime() + otpLifeMs)
  const rows = await sql`
    insert into otps as o
      (phone_fingerprint, code_fingerprint, attempts_left, sent_at, expires_at, unused_sends)
    values (${phoneKey}, ${codeKey}, ${maxOtpAttempts}, ${now}, ${expiresAt}, array[${now}::timestamptz])
    on conflict (phone_fingerprint) do update
    set code_fingerprint = excluded.code_fingerprint, attempts_left = excluded.attempts_left,
      sent_at = excluded.sent_at, expires_at = excluded.expires_at,
      unused_sends = array(
        select s from unnest(o.unused_sends) as s where s > ${before(now, sendWindowMs)} order by s
      ) || excluded.unused_sends
    where (o.code_fingerprint is null or o.expires_at <= ${now} or o.sent_at <= ${before(now, resendAfterMs)})
      and ${maxUnusedSends} >
        (select count(*) from unnest(o.unused_sends) as s where s > ${before(now, sendWindowMs)})
    returning 1`
  return rows.length === 1
}

export async function findSends(sql: Queryable, phoneKey: Buffer): Promise<OtpSends | undefined> {
  const [row] = await sql<OtpSends[]>`
    select code_fingerprint is not null as active, sent_at, expires_at, unused_sends
    from otps where phone_fingerprint = ${phoneKey}`
  return row
}

/** Revokes a code that could not be sent; it does not count as sent. */
export async function revokeOtp(sql: Queryable, phoneKey: Buffer, codeKey: Buffer): Promise<void> {
  await sql`
    update otps set code_fingerprint = null, unused_sends = array_remove(unused_sends, sent_at)
    where phone_fingerprint = ${phoneKey} and code_fingerprint = ${codeKey}`
}

/**
 * Counts an attempt at the phone's active code, and uses the code up when it is correct. Undefined without an active
 * code. Concurrent attempts wait for the row, so that there are never more than allowed.
 */
export async function checkOtp(
  sql: Queryable,
  phoneKey: Buffer,
  codeKey: Buffer,
  now: Date,
): Promise<{ correct: boolean; attemptsLeft: number } | undefined> {
  const [row] = await sql<{ correct: boolean; attemptsLeft: number }[]>`
    update otps set
      attempts_left = attempts_left - 1,
      code_fingerprint = nullif(code_fingerprint, ${codeKey}),
      unused_sends =
        case when code_fingerprint = ${codeKey} then array_remove(unused_sends, sent_at)
          else unused_sends end
    where phone_fingerprint = ${phoneKey} and code_fingerprint is not null
      and expires_at > ${now} and attempts_left > 0
    returning code_fingerprint is null as correct, attempts_left`
  return row
}

/** How many rows were deleted. */
export async function purgeOtps(sql: Queryable, sentBefore: Date, limit: number): Promise<number> {
  const deleted = await sql`
    delete from otps where phone_fingerprint in (
      select phone_fingerprint from otps where sent_at <= ${sentBefore} limit ${limit} for update skip locked
    )`
  return deleted.count
}
