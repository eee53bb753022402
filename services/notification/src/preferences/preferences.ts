// Shows and changes by which channels a person wants messages.
import type { NotificationDeps } from '../deps.ts'
import { findPreferences, savePreferences, type Preferences } from './store.ts'

const defaults: Preferences = { sms: true, email: true, live: true }

export async function showPreferences({ sql }: NotificationDeps, userId: string): Promise<Preferences> {
  return (await findPreferences(sql, userId)) ?? defaults
}

export async function changePreferences(
  { sql }: NotificationDeps,
  userId: string,
  preferences: Preferences,
): Promise<Preferences> {
  await savePreferences(sql, userId, preferences)
  return preferences
}
