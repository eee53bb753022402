// The SQL of what two people have together, a payer and a payee: whose it is, by either side.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { Page } from './page.ts'

type Query = Page & { side: 'payer' | 'payee' | null; status: string | null }

/** In a query: the ids of a person's page of these, those of both sides where none is named. Each side has an index. */
export function idsOfPerson(
  sql: Queryable,
  table: 'payment_requests' | 'mandates',
  userId: string,
  query: Query,
) {
  const { side, status, before, limit } = query
  const as = (column: 'payer_user_id' | 'payee_user_id') => sql`
    (select id from ${sql(table)}
      where ${sql(column)} = ${userId} and (created_at, id) < (${before.createdAt}, ${before.id}::uuid)
        and (${status}::text is null or status = ${status})
      order by created_at desc, id desc limit ${limit})`
  if (side !== null) return as(`${side}_user_id`)
  return sql`${as('payee_user_id')} union all ${as('payer_user_id')}`
}
