// Every statement about people and their devices.
import type { Role } from '@bahi/contracts/permissions.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

/** The id of who registers with this phone: new, or that of an earlier attempt. Undefined when it is registered. */
export async function insertPerson(
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

/** False when a concurrent registration with the same phone was completed first. */
export async function completeRegistration(
  tx: Tx,
  userId: string,
  passwordHash: string,
  now: Date,
): Promise<boolean> {
  const rows = await tx`
    update people set password_hash = ${passwordHash}, registered_at = ${now}, phone_proven_at = ${now}
    where id = ${userId} and registered_at is null
    returning 1`
  return rows.length === 1
}

/** The id of who registered with this phone. */
export async function personByPhone(sql: Queryable, phoneKey: Buffer): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from people where phone_fingerprint = ${phoneKey} and registered_at is not null`
  return row?.id
}

/** The same, but for whose phone is on a list of disconnected numbers: it may be somebody else's. */
export async function payeeByPhone(sql: Queryable, phoneKey: Buffer): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from people
    where phone_fingerprint = ${phoneKey} and registered_at is not null and phone_revoked_on is null`
  return row?.id
}

/** `isBound`: whether the device is bound to the person, by the key that it proved. */
export type Credentials = {
  id: string
  passwordHash: string
  roles: Role[]
  isBound: boolean
  isPhoneRevoked: boolean
}

/** Of a registered person, as they sign in on a device. Without its id any device with this key counts. */
export async function credentialsOf(
  sql: Queryable,
  phoneKey: Buffer,
  { id, key }: { id?: string; key: string | undefined },
): Promise<Credentials | undefined> {
  const [row] = await sql<Credentials[]>`
    select p.id, p.password_hash, roles_of(p.id) as roles, p.phone_revoked_on is not null as is_phone_revoked, exists (
        select from devices d
        where d.user_id = p.id and d.key_thumbprint = ${key ?? null} and d.unbound_at is null
          and (${id ?? null}::text is null or d.device_id = ${id ?? null})
      ) as is_bound
    from people p where p.phone_fingerprint = ${phoneKey} and p.registered_at is not null`
  return row
}

/** Of a registered person. */
export async function passwordHashOf(sql: Queryable, userId: string): Promise<string | undefined> {
  const [row] = await sql<{ passwordHash: string }[]>`
    select password_hash from people where id = ${userId} and registered_at is not null`
  return row?.passwordHash
}

export type PersonRow = {
  phoneSealed: string
  phoneRevoked: boolean
  roles: Role[]
  createdAt: Date
  frozenAt: Date | null
}

/** People who are still registering are found too: their phone is verified, and other services know their id. */
export async function personById(sql: Queryable, userId: string): Promise<PersonRow | undefined> {
  const [row] = await sql<PersonRow[]>`
    select phone_sealed, phone_revoked_on is not null as phone_revoked, roles_of(id) as roles, created_at, frozen_at
    from people where id = ${userId} and phone_sealed is not null`
  return row
}

type PersonDevice = { userId: string; deviceId: string }

/** Since when these people and devices are known; unknown people are left out. */
export function findTenures(
  sql: Queryable,
  queries: PersonDevice[],
): Promise<(PersonDevice & { createdAt: Date; deviceBoundAt: Date | null })[]> {
  return sql<(PersonDevice & { createdAt: Date; deviceBoundAt: Date | null })[]>`
    select p.id as user_id, q.device_id, p.created_at, d.bound_at as device_bound_at
    from unnest(${queries.map((query) => query.userId)}::uuid[], ${queries.map((query) => query.deviceId)}::text[])
      as q (user_id, device_id)
    join people p on p.id = q.user_id
    left join devices d on d.user_id = p.id and d.device_id = q.device_id and d.unbound_at is null`
}

/** Of a registered person, whatever it was before. */
export async function setPasswordHash(tx: Tx, userId: string, hash: string): Promise<void> {
  await tx`update people set password_hash = ${hash} where id = ${userId} and registered_at is not null`
}

/** Replaces the hash that was just verified; does nothing when it has changed meanwhile. */
export async function replaceHash(sql: Queryable, userId: string, from: string, to: string): Promise<void> {
  await sql`update people set password_hash = ${to} where id = ${userId} and password_hash = ${from}`
}

export async function isRegistered(sql: Queryable, userId: string): Promise<boolean> {
  const rows = await sql`select from people where id = ${userId} and registered_at is not null`
  return rows.length === 1
}

/**
 * A device that is bound keeps its time and gets the new name; one that was unbound, or has another key now, is bound
 * anew. Without a key nothing becomes of a device that has one.
 */
export async function bindDevice(
  tx: Tx,
  userId: string,
  device: { id: string; name: string; key: string | undefined },
  now: Date,
): Promise<void> {
  await tx`
    insert into devices as d (user_id, device_id, name, bound_at, last_used_at, key_thumbprint)
    values (${userId}, ${device.id}, ${device.name}, ${now}, ${now}, ${device.key ?? null})
    on conflict (user_id, device_id) do update set name = excluded.name, unbound_at = null,
      last_used_at = excluded.last_used_at,
      second_factor_at = case
        when d.unbound_at is null and d.key_thumbprint is not distinct from excluded.key_thumbprint
        then d.second_factor_at end,
      key_thumbprint = excluded.key_thumbprint,
      bound_at = case when d.unbound_at is null and d.key_thumbprint is not distinct from excluded.key_thumbprint
        then d.bound_at else excluded.bound_at end
    where d.key_thumbprint is null or excluded.key_thumbprint is not null`
}

/** Whether anybody has registered with it, or is about to. */
export async function hasPhone(tx: Tx, phoneKey: Buffer): Promise<boolean> {
  const rows = await tx`select from people where phone_fingerprint = ${phoneKey}`
  return rows.length > 0
}

/** It was proven just now, or staff found that it is theirs. */
export async function setPhone(
  tx: Tx,
  userId: string,
  { phoneKey, phoneSealed, now }: { phoneKey: Buffer; phoneSealed: string; now: Date },
): Promise<void> {
  await tx`
    update people set phone_fingerprint = ${phoneKey}, phone_sealed = ${phoneSealed}, phone_revoked_on = null,
      phone_proven_at = ${now}
    where id = ${userId}`
}

/** The device stays bound, and counts as new from now on. */
export async function bindAnew(tx: Tx, userId: string, deviceId: string, now: Date): Promise<void> {
  await tx`
    update devices set bound_at = ${now}
    where user_id = ${userId} and device_id = ${deviceId} and unbound_at is null`
}

/**
 * Until the transaction ends nobody else replaces the password, unbinds a device or freezes the person; others may sign
 * in. A freeze that is being committed is waited for.
 */
export async function holdCredentials(tx: Tx, userId: string): Promise<{ isFrozen: boolean }> {
  const rows = await tx<{ frozenAt: Date | null }[]>`
    select frozen_at from people where id = ${userId} for share`
  return { isFrozen: rows.some(({ frozenAt }) => frozenAt !== null) }
}

/**
 * Until the end of the transaction nobody signs this person in, moves their phone, adds or removes an app of their own,
 * or closes their account.
 */
export async function lockPerson(tx: Tx, userId: string): Promise<void> {
  await tx`select from people where id = ${userId} for no key update`
}

/**
 * That device of the person, or without one all but `except`: their next sign-in needs a code, also one that has begun.
 */
export async function unbindDevices(
  tx: Tx,
  userId: string,
  { only, except }: { only?: string; except?: string },
  now: Date,
): Promise<void> {
  await lockPerson(tx, userId)
  await tx`
    update devices set unbound_at = ${now}
    where user_id = ${userId} and unbound_at is null
      and (${only ?? null}::text is null or device_id = ${only ?? null})
      and (${except ?? null}::text is null or device_id <> ${except ?? null})`
}
