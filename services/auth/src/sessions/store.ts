// Every statement about sessions and refresh tokens.
import type { BegunBy } from '@bahi/contracts/auth.ts'
import type { Role } from '@bahi/contracts/permissions.ts'
import type { SecondFactor } from '@bahi/contracts/second-factor-rules.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

const dayMs = 86_400_000

/** `keyThumbprint`: of the device's key, which its tokens are bound to; null for a client of a sandbox without one. */
export type OpenSession = {
  id: string
  userId: string
  deviceId: string
  keyThumbprint: string | null
  roles: Role[]
  /** How it began, and when its second factor was proven: what its tokens say of it. */
  begunBy: BegunBy | null
  secondFactor: SecondFactor | null
  secondFactorAt: Date | null
}

/** How it began, and the network that it is used from, masked. */
type SessionOrigin = { begunBy: BegunBy; network: string | null }

export async function insertSession(
  tx: Tx,
  session: Omit<OpenSession, 'roles' | 'secondFactor' | 'secondFactorAt'> &
    SessionOrigin & { now: Date; expiresAt: Date },
): Promise<void> {
  await tx`
    insert into sessions
      (id, user_id, device_id, key_thumbprint, created_at, last_used_at, expires_at, begun_by, network)
    values (${session.id}, ${session.userId}, ${session.deviceId}, ${session.keyThumbprint}, ${session.now},
      ${session.now}, ${session.expiresAt}, ${session.begunBy}, ${session.network})`
}

export async function insertRefreshToken(
  tx: Tx,
  token: { hash: Buffer; sessionId: string; expiresAt: Date },
): Promise<void> {
  await tx`
    insert into refresh_tokens (hash, session_id, expires_at)
    values (${token.hash}, ${token.sessionId}, ${token.expiresAt})`
}

/** A refresh token with the key of the device that sent it: with any other key it is nobody's. */
type SentToken = { hash: Buffer; deviceKey: string | null }

/** Uses the token up and returns its session, to exactly one of concurrent callers. */
export async function useRefreshToken(
  tx: Tx,
  { hash, deviceKey }: SentToken,
  now: Date,
): Promise<{ id: string; createdAt: Date } | undefined> {
  const [row] = await tx<{ id: string; createdAt: Date }[]>`
    update refresh_tokens as t set used_at = ${now}
    from sessions s
    where t.hash = ${hash} and t.used_at is null and t.expires_at > ${now}
      and s.id = t.session_id and s.key_thumbprint is not distinct from ${deviceKey}
    returning s.id, s.created_at`
  return row
}

/**
 * The open session of a token that its device used after `since`, while the token that followed has not been used:
 * the device never got it.
 */
export async function sessionToRepeat(
  tx: Tx,
  token: { hash: Buffer; next: Buffer; deviceKey: string; since: Date; now: Date },
): Promise<OpenSession | undefined> {
  const [row] = await tx<OpenSession[]>`
    select s.id, s.user_id, s.device_id, s.key_thumbprint, s.begun_by, s.second_factor, s.second_factor_at,
      roles_of(s.user_id) as roles
    from refresh_tokens t
    join refresh_tokens n on n.hash = ${token.next} and n.session_id = t.session_id and n.used_at is null
    join sessions s on s.id = t.session_id
    where t.hash = ${token.hash} and t.used_at > ${token.since}
      and s.key_thumbprint = ${token.deviceKey} and s.ended_at is null and s.expires_at > ${token.now}`
  return row
}

/** The session of a token that was already used. */
export async function sessionOfUsedToken(
  tx: Tx,
  { hash, deviceKey }: SentToken,
): Promise<string | undefined> {
  const [row] = await tx<{ sessionId: string }[]>`
    select t.session_id from refresh_tokens t join sessions s on s.id = t.session_id
    where t.hash = ${hash} and t.used_at is not null and s.key_thumbprint is not distinct from ${deviceKey}`
  return row?.sessionId
}

/** Since when a session is open; undefined when it has ended or is another person's. */
export async function openSessionSince(
  sql: Queryable,
  { sessionId, userId }: { sessionId: string; userId: string },
  now: Date,
): Promise<Date | undefined> {
  const [row] = await sql<{ createdAt: Date }[]>`
    select created_at from sessions
    where id = ${sessionId} and user_id = ${userId} and ended_at is null and expires_at > ${now}`
  return row?.createdAt
}

/** Of the device of an open session of the person; undefined when it has none, or the session has ended. */
export async function keyOfSession(
  sql: Queryable,
  { sessionId, userId }: { sessionId: string; userId: string },
  now: Date,
): Promise<string | undefined> {
  const [row] = await sql<{ keyThumbprint: string | null }[]>`
    select key_thumbprint from sessions
    where id = ${sessionId} and user_id = ${userId} and ended_at is null and expires_at > ${now}`
  return row?.keyThumbprint ?? undefined
}

/** Undefined when the session has ended. Its device was used: that stays when the session is gone, to the day. */
export async function extendSession(
  tx: Tx,
  id: string,
  { now, expiresAt, network }: { now: Date; expiresAt: Date; network: string | null },
): Promise<OpenSession | undefined> {
  const [row] = await tx<OpenSession[]>`
    with extended as (
      update sessions as s set last_used_at = ${now}, expires_at = ${expiresAt}, network = ${network}
      where s.id = ${id} and s.ended_at is null
      returning s.id, s.user_id, s.device_id, s.key_thumbprint, s.begun_by, s.second_factor, s.second_factor_at
    ), used as (
      update devices d set last_used_at = ${now} from extended s
      where d.user_id = s.user_id and d.device_id = s.device_id
        and (d.last_used_at is null or d.last_used_at <= ${new Date(now.getTime() - dayMs)})
    )
    select s.id, s.user_id, s.device_id, s.key_thumbprint, roles_of(s.user_id) as roles, s.begun_by,
      s.second_factor, s.second_factor_at
    from extended s`
  return row
}

export type EndedSession = { id: string; userId: string }

/** Ends an open session of any person; undefined when there is none. */
export async function endSession(tx: Tx, id: string, now: Date): Promise<EndedSession | undefined> {
  const [row] = await tx<EndedSession[]>`
    update sessions set ended_at = ${now}
    where id = ${id} and ended_at is null and expires_at > ${now}
    returning id, user_id`
  return row
}

/** Ends the person's open sessions: those of one device, those with another key, or all but one, or all. */
export function endSessionsOf(
  tx: Tx,
  userId: string,
  { ofDevice, exceptId, exceptKey }: { ofDevice?: string; exceptId?: string; exceptKey?: string },
  now: Date,
): Promise<EndedSession[]> {
  return tx<EndedSession[]>`
    update sessions set ended_at = ${now}
    where user_id = ${userId} and ended_at is null and expires_at > ${now}
      and (${ofDevice ?? null}::text is null or device_id = ${ofDevice ?? null})
      and (${exceptId ?? null}::uuid is null or id <> ${exceptId ?? null}::uuid)
      and (${exceptKey ?? null}::text is null or key_thumbprint is distinct from ${exceptKey ?? null})
    returning id, user_id`
}

/** Ends sessions that have expired, as of when they did, and at most `limit`. */
export function endExpired(tx: Tx, now: Date, limit: number): Promise<EndedSession[]> {
  return tx<EndedSession[]>`
    update sessions set ended_at = expires_at
    where id in (
        select id from sessions where ended_at is null and expires_at <= ${now}
        order by expires_at limit ${limit} for update skip locked)
      and ended_at is null and expires_at <= ${now}
    returning id, user_id`
}

/** The device of that open session of the person. */
export async function deviceOfSession(
  tx: Tx,
  userId: string,
  id: string,
  now: Date,
): Promise<string | undefined> {
  const [row] = await tx<{ deviceId: string }[]>`
    select device_id from sessions
    where id = ${id} and user_id = ${userId} and ended_at is null and expires_at > ${now}`
  return row?.deviceId
}

export type ListedSession = {
  id: string
  deviceId: string
  deviceName: string
  boundAt: Date
  createdAt: Date
  lastUsedAt: Date
  begunBy: BegunBy | null
  network: string | null
}

/** Most recently used first. */
export function openSessions(
  sql: Queryable,
  userId: string,
  now: Date,
  limit: number,
): Promise<ListedSession[]> {
  return sql<ListedSession[]>`
    select s.id, s.device_id, d.name as device_name, d.bound_at, s.created_at, s.last_used_at, s.begun_by, s.network
    from sessions s join devices d on d.user_id = s.user_id and d.device_id = s.device_id
    where s.user_id = ${userId} and s.ended_at is null and s.expires_at > ${now}
    order by s.last_used_at desc, s.id limit ${limit}`
}
