// The SQL of finding profiles by the fingerprints of their name's words.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { ProfileRow } from './profile.ts'

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
    select p.user_id, p.name, p.phone_sealed, p.email_sealed, p.email_verified_at, p.pending_email_sealed, p.language,
      p.created_at
    from named n join profiles p on p.user_id = n.user_id
    where ${after}::uuid is null or n.user_id > ${after}
    order by n.user_id limit ${limit}`
}

export function namesWithoutTokens(
  sql: Queryable,
  limit: number,
): Promise<{ userId: string; name: string }[]> {
  return sql<{ userId: string; name: string }[]>`
    select user_id, name from profiles where name_tokens is null order by user_id limit ${limit}`
}

/** Of a name that is the same still. */
export async function setNameTokens(
  sql: Queryable,
  { userId, name }: { userId: string; name: string },
  tokens: readonly string[],
): Promise<void> {
  await sql`
    update profiles set name_tokens = ${tokensIn(sql, tokens)} where user_id = ${userId} and name = ${name}`
}
