// How a service consumes a batch: each event once in effect; a failing event blocks only its own stream.
import { subscriptions } from '@bahi/contracts/events.ts'
import { partialFailure, type CloudEvent, type Handler } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { takeUnprocessed } from './events.ts'
import { isStalePlan, isUnavailable, type Sql, type Tx } from '../sql/sql.ts'

/** Runs once the transaction is committed. Must not throw: the events are already marked as processed. */
export type AfterCommit = () => Promise<void>

export type ConsumerOptions = {
  sql: Sql
  handle(tx: Tx, events: CloudEvent[]): Promise<AfterCommit | void>
  redelivered?: ((events: CloudEvent[]) => Promise<void>) | undefined
  /** No inbox is needed: `handle` recognises the events that it has processed. */
  idempotent?: true | undefined
  clock: Clock
  /** Takes note of an outage of the database. */
  report?: (error: unknown) => void
  /** Aborted when the process stops: then nothing waits for the database any more. */
  stopping: AbortSignal
}

const maxWaitMs = 2_000

/** The queue that a service consumes from. */
export const queueOf = (service: string): string => `bahi.${service}`

/** Of the whole platform, with the sources that each takes events of. */
export const platformQueues = Object.entries(subscriptions).map(([service, sources]) => ({
  queue: queueOf(service),
  sources,
}))

/**
 * Handles the batch in one transaction; when that fails, one stream at a time, so that only failing streams remain.
 * While the database is unavailable nothing counts as a try: the batch waits here, and later batches behind it.
 */
export function createConsumer({
  sql,
  handle,
  redelivered,
  idempotent,
  clock,
  report,
  stopping,
}: ConsumerOptions): Handler {
  async function once(events: CloudEvent[]): Promise<void> {
    for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
      try {
        const { fresh, after } = await sql.begin(async (tx) => {
          const fresh = idempotent ? events : await takeUnprocessed(tx, events)
          return { fresh, after: fresh.length > 0 ? await handle(tx, fresh) : undefined }
        })
        await after?.()
        if (redelivered && fresh.length < events.length)
          await redelivered(events.filter((event) => !fresh.includes(event)))
        return
      } catch (error) {
        if (isStalePlan(error)) continue
        if (!isUnavailable(error) || stopping.aborted) throw error
        report?.(error)
        await clock.sleep(waitMs, stopping)
      }
    }
  }

  return async (events) => {
    try {
      await once(events)
    } catch (error) {
      const streams = [...Map.groupBy(events, ({ source, subject }) => `${source} ${subject}`).values()]
      if (streams.length === 1 || stopping.aborted) throw error
      const failed: { events: CloudEvent[]; error: unknown }[] = []
      for (const stream of streams)
        await once(stream).catch((error: unknown) => failed.push({ events: stream, error }))
      if (failed.length === 0) return
      throw partialFailure(
        failed.flatMap((one) => one.events),
        failed[0]!.error,
      )
    }
  }
}
