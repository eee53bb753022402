// SQL of the copied profile facts: language, and whether the person has an e-mail address.
import { rowsIn, type Sql } from '@bahi/kit/sql/sql.ts'
import type { Language } from '@bahi/contracts/formats.ts'

/** `version` counts the profile changes that were consumed: a copy made now includes them. */
export type StaleProfile = { userId: string; version: number }

/** People whose copy is out of date. */
export function findStaleProfiles(sql: Sql, at: Date, limit: number): Promise<StaleProfile[]> {
  return sql<StaleProfile[]>`
    select user_id, profile_version as version from people
    where copied_profile_version < profile_version and profile_sync_at <= ${at}
    order by profile_sync_at limit ${limit}`
}

export type ProfileCopy = StaleProfile & { language: Language; hasEmail: boolean }

/** When another change was consumed since the profile was read, the copy stays out of date and is made again. */
export async function saveProfileCopies(sql: Sql, copies: ProfileCopy[]): Promise<void> {
  const rows = copies.map(({ userId, version, language, hasEmail }) => ({
    user_id: userId,
    version,
    language,
    has_email: hasEmail,
  }))
  await sql`
    with copies as (
      select c.user_id, c.version, c.language, c.has_email
      from json_to_recordset(${rowsIn(sql, rows)}) as c
        (user_id uuid, version int, language text, has_email boolean)
    ), locked as (
      select p.user_id from people p join copies c on c.user_id = p.user_id order by p.user_id for update of p
    )
    update people p set language = c.language,
      has_email = case when p.profile_version > c.version then null else c.has_email end,
      copied_profile_version = greatest(p.copied_profile_version, c.version)
    from copies c join locked l on l.user_id = c.user_id where p.user_id = c.user_id`
}

export async function postponeProfileSync(sql: Sql, userIds: string[], until: Date): Promise<void> {
  await sql`
    with locked as (select user_id from people where user_id = any(${userIds}::uuid[]) order by user_id for update)
    update people p set profile_sync_at = ${until} from locked l where p.user_id = l.user_id`
}
