// The SQL of what auth holds about one person: for its end, and for a copy of it.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { PersonRow } from './store.ts'

export async function hasStaffRole(sql: Queryable, userId: string): Promise<boolean> {
  const rows = await sql`
    select from staff_grants where user_id = ${userId} and state in ('requested', 'active') limit 1`
  return rows.length === 1
}

/** As staff sees them: also who has no phone any more. */
export async function registeredPerson(
  sql: Queryable,
  userId: string,
): Promise<Pick<PersonRow, 'roles' | 'createdAt' | 'frozenAt'> | undefined> {
  const [row] = await sql<Pick<PersonRow, 'roles' | 'createdAt' | 'frozenAt'>[]>`
    select roles_of(id) as roles, created_at, frozen_at from people
    where id = ${userId} and (phone_sealed is not null or registered_at is not null)`
  return row
}

export async function closePerson(tx: Tx, userId: string): Promise<void> {
  await tx`select close_person(${userId})`
}

export async function sessionStreams(sql: Queryable, userId: string): Promise<string[]> {
  const rows = await sql<{ stream: string }[]>`
    select stream from events where type = 'auth.session-started' and data ->> 'userId' = ${userId}`
  return rows.map(({ stream }) => stream)
}

export function devicesOf(sql: Queryable, userId: string) {
  return sql`select name, bound_at, unbound_at from devices where user_id = ${userId} order by bound_at`
}

export type DeviceRow = { boundAt: Date; unboundAt: Date | null; keyed: boolean }

/** The newest first. */
export function newestDevices(sql: Queryable, userId: string, limit: number): Promise<DeviceRow[]> {
  return sql<DeviceRow[]>`
    select bound_at, unbound_at, key_thumbprint is not null as keyed from devices
    where user_id = ${userId} order by unbound_at is not null, bound_at desc limit ${limit}`
}

export function sessionsOf(sql: Queryable, userId: string, limit: number) {
  return sql`
    select s.created_at, s.last_used_at, s.ended_at, d.name as device
    from sessions s join devices d on d.user_id = s.user_id and d.device_id = s.device_id
    where s.user_id = ${userId} order by s.last_used_at desc limit ${limit}`
}
