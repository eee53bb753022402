// Who is dormant: their phone may be somebody else's by now, so a code to it is no proof of who they are.
import { dormancyRules } from '@bahi/contracts/dormancy-rules.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { lastUseOf } from './store-dormancy.ts'

const dayMs = 86_400_000

/**
 * Without a sign-in, and without any use of a device that proved its key, for as long as the rules say; or their phone
 * is on a list of disconnected numbers, however often they are there.
 * `isRestored`: staff found that the phone is theirs all the same.
 */
export async function dormancyOf(
  sql: Queryable,
  userId: string,
  now: Date,
): Promise<{ isDormant: boolean; isRestored: boolean }> {
  const { lastUsedAt, resetAllowedUntil, isRevoked } = await lastUseOf(sql, userId)
  const { dormantDays } = rulesAt(dormancyRules, now)
  return {
    isDormant: isRevoked || now.getTime() - lastUsedAt.getTime() >= dormantDays * dayMs,
    isRestored: resetAllowedUntil !== null && resetAllowedUntil > now,
  }
}

/** Until when a reset that is allowed now may be made. */
export function resetAllowedUntil(now: Date): Date {
  return new Date(now.getTime() + rulesAt(dormancyRules, now).restoreDays * dayMs)
}
