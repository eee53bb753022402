// Every statement about resets of second factors.
import type { SecondFactorReset } from '@bahi/contracts/second-factor.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type Reset = {
  id: string
  userId: string
  state: SecondFactorReset['state']
  note: string
  requestedAt: Date
  requestedBy: string
  expiresAt: Date
  decidedAt: Date | null
  decidedBy: string | null
}

const columns = (sql: Queryable) =>
  sql`id, user_id, state, note, requested_at, requested_by, expires_at, decided_at, decided_by`

/** Undefined when the id is taken, or one of that person waits for a decision. */
export async function insertReset(
  tx: Tx,
  reset: Omit<Reset, 'state' | 'decidedAt' | 'decidedBy'>,
): Promise<Reset | undefined> {
  // One that nobody decided on in time is in nobody's way.
  await tx`
    update second_factor_resets set state = 'declined', decided_at = expires_at
    where user_id = ${reset.userId} and state = 'requested' and expires_at <= ${reset.requestedAt}`
  const [row] = await tx<Reset[]>`
    insert into second_factor_resets (id, user_id, state, note, requested_at, requested_by, expires_at)
    values (${reset.id}, ${reset.userId}, 'requested', ${reset.note}, ${reset.requestedAt}, ${reset.requestedBy},
      ${reset.expiresAt})
    on conflict do nothing returning ${columns(tx)}`
  return row
}

export async function findReset(sql: Queryable, id: string): Promise<Reset | undefined> {
  const [row] = await sql<Reset[]>`select ${columns(sql)} from second_factor_resets where id = ${id}`
  return row
}

/** Newest first. */
export function findResets(sql: Queryable, limit: number): Promise<Reset[]> {
  return sql<Reset[]>`select ${columns(sql)} from second_factor_resets order by id desc limit ${limit}`
}

/** By another administrator than who requested it and whose it is, while the requester is still one. */
export async function approveReset(tx: Tx, id: string, by: string, now: Date): Promise<Reset | undefined> {
  const [row] = await tx<Reset[]>`
    update second_factor_resets r set state = 'approved', decided_at = ${now}, decided_by = ${by}
    where id = ${id} and state = 'requested' and requested_by <> ${by} and user_id <> ${by} and expires_at > ${now}
      and exists (
        select from staff_grants m
        where m.user_id = r.requested_by and m.role = 'administrator' and m.state = 'active')
    returning ${columns(tx)}`
  return row
}

export async function declineReset(
  tx: Tx,
  id: string,
  { by, note, now }: { by: string; note: string; now: Date },
): Promise<Reset | undefined> {
  const [row] = await tx<Reset[]>`
    update second_factor_resets
    set state = 'declined', decided_at = ${now}, decided_by = ${by}, decision_note = ${note}
    where id = ${id} and state = 'requested'
    returning ${columns(tx)}`
  return row
}
