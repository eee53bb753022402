// Every statement about lists of disconnected numbers, and about people whose number is on one.
import type { IstDate } from '@bahi/contracts/recurrence.ts'
import { rowsIn, type Queryable, type Tx } from '@bahi/kit/sql/sql.ts'
import type { RefusedLine } from './read-list.ts'

export type ListRow = {
  id: string
  sha256: Buffer
  listedOn: IstDate
  part: number
  parts: number
  uploadedBy: string | null
  uploadedAt: Date
  /** When the same content was last sent again as the end of a list, and of which day. */
  sentAgainAt: Date | null
  sentAgainOf: IstDate | null
  rows: number
  revoked: number
  alreadyRevoked: number
  provenSince: number
  refused: number
  refusedLines: RefusedLine[]
}

export type NewList = Omit<ListRow, 'sentAgainAt' | 'sentAgainOf'>

/** Until the transaction ends no other list is taken. */
export async function lockLists(tx: Tx): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended('auth.revoked-numbers', 0))`
}

const columns = (sql: Queryable) => sql`
  id, sha256, listed_on::text as listed_on, part, parts, uploaded_by, uploaded_at, sent_again_at,
  sent_again_of::text as sent_again_of, rows, revoked, already_revoked, proven_since, refused, refused_lines`

/** With this id, or this content. */
export async function findList(
  sql: Queryable,
  { id, sha256 }: Pick<ListRow, 'id' | 'sha256'>,
): Promise<ListRow | undefined> {
  const [row] = await sql<ListRow[]>`
    select ${columns(sql)} from revoked_number_lists where id = ${id} or sha256 = ${sha256}
    order by id <> ${id} limit 1`
  return row
}

export function findLists(sql: Queryable, before: string | null, limit: number): Promise<ListRow[]> {
  return sql<ListRow[]>`
    select ${columns(sql)} from revoked_number_lists where (${before}::uuid is null or id < ${before}::uuid)
    order by id desc limit ${limit}`
}

/** The newest day counts, whatever the order. */
export async function markSentAgain(sql: Queryable, id: string, of: IstDate, now: Date): Promise<void> {
  await sql`
    update revoked_number_lists set sent_again_at = ${now}, sent_again_of = ${of}
    where id = ${id} and ${of} >= greatest(listed_on, sent_again_of)`
}

export async function insertList(tx: Tx, list: NewList): Promise<void> {
  await tx`
    insert into revoked_number_lists (id, sha256, listed_on, part, parts, uploaded_by, uploaded_at, rows, revoked,
      already_revoked, proven_since, refused, refused_lines)
    values (${list.id}, ${list.sha256}, ${list.listedOn}, ${list.part}, ${list.parts}, ${list.uploadedBy},
      ${list.uploadedAt}, ${list.rows}, ${list.revoked}, ${list.alreadyRevoked}, ${list.provenSince}, ${list.refused},
      ${tx.json(list.refusedLines)})`
}

/** Of these phones, by the fingerprint in hex, those of registered people. */
export async function registeredPhones(sql: Queryable, hexes: string[]): Promise<string[]> {
  const rows = await sql<{ hex: string }[]>`
    select encode(phone_fingerprint, 'hex') as hex from people
    where phone_fingerprint = any (array(select decode(hex, 'hex') from unnest(${hexes}::text[]) as hex))
      and registered_at is not null`
  return rows.map(({ hex }) => hex)
}

export type Listed = { id: string; revokedOn: IstDate; isRevoked: boolean; provenAt: Date }

/** The fingerprint of a phone, and the day on which it was disconnected. */
export type ListedPhone = { hex: string; revokedOn: IstDate }

/** Whoever has these phones now, in the order of their ids; nobody signs them in or moves them meanwhile. */
export function lockListed(tx: Tx, phones: ListedPhone[]): Promise<Listed[]> {
  const rows = phones.map(({ hex, revokedOn }) => ({ hex, revoked_on: revokedOn }))
  return tx<Listed[]>`
    select p.id, r.revoked_on, p.phone_revoked_on is not null as is_revoked,
      coalesce(p.phone_proven_at, greatest(p.registered_at,
        (select max(d.bound_at) from devices d where d.user_id = p.id))) as proven_at
    from json_to_recordset(${rowsIn(tx, rows)}) as r (hex text, revoked_on text)
    join people p on p.phone_fingerprint = decode(r.hex, 'hex') and p.registered_at is not null
    order by p.id for no key update of p`
}

/** No reset by the phone alone is left to them, which staff may have allowed. */
export async function markRevoked(tx: Tx, people: Pick<Listed, 'id' | 'revokedOn'>[]): Promise<void> {
  const rows = people.map(({ id, revokedOn }) => ({ id, revoked_on: revokedOn }))
  await tx`
    update people p set phone_revoked_on = r.revoked_on, reset_allowed_until = null
    from json_to_recordset(${rowsIn(tx, rows)}) as r (id uuid, revoked_on date) where p.id = r.id`
}

/** The person proved the phone, by more than a code alone. One that is revoked stays so. */
export async function markProven(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx`update people set phone_proven_at = ${now} where id = ${userId} and phone_revoked_on is null`
}

/** It is theirs again. */
export async function endRevocation(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx`update people set phone_revoked_on = null, phone_proven_at = ${now} where id = ${userId}`
}

/** The day on which the person's phone was disconnected; null while none is said. */
export async function revokedOnOf(sql: Queryable, userId: string): Promise<IstDate | null> {
  const [row] = await sql<{ revokedOn: IstDate | null }[]>`
    select phone_revoked_on::text as revoked_on from people where id = ${userId}`
  return row?.revokedOn ?? null
}

/** Since when the device of a session is bound; undefined when the session has ended, or its device is unbound. */
export async function boundSince(
  sql: Queryable,
  { userId, sessionId }: { userId: string; sessionId: string },
  now: Date,
): Promise<Date | undefined> {
  const [row] = await sql<{ boundAt: Date }[]>`
    select d.bound_at from sessions s
    join devices d on d.user_id = s.user_id and d.device_id = s.device_id and d.unbound_at is null
    where s.id = ${sessionId} and s.user_id = ${userId} and s.ended_at is null and s.expires_at > ${now}
      and d.key_thumbprint is not null`
  return row?.boundAt
}

/** When the newest whole list, sent again or not, was as the world was; without one, since when lists can be taken. */
export async function newestListAt(sql: Queryable): Promise<Date> {
  const [row] = await sql<[{ at: Date }]>`
    select coalesce(
      (select max(least(at, (of_day + 1)::timestamp at time zone 'Asia/Kolkata'))
        from revoked_number_lists, lateral (values
          (case when part = parts then uploaded_at end, listed_on),
          (sent_again_at, sent_again_of)) as sent (at, of_day)
        where at is not null),
      (select applied_at from migrations where name = '017_revoked_numbers.sql')) as at`
  return row.at
}
