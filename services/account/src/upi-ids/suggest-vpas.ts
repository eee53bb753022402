// Suggests UPI IDs that are free and look like the person.
import { profilesOf } from '@bahi/contracts/user.ts'
import type { AccountDeps } from '../config.ts'
import { takenVpas } from './store.ts'
import { candidatesOf } from './vpa-rules.ts'

const maxSuggestions = 5

export async function suggestVpas(deps: AccountDeps, userId: string): Promise<string[]> {
  const { profiles } = await deps.call(profilesOf, { body: { userIds: [userId] } })
  const profile = profiles[0]
  // Who asks has signed in, so they have a phone.
  if (profile?.phone === undefined) return []
  const candidates = candidatesOf(profile.name, profile.phone, deps.config.BAHI_HANDLE)
  const taken = await takenVpas(deps.sql, candidates)
  return candidates.filter((vpa) => !taken.has(vpa)).slice(0, maxSuggestions)
}
