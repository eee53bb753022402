// Every statement about people, their devices, one-time codes and login tries.
import type { Role } from '@bahi/contracts/auth.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
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

/**
 * The person who begins to register, or goes on with it, with this phone. Undefined when it is registered.
 */
export async function beginPerson(
  tx: Tx,
  person: { id: string; phoneKey: Buffer; phoneSealed: string; now: Date },
): Promise<string | undefined> {
  const [row] = await tx<{ id: string }[]>`
    insert into people as p (id, phone_fingerprint, phone_sealed, created_at)
    values (${person.id}, ${person.phoneKey}, ${person.phoneSealed}, ${person.now})
    on conflict (phone_fingerprint) do update set created_at = excluded.created_at
    where p.registered_at is null
    returning id`
  return row?.id
}

/** False when somebody who holds the phone was faster. */
export async function completePerson(
  tx: Tx,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    update people set password_hash = ${passwordHash}, registered_at = ${now}
    where id = ${userId} and registered_at is null
    returning 1`
  return rows.length === 1
}

export type Registered = { id: string; passwordHash: string; role: Role }

export async function personByPhone(sql: Queryable, phoneKey: Buffer): Promise<Registered | undefined> {
  const [row] = await sql<Registered[]>`
    select id, password_hash, role from people
    where phone_fingerprint = ${phoneKey} and registered_at is not null`
  return row
}

export type PersonRow = { phoneSealed: string; role: Role; createdAt: Date }

/** People who are still registering are found too: the phone is proven, and others hear of them by then. */
export async function personById(sql: Queryable, userId: string): Promise<PersonRow | undefined> {
  const [row] = await sql<PersonRow[]>`select phone_sealed, role, created_at from people where id = ${userId}`
  return row
}

type Device = { userId: string; deviceId: string }

/** Since when these people and devices are known; people whom nobody knows are left out. */
export function devicesOf(
  sql: Queryable,
  asked: Device[],
): Promise<(Device & { createdAt: Date; deviceBoundAt: Date | null })[]> {
  return sql<(Device & { createdAt: Date; deviceBoundAt: Date | null })[]>`
    select p.id as user_id, a.device_id, p.created_at, d.bound_at as device_bound_at
    from unnest(${asked.map((one) => one.userId)}::uuid[], ${asked.map((one) => one.deviceId)}::text[])
      as a (user_id, device_id)
    join people p on p.id = a.user_id
    left join devices d on d.user_id = p.id and d.device_id = a.device_id`
}

/** Replaces the hash that was just proven; nothing when it is another one by now. */
export async function replaceHash(sql: Queryable, userId: string, from: string, to: string): Promise<void> {
  await sql`update people set password_hash = ${to} where id = ${userId} and password_hash = ${from}`
}

/** False when there is no such person. */
export async function setRole(sql: Queryable, userId: string, role: Role): Promise<boolean> {
  const rows = await sql`
    update people set role = ${role} where id = ${userId} and registered_at is not null returning 1`
  return rows.length === 1
}

export async function knowsDevice(sql: Queryable, userId: string, deviceId: string): Promise<boolean> {
  const rows = await sql`select 1 from devices where user_id = ${userId} and device_id = ${deviceId}`
  return rows.length === 1
}

/** A device that is bound already keeps its time and takes the name. */
export async function bindDevice(
  tx: Tx,
  userId: string,
  device: { id: string; name: string },
  now: Date,
): Promise<void> {
  await tx`
    insert into devices (user_id, device_id, name, bound_at)
    values (${userId}, ${device.id}, ${device.name}, ${now})
    on conflict (user_id, device_id) do update set name = excluded.name`
}

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
export async function purgeOtps(sql: Queryable, sentBefore: Date, limit: number): Promise<number> {
  const gone = await sql`
    delete from otps where phone_fingerprint in (
      select phone_fingerprint from otps where sent_at <= ${sentBefore} limit ${limit} for update skip locked
    )`
  return gone.count
}

export async function purgeLoginTries(sql: Queryable, lastBefore: Date, limit: number): Promise<number> {
  const gone = await sql`
    delete from login_tries where phone_fingerprint in (
      select phone_fingerprint from login_tries where last_at <= ${lastBefore} limit ${limit}
      for update skip locked
    )`
  return gone.count
}
