// Counts payments by minute as minutes end, so that a chart of a day reads rows of minutes and no payments.
import type { Input, Output } from '@bahi/contracts/call.ts'
import type { showPaymentMinutes } from '@bahi/contracts/payment-minutes.ts'
import type { Clock } from '@bahi/kit/clock.ts'
import type { Worker } from '@bahi/kit/runtime/worker.ts'
import type { Sql } from '@bahi/kit/sql/sql.ts'
import { openPayments } from '../payments/store.ts'
import { countMinutes, minutesSince, newestMinute, unfinishedMinutes } from './store.ts'

const minuteMs = 60_000
const everyMs = 20_000
/** What was not counted while nobody ran is counted so far back. */
const maxMissed = 60
/** What had no outcome is counted again, so far back and so many minutes at a time. */
const againMs = 24 * 60 * minuteMs
const maxAgain = 10
/** Counted again whatever was found: ids have the time of the device that made them, which can be slow. */
const recentMinutes = 3

type MinuteDeps = { sql: Sql; clock: Clock }

const floor = (ms: number) => Math.floor(ms / minuteMs) * minuteMs

/** The minutes that have ended since the newest one that was counted, in order. */
export function missedMinutes(nowMs: number, newest: Date | undefined): Date[] {
  const last = floor(nowMs) - minuteMs
  const before = Math.max(newest?.getTime() ?? -Infinity, last - maxMissed * minuteMs)
  const count = Math.max(0, Math.round((last - before) / minuteMs))
  return Array.from({ length: count }, (_, i) => new Date(before + (i + 1) * minuteMs))
}

export function minutesWorker(deps: MinuteDeps): Worker {
  return { name: 'payments by minute', intervalMs: everyMs, run: () => countEnded(deps) }
}

export async function countEnded({ sql, clock }: MinuteDeps): Promise<void> {
  const nowMs = clock.now().getTime()
  const missed = missedMinutes(nowMs, await newestMinute(sql))
  // Another copy of the service has counted it.
  if (missed.length === 0) return
  const unfinished = await unfinishedMinutes(sql, new Date(nowMs - againMs), maxAgain)
  const recent = Array.from({ length: recentMinutes }, (_, i) => missed[0]!.getTime() - (i + 1) * minuteMs)
  const { pendingS } = await openPayments(sql)
  // What is oldest now was not the oldest an hour ago.
  const [last, ...others] = missed.toReversed()
  const again = [...others, ...unfinished].map((minute) => minute.getTime())
  // In one order: copies of the service wait for each other in no circle.
  const inOrder = [...new Set([...again, ...recent])].sort((a, b) => a - b)
  await countMinutes(
    sql,
    inOrder.map((ms) => new Date(ms)),
    null,
  )
  await countMinutes(sql, [last!], Math.round(pendingS))
}

export async function showMinutes(
  { sql, clock }: MinuteDeps,
  { minutes: count = 60 }: Input<typeof showPaymentMinutes>['querystring'],
): Promise<Output<typeof showPaymentMinutes>> {
  const now = clock.now()
  const rows = await minutesSince(sql, new Date(floor(now.getTime()) - count * minuteMs))
  return {
    at: now.toISOString(),
    minutes: rows.map(({ minute, settled, failed, pending, p99Ms, oldestPendingS }) => ({
      ...{ minute: minute.toISOString(), settled, failed, pending },
      ...(p99Ms === null ? {} : { p99Ms }),
      ...(oldestPendingS === null ? {} : { oldestPendingS }),
    })),
  }
}
