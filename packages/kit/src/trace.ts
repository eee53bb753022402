// The trace of one request through logs, calls and events: W3C trace context and a request id.
import { AsyncLocalStorage } from 'node:async_hooks'
import { hash, randomFillSync } from 'node:crypto'

/** A place in a trace: one of its spans, which what happens here is a part of. */
export type Trace = {
  traceId: string
  spanId: string
  traceparent: string
  requestId: string
  /** Whose span it is. */
  service?: string
  /** The app that sent the request, as it says of itself: name and version. */
  client?: string
  /** The span that this one is a part of; undefined for the first of a trace. */
  parentId?: string
  /** Its spans in this process, where traces are recorded. */
  recording?: Recording
  /** By `performance.now()`. */
  startedMs: number
  /** When the request that this is a part of came to this process, by the same clock. */
  requestedMs: number
}

/** The part of a trace that one process has. Its spans are exported as soon as it is kept, and dropped otherwise. */
export type Recording = { isKept: boolean; spans: Span[]; recorder: Recorder }

/** What another span is named by. */
export type SpanLink = { traceId: string; spanId: string }

export type Span = SpanLink & {
  parentId: string | undefined
  service: string
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  name: string
  /** By `performance.now()`. */
  startedMs: number
  endedMs: number
  attributes: Record<string, string | number>
  /** Why it failed; undefined when it did not. */
  failure: string | undefined
  links: SpanLink[]
}

export type Recorder = {
  /** The share of traces that are kept, whatever becomes of them. */
  ratio: number
  /** Secret, and the same for all copies of an edge: whether it keeps a trace whose id a stranger chose. */
  samplingKey: string
  /** What takes longer is kept. */
  slowMs: number
  add(spans: Span[]): void
  dropped(count: number): void
}

const storage = new AsyncLocalStorage<Trace>()
let recorder: Recorder | undefined

/** Records traces of this process from now on; `undefined`: no longer. */
export function recordTraces(next: Recorder | undefined): void {
  recorder = next
}

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

export const newSpanId = () => randomHex(8)

/** An id of zeros is none (W3C). */
const pattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
/** Among others of a list: `bahi=pay/1.2.3`. */
const clientPattern = /(?:^|,) *bahi=([a-z]{1,16}\/[0-9a-z.]{1,16}) *(?:,|$)/
const longestTracestate = 512

/** The span that a traceparent names, when its trace is kept; undefined for any other text. */
export function keptSpan(traceparent: string | null | undefined): SpanLink | undefined {
  const given = recorder && pattern.exec(traceparent ?? '')
  return given && Number.parseInt(given[3]!, 16) & 1 ? { traceId: given[1]!, spanId: given[2]! } : undefined
}

type TraceOptions = {
  service?: string
  /** The caller is a stranger: whether the trace is kept is not for them to say. */
  isEdge?: boolean
  tracestate?: string | undefined
}

/** Continues the caller's trace. A missing or malformed header starts a new one. */
export function traceFrom(
  traceparent: string | undefined,
  requestId: string | undefined,
  { service, isEdge = false, tracestate = '' }: TraceOptions = {},
): Trace {
  const given = pattern.exec(traceparent ?? '')
  const traceId = given?.[1] ?? randomHex(16)
  const spanId = newSpanId()
  const recording = recorder && recordingOf(recorder, given, isEdge)
  const around = currentTrace()
  const startedMs = performance.now()
  const unrecorded = isEdge ? '00' : (given?.[3] ?? '01')
  const flags = recording ? (recording.isKept ? '01' : '00') : unrecorded
  const isRead = recording && given && tracestate.length <= longestTracestate
  const client = isRead ? clientPattern.exec(tracestate)?.[1] : undefined
  return {
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    requestId: requestId && /^[A-Za-z0-9-]{8,64}$/.test(requestId) ? requestId : traceId,
    ...(given ? { parentId: given[2]! } : {}),
    ...(recording ? { recording } : {}),
    ...(service ? { service } : {}),
    ...(client === undefined ? {} : { client }),
    startedMs,
    requestedMs: around?.traceId === traceId ? around.requestedMs : startedMs,
  }
}

/** That of the caller when it is in this process, so that both are kept or neither. */
function recordingOf(recorder: Recorder, given: RegExpExecArray | null, isEdge: boolean): Recording {
  const around = currentTrace()
  if (around?.recording && around.traceId === given?.[1]) return around.recording
  return { isKept: isKeptFrom(recorder, given, isEdge), spans: [], recorder }
}

/**
 * An edge decides by the id, so that all requests of a trace are kept or none, and by a secret, so that nobody can
 * choose an id that is kept.
 */
function isKeptFrom({ ratio, samplingKey }: Recorder, given: RegExpExecArray | null, isEdge: boolean) {
  if (!given) return Math.random() < ratio
  if (!isEdge) return (Number.parseInt(given[3]!, 16) & 1) === 1
  return Number.parseInt(hash('sha256', samplingKey + given[1]!).slice(0, 12), 16) < ratio * 2 ** 48
}

/** A part of a trace, with an id of its own. */
export function childOf(parent: Trace): Trace {
  const { traceId, requestId, recording, service } = parent
  const spanId = newSpanId()
  return {
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-${recording && !recording.isKept ? '00' : '01'}`,
    requestId,
    parentId: parent.spanId,
    ...(recording ? { recording } : {}),
    ...(service ? { service } : {}),
    startedMs: performance.now(),
    requestedMs: parent.requestedMs,
  }
}
