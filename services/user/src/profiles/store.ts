// Every statement about profiles.
import type { Profile } from '@bahi/contracts/user.ts'
import type { Queryable, Tx } from '@bahi/kit/sql/sql.ts'
import type { ProfileRow } from './profile.ts'

/** The new row's id; undefined when there is one already. */
export async function insertProfile(
  tx: Tx,
  profile: { userId: string; name: string; phoneSealed: string; now: Date },
): Promise<string | undefined> {
  const [row] = await tx<{ userId: string }[]>`
    insert into profiles (user_id, name, phone_sealed, created_at, changed_at)
    values (${profile.userId}, ${profile.name}, ${profile.phoneSealed}, ${profile.now}, ${profile.now})
    on conflict (user_id) do nothing
    returning user_id`
  return row?.userId
}

export function findProfiles(sql: Queryable, userIds: string[]): Promise<ProfileRow[]> {
  return sql<ProfileRow[]>`
    select user_id, name, phone_sealed, email_sealed, language, created_at
    from profiles where user_id = any(${userIds}::uuid[])`
}

/** The row, locked until the transaction ends. */
export async function lockProfile(tx: Tx, userId: string): Promise<ProfileRow | undefined> {
  const [row] = await tx<ProfileRow[]>`
    select user_id, name, phone_sealed, email_sealed, language, created_at
    from profiles where user_id = ${userId} for update`
  return row
}

export async function updateProfile(
  tx: Tx,
  profile: {
    userId: string
    name: string
    language: Profile['language']
    emailSealed: string | null
    now: Date
  },
): Promise<void> {
  await tx`
    update profiles
    set name = ${profile.name}, language = ${profile.language}, email_sealed = ${profile.emailSealed},
      changed_at = ${profile.now}
    where user_id = ${profile.userId}`
}
