// The SQL of finding profiles by the fingerprints of their name's words.
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { ProfileRow } from './profile.ts'

export const profileColumns = (sql: Queryable) =>
  sql`p.user_id, p.name_sealed, p.phone_sealed, p.phone_released_at, p.email_sealed, p.email_verified_at,
    p.pending_email_sealed, p.language, p.created_at`

/** As an array of the database, from hex. */
export const tokensIn = (sql: Queryable, tokens: readonly string[]) =>
  sql`array(select decode(hex, 'hex') from unnest(${[...tokens]}::text[]) as hex)`

/** Those that have all tokens, by id, after one. */
export function profilesByTokens(
  sql: Queryable,
  { tokens, after, limit }: { tokens: readonly string[]; after: string | null; limit: number },
): Promise<ProfileRow[]> {
  return sql<ProfileRow[]>`
    with named as materialized (select user_id from profiles where name_tokens @> ${tokensIn(sql, tokens)})
    select ${profileColumns(sql)}
    from named n join profiles p on p.user_id = n.user_id
    where ${after}::uuid is null or n.user_id > ${after}
    order by n.user_id limit ${limit}`
}

type StoredName = Pick<ProfileRow, 'userId' | 'nameSealed'>

/** Those that no other copy of the service is at. */
export function lockNamesWithoutTokens(tx: Tx, limit: number): Promise<StoredName[]> {
  return tx<StoredName[]>`
    select user_id, name_sealed from profiles where name_tokens is null
    order by user_id limit ${limit} for update skip locked`
}

export async function setNameTokens(
  tx: Tx,
  tokensOf: readonly { userId: string; tokens: readonly string[] }[],
): Promise<void> {
  if (tokensOf.length === 0) return
  const rows = tokensOf.map(({ userId, tokens }) => ({ user_id: userId, tokens }))
  await tx`
    update profiles p set name_tokens = array(select decode(hex, 'hex') from unnest(t.tokens) as hex)
    from json_to_recordset(${rowsIn(tx, rows)}) as t (user_id uuid, tokens text[])
    where p.user_id = t.user_id`
}
