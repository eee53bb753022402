// Every statement about registered apps, and about what they and the people who use them hold.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

/** What the protocol library stores: its meaning is the library's. */
export type Payload = Record<string, unknown>
type Key = { kind: string; id: Buffer }
type NewRecord = Key & {
  payload: Payload
  grantId: string | null
  clientId: string | null
  userId: string | null
  uid: string | null
  expiresAt: Date
}

/** One that is there is replaced, and stays consumed when it was. */
export async function putRecord(sql: Queryable, record: NewRecord): Promise<void> {
  const { kind, id, payload, grantId, clientId, userId, uid, expiresAt } = record
  await sql`
    insert into oauth_records as r (kind, id, payload, grant_id, client_id, user_id, uid, expires_at)
    values (${kind}, ${id}, ${sql.json(payload as never)}, ${grantId}, ${clientId}, ${userId}, ${uid}, ${expiresAt})
    on conflict (kind, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
      uid = excluded.uid, expires_at = excluded.expires_at`
}

/** False when there is one already: of concurrent callers exactly one gets true. */
export async function addRecord(sql: Queryable, record: NewRecord): Promise<boolean> {
  const rows = await sql`
    insert into oauth_records (kind, id, payload, expires_at)
    values (${record.kind}, ${record.id}, ${sql.json(record.payload as never)}, ${record.expiresAt})
    on conflict (kind, id) do nothing returning 1`
  return rows.length === 1
}

export type StoredRecord = { payload: Payload; consumedAt: Date | null }

export async function findRecord(
  sql: Queryable,
  { kind, id }: Key,
  now: Date,
): Promise<StoredRecord | undefined> {
  const [row] = await sql<StoredRecord[]>`
    select payload, consumed_at from oauth_records
    where kind = ${kind} and id = ${id} and expires_at > ${now}`
  return row
}

export async function findRecordByUid(
  sql: Queryable,
  { kind, uid }: { kind: string; uid: string },
  now: Date,
): Promise<StoredRecord | undefined> {
  const [row] = await sql<StoredRecord[]>`
    select payload, consumed_at from oauth_records
    where kind = ${kind} and uid = ${uid} and expires_at > ${now}`
  return row
}

/** True for exactly one of concurrent callers. */
export async function consumeRecord(sql: Queryable, { kind, id }: Key, now: Date): Promise<boolean> {
  const rows = await sql`
    update oauth_records set consumed_at = ${now}
    where kind = ${kind} and id = ${id} and consumed_at is null
    returning 1`
  return rows.length === 1
}

export async function deleteRecord(sql: Queryable, { kind, id }: Key): Promise<void> {
  await sql`delete from oauth_records where kind = ${kind} and id = ${id}`
}

/** What was given by a grant, except the grant. */
export async function deleteRecordsOfGrant(sql: Queryable, kind: string, grantId: string): Promise<void> {
  await sql`
    delete from oauth_records
    where grant_id = ${grantId} and kind = ${kind} and kind <> 'Grant'`
}

export type EndedGrant = { grantId: string; clientId: string; userId: string }

/** With everything that was given by them: those of one id, of a person and a client, or of a client. */
export async function deleteGrants(
  tx: Tx,
  of: { grantId?: string; userId?: string; clientId?: string },
): Promise<EndedGrant[]> {
  const ended = await tx<EndedGrant[]>`
    delete from oauth_records
    where kind = 'Grant'
      and (${of.grantId ?? null}::text is null or grant_id = ${of.grantId ?? null})
      and (${of.userId ?? null}::uuid is null or user_id = ${of.userId ?? null})
      and (${of.clientId ?? null}::text is null or client_id = ${of.clientId ?? null})
    returning grant_id, client_id, user_id`
  await tx`delete from oauth_records where grant_id = any (${ended.map(({ grantId }) => grantId)}::text[])`
  return ended
}

export type StoredGrant = { grantId: string; clientId: string; payload: Payload; metadata: Payload }

/** Of a person, and of one client where it is named; the newest first. */
export function grantsOf(
  sql: Queryable,
  of: { userId: string; clientId?: string },
  now: Date,
  limit: number,
): Promise<StoredGrant[]> {
  return sql<StoredGrant[]>`
    select r.grant_id, r.client_id, r.payload, c.metadata
    from oauth_records r join oauth_clients c on c.id = r.client_id
    where r.kind = 'Grant' and r.user_id = ${of.userId} and r.expires_at > ${now}
      and (${of.clientId ?? null}::text is null or r.client_id = ${of.clientId ?? null})
    order by (r.payload->>'iat')::bigint desc, r.grant_id limit ${limit}`
}

export async function findClient(
  sql: Queryable,
  id: string,
): Promise<{ metadata: Payload; ownerId: string | null } | undefined> {
  const [row] = await sql<{ metadata: Payload; ownerId: string | null }[]>`
    select metadata, owner_id from oauth_clients where id = ${id}`
  return row
}

export async function insertClient(
  tx: Tx,
  client: { id: string; metadata: Payload; ownerId: string | null; registeredBy: string; now: Date },
): Promise<void> {
  await tx`
    insert into oauth_clients (id, metadata, owner_id, registered_by, registered_at)
    values (${client.id}, ${tx.json(client.metadata as never)}, ${client.ownerId}, ${client.registeredBy},
      ${client.now})`
}

/** False when there is no such client. */
export async function deleteClient(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx`delete from oauth_clients where id = ${id} returning 1`
  return rows.length === 1
}

export type ListedClient = {
  id: string
  metadata: Payload
  ownerId: string | null
  registeredBy: string
  registeredAt: Date
  connections: number
}

/** The newest first. */
export function clientsBefore(
  sql: Queryable,
  before: Date | undefined,
  now: Date,
  limit: number,
): Promise<ListedClient[]> {
  return sql<ListedClient[]>`
    select c.id, c.metadata, c.owner_id, c.registered_by, c.registered_at, (
        select count(*)::int from oauth_records r
        where r.client_id = c.id and r.kind = 'Grant' and r.expires_at > ${now}) as connections
    from oauth_clients c
    where ${before ?? null}::timestamptz is null or c.registered_at < ${before ?? null}
    order by c.registered_at desc, c.id limit ${limit}`
}

/** Clients that a merchant registered for their own account: those that an operator registered are not theirs. */
export type OwnClientRow = { id: string; metadata: Payload; registeredAt: Date }

/** The newest first. */
export function ownClientsOf(sql: Queryable, userId: string): Promise<OwnClientRow[]> {
  return sql<OwnClientRow[]>`
    select id, metadata, registered_at from oauth_clients
    where owner_id = ${userId} and registered_by = ${userId} order by registered_at desc, id limit 100`
}

/** The secret of one of them, hashed; false when there is none. */
export async function updateOwnSecret(
  tx: Tx,
  { userId, clientId, hash }: { userId: string; clientId: string; hash: string },
): Promise<boolean> {
  const { count } = await tx`
    update oauth_clients set metadata = metadata || jsonb_build_object('client_secret', ${hash}::text)
    where id = ${clientId} and owner_id = ${userId} and registered_by = ${userId}`
  return count === 1
}

/** One of them, or all; returns their ids. */
export async function deleteOwnClients(tx: Tx, userId: string, clientId?: string): Promise<string[]> {
  const rows = await tx<{ id: string }[]>`
    delete from oauth_clients
    where owner_id = ${userId} and registered_by = ${userId}
      and (${clientId ?? null}::text is null or id = ${clientId ?? null})
    returning id`
  return rows.map(({ id }) => id)
}
