// The trace of one request through logs, calls and events: W3C trace context and a request id.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomFillSync } from 'node:crypto'

export type Trace = {
  traceId: string
  spanId: string
  traceparent: string
  requestId: string
  /** Its spans in this process, where traces are recorded. */
  recording?: Recording
}

/** The part of a trace that one process has: exported as a whole, or not at all. */
export type Recording = { isKept: boolean }

const storage = new AsyncLocalStorage<Trace>()

export function currentTrace(): Trace | undefined {
  return storage.getStore()
}

export function withTrace<T>(trace: Trace, run: () => T): T {
  return storage.run(trace, run)
}

const pool = Buffer.alloc(4_096)
let used = pool.length

/** Random bytes as hexadecimal, drawn 4 KiB at a time: one draw costs as much for 8 bytes as for 4 KiB. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}

/** Continues the caller's trace. A missing or malformed header starts a new one. */
export function traceFrom(traceparent: string | undefined, requestId: string | undefined): Trace {
  const given = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const traceId = given?.[1] ?? randomHex(16)
  const spanId = randomHex(8)
  return {
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-${given?.[2] ?? '01'}`,
    requestId: requestId && /^[A-Za-z0-9-]{8,64}$/.test(requestId) ? requestId : traceId,
  }
}
