// Every statement about signing keys.
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import type { JWK } from 'jose'

/** The keys of access tokens, which sign ID tokens too; and those of ID tokens by RS256. */
export type KeyTable = 'signing_keys' | 'id_token_keys'

export type KeyRow = {
  generation: number
  kid: string
  publicJwk: JWK
  privateSealed: string
  signsFrom: Date
}

/** Oldest first. */
export function signingKeys(sql: Queryable, table: KeyTable): Promise<KeyRow[]> {
  return sql<KeyRow[]>`
    select generation, kid, public_jwk, private_sealed, signs_from from ${sql(table)} order by generation`
}

/** Of concurrent callers that add the same generation one succeeds; the others do nothing. */
export async function addSigningKey(sql: Queryable, table: KeyTable, key: KeyRow): Promise<void> {
  await sql`
    insert into ${sql(table)} (generation, kid, public_jwk, private_sealed, signs_from)
    values (${key.generation}, ${key.kid}, ${sql.json(key.publicJwk as never)}, ${key.privateSealed},
      ${key.signsFrom})
    on conflict (generation) do nothing`
}

/** Deletes keys that were replaced before that time; the newest is always kept. */
export async function retireSigningKeys(
  sql: Queryable,
  table: KeyTable,
  replacedBefore: Date,
): Promise<void> {
  await sql`
    delete from ${sql(table)} as k
    where exists (
      select from ${sql(table)} n where n.generation > k.generation and n.signs_from <= ${replacedBefore}
    )`
}
