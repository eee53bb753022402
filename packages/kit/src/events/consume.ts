// How a service hears a batch: each event once in effect, and one that cannot be handled keeps no other back.
import { partialFailure, type CloudEvent, type Handler } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { takeUnprocessed } from './events.ts'
import type { Log } from '../log.ts'
import { isUnavailable, type Sql, type Tx } from '../sql/sql.ts'

/** What is to be done once that is stored. Does not throw: what was heard is heard. */
export type AfterCommit = () => Promise<void>

export type ConsumerOptions = {
  sql: Sql
  handle(tx: Tx, events: CloudEvent[]): Promise<AfterCommit | void>
  redelivered?: ((events: CloudEvent[]) => Promise<void>) | undefined
  /** Of itself, so that no inbox is needed. */
  idempotent?: true | undefined
  clock: Clock
  log: Log
  /** Aborted when the process ends: then nobody waits for the database any more. */
  stopping: AbortSignal
}

const maxWaitMs = 2_000

/**
 * The batch in one transaction; when that fails, one stream at a time, so that only the streams that fail are left.
 * While the database is away nothing counts as a try: the batch waits here for it, and the others behind it.
 */
export function createConsumer({
  sql,
  handle,
  redelivered: again,
  idempotent: remembers,
  clock,
  log,
  stopping: ending,
}: ConsumerOptions): Handler {
  async function once(events: CloudEvent[]): Promise<void> {
    for (let waitMs = 50; ; waitMs = Math.min(waitMs * 2, maxWaitMs)) {
      try {
        const { fresh, after } = await sql.begin(async (tx) => {
          const fresh = remembers ? events : await takeUnprocessed(tx, events)
          return { fresh, after: fresh.length > 0 ? await handle(tx, fresh) : undefined }
        })
        await after?.()
        if (again && fresh.length < events.length)
          await again(events.filter((event) => !fresh.includes(event)))
        return
      } catch (error) {
        if (!isUnavailable(error) || ending.aborted) throw error
        log.warn({ err: error, events: events.length }, 'events wait for the database')
        await clock.sleep(waitMs, ending)
      }
    }
  }

  return async (events) => {
    try {
      await once(events)
    } catch (error) {
      const streams = [...Map.groupBy(events, ({ source, subject }) => `${source} ${subject}`).values()]
      if (streams.length === 1 || ending.aborted) throw error
      const left: { events: CloudEvent[]; error: unknown }[] = []
      for (const stream of streams)
        await once(stream).catch((error: unknown) => left.push({ events: stream, error }))
      if (left.length === 0) return
      throw partialFailure(
        left.flatMap((one) => one.events),
        left[0]!.error,
      )
    }
  }
}
