// Every statement about one-time codes.
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { StoredPurpose, UnusedSend } from './otp.ts'

/** Until the transaction ends, others wait who send a code to this phone or verify one. */
export async function lockCodes(tx: Tx, phoneKey: Buffer): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${phoneKey.toString('hex')}, 0))`
}

export type NewCode = {
  id: string
  phoneKey: Buffer
  purpose: StoredPurpose
  codeKey: Buffer
  asker: Buffer
  boundDevice: boolean
  sentAt: Date
  expiresAt: Date
}

export async function insertCode(tx: Tx, code: NewCode): Promise<void> {
  await tx`
    insert into one_time_codes
      (id, phone_fingerprint, purpose, code_fingerprint, asker, bound_device, sent_at, expires_at)
    values (${code.id}, ${code.phoneKey}, ${code.purpose}, ${code.codeKey}, ${code.asker}, ${code.boundDevice},
      ${code.sentAt}, ${code.expiresAt})`
}

/** Oldest first. */
export function unusedSends(
  sql: Queryable,
  { phoneKey, asker, purpose }: NewCode,
  after: Date,
): Promise<UnusedSend[]> {
  return sql<UnusedSend[]>`
    select asker = ${asker} as own, purpose = ${purpose} as same, bound_device, sent_at, expires_at from one_time_codes
    where phone_fingerprint = ${phoneKey} and sent_at > ${after} and used_at is null
    order by sent_at, id`
}

/** For a code that could not be sent. */
export async function deleteCode(sql: Queryable, id: string): Promise<void> {
  await sql`delete from one_time_codes where id = ${id}`
}

/** Whether a code with this id was sent to the phone. */
export async function isCodeOf(sql: Queryable, phoneKey: Buffer, id: string): Promise<boolean> {
  const rows = await sql`select 1 from one_time_codes where id = ${id} and phone_fingerprint = ${phoneKey}`
  return rows.length > 0
}

/** `id`: only the code with this id counts. `onlyOf`: only codes that this one asked for. */
type WhichCode = {
  phoneKey: Buffer
  purpose: StoredPurpose
  codeKey: Buffer
  id: string | undefined
  onlyOf: Buffer | undefined
}

/**
 * Uses the phone's codes of this purpose up, if this is one of those alive; false when it is none. The others are dead
 * then too: they have served their purpose.
 */
export async function useCode(
  tx: Tx,
  { phoneKey, purpose, codeKey, id, onlyOf }: WhichCode,
  now: Date,
): Promise<boolean> {
  const used = await tx`
    update one_time_codes set used_at = ${now}
    where phone_fingerprint = ${phoneKey} and purpose = ${purpose} and used_at is null and expires_at > ${now}
      and exists (
      select from one_time_codes o
      where o.phone_fingerprint = ${phoneKey} and o.code_fingerprint = ${codeKey} and o.used_at is null
        and o.expires_at > ${now} and (${id ?? null}::uuid is null or o.id = ${id ?? null}::uuid)
        and (${onlyOf ?? null}::bytea is null or o.asker = ${onlyOf ?? null})
    )`
  return used.count > 0
}

/** Those that were used up at that time are good again: what for was refused for something else. */
export async function reviveCodes(
  tx: Tx,
  phoneKey: Buffer,
  purpose: StoredPurpose,
  usedAt: Date,
): Promise<void> {
  await tx`
    update one_time_codes set used_at = null
    where phone_fingerprint = ${phoneKey} and purpose = ${purpose} and used_at = ${usedAt}`
}

/** Of codes that were not used the newest alone counts. */
export async function expireOlderCodes(
  tx: Tx,
  { phoneKey, purpose, sentAt }: Pick<NewCode, 'phoneKey' | 'purpose' | 'sentAt'>,
): Promise<void> {
  await tx`
    update one_time_codes set expires_at = ${sentAt}
    where phone_fingerprint = ${phoneKey} and purpose = ${purpose} and sent_at < ${sentAt} and expires_at > ${sentAt}`
}

/** Whether one of the phone's codes of this purpose is neither used nor expired. */
export async function hasGoodCode(
  sql: Queryable,
  phoneKey: Buffer,
  purpose: StoredPurpose,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    select 1 from one_time_codes
    where phone_fingerprint = ${phoneKey} and purpose = ${purpose} and used_at is null and expires_at > ${now}
    limit 1`
  return rows.length > 0
}

/** Whether it was one of the phone's codes, and is used or expired. */
export async function isDeadCode(
  sql: Queryable,
  phoneKey: Buffer,
  codeKey: Buffer,
  now: Date,
): Promise<boolean> {
  const rows = await sql`
    select 1 from one_time_codes
    where phone_fingerprint = ${phoneKey} and code_fingerprint = ${codeKey}
      and (used_at is not null or expires_at <= ${now})
    limit 1`
  return rows.length > 0
}
