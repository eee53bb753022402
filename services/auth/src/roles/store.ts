// Every statement about grants of staff roles.
import type { GrantedRole } from '@bahi/contracts/permissions.ts'
import type { RoleGrant } from '@bahi/contracts/roles.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { FactorSession } from '../second-factor/store.ts'

export type Grant = {
  id: string
  userId: string
  role: GrantedRole
  state: RoleGrant['state']
  origin: RoleGrant['origin']
  note: string
  endsAt: Date
  requestedAt: Date
  requestedBy: string | null
  decidedAt: Date | null
  decidedBy: string | null
  endedAt: Date | null
  endedBy: string | null
  endNote: string | null
}

const columns = (sql: Queryable) => sql`
  id, user_id, role, state, origin, note, ends_at, requested_at, requested_by, decided_at, decided_by, ended_at,
  ended_by, end_note`

/** Undefined when the id is taken, or the person has such a grant in that state. */
export async function insertGrant(
  tx: Tx,
  grant: Pick<
    Grant,
    'id' | 'userId' | 'role' | 'state' | 'origin' | 'note' | 'endsAt' | 'requestedAt' | 'requestedBy'
  >,
): Promise<Grant | undefined> {
  const [row] = await tx<Grant[]>`
    insert into staff_grants (id, user_id, role, state, origin, note, ends_at, requested_at, requested_by)
    values (${grant.id}, ${grant.userId}, ${grant.role}, ${grant.state}, ${grant.origin}, ${grant.note},
      ${grant.endsAt}, ${grant.requestedAt}, ${grant.requestedBy})
    on conflict do nothing
    returning ${columns(tx)}`
  return row
}

export async function findGrant(sql: Queryable, id: string): Promise<Grant | undefined> {
  const [row] = await sql<Grant[]>`select ${columns(sql)} from staff_grants where id = ${id}`
  return row
}

export type GrantFilter = {
  userId: string | null
  role: GrantedRole | null
  state: Grant['state'] | null
  before: string | null
  limit: number
}

/** Newest first. */
export function findGrants(
  sql: Queryable,
  { userId, role, state, before, limit }: GrantFilter,
): Promise<Grant[]> {
  return sql<Grant[]>`
    select ${columns(sql)} from staff_grants
    where (${userId}::uuid is null or user_id = ${userId}) and (${role}::text is null or role = ${role})
      and (${state}::text is null or state = ${state}) and (${before}::uuid is null or id < ${before})
    order by id desc limit ${limit}`
}

type Change = { by: string | null; note: string; now: Date }

/** Ends the grant that the requested one takes the place of. */
export async function endRenewed(tx: Tx, requestedId: string, change: Change): Promise<Grant | undefined> {
  const [row] = await tx<Grant[]>`
    update staff_grants g set state = 'ended', ended_at = ${change.now}, ended_by = ${change.by},
      end_note = ${change.note}
    from staff_grants r
    where r.id = ${requestedId} and r.state = 'requested'
      and g.user_id = r.user_id and g.role = r.role and g.state = 'active'
    returning g.id, g.user_id, g.role, g.state, g.origin, g.note, g.ends_at, g.requested_at, g.requested_by,
      g.decided_at, g.decided_by, g.ended_at, g.ended_by, g.end_note`
  return row
}

/** By another administrator than who requested it and who gets it, while the requester is still one. */
export async function approve(tx: Tx, id: string, by: string, now: Date): Promise<Grant | undefined> {
  const [row] = await tx<Grant[]>`
    update staff_grants set state = 'active', decided_at = ${now}, decided_by = ${by}
    where id = ${id} and state = 'requested' and requested_by <> ${by} and user_id <> ${by} and ends_at > ${now}
      and exists (
        select from staff_grants m
        where m.user_id = staff_grants.requested_by and m.role = 'administrator' and m.state = 'active')
    returning ${columns(tx)}`
  return row
}

export async function decline(tx: Tx, id: string, { by, note, now }: Change): Promise<Grant | undefined> {
  const [row] = await tx<Grant[]>`
    update staff_grants set state = 'declined', decided_at = ${now}, decided_by = ${by}, end_note = ${note}
    where id = ${id} and state = 'requested'
    returning ${columns(tx)}`
  return row
}

export async function endGrant(tx: Tx, id: string, { by, note, now }: Change): Promise<Grant | undefined> {
  const [row] = await tx<Grant[]>`
    update staff_grants set state = 'ended', ended_at = ${now}, ended_by = ${by}, end_note = ${note}
    where id = ${id} and state = 'active'
    returning ${columns(tx)}`
  return row
}

/** Who is an administrator; nobody becomes one or stops being one until the transaction ends. */
export async function lockAdministrators(tx: Tx): Promise<string[]> {
  await tx`lock table staff_grants in share row exclusive mode`
  const rows = await tx<{ userId: string }[]>`
    select user_id from staff_grants where role = 'administrator' and state = 'active' order by id`
  return rows.map(({ userId }) => userId)
}

type SessionRoles = Pick<FactorSession, 'roles' | 'begunBy' | 'secondFactor' | 'secondFactorAt'>

/** Undefined when the session has ended. A grant whose date has come counts no more, even before it is ended. */
export async function rolesInSession(
  sql: Queryable,
  id: string,
  now: Date,
): Promise<SessionRoles | undefined> {
  const [row] = await sql<SessionRoles[]>`
    select array_prepend('customer', array(
      select g.role from staff_grants g
      where g.user_id = s.user_id and g.state = 'active' and (g.ends_at > ${now} or g.role = 'administrator')
      order by g.role)) as roles, s.begun_by, s.second_factor, s.second_factor_at
    from sessions s where s.id = ${id} and s.ended_at is null and s.expires_at > ${now}`
  return row
}
