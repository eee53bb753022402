// Waits until the system has done what it was given, no longer than a limit.
import { setTimeout as delay } from 'node:timers/promises'
import { countInFlight } from '@bahi/e2e/quiescence.ts'
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
