// The driver postgres.js, patched while it is loaded: version 3.4.9 does not survive a connection that breaks.
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

/**
 * Open bugs upstream: a statement after the break writes to a socket that no longer exists, which ends the process; a
 * write in flight keeps the next connection silent; later statements of a broken transaction run on the next
 * connection, outside of any transaction or inside another one; and a connection that is accepted and closed at once,
 * as by a proxy whose server is down, is retried without a pause and its statements never fail.
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
  }

  function connectTimedOut() {`,
      ],
      [
        `    if (initial)
      return reconnect()

    !hadError`,
        `    const lost = Errors.connection('CONNECTION_CLOSED', options, socket)
    if (initial) {
      queryError(initial, lost)
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
      [`return fetchArrayTypes()`, `return fetchArrayTypes().catch(() => undefined)`],
    ],
  },
  {
    file: '/postgres/src/index.js',
    change: [
      [
        `      , connection\n      , prepare = null`,
        `      , connection\n      , lost\n      , prepare = null`,
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
