// The thread that runs through logs, calls and events of one request: W3C trace context and a request id.
import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

export type Trace = { traceId: string; traceparent: string; requestId: string }

const storage = new AsyncLocalStorage<Trace>()

export function currentTrace(): Trace | undefined {
  return storage.getStore()
}

export function withTrace<T>(trace: Trace, run: () => T): T {
  return storage.run(trace, run)
}

/** Goes on with the caller's trace, or begins one. A malformed header begins a new one. */
export function traceFrom(traceparent: string | undefined, requestId: string | undefined): Trace {
  const given = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/.exec(traceparent ?? '')
  const traceId = given?.[1] ?? randomBytes(16).toString('hex')
  return {
    traceId,
    traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-${given?.[2] ?? '01'}`,
    requestId: requestId && /^[A-Za-z0-9-]{8,64}$/.test(requestId) ? requestId : traceId,
  }
}
