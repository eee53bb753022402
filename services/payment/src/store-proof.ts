// The SQL that proves payments right: every id, and every row that is open in one place and not in the other.
import type { Queryable } from '@bahi/kit/sql.ts'

export async function allIds(sql: Queryable): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from payments order by id`
  return rows.map((row) => row.id)
}

/** A payment is pending just when it is in the list of open ones. */
export function openFaults(sql: Queryable): Promise<{ id: string | null; status: string | null }[]> {
  return sql<{ id: string | null; status: string | null }[]>`
    select p.id, p.status from payments p full join open_payments o on o.payment_id = p.id
    where (p.status = 'pending') is distinct from (o.payment_id is not null)`
}
