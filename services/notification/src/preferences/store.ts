// SQL of preferences.
import type { Preferences } from '@bahi/contracts/notification.ts'
import type { Queryable, Sql } from '@bahi/kit/sql/sql.ts'

export async function findPreferences(sql: Sql, userId: string): Promise<Preferences | undefined> {
  const [row] = await sql<Preferences[]>`select sms, email, live, muted from people where user_id = ${userId}`
  return row
}

/** Without kinds to mute those stay that are muted by then. The preferences as they are stored. */
export async function savePreferences(
  sql: Queryable,
  userId: string,
  { sms, email, live, muted }: Omit<Preferences, 'muted'> & Partial<Preferences>,
): Promise<Preferences> {
  const [row] = await sql<Preferences[]>`
    insert into people as p (user_id, sms, email, live, muted)
    values (${userId}, ${sms}, ${email}, ${live}, ${sql.json(muted ?? {})})
    on conflict (user_id) do update set
      sms = excluded.sms, email = excluded.email, live = excluded.live,
      muted = case when ${muted !== undefined} then excluded.muted else p.muted end
    returning sms, email, live, muted`
  return row!
}
