// Every statement about saved views.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

export type ViewRow = { id: string; viewSealed: string }

/** The oldest first. */
export function viewsOf(sql: Queryable, userId: string): Promise<ViewRow[]> {
  return sql<ViewRow[]>`
    select id, view_sealed from saved_views where user_id = ${userId} order by created_at, id`
}

export async function countViews(tx: Tx, userId: string): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*) as count from saved_views where user_id = ${userId}`
  return row!.count
}

/** False when the id is somebody else's. */
export async function upsertView(
  tx: Tx,
  { userId, id, viewSealed, now }: ViewRow & { userId: string; now: Date },
): Promise<boolean> {
  const { count } = await tx`
    insert into saved_views (id, user_id, view_sealed, created_at)
    values (${id}, ${userId}, ${viewSealed}, ${now})
    on conflict (id) do update set view_sealed = excluded.view_sealed
    where saved_views.user_id = excluded.user_id`
  return count === 1
}

export async function deleteView(sql: Queryable, userId: string, id: string): Promise<void> {
  await sql`delete from saved_views where user_id = ${userId} and id = ${id}`
}

export async function deleteViews(tx: Tx, userId: string): Promise<void> {
  await tx`delete from saved_views where user_id = ${userId}`
}
