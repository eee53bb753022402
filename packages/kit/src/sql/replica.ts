// Reads on a replica of the database, by the log's position: nobody misses there what they wrote themselves. Where no
// replica is named, is far enough, or answers, the primary is read.
import { Problem } from '@bahi/contracts/problem.ts'
import { batch } from '../batch.ts'
import type { Cache } from '../cache/cache.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Worker } from '../runtime/worker.ts'
import { isUnavailable, sqlState, type Sql } from './sql.ts'

export type Reads = {
  /** What somebody reads of their own: with all that they wrote, at any copy. Others' writes may be seconds younger. */
  of<T>(userId: string, read: (sql: Sql) => Promise<T>): Promise<T>
  /** With all that anybody had written when it was asked for. */
  latest<T>(read: (sql: Sql) => Promise<T>): Promise<T>
  /** Notes that these people have written, or that something of theirs was: before they are told. */
  wrote(userIds: readonly string[]): Promise<void>
}

export type ReplicaOptions = {
  sql: Sql
  replica: Sql
  cache: Cache
  clock: Clock
  log: Log
  metrics: Metrics
  /** How long a read waits until the replica is as far as it must be. */
  waitMs: number
  /** What is older than this is on the replica, or the primary is read. */
  maxLagMs: number
}

export type Replica = Reads & { worker: Worker; close(): Promise<void> }

/** Without a replica. */
export const primaryReads = (sql: Sql): Reads => ({
  of: (_userId, read) => read(sql),
  latest: (read) => read(sql),
  wrote: () => Promise.resolve(),
})

const sampleEveryMs = 1_000
/** How often the replica is asked again whether it is far enough. */
const askAgainMs = 10
/** A replica that does not answer holds nobody up for longer, and is left alone for as long. */
const limitMs = 3_000
/** A note outlives the lag that is borne, also while the primary is away. */
const notedForMs = 180_000

/** In the place of a position that was not learned: it sorts after all, and is kept until it ends. */
const unknownPosition = 'unknown'

const markOf = (userId: string) => `written:${userId}`

/** A position of the log as text that sorts as positions do. */
export function sortable(lsn: string): string {
  const [high = '', low = ''] = lsn.split('/')
  return high.padStart(8, '0') + low.padStart(8, '0')
}

/** Why a read did not happen on the replica. */
const failure = (why: 'behind' | 'away') => Object.assign(new Error(`the replica is ${why}`), { why })
const whyOf = (error: unknown) => (error as { why?: 'behind' | 'away' }).why

export function replicaReads(options: ReplicaOptions): Replica {
  const { sql, replica, cache, clock, log, metrics, waitMs, maxLagMs } = options
  const nowMs = () => clock.now().getTime()
  const reads = metrics.counter(
    'bahi_reads_total',
    'Reads that may go to the replica, by where they went and why there.',
    ['place', 'why'],
  )
  /** Where the primary was, and when; oldest first. */
  const samples: { atMs: number; position: string }[] = []
  let isPrimaryUp = true
  let leftAloneUntilMs = 0
  let lagMs: number | undefined

  const primaryPosition = batch<undefined, string>(
    async (asked) => {
      const [row] = await sql<{ lsn: string }[]>`select pg_current_wal_insert_lsn()::text as lsn`
      return asked.map(() => sortable(row!.lsn))
    },
    { name: 'position of the log', maxItems: 1_000, maxInFlight: 2 },
  )

  /** The position that everything older than the lag that is borne is before; undefined when it is not known. */
  function floor(): string | undefined {
    // While the primary is away nothing is written; marks of what was still stand.
    const borneMs = isPrimaryUp ? maxLagMs : Math.max(maxLagMs, notedForMs / 2)
    const sinceMs = nowMs() - borneMs
    const [oldest] = samples
    if (!oldest) return undefined
    return samples.findLast(({ atMs }) => atMs <= sinceMs)?.position ?? oldest.position
  }

  /** Undefined for a server that is no replica. */
  async function replayed(connection: Sql): Promise<string | undefined> {
    const [row] = await connection<{ lsn: string | null }[]>`
      select case when pg_is_in_recovery() then pg_last_wal_replay_lsn()::text end as lsn`
    return row?.lsn ? sortable(row.lsn) : undefined
  }

  /** On one connection: behind one name there may be several replicas. */
  async function onReplica<T>(wanted: string, read: (sql: Sql) => Promise<T>): Promise<T> {
    const connection = await replica.reserve()
    try {
      for (const untilMs = performance.now() + waitMs; ;) {
        const position = await replayed(connection)
        if (position !== undefined && position >= wanted) break
        if (position === undefined || performance.now() >= untilMs) throw failure('behind')
        await new Promise((resolve) => setTimeout(resolve, askAgainMs))
      }
      return await read(connection)
    } finally {
      connection.release()
    }
  }

  async function readAt<T>(
    wanted: () => Promise<string | undefined>,
    read: (sql: Sql) => Promise<T>,
  ): Promise<T> {
    const primary = (why: string) => {
      reads.inc({ place: 'primary', why })
      return read(sql)
    }
    if (nowMs() < leftAloneUntilMs) return primary('away')
    // It has reached nothing that a read may be content with, and gets there in no `waitMs`.
    if (isPrimaryUp && lagMs !== undefined && lagMs > maxLagMs + sampleEveryMs) return primary('behind')
    const [least, mark] = [floor(), await wanted()]
    if (least === undefined || mark === undefined) return primary('unknown')
    try {
      const found = await within(onReplica(mark > least ? mark : least, read))
      reads.inc({ place: 'replica', why: 'ok' })
      return found
    } catch (error) {
      if (error instanceof Problem) throw error
      if (whyOf(error) === 'behind') return primary('behind')
      // The replica's own: a conflict with what it replays.
      if (sqlState(error) === '40001') return primary('conflict')
      if (!isUnavailable(error) && whyOf(error) !== 'away') throw error
      leftAloneUntilMs = nowMs() + limitMs
      log.warn({ err: error }, 'the replica does not answer: the primary is read')
      return primary('away')
    }
  }

  /** The counted samples cover the time for which notes stand. */
  async function sample(): Promise<void> {
    try {
      samples.push({ atMs: nowMs(), position: await within(primaryPosition(undefined)) })
      isPrimaryUp = true
      while (samples.length > 1 && samples[1]!.atMs <= nowMs() - notedForMs) samples.shift()
    } catch {
      isPrimaryUp = false
    }
  }

  async function measure(): Promise<void> {
    lagMs = undefined
    if (nowMs() < leftAloneUntilMs) return
    const position = await within(replayed(replica)).catch(() => undefined)
    if (position === undefined) return
    const reached = samples.findLast((one) => one.position <= position)
    const next = samples.find((one) => one.position > position)
    // Since the first position that it has not reached; before the first sample nothing is known.
    if (reached) lagMs = next ? nowMs() - next.atMs : 0
  }

  metrics.gauge(
    'bahi_replica_lag_seconds',
    'How far the replica is behind; none while it is away.',
    (gauge) => {
      if (lagMs !== undefined) gauge.set(lagMs / 1_000)
    },
  )
  return {
    of: (userId, read) =>
      readAt(async () => {
        try {
          const mark = (await cache.get(markOf(userId))) ?? ''
          return mark === unknownPosition ? undefined : mark
        } catch {
          return undefined
        }
      }, read),
    latest: (read) => readAt(() => primaryPosition(undefined), read),
    async wrote(userIds) {
      if (userIds.length === 0) return
      try {
        const position = await within(primaryPosition(undefined)).catch(() => unknownPosition)
        await Promise.all(userIds.map((one) => cache.raise(markOf(one), position, notedForMs)))
      } catch (error) {
        // Without the cache nobody reads on the replica. What was written is written.
        log.debug({ err: error }, 'write not noted in the cache: reads go to the primary until it is back')
      }
    },
    worker: {
      name: 'follow the replica',
      intervalMs: sampleEveryMs,
      async run() {
        await sample()
        await measure()
      },
    },
    close: () => replica.end({ timeout: 1 }),
  }
}

/** What is late goes on, and is not waited for. */
async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(failure('away')), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
