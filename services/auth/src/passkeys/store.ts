// Every statement about passkeys and their challenges.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'

type Challenge = { hash: Buffer; userId: string; sessionId: string; purpose: string }

export async function insertChallenge(tx: Tx, challenge: Challenge & { expiresAt: Date }): Promise<void> {
  await tx`
    insert into passkey_challenges (hash, user_id, session_id, purpose, expires_at)
    values (${challenge.hash}, ${challenge.userId}, ${challenge.sessionId}, ${challenge.purpose},
      ${challenge.expiresAt})`
}

/** In the place of those before: of one person few wait at a time. */
export async function deleteOldChallenges(tx: Tx, userId: string, keep: number): Promise<void> {
  await tx`
    delete from passkey_challenges where hash in (
      select hash from passkey_challenges where user_id = ${userId} order by expires_at desc offset ${keep})`
}

/** Uses it up, for exactly one of concurrent callers; false when it is none for this. */
export async function useChallenge(
  tx: Tx,
  { hash, userId, sessionId, purpose }: Challenge,
  now: Date,
): Promise<boolean> {
  const used = await tx`
    delete from passkey_challenges
    where hash = ${hash} and user_id = ${userId} and session_id = ${sessionId} and purpose = ${purpose}
      and expires_at > ${now}`
  return used.count === 1
}

export type PasskeyRow = {
  id: string
  userId: string
  credentialId: string
  publicKey: Uint8Array<ArrayBuffer>
  signCount: string
  transports: string[]
  name: string
  isSynced: boolean
  isSecondFactor: boolean
  createdAt: Date
  lastUsedAt: Date | null
}

const columns = (sql: Queryable) => sql`
  id, user_id, credential_id, public_key, sign_count, transports, name, is_synced, is_second_factor, created_at,
  last_used_at`

/** False when that passkey is somebody's already. */
export async function insertPasskey(tx: Tx, row: Omit<PasskeyRow, 'lastUsedAt'>): Promise<boolean> {
  const added = await tx`
    insert into passkeys
      (id, user_id, credential_id, public_key, sign_count, transports, name, is_synced, is_second_factor, created_at)
    values (${row.id}, ${row.userId}, ${row.credentialId}, ${Buffer.from(row.publicKey)}, ${row.signCount},
      ${row.transports}, ${row.name}, ${row.isSynced}, ${row.isSecondFactor}, ${row.createdAt})
    on conflict (credential_id) do nothing`
  return added.count === 1
}

/** Oldest first. */
export function passkeysOf(sql: Queryable, userId: string): Promise<PasskeyRow[]> {
  return sql<
    PasskeyRow[]
  >`select ${columns(sql)} from passkeys where user_id = ${userId} order by created_at, id`
}

/** Of that person; until the end of the transaction nobody else uses it. */
export async function lockPasskey(
  tx: Tx,
  userId: string,
  credentialId: string,
): Promise<PasskeyRow | undefined> {
  const [row] = await tx<PasskeyRow[]>`
    select ${columns(tx)} from passkeys where credential_id = ${credentialId} and user_id = ${userId} for update`
  return row
}

export async function markUsed(
  tx: Tx,
  { id, signCount, isSynced, now }: { id: string; signCount: number; isSynced: boolean; now: Date },
): Promise<void> {
  await tx`
    update passkeys set sign_count = ${signCount}, is_synced = ${isSynced}, last_used_at = ${now} where id = ${id}`
}

/** All but those that are a second factor of staff. */
export async function deleteOwnPasskeys(tx: Tx, userId: string): Promise<void> {
  await tx`delete from passkeys where user_id = ${userId} and not is_second_factor`
}

export async function deletePasskey(tx: Tx, userId: string, id: string): Promise<PasskeyRow | undefined> {
  const [row] = await tx<PasskeyRow[]>`
    delete from passkeys where id = ${id} and user_id = ${userId} returning ${columns(tx)}`
  return row
}
