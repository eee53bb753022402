// SQL of messages and of the counter that numbers each person's messages.
import type { Language } from '@bahi/contracts/formats.ts'
import type { Message, Preferences } from '@bahi/contracts/notification.ts'
import type { Seal } from '@bahi/kit/crypto/seal.ts'
import { rowsIn, type Sql, type Tx } from '@bahi/kit/sql/sql.ts'
import { factsOf, openContent, sealContent } from '../sealed-columns.ts'
import { render, type Template, type Values } from './templates.ts'

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
 * Allocates numbers for new messages; none for people whose account is closed. Locks these people's rows, in the order
 * of their ids, until the transaction ends: so numbers have no gaps, become visible in order, and transactions do not
 * deadlock.
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
    where not people.has_ended
    returning user_id, last_seq, sms, email, live, muted, language, has_email,
      exists (select from push_subscriptions s where s.user_id = people.user_id) as has_push`
}

/** A message before it has a text. */
export type MessageRow = Omit<Message, 'at' | 'readAt' | 'title' | 'text'> & {
  userId: string
  template: Template
  templateValues: Values
  live: boolean
  at: Date
}

export async function insertMessages(tx: Tx, seal: Seal, messages: MessageRow[]): Promise<void> {
  const rows = messages.map(({ templateValues, ...row }) => {
    const { userId, data, ...rest } = row
    return {
      ...rest,
      user_id: userId,
      data: factsOf(data),
      content_sealed: sealContent(seal, row, { values: templateValues }),
    }
  })
  await tx`
    insert into messages (user_id, seq, id, type, template, content_sealed, data, live, at)
    select m.user_id, m.seq, m.id, m.type, m.template, m.content_sealed, m.data, m.live, m.at
    from json_to_recordset(${rowsIn(tx, rows)}) as m
      (user_id uuid, seq bigint, id uuid, type text, template text, content_sealed text, data jsonb, live boolean,
        at timestamptz)`
}

type Stored = Omit<Message, 'at' | 'readAt' | 'title' | 'text'> & {
  userId: string
  /** None of a message from before templates. */
  template: Template | null
  contentSealed: string
  at: Date
  readAt: Date | null
  /** The person's now. */
  language: Language
}

/** @param language instead of the person's */
function toMessage(seal: Seal, row: Stored, language = row.language): Message {
  const { seq, id, type, at, readAt } = row
  const content = openContent(seal, row)
  const { title, text } = 'values' in content ? render(row.template!, language, content.values) : content
  const data = { ...row.data, ...content.data }
  const read = readAt ? { readAt: readAt.toISOString() } : {}
  return { seq, id, type, title, text, data, at: at.toISOString(), ...read }
}

export type Reading = { sql: Sql; seal: Seal }

const columns = (sql: Sql) =>
  sql`m.user_id, m.seq, m.id, m.type, m.template, m.content_sealed, m.data, m.at, m.read_at, p.language`

export type SentMessage = { userId: string; live: boolean; message: Message }

/** The last message of each of these people that has any. */
export async function findLatest({ sql, seal }: Reading, userIds: string[]): Promise<SentMessage[]> {
  const rows = await sql<(Stored & { live: boolean })[]>`
    select ${columns(sql)}, m.live
    from people p join messages m on m.user_id = p.user_id and m.seq = p.last_seq
    where p.user_id = any(${userIds}::uuid[])`
  return rows.map((row) => ({ userId: row.userId, live: row.live, message: toMessage(seal, row) }))
}

/** Below `before`, newest first; in `language`, or in the person's. */
export async function findMessages(
  { sql, seal }: Reading,
  userId: string,
  { before, limit, language }: { before: number; limit: number; language?: Language },
): Promise<Message[]> {
  const rows = await sql<Stored[]>`
    select ${columns(sql)}
    from messages m join people p on p.user_id = m.user_id
    where m.user_id = ${userId} and m.seq < ${before} order by m.seq desc limit ${limit}`
  return rows.map((row) => toMessage(seal, row, language))
}

/** Above `after`, oldest first: only those for live streams. */
export async function findLiveMessages(
  { sql, seal }: Reading,
  userId: string,
  after: number,
  limit: number,
): Promise<Message[]> {
  const rows = await sql<Stored[]>`
    select ${columns(sql)}
    from messages m join people p on p.user_id = m.user_id
    where m.user_id = ${userId} and m.seq > ${after} and m.live order by m.seq limit ${limit}`
  return rows.map((row) => toMessage(seal, row))
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
