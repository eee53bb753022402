// Every statement about profiles.
import type { Profile } from '@bahi/contracts/user.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { ProfileRow } from './profile.ts'
import { profileColumns, tokensIn } from './store-names.ts'

type NamedProfile = { userId: string; nameSealed: string; nameTokens: string[] }

/** The new row's id; undefined when there is one already. */
export async function insertProfile(
  tx: Tx,
  profile: NamedProfile & { phoneSealed: string; now: Date },
): Promise<string | undefined> {
  const [row] = await tx<{ userId: string }[]>`
    insert into profiles (user_id, name_sealed, name_tokens, phone_sealed, created_at, changed_at)
    values (${profile.userId}, ${profile.nameSealed}, ${tokensIn(tx, profile.nameTokens)}, ${profile.phoneSealed},
      ${profile.now}, ${profile.now})
    on conflict (user_id) do nothing
    returning user_id`
  return row?.userId
}

export function findProfiles(sql: Queryable, userIds: string[]): Promise<ProfileRow[]> {
  return sql<ProfileRow[]>`
    select ${profileColumns(sql)} from profiles p where user_id = any(${userIds}::uuid[])`
}

/** The row, locked until the transaction ends. */
export async function lockProfile(tx: Tx, userId: string): Promise<ProfileRow | undefined> {
  const [row] = await tx<ProfileRow[]>`
    select ${profileColumns(tx)} from profiles p where user_id = ${userId} for update`
  return row
}

export async function updateProfile(
  tx: Tx,
  profile: NamedProfile & { language: Profile['language']; now: Date },
): Promise<void> {
  await tx`
    update profiles set name_sealed = ${profile.nameSealed}, name_tokens = ${tokensIn(tx, profile.nameTokens)},
      language = ${profile.language}, changed_at = ${profile.now}
    where user_id = ${profile.userId}`
}

export async function updatePhone(
  tx: Tx,
  { userId, phoneSealed, now }: { userId: string; phoneSealed: string; now: Date },
): Promise<void> {
  await tx`
    update profiles set phone_sealed = ${phoneSealed}, phone_released_at = null, changed_at = ${now}
    where user_id = ${userId}`
}

export async function releasePhone(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx`update profiles set phone_released_at = ${now}, changed_at = ${now} where user_id = ${userId}`
}

/** The address, and with it whatever waits for a code; or the latter alone. */
export async function removeEmails(tx: Tx, userId: string, which: 'both' | 'pending'): Promise<void> {
  await tx`
    update profiles set pending_email_sealed = null, email_code = null, email_code_expires_at = null,
      email_sealed = case when ${which === 'both'} or email_verified_at is null then null else email_sealed end,
      email_verified_at = case when ${which === 'both'} then null else email_verified_at end
    where user_id = ${userId}`
}

/** The code replaces the one before, with its tries. */
export async function setPendingEmail(
  sql: Queryable,
  { userId, emailSealed, code, expiresAt, now }: EmailCode & { emailSealed: string; expiresAt: Date },
): Promise<void> {
  await sql`
    update profiles set pending_email_sealed = ${emailSealed}, email_code = ${code},
      email_code_expires_at = ${expiresAt}, email_code_tries = 0, changed_at = ${now}
    where user_id = ${userId}`
}

type EmailCode = { userId: string; code: Buffer; now: Date }

export async function isEmailCode(sql: Queryable, userId: string, code: Buffer, now: Date): Promise<boolean> {
  const rows = await sql`
    select 1 from profiles
    where user_id = ${userId} and email_code = ${code} and email_code_expires_at > ${now}`
  return rows.length > 0
}

/** How many are left after this one; undefined when there was none, or the code is over. */
export async function countEmailTry(
  tx: Tx,
  userId: string,
  max: number,
  now: Date,
): Promise<number | undefined> {
  const [row] = await tx<{ tries: number }[]>`
    update profiles set email_code_tries = email_code_tries + 1
    where user_id = ${userId} and email_code_expires_at > ${now} and email_code_tries < ${max}
    returning email_code_tries as tries`
  return row && max - row.tries
}

/** The pending address becomes the verified one, if this is its code; false when it is not. */
export async function verifyPendingEmail(
  tx: Tx,
  { userId, code, emailSealed, now }: EmailCode & { emailSealed: string | null },
): Promise<boolean> {
  const changed = await tx`
    update profiles set email_sealed = ${emailSealed}, email_verified_at = ${now}, pending_email_sealed = null,
      email_code = null, email_code_expires_at = null, changed_at = ${now}
    where user_id = ${userId} and email_code = ${code} and pending_email_sealed is not null`
  return changed.count === 1
}
