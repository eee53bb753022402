// A data key for each person, itself sealed under the service's: without it, what it sealed is gone for good, also
// where nothing may be deleted. A service with a table `person_keys` in its migrations has them.
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import { rowsIn, type Queryable } from '../sql/sql.ts'
import { decrypt, encrypt } from './aead.ts'
import type { Seal, SealedColumn } from './seal.ts'

export const personKeyColumn: SealedColumn = { table: 'person_keys', column: 'key_sealed', row: 'user_id' }

/** By person, in lower case; people whose key was shredded have none, and never get another one. */
export type PersonKeys = ReadonlyMap<string, KeyObject>

const keyBytes = 32
const format = '2'

/** Those that exist. */
export async function findPersonKeys(
  sql: Queryable,
  seal: Seal,
  userIds: Iterable<string>,
): Promise<PersonKeys> {
  const ids = distinct(userIds)
  if (ids.length === 0) return new Map()
  return opened(seal, await keysOf(sql, ids))
}

/** As `findPersonKeys`; people who never had one get one, in the caller's transaction. */
export async function makePersonKeys(
  sql: Queryable,
  seal: Seal,
  userIds: Iterable<string>,
): Promise<PersonKeys> {
  const ids = distinct(userIds)
  if (ids.length === 0) return new Map()
  const found = await keysOf(sql, ids)
  const known = new Set(found.map((row) => row.userId))
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length === 0) return opened(seal, found)
  const rows = missing.map((id) => ({
    user_id: id,
    key_sealed: seal.seal(randomBytes(keyBytes).toString('base64'), personKeyColumn, id),
  }))
  await sql`
    insert into person_keys (user_id, key_sealed)
    select k.user_id, k.key_sealed from json_to_recordset(${rowsIn(sql, rows)}) as k (user_id uuid, key_sealed text)
    order by k.user_id
    on conflict (user_id) do nothing`
  return opened(seal, await keysOf(sql, ids))
}

/** Nothing under the person's key opens from then on, and no new one is made. Repeating it changes nothing. */
export async function shredPersonKey(sql: Queryable, userId: string, now: Date): Promise<void> {
  await sql`
    insert into person_keys as k (user_id, shredded_at) values (${userId}, ${now})
    on conflict (user_id) do update set key_sealed = null, shredded_at = excluded.shredded_at
    where k.key_sealed is not null`
}

/** Of these people, in lower case, those whose key was shredded. */
export async function shreddedOf(sql: Queryable, userIds: Iterable<string>): Promise<Set<string>> {
  const ids = distinct(userIds)
  if (ids.length === 0) return new Set()
  return new Set((await keysOf(sql, ids)).flatMap((row) => (row.keySealed === null ? [row.userId] : [])))
}

/** @param place what the result is bound to: it opens nowhere else */
export function sealUnder(key: KeyObject, plain: Uint8Array, place: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from(`${format}.`), encrypt(key, plain, placeBytes(place))])
}

/** Throws when it was changed, or sealed under another key or for another place. */
export function openUnder(key: KeyObject, sealed: Uint8Array, place: readonly string[]): Buffer {
  if (Buffer.from(sealed.subarray(0, 2)).toString('latin1') !== `${format}.`)
    throw new Error('this is not sealed under the key of a person')
  return decrypt(key, sealed.subarray(2), placeBytes(place))
}

type KeyRow = { userId: string; keySealed: string | null }

const keysOf = (sql: Queryable, ids: string[]) =>
  sql<KeyRow[]>`select user_id, key_sealed from person_keys where user_id = any (${ids}::uuid[])`

const opened = (seal: Seal, rows: KeyRow[]): PersonKeys =>
  new Map(
    rows.flatMap(({ userId, keySealed }): [string, KeyObject][] =>
      keySealed === null
        ? []
        : [[userId, createSecretKey(Buffer.from(seal.open(keySealed, personKeyColumn, userId), 'base64'))]],
    ),
  )

const placeBytes = (place: readonly string[]) => Buffer.from(place.join('\0'))
const distinct = (ids: Iterable<string>) => [...new Set([...ids].map((id) => id.toLowerCase()))]
