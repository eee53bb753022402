// Access to PostgreSQL: postgres.js, camelCase in TypeScript, snake_case in the database, exact integers.
import type { Parameter, PendingQuery, Row, Sql as AnySql, TransactionSql } from 'postgres'
import { createOutageWait, isUncommitted, type OutageWaitOptions } from './outage-wait.ts'
import { postgres } from './postgres-driver.ts'

export type Sql = AnySql<{ bigint: number }>
export type Tx = TransactionSql<{ bigint: number }>
/** Where a statement runs: in a transaction or by itself. */
export type Queryable = Sql | Tx
/** A part of a statement. */
export type Fragment = PendingQuery<Row[]>

/** `outageWait`: whether statements wait for a database that is away; default: they fail at once. */
export type SqlOptions = { max?: number; name?: string; outageWait?: OutageWaitOptions }

/** Throws above 2^53-1 instead of rounding. */
export function exactInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is not a safe integer`)
  return value
}

export function connect(url: string, options: SqlOptions = {}): Sql {
  const ofPool = {
    ...(options.outageWait ? { outageWait: createOutageWait(options.outageWait, isAway) } : {}),
    max: options.max ?? 10,
    connect_timeout: 10,
    // Seconds until the next try to reconnect: short, so that a database is used again as soon as it is back.
    backoff: (tries: number) => Math.min(0.05 * 2 ** tries, 0.5) * (0.5 + Math.random() / 2),
    max_lifetime: 60 * 30,
    connection: { application_name: options.name ?? 'bahi', TimeZone: 'UTC' },
    onnotice: () => undefined,
    transform: { undefined: null, column: { from: postgres.toCamel, to: postgres.fromCamel } },
    types: { bigint: { to: 20, from: [20], serialize: String, parse: exactInteger } },
  }
  return postgres(url, ofPool)
}

/** Rejects while the database cannot be used: it does not wait for it to be back. */
export function probe(sql: Sql): Promise<unknown> {
  return Object.assign(sql`select 1`, { isProbe: true })
}

/** What the pool of the patched driver counts; undefined for another one, such as a simulation's. */
export function poolOf(sql: Sql): PoolState | undefined {
  return (sql as Sql & { pool?: () => PoolState }).pool?.()
}

/** Connections now; `waits`: statements that had to wait for one since the start; how long, with those that wait. */
export type PoolState = { used: number; idle: number; waiting: number; waits: number; waitedMs: number }

const jsonOid = 114

/**
 * Rows for `json_to_recordset`: one parameter for any number of them. As `json`, which is read once, and not as
 * `jsonb`, which is built first.
 */
export function rowsIn(sql: Queryable, rows: readonly object[]): Parameter {
  return sql.typed(rows as never, jsonOid)
}

/** PostgreSQL's error code (`23505` unique violation, `40P01` deadlock …), or undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof postgres.PostgresError ? error.code : undefined
}

/** Shutting down, starting, out of connections or disk, a standby, a lock held too long: no fault of the statement. */
const unavailableStates = ['25006', '53000', '53100', '53300', '55P03', '57P01', '57P02', '57P03']
/** The driver's own; other errors of a connection are the socket's, and the driver marks them. */
const unavailableCodes = ['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT']

/** True when the database is unavailable: the same statement may succeed later. */
export function isUnavailable(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return unavailableStates.includes(state) || state.startsWith('08')
  if (!(error instanceof Error)) return false
  const { code, dependency } = error as { code?: string; dependency?: string }
  return dependency === 'PostgreSQL' || unavailableCodes.includes(code ?? '')
}

/** Of a connection, and not of the statement that was or would have been sent on it. */
const awayStates = ['53300', '57P01', '57P02', '57P03']

/** True when no connection works, which another one may soon: that of a failed server, or of one that starts. */
function isAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) return awayStates.includes(state) || state.startsWith('08')
  const { code = '' } = error as { code?: string }
  return isUnavailable(error) && !['CONNECTION_ENDED', 'CONNECTION_DESTROYED'].includes(code)
}

/**
 * True when a prepared statement was refused before it ran: a migration changed what it returns, or a pooler that knows
 * no prepared statements chose another connection. Outside of a transaction the driver prepares it again by itself;
 * within one everything is rolled back, and the same transaction succeeds when it is run again.
 */
export function isStalePlan(error: unknown): boolean {
  if (!(error instanceof postgres.PostgresError)) return false
  return error.code === '26000' || (error.code === '0A000' && error.routine === 'RevalidateCachedQuery')
}

/** The database ended it for the sake of another one: a deadlock, a serialization failure. */
const abortedStates = ['40P01', '40001']

/** Why every transaction of a service is run again. */
export type Repeated = 'append' | 'deadlock'

/** Of so many that append to one stream at once each is done: one of them at each try. */
const maxRuns: Record<Repeated, number> = { append: 20, deadlock: 4 }

/** Were run again as often as that helps: nobody further out tries them once more. */
const givenUp = new WeakSet<Error>()

/**
 * Runs a transaction again when another one has appended to the same stream meanwhile, such as a job of the same
 * person: its events then have the next versions, and are published after the other's. And after a deadlock. It does
 * not wait: whoever was in the way has committed, or holds locks that the next run waits for. No other key that is
 * taken is tried again, nor a version that is taken a second time, which is one that was asked for: those stay
 * refusals.
 */
export async function retryAborted<T>(
  run: () => Promise<T>,
  repeated: (why: Repeated) => void = () => undefined,
): Promise<T> {
  const taken = new Set<string>()
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      const why = whyAgain(error)
      if (why === undefined) throw error
      const key = versionTaken(error)?.key
      if (tries >= maxRuns[why] || (key !== undefined && taken.has(key))) {
        givenUp.add(error as Error)
        throw error
      }
      if (key !== undefined) taken.add(key)
      repeated(why)
    }
  }
}

function whyAgain(error: unknown): Repeated | undefined {
  if (abortedStates.includes(sqlState(error) ?? '')) return 'deadlock'
  return versionTaken(error) ? 'append' : undefined
}

/** Of an event; `key` says which one of which stream. */
function versionTaken(error: unknown): { key: string | undefined } | undefined {
  if (!(error instanceof postgres.PostgresError)) return undefined
  return error.code === '23505' && error.constraint_name === 'events_pkey' ? { key: error.detail } : undefined
}

/** A statement is stale once on each connection; a transaction has several. */
const maxStalePlans = 50

/**
 * Runs a set of writes again when another process wrote one of its ids at the same moment (unique violation), when the
 * database aborted it (deadlock, serialization failure), when it went away before the commit was sent, or when one of
 * its plans was stale: the next run sees what the first one could not.
 */
export async function retryRaces<T>(run: () => Promise<T>, maxTries = 4): Promise<T> {
  for (let tries = 1, stalePlans = 0; ; tries++) {
    try {
      return await run()
    } catch (error) {
      if (isStalePlan(error) && ++stalePlans <= maxStalePlans) {
        tries -= 1
        continue
      }
      const isRace = ['23505', ...abortedStates].includes(sqlState(error) ?? '')
      if (tries >= maxTries || givenUp.has(error as Error) || !(isRace || isUncommitted(error))) throw error
    }
  }
}
