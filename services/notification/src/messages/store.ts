// SQL of people and their messages.
import type { Message, Preferences as PreferencesSchema } from '@bahi/contracts/notification.ts'
import { rowsIn, type Queryable, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import type { Static } from 'typebox'
import type { Language } from './templates.ts'

export type Preferences = Static<typeof PreferencesSchema>

/** `told`: so many messages come. `changed`: the copy of the profile is out of date. */
export type Touch = { userId: string; told: number; changed: boolean }
export type PersonRow = Preferences & {
  userId: string
  /** Of the last of the messages told now. */
  lastSeq: number
  language: Language
  hasEmail: boolean | null
}

/**
 * Takes numbers for new messages and locks these people until the transaction ends: that, and the order of ids, makes
 * numbers gapless, visible in order, and free of deadlocks.
 */
export function touchPeople(tx: Tx, touches: Touch[]): Promise<PersonRow[]> {
  const rows = touches.map(({ userId, told, changed }) => ({ user_id: userId, told, changed }))
  return tx<PersonRow[]>`
    insert into people (user_id, last_seq, profile_wanted)
    select t.user_id, t.told, 1 + t.changed::int
    from json_to_recordset(${rowsIn(tx, rows)}) as t (user_id uuid, told int, changed boolean)
    order by t.user_id
    on conflict (user_id) do update set
      last_seq = people.last_seq + excluded.last_seq,
      profile_wanted = people.profile_wanted + excluded.profile_wanted - 1,
      profile_next_at = case when excluded.profile_wanted > 1 then '-infinity' else people.profile_next_at end,
      has_email = case when excluded.profile_wanted > 1 then null else people.has_email end
    returning user_id, last_seq, sms, email, live, language, has_email`
}

export type MessageRow = Omit<Message, 'at' | 'readAt'> & { userId: string; live: boolean; at: Date }

export async function insertMessages(tx: Tx, messages: MessageRow[]): Promise<void> {
  const rows = messages.map(({ userId, ...rest }) => ({ user_id: userId, ...rest }))
  await tx`
    insert into messages (user_id, seq, id, type, title, text, data, live, at)
    select m.user_id, m.seq, m.id, m.type, m.title, m.text, m.data, m.live, m.at
    from json_to_recordset(${rowsIn(tx, rows)}) as m
      (user_id uuid, seq bigint, id uuid, type text, title text, text text, data jsonb, live boolean, at timestamptz)`
}

/** The last message of each of these people that has any. */
export function findLatest(sql: Sql, userIds: string[]): Promise<MessageRow[]> {
  return sql<MessageRow[]>`
    select m.user_id, m.seq, m.id, m.type, m.title, m.text, m.data, m.live, m.at
    from people p join messages m on m.user_id = p.user_id and m.seq = p.last_seq
    where p.user_id = any(${userIds}::uuid[])`
}

type Found = Omit<Message, 'at' | 'readAt'> & { at: Date; readAt: Date | null }

function asMessage({ at, readAt, ...rest }: Found): Message {
  return { ...rest, at: at.toISOString(), ...(readAt ? { readAt: readAt.toISOString() } : {}) }
}

/** Below `before`, newest first. */
export async function findMessages(
  sql: Sql,
  userId: string,
  before: number,
  limit: number,
): Promise<Message[]> {
  const rows = await sql<Found[]>`
    select seq, id, type, title, text, data, at, read_at from messages
    where user_id = ${userId} and seq < ${before} order by seq desc limit ${limit}`
  return rows.map(asMessage)
}

/** Above `after`, oldest first: those that go out live. */
export async function findLiveMessages(
  sql: Sql,
  userId: string,
  after: number,
  limit: number,
): Promise<Message[]> {
  const rows = await sql<Found[]>`
    select seq, id, type, title, text, data, at, read_at from messages
    where user_id = ${userId} and seq > ${after} and live order by seq limit ${limit}`
  return rows.map(asMessage)
}

/** Numbers have no gaps, so what is not read needs no counting. */
export async function countUnread(sql: Sql, userId: string): Promise<number> {
  const [row] = await sql<{ unread: number }[]>`
    select last_seq - read_seq as unread from people where user_id = ${userId}`
  return row?.unread ?? 0
}

/** Marks messages up to one as read, those of later than the last left alone. Gives how many are not read. */
export async function markRead(tx: Tx, userId: string, upToSeq: number, at: Date): Promise<number> {
  const [row] = await tx<{ readSeq: number; unread: number }[]>`
    update people set read_seq = greatest(read_seq, least(${upToSeq}::bigint, last_seq)) where user_id = ${userId}
    returning read_seq, last_seq - read_seq as unread`
  if (!row) return 0
  await tx`
    update messages set read_at = ${at}
    where user_id = ${userId} and seq <= ${row.readSeq} and read_at is null`
  return row.unread
}

export async function findPreferences(sql: Sql, userId: string): Promise<Preferences | undefined> {
  const [row] = await sql<Preferences[]>`select sms, email, live from people where user_id = ${userId}`
  return row
}

export async function putPreferences(sql: Queryable, userId: string, wanted: Preferences): Promise<void> {
  await sql`
    insert into people (user_id, sms, email, live)
    values (${userId}, ${wanted.sms}, ${wanted.email}, ${wanted.live})
    on conflict (user_id) do update set sms = excluded.sms, email = excluded.email, live = excluded.live`
}

/** `wanted` names the change that a copy made now will know of. */
export type StalePerson = { userId: string; wanted: number }

/** People whose copy of the profile is out of date. */
export function findStalePeople(sql: Sql, at: Date, limit: number): Promise<StalePerson[]> {
  return sql<StalePerson[]>`
    select user_id, profile_wanted as wanted from people
    where profile_known < profile_wanted and profile_next_at <= ${at} order by profile_next_at limit ${limit}`
}

export type ProfileCopy = StalePerson & { language: Language; hasEmail: boolean }

/** A change heard since the profile was asked for leaves the copy out of date, to be made again. */
export async function putProfileCopies(sql: Sql, copies: ProfileCopy[]): Promise<void> {
  const rows = copies.map(({ userId, wanted, language, hasEmail }) => ({
    user_id: userId,
    wanted,
    language,
    has_email: hasEmail,
  }))
  await sql`
    with copies as (
      select c.user_id, c.wanted, c.language, c.has_email
      from json_to_recordset(${rowsIn(sql, rows)}) as c
        (user_id uuid, wanted int, language text, has_email boolean)
    ), locked as (
      select p.user_id from people p join copies c on c.user_id = p.user_id order by p.user_id for update of p
    )
    update people p set language = c.language,
      has_email = case when p.profile_wanted > c.wanted then null else c.has_email end,
      profile_known = greatest(p.profile_known, c.wanted)
    from copies c join locked l on l.user_id = c.user_id where p.user_id = c.user_id`
}

export async function postponeProfiles(sql: Sql, userIds: string[], until: Date): Promise<void> {
  await sql`
    with locked as (select user_id from people where user_id = any(${userIds}::uuid[]) order by user_id for update)
    update people p set profile_next_at = ${until} from locked l where p.user_id = l.user_id`
}
