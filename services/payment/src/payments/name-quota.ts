// How often a day payment tells a person who is behind a UPI ID: names are what harvesters of UPI IDs are after.
import { payRules, rulesAt } from '@bahi/contracts/rules.ts'
import { createDayQuota } from '@bahi/kit/cache/day-quota.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'

export type TakeName = (userId: string) => Promise<void>

/** The function throws `rate-limited`. Quotes, plans, mandates and blocks of one person are counted together. */
export function createNameQuota(deps: Pick<Deps, 'cache' | 'clock'>): TakeName {
  const take = createDayQuota(deps)
  return (userId) => {
    const { quotesPerDay } = rulesAt(payRules, deps.clock.now())
    const refusal = 'too many names were looked up: the payment itself can be made'
    return take(`payment:names:${userId}`, quotesPerDay, refusal)
  }
}
