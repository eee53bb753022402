// SQL of preferences.
import type { Preferences } from '@bahi/contracts/notification.ts'
import type { Queryable, Sql } from '@bahi/kit/sql/sql.ts'

export async function findPreferences(sql: Sql, userId: string): Promise<Preferences | undefined> {
  const [row] = await sql<Preferences[]>`select sms, email, live, muted from people where user_id = ${userId}`
  return row
}

export async function savePreferences(sql: Queryable, userId: string, wanted: Preferences): Promise<void> {
  const { sms, email, live, muted } = wanted
  await sql`
    insert into people (user_id, sms, email, live, muted)
    values (${userId}, ${sms}, ${email}, ${live}, ${sql.json(muted)})
    on conflict (user_id) do update
      set sms = excluded.sms, email = excluded.email, live = excluded.live, muted = excluded.muted`
}
