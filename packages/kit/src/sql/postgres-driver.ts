// The driver postgres.js, patched while it is loaded: version 3.4.9 does not survive a connection that breaks, and
// answers wrongly after some errors.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { statementStarted } from '../tracing/sql-spans.ts'
import { startWaiting, type WaitingQuery } from './outage-wait.ts'

/**
 * Open bugs upstream: a statement after the break writes to a socket that no longer exists, which ends the process; a
 * write in flight keeps the next connection silent; later statements of a broken transaction run on the next
 * connection, outside of any transaction or inside another one; and a connection that is accepted and closed at once,
 * as by a proxy whose server is down, is retried without a pause and its statements never fail.
 *
 * Wrong answers: parameters were serialised again when a prepared statement was retried (fixed upstream, not released);
 * that statement was sent on the same connection at once, where others were waiting for their answers, and got theirs;
 * it failed with its first error, whatever became of the second try. Now the pool sends it again, as if it were new,
 * unless it is part of a transaction. A `commit` that was retried became a rollback, and counted as done: it is no
 * prepared statement any more, and its answer is read;
 * the rows of a statement followed the places of the one before it that failed half way through its rows; and a
 * connection that could not read the types of arrays answered arrays as text.
 *
 * And errors of the socket say whose they are: `ECONNRESET` of a client that went away has the same code. What the pool
 * does can be read: how many connections are used, how long statements wait for one, and each statement as it begins. A
 * pool with `outageWait` keeps statements whose connection could not be opened, and begins a transaction again whose
 * `begin` broke off: nothing of either was executed. What only reads it sends once more when its connection breaks.
 */
const patches: { file: string; change: [from: string, to: string][] }[] = [
  {
    file: '/postgres/src/connection.js',
    change: [
      [
        `const x = socket.write(chunk, fn)
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    return x`,
        `const x = chunk
    nextWriteTimer !== null && clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) return socket.write(x, fn)
    forget(Errors.connection('CONNECTION_CLOSED', options))
    return false`,
      ],
      [
        `  function connectTimedOut() {`,
        `  function forget(err) {
    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    query && queryError(query, err)
    while (sent.length)
      queryError(sent.shift(), err)
    query = results = errorResponse = null
    result = new Result()
    rows = 0
  }

  function unsent(q, err) {
    onunsent(q, err) || queryError(q, err)
  }

  function connectTimedOut() {`,
      ],
      [
        `    if (query.reserve)
      return query.reject(err)
`,
        `    if (query.reserve)
      return query.reject(err)

    if (query !== initial && onlost(query, err))
      return
`,
      ],
      [
        `{ onopen = noop, onend = noop, onclose = noop } = {}`,
        `{ onopen = noop, onend = noop, onclose = noop, onunsent = noop, onlost = noop } = {}`,
      ],
      [
        `initial && (queryError(initial, err), initial = null)`,
        `initial && (unsent(initial, err), initial = null)`,
      ],
      [
        `    if (initial)
      return reconnect()

    !hadError`,
        `    const lost = Errors.connection('CONNECTION_CLOSED', options, socket)
    if (initial) {
      options.shared.retries++
      unsent(initial, lost)
      initial = null
    }

    !hadError`,
      ],
      [`    closedTime = performance.now()\n`, `    forget(lost)\n    closedTime = performance.now()\n`],
      [
        `    clearImmediate(nextWriteTimer)
    if (socket) {`,
        `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) {`,
      ],
      [`return fetchArrayTypes()`, `return fetchArrayTypes().catch(() => socket && socket.destroy())`],
      [`parameters[i] = x = type in options.serializers`, `x = type in options.serializers`],
      [
        `query.retried
          ? errored(query.retried)
          : query.prepared && retryRoutines.has(errorResponse.routine)
            ? retry(query, errorResponse)
            : errored(errorResponse)`,
        `retryRoutines.has(errorResponse.routine) && mayRetry(query, x[5])
          ? query.handler(query)
          : errored(errorResponse)`,
      ],
      [
        `  function retry(q, error) {
    delete statements[q.signature]
    q.retried = error
    execute(q)
  }`,
        `  function mayRetry(q, status) {
    delete statements[q.signature]
    q.retries = (q.retries || 0) + 1
    return status === 73 && (q.prepared || q.retries > 1) && q.retries <= 20
  }`,
      ],
      [
        `result = new Result()\n    connectTimer.cancel()`,
        `result = new Result()\n    rows = 0\n    connectTimer.cancel()`,
      ],
      [
        `    errored(err)
    while (sent.length)`,
        `    errored(err)
    query = null
    while (sent.length)`,
      ],
      [`  function error(err) {\n`, `  function error(err) {\n    err.dependency = 'PostgreSQL'\n`],
    ],
  },
  {
    file: '/postgres/src/query.js',
    change: [
      [
        `  async handle() {
`,
        `  async handle() {
    !this.executed && Query.started && Query.started(this)
`,
      ],
    ],
  },
  {
    file: '/postgres/src/index.js',
    change: [
      [`Object.assign(Postgres, {\n`, `Object.assign(Postgres, {\n  Query,\n`],
      [
        `Connection(options, queues, { onopen, onend, onclose })`,
        `Connection(options, queues, { onopen, onend, onclose, onunsent, onlost })`,
      ],
      [
        `  function onend(c) {`,
        `  function onunsent(query, error) {
    return outageWait !== undefined && !ending && !query.reserve
      && outageWait.keeps(query, error) && wait(query)
  }

  function onlost(query, error) {
    return outageWait !== undefined && !ending && query.handler === handler
      && outageWait.sendsAgain(query, error) && wait(query)
  }

  function onend(c) {`,
      ],
      [
        `  function onopen(c) {\n`,
        `  function onopen(c) {
    outageWait && outageWait.opened()
`,
      ],
      [
        `      await sql.unsafe('begin ' + options.replace(/[^a-z ]/ig, ''), [], { onexecute }).execute()`,
        `      for (let first, last; ; connection = undefined) {
        last = sql.unsafe('begin ' + options.replace(/[^a-z ]/ig, ''), [], { onexecute })
        first = first || last
        try {
          await last.execute()
          break
        } catch (error) {
          if (!outageWait || !outageWait.beginsAgain(first, last, error))
            throw error
        }
      }`,
      ],
      [
        `    } catch (error) {
      throw error
    }`,
        `    } catch (error) {
      throw outageWait && !committing ? outageWait.uncommitted(error) : error
    }`,
      ],
      [
        `      if (!name) {
        prepare`,
        `      if (!name) {
        committing = true
        prepare`,
      ],
      [`: sql\`rollback\``, `: sql.unsafe('rollback')`],
      [
        `: await sql\`commit\``,
        `: await sql.unsafe('commit').then(({ command }) => {
            if (command !== 'COMMIT')
              throw Errors.generic('NOT_COMMITTED', 'The transaction was rolled back')
          })`,
      ],
      [
        `      , connection\n      , prepare = null`,
        `      , connection\n      , lost\n      , committing = false\n      , prepare = null`,
      ],
      [
        `connection.onclose = reject)`,
        `connection.onclose = error => {
          lost = error
          while (queries.length)
            queries.shift().reject(error)
          reject(error)
        })`,
      ],
      [
        `        q.catch(e => uncaughtError || (uncaughtError = e))
`,
        `        q.catch(e => uncaughtError || (uncaughtError = e))
        if (lost)
          return q.reject(lost)
`,
      ],
      [
        `  Object.assign(sql, {
    get parameters() { return options.parameters },`,
        `  let waits = 0, waitedMs = 0
  const waiting = new Set()
  const wait = query => (query.waitsSinceMs = performance.now(), waiting.add(query), queries.push(query))
  const waited = query => {
    if (waiting.delete(query)) {
      waits++
      waitedMs += performance.now() - query.waitsSinceMs
    }
    return query
  }
  const waitingMs = () => {
    const now = performance.now()
    return Array.from(waiting).reduce((sum, { waitsSinceMs }) => sum + now - waitsSinceMs, 0)
  }

  const outageWait = b && b.outageWait
  if (outageWait)
    outageWait.sweep = (isLate, error) => Array.from(waiting).filter(isLate).forEach(query => {
      queries.remove(waited(query))
      query.refused = true
      query.reject(error)
    })

  Object.assign(sql, {
    pool: () => ({
      used: connecting.length + reserved.length + busy.length + full.length,
      idle: open.length,
      waiting: queries.length,
      waits,
      waitedMs: waitedMs + waitingMs()
    }),
    get parameters() { return options.parameters },`,
      ],
      [
        `        queries.push(query)
        closed.length`,
        `        wait(query)
        closed.length`,
      ],
      [
        `      : queries.push(query)
  }

  function go`,
        `      : outageWait && outageWait.refuses(query, queries.length) || wait(query)
  }

  function go`,
      ],
      [`      const query = queries.shift()\n`, `      const query = waited(queries.shift())\n`],
      [
        `queries.length && connect(c, queries.shift())`,
        `queries.length && connect(c, waited(queries.shift()))`,
      ],
      [`          queries.remove(query),\n`, `          queries.remove(waited(query)),\n`],
      [`      queries.shift().reject(Errors`, `      waited(queries.shift()).reject(Errors`],
    ],
  },
]

/** The driver's text, changed; throws for a version that it does not fit. */
export function patchDriver(file: string, text: string): string {
  const change = patches.find((one) => file.endsWith(one.file))?.change ?? []
  return change.reduce((source, [from, to]) => {
    if (source.split(from).length !== 2)
      throw new Error(
        `${file} is not the version that the patches are for: check whether they are still needed`,
      )
    return source.replace(from, () => to)
  }, text)
}

const hooks = registerHooks({
  load(url, context, next) {
    if (!patches.some(({ file }) => url.endsWith(file))) return next(url, context)
    return {
      format: 'module',
      shortCircuit: true,
      source: patchDriver(url, readFileSync(new URL(url), 'utf8')),
    }
  },
})
export const { default: postgres } = await import('postgres')
hooks.deregister()
;(postgres as unknown as { Query: { started: unknown } }).Query.started = (
  query: WaitingQuery & Parameters<typeof statementStarted>[0],
) => {
  startWaiting(query)
  statementStarted(query)
}
