// Statements wait for a database that is away for a moment, as in a failover, instead of failing at once: only those
// that were certainly not executed and those that only read, within a bound of time and of number.
import { currentTrace } from '../trace.ts'

export type OutageWaitOptions = {
  /** How long a request's statements wait at most, from when the request came; 0: not at all. May change. */
  ms: number
  /** Statements that wait at most; one more fails at once. */
  max: number
  /** Told of each connection that could not be opened. */
  failed?: (error: unknown) => void
}

/** What is used of the driver's statements. */
export type WaitingQuery = {
  /** When its request came. */
  sinceMs?: number
  /** It fails at once while the database is away, as a check of it should. */
  isProbe?: boolean
  /** It failed because of a bound: what it belongs to is not begun again. */
  refused?: boolean
  /** Its connection broke once already: a statement that ends its server does so no third time. */
  sentAgain?: boolean
  tagged: boolean
  strings: readonly string[]
  /** What gets rows as they come: some may have come. */
  cursorFn?: unknown
  forEachFn?: unknown
  reject(error: unknown): void
}

/** Called by the patched driver. */
export type OutageWait = {
  /** A statement whose connection could not be opened: whether it waits for another one. */
  keeps(query: WaitingQuery, error: unknown): boolean
  /** A statement outside of any transaction whose connection broke: whether it waits, to be sent once more. */
  sendsAgain(query: WaitingQuery, error: unknown): boolean
  /** Whether a statement that would wait behind `waiting` others fails instead, which it then has. */
  refuses(query: WaitingQuery, waiting: number): boolean
  /** Whether a transaction is begun again whose `begin` broke off. */
  beginsAgain(first: WaitingQuery, last: WaitingQuery, error: unknown): boolean
  /** The error of a transaction whose `commit` was not sent. */
  uncommitted(error: unknown): unknown
  /** A connection works. */
  opened(): void
  /** The pool's own: fails the waiting statements that are late. Set by the driver. */
  sweep(isLate: (query: WaitingQuery) => boolean, error: unknown): void
}

const sweepEveryMs = 100

/** @param isAway whether an error is one of a database that is away, and not of the statement */
export function createOutageWait(
  options: OutageWaitOptions,
  isAway: (error: unknown) => boolean,
): OutageWait {
  /** Of the connection that failed last; undefined while connections work. */
  let away: { error: unknown } | undefined
  let sweeping: NodeJS.Timeout | undefined

  const isLate = ({ sinceMs = 0, isProbe }: WaitingQuery) =>
    isProbe === true || performance.now() - sinceMs >= options.ms

  function sweepLater(): void {
    sweeping ??= setTimeout(() => {
      sweeping = undefined
      if (!away) return
      outageWait.sweep(isLate, away.error)
      sweepLater()
    }, sweepEveryMs).unref()
  }

  const outageWait: OutageWait = {
    keeps(query, error) {
      if (options.ms === 0 || !isAway(error)) return false
      away = { error }
      options.failed?.(error)
      query.refused = isLate(query)
      if (!query.refused) sweepLater()
      return !query.refused
    },
    sendsAgain(query, error) {
      if (query.sentAgain || !isRead(query) || isLate(query) || !isAway(error)) return false
      query.sentAgain = true
      sweepLater()
      return true
    },
    refuses(query, waiting) {
      if (!away || (waiting < options.max && query.isProbe !== true)) return false
      query.refused = true
      query.reject(away.error)
      return true
    },
    beginsAgain: (first, last, error) => last.refused !== true && isAway(error) && !isLate(first),
    uncommitted(error) {
      if (options.ms === 0 || !isAway(error)) return error
      // A connection that breaks has one error for all its statements, others' too.
      const own = new Error((error as Error).message, { cause: error })
      return Object.assign(own, {
        code: (error as { code?: string }).code,
        dependency: 'PostgreSQL',
        uncommitted: true,
      })
    },
    opened: () => void (away = undefined),
    sweep: () => undefined,
  }
  return outageWait
}

/**
 * In this project a `select` writes nothing, but by functions that do the same when they are called twice: the tidy
 * test has their list.
 */
const isRead = ({ tagged, strings, cursorFn, forEachFn }: WaitingQuery) =>
  tagged && !cursorFn && !forEachFn && /^\s*select\s/i.test(strings[0] ?? '')

/** As a statement begins to wait for a connection. */
export function startWaiting(query: WaitingQuery): void {
  query.sinceMs ??= currentTrace()?.requestedMs ?? performance.now()
}

/** Whether a transaction failed before its `commit` was sent, because the database was away: it had no effect. */
export function isUncommitted(error: unknown): boolean {
  return error instanceof Error && (error as { uncommitted?: boolean }).uncommitted === true
}
