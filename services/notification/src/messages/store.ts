// SQL of messages and of the counter that numbers each person's messages.
import type { Language } from '@bahi/contracts/formats.ts'
import type { Message, Preferences } from '@bahi/contracts/notification.ts'
import { rowsIn, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'

/** `count`: how many numbers to allocate. `profileChanged`: the copy of the profile is out of date. */
export type Allocation = { userId: string; count: number; profileChanged: boolean }
export type Recipient = Preferences & {
  userId: string
  /** The last of the numbers allocated now. */
  lastSeq: number
  language: Language
  hasEmail: boolean | null
  /** Whether a browser of theirs takes push messages. */
  hasPush: boolean
}

/**
 * Allocates numbers for new messages. Locks these people's rows, in the order of their ids, until the transaction ends:
 * so numbers have no gaps, become visible in order, and transactions do not deadlock.
 */
export function allocateNumbers(tx: Tx, allocations: Allocation[]): Promise<Recipient[]> {
  const rows = allocations.map(({ userId, count, profileChanged }) => ({
    user_id: userId,
    count,
    profile_changed: profileChanged,
  }))
  return tx<Recipient[]>`
    insert into people (user_id, last_seq, profile_version)
    select a.user_id, a.count, 1 + a.profile_changed::int
    from json_to_recordset(${rowsIn(tx, rows)}) as a (user_id uuid, count int, profile_changed boolean)
    order by a.user_id
    on conflict (user_id) do update set
      last_seq = people.last_seq + excluded.last_seq,
      profile_version = people.profile_version + excluded.profile_version - 1,
      profile_sync_at = case when excluded.profile_version > 1 then '-infinity' else people.profile_sync_at end,
      has_email = case when excluded.profile_version > 1 then null else people.has_email end
    returning user_id, last_seq, sms, email, live, language, has_email,
      exists (select from push_subscriptions s where s.user_id = people.user_id) as has_push`
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

type StoredMessage = Omit<Message, 'at' | 'readAt'> & { at: Date; readAt: Date | null }

function toMessage({ at, readAt, ...rest }: StoredMessage): Message {
  return { ...rest, at: at.toISOString(), ...(readAt ? { readAt: readAt.toISOString() } : {}) }
}

/** Below `before`, newest first. */
export async function findMessages(
  sql: Sql,
  userId: string,
  before: number,
  limit: number,
): Promise<Message[]> {
  const rows = await sql<StoredMessage[]>`
    select seq, id, type, title, text, data, at, read_at from messages
    where user_id = ${userId} and seq < ${before} order by seq desc limit ${limit}`
  return rows.map(toMessage)
}

/** Above `after`, oldest first: only those for live streams. */
export async function findLiveMessages(
  sql: Sql,
  userId: string,
  after: number,
  limit: number,
): Promise<Message[]> {
  const rows = await sql<StoredMessage[]>`
    select seq, id, type, title, text, data, at, read_at from messages
    where user_id = ${userId} and seq > ${after} and live order by seq limit ${limit}`
  return rows.map(toMessage)
}

/** The number of a person's newest message; 0 before the first. */
export async function findLastSeq(sql: Sql, userId: string): Promise<number> {
  const [row] = await sql<{ lastSeq: number }[]>`select last_seq from people where user_id = ${userId}`
  return row?.lastSeq ?? 0
}

/** Numbers have no gaps, so a difference gives the number of unread messages. */
export async function countUnread(sql: Sql, userId: string): Promise<number> {
  const [row] = await sql<{ unread: number }[]>`
    select last_seq - read_seq as unread from people where user_id = ${userId}`
  return row?.unread ?? 0
}

/** Marks messages up to a number as read, at most up to the last one. Returns how many are unread. */
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
