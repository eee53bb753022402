// Every statement about measures. Who may decide is in the statement itself.
import type { Measure, MeasureKind } from '@bahi/contracts/measures.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type MeasureRow = {
  id: string
  userId: string
  kind: MeasureKind
  state: Measure['state']
  note: string
  requestedAt: Date
  requestedBy: string
  decidedAt: Date | null
  decidedBy: string | null
  decisionNote: string | null
  phoneSealed: string | null
}

const columns = (sql: Queryable) => sql`
  id, user_id, kind, state, note, requested_at, requested_by, decided_at, decided_by, decision_note, phone_sealed`

/** Undefined when the id is taken, or the same was requested after `since` and waits for a decision. */
export async function insertMeasure(
  tx: Tx,
  m: Pick<MeasureRow, 'id' | 'userId' | 'kind' | 'note' | 'requestedAt' | 'requestedBy' | 'phoneSealed'>,
  since: Date,
): Promise<MeasureRow | undefined> {
  // One that nobody decided on in time is in nobody's way.
  await tx`
    update measures set state = 'declined', decided_at = ${m.requestedAt}
    where user_id = ${m.userId} and kind = ${m.kind} and state = 'requested' and requested_at <= ${since}`
  const [row] = await tx<MeasureRow[]>`
    insert into measures (id, user_id, kind, state, note, requested_at, requested_by, phone_sealed)
    values (${m.id}, ${m.userId}, ${m.kind}, 'requested', ${m.note}, ${m.requestedAt}, ${m.requestedBy},
      ${m.phoneSealed})
    on conflict do nothing returning ${columns(tx)}`
  return row
}

export async function findMeasure(sql: Queryable, id: string): Promise<MeasureRow | undefined> {
  const [row] = await sql<MeasureRow[]>`select ${columns(sql)} from measures where id = ${id}`
  return row
}

/** Newest first. */
export function findMeasures(
  sql: Queryable,
  query: { userId: string | null; state: Measure['state'] | null; before: string | null; limit: number },
): Promise<MeasureRow[]> {
  const { userId, state, before, limit } = query
  return sql<MeasureRow[]>`
    select ${columns(sql)} from measures
    where (${userId}::uuid is null or user_id = ${userId}) and (${state}::text is null or state = ${state})
      and (${before}::uuid is null or id < ${before})
    order by id desc limit ${limit}`
}

type Decision = { by: string; now: Date; since: Date }

/** By somebody else than who requested it and whom it is about, while it is fresh and the requester is an analyst. */
export async function approveRow(
  tx: Tx,
  id: string,
  { by, now, since }: Decision,
): Promise<MeasureRow | undefined> {
  const [row] = await tx<MeasureRow[]>`
    update measures set state = 'approved', decided_at = ${now}, decided_by = ${by}
    where id = ${id} and state = 'requested' and requested_by <> ${by} and user_id <> ${by}
      and requested_at > ${since}
      and exists (
        select from staff_grants m
        where m.user_id = measures.requested_by and m.role = 'risk-analyst' and m.state = 'active')
    returning ${columns(tx)}`
  return row
}

export async function declineRow(
  tx: Tx,
  id: string,
  { by, now, note }: { by: string; now: Date; note: string },
): Promise<MeasureRow | undefined> {
  const [row] = await tx<MeasureRow[]>`
    update measures set state = 'declined', decided_at = ${now}, decided_by = ${by}, decision_note = ${note}
    where id = ${id} and state = 'requested' and user_id <> ${by}
    returning ${columns(tx)}`
  return row
}

/** Who is so already stays so, since then. Sign-ins that have begun are over, and later ones see it. */
export async function setFrozen(tx: Tx, userId: string, at: Date | null): Promise<void> {
  await tx`
    update people set frozen_at = ${at}
    where id = ${userId} and (frozen_at is null) = ${at !== null}`
}
