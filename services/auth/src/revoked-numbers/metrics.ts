// How old the newest list of disconnected numbers is, and how often numbers are revoked and proven again.
import { revocationRules } from '@bahi/contracts/revoked-numbers.ts'
import { rulesAt } from '@bahi/contracts/rules.ts'
import type { Deps } from '@bahi/kit/runtime/service.ts'
import { newestListAt } from './store.ts'

const dayS = 86_400

export type CountRevocation = (what: 'revoked' | 'proven', count?: number) => void

export function createRevocationMetrics({
  metrics,
  sql,
  clock,
}: Pick<Deps, 'metrics' | 'sql' | 'clock'>): CountRevocation {
  metrics.gauge(
    'bahi_revoked_numbers_age_seconds',
    'Seconds since the newest list of disconnected mobile numbers; without one, since lists can be taken.',
    async (gauge) => gauge.set((clock.now().getTime() - (await newestListAt(sql)).getTime()) / 1000),
  )
  metrics.gauge(
    'bahi_revoked_numbers_max_age_seconds',
    'How old the newest list of disconnected mobile numbers may be, by the rules in force.',
    (gauge) => gauge.set(rulesAt(revocationRules, clock.now()).maxAgeDays * dayS),
  )
  const total = metrics.counter(
    'bahi_phones_revoked_total',
    'Phones of people that a list of disconnected numbers has, and those that were proven again.',
    ['what'],
  )
  // There from the start: the rate of a series that begins at 100 is nothing.
  for (const what of ['revoked', 'proven']) total.inc({ what }, 0)
  return (what, count = 1) => total.inc({ what }, count)
}
