// SQL of the inbox.
import type { InboxMessage } from '@bahi/contracts/sandbox.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'

export type MessageRow = {
  id: string
  channel: InboxMessage['channel']
  toFingerprint: Buffer
  sealed: string
  at: Date
}

export async function insertMessages(sql: Sql, rows: MessageRow[]): Promise<void> {
  await sql`
    insert into messages ${sql(rows, 'id', 'channel', 'toFingerprint', 'sealed', 'at')} on conflict (id) do nothing`
}

export function findMessages(
  sql: Sql,
  toFingerprint: Buffer | null,
  limit: number,
): Promise<Omit<MessageRow, 'toFingerprint'>[]> {
  return sql<Omit<MessageRow, 'toFingerprint'>[]>`
    select id, channel, sealed, at from messages
    where ${toFingerprint === null ? sql`true` : sql`to_fingerprint = ${toFingerprint}`}
    order by seq desc limit ${limit}`
}

export async function deleteOlderMessages(sql: Sql, kept: number): Promise<void> {
  await sql`
    delete from messages where seq <= (select seq from messages order by seq desc offset ${kept} limit 1)`
}
