// The rows of controls: each change is a version with its rows, and none is ever altered.
import type { Controls } from '@bahi/contracts/controls.ts'
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { ControlsState } from './controls.ts'

/** The rows of the newest change; version 0 without one. */
export async function readControls(sql: Queryable, userId: string): Promise<ControlsState> {
  const rows = await sql<{ version: number; effectiveFrom: Date; controls: Controls }[]>`
    select version, effective_from, controls from payment_controls
    where user_id = ${userId}
      and version = (select max(version) from payment_controls where user_id = ${userId})
    order by effective_from`
  return {
    version: rows[0]?.version ?? 0,
    rows: rows.map(({ effectiveFrom, controls }) => ({ from: effectiveFrom, controls })),
  }
}

export async function countChanges(sql: Queryable, userId: string, since: Date): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(distinct version) as count from payment_controls where user_id = ${userId} and set_at > ${since}`
  return row!.count
}

/** Unique violation when this version is there already. */
export async function insertControls(
  tx: Tx,
  userId: string,
  setAt: Date,
  { version, rows }: ControlsState,
): Promise<void> {
  const given = rows.map(({ from, controls }) => ({ effective_from: from, controls }))
  await tx`
    insert into payment_controls (user_id, version, set_at, effective_from, controls)
    select ${userId}, ${version}, ${setAt}, r.effective_from, r.controls
    from json_to_recordset(${rowsIn(tx, given)}) as r (effective_from timestamptz, controls jsonb)`
}
