// Every statement about people and their devices.
import type { Role } from '@bahi/contracts/auth.ts'
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
    update people set password_hash = ${passwordHash}, registered_at = ${now}
    where id = ${userId} and registered_at is null
    returning 1`
  return rows.length === 1
}

export type RegisteredPerson = { id: string; passwordHash: string; role: Role }

export async function personByPhone(sql: Queryable, phoneKey: Buffer): Promise<RegisteredPerson | undefined> {
  const [row] = await sql<RegisteredPerson[]>`
    select id, password_hash, role from people
    where phone_fingerprint = ${phoneKey} and registered_at is not null`
  return row
}

export type PersonRow = { phoneSealed: string; role: Role; createdAt: Date }

/** People who are still registering are found too: their phone is verified, and other services know their id. */
export async function personById(sql: Queryable, userId: string): Promise<PersonRow | undefined> {
  const [row] = await sql<PersonRow[]>`select phone_sealed, role, created_at from people where id = ${userId}`
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
    left join devices d on d.user_id = p.id and d.device_id = q.device_id`
}

/** Replaces the hash that was just verified; does nothing when it has changed meanwhile. */
export async function replaceHash(sql: Queryable, userId: string, from: string, to: string): Promise<void> {
  await sql`update people set password_hash = ${to} where id = ${userId} and password_hash = ${from}`
}

/** False when there is no such person. */
export async function setRole(sql: Queryable, userId: string, role: Role): Promise<boolean> {
  const rows = await sql`
    update people set role = ${role} where id = ${userId} and registered_at is not null returning 1`
  return rows.length === 1
}

export async function isDeviceBound(sql: Queryable, userId: string, deviceId: string): Promise<boolean> {
  const rows = await sql`select 1 from devices where user_id = ${userId} and device_id = ${deviceId}`
  return rows.length === 1
}

/** A device that is already bound keeps its time and gets the new name. */
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
