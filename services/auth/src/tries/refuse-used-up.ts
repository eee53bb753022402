// The refusal of whoever has used up their tries, with the time until there are new ones.
import { Problem } from '@bahi/contracts/problem.ts'
import type { Queryable } from '@bahi/kit/sql/sql.ts'
import { usedUpUntil } from './store.ts'
import type { TryRule } from './tries.ts'

/** Seconds as `retry-after` has them: whole, and one at least. */
export const retryAfterSOf = (until: Date, now: Date): number =>
  Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))

export async function refuseUsedUp(
  sql: Queryable,
  rule: TryRule,
  key: Buffer,
  now: Date,
  detail?: string,
): Promise<Problem> {
  const until = (await usedUpUntil(sql, rule, key, now)) ?? now
  return new Problem('login-locked', detail, { retryAfterS: retryAfterSOf(until, now) })
}
