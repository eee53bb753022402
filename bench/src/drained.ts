// Waits until the system has done what it was given, no longer than a limit, and says what is wrong then.
import { setTimeout as delay } from 'node:timers/promises'
import type { Verdict } from '@bahi/platform/checker/check.ts'
import { countInFlight } from '@bahi/platform/checker/quiescence.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'

export const drainTimeoutMs = 300_000

/** Asks every 100 ms. False: it was not so in time. */
export async function isSoInTime(ask: () => Promise<boolean>): Promise<boolean> {
  const began = performance.now()
  while (!(await ask())) {
    if (performance.now() - began > drainTimeoutMs) return false
    await delay(100)
  }
  return true
}

/** Every event has been consumed by all of its consumers; false: not in time. */
export const eventsAreConsumed = (sql: Sql): Promise<boolean> =>
  isSoInTime(async () => {
    const left = await countInFlight(sql)
    return !Object.keys(left).some((what) => what.startsWith('events'))
  })

/** What the checker found, and what was left when the limit came. */
export const faultsOf = (verdicts: Verdict[], left: Record<string, number>): string[] => [
  ...verdicts.flatMap(({ rule, faults }) => faults.map((fault) => `${rule}: ${fault}`)),
  ...Object.entries(left).map(([what, count]) => `still in flight: ${count} ${what}`),
]
