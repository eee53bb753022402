// Every statement about one-time codes.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { maxUnspentSends, otpLifeMs, otpTries, resendAfterMs, sendsWindowMs, type Sends } from './otp.ts'

const before = (now: Date, ms: number) => new Date(now.getTime() - ms)

/**
 * Makes this the one live code of the phone. False while an unspent one is cooling, or when the window
 * holds as many unspent sends as it may.
 */
export async function putOtp(sql: Queryable, phoneKey: Buffer, codeKey: Buffer, now: Date): Promise<boolean> {
  const expiresAt = new Date(now.getTime() + otpLifeMs)
  const rows = await sql`
    insert into otps as o
      (phone_fingerprint, code_fingerprint, tries_left, sent_at, expires_at, unspent_sends)
    values (${phoneKey}, ${codeKey}, ${otpTries}, ${now}, ${expiresAt}, array[${now}::timestamptz])
    on conflict (phone_fingerprint) do update
    set code_fingerprint = excluded.code_fingerprint, tries_left = excluded.tries_left,
      sent_at = excluded.sent_at, expires_at = excluded.expires_at,
      unspent_sends = array(
        select s from unnest(o.unspent_sends) as s where s > ${before(now, sendsWindowMs)} order by s
      ) || excluded.unspent_sends
    where (o.code_fingerprint is null or o.expires_at <= ${now} or o.sent_at <= ${before(now, resendAfterMs)})
      and ${maxUnspentSends} >
        (select count(*) from unnest(o.unspent_sends) as s where s > ${before(now, sendsWindowMs)})
    returning 1`
  return rows.length === 1
}

export async function sendsTo(sql: Queryable, phoneKey: Buffer): Promise<Sends | undefined> {
  const [row] = await sql<Sends[]>`
    select code_fingerprint is not null as live, sent_at, expires_at, unspent_sends
    from otps where phone_fingerprint = ${phoneKey}`
  return row
}

/** Takes back a code that could not be sent, as if it had never been asked for. */
export async function withdrawOtp(sql: Queryable, phoneKey: Buffer, codeKey: Buffer): Promise<void> {
  await sql`
    update otps set code_fingerprint = null, unspent_sends = array_remove(unspent_sends, sent_at)
    where phone_fingerprint = ${phoneKey} and code_fingerprint = ${codeKey}`
}

/**
 * One guess at the phone's live code: it costs a try, and spends the code when it is right. Undefined when
 * there is nothing to guess. Guesses at the same time queue for the row, so there are never more than the
 * tries.
 */
export async function guessOtp(
  sql: Queryable,
  phoneKey: Buffer,
  codeKey: Buffer,
  now: Date,
): Promise<{ right: boolean; triesLeft: number } | undefined> {
  const [row] = await sql<{ right: boolean; triesLeft: number }[]>`
    update otps set
      tries_left = tries_left - 1,
      code_fingerprint = nullif(code_fingerprint, ${codeKey}),
      unspent_sends =
        case when code_fingerprint = ${codeKey} then array_remove(unspent_sends, sent_at)
          else unspent_sends end
    where phone_fingerprint = ${phoneKey} and code_fingerprint is not null
      and expires_at > ${now} and tries_left > 0
    returning code_fingerprint is null as right, tries_left`
  return row
}

/** How many rows went. */
export async function purgeOtps(sql: Queryable, sentBefore: Date, limit: number): Promise<number> {
  const gone = await sql`
    delete from otps where phone_fingerprint in (
      select phone_fingerprint from otps where sent_at <= ${sentBefore} limit ${limit} for update skip locked
    )`
  return gone.count
}
