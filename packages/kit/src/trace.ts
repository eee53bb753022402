// The thread that runs through logs, calls and events of one request: W3C trace context and a request id.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomFillSync } from 'node:crypto'

export type Trace = { traceId: string; traceparent: string; requestId: string }

const storage = new AsyncLocalStorage<Trace>()

export function currentTrace(): Trace | undefined {
  return storage.getStore()
}

export function withTrace<T>(trace: Trace, run: () => T): T {
  return storage.run(trace, run)
}

const pool = Buffer.alloc(4_096)
let used = pool.length

/** Random bytes as hexadecimal: drawn by the page, since each draw costs as much as a page does. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

/** Goes on with the caller's trace, or begins one. A malformed header begins a new one. */
export function traceFrom(traceparent: string | undefined, requestId: string | undefined): Trace {
  const given = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const traceId = given?.[1] ?? randomHex(16)
  return {
    traceId,
    traceparent: `00-${traceId}-${randomHex(8)}-${given?.[2] ?? '01'}`,
    requestId: requestId && /^[A-Za-z0-9-]{8,64}$/.test(requestId) ? requestId : traceId,
  }
}
