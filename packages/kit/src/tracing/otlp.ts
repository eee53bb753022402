// Sends spans to a collector: OTLP over HTTP in JSON, in batches, from a bounded buffer, dropping what does not fit.
import { randomUUID } from 'node:crypto'
import { instance, version } from '../log.ts'
import { recordTraces, type Recorder, type Span } from '../trace.ts'

export type OtlpOptions = {
  /** Of the collector, without `/v1/traces`. */
  endpoint: string
  headers?: Record<string, string>
  ratio?: number
  /** Default: one of this process alone. */
  samplingKey?: string
  slowMs?: number
  /** How many spans wait to be sent at most. */
  maxWaiting?: number
  everyMs?: number
}

export type TraceExporter = Recorder & {
  /** Spans since the start: sent, and dropped because the buffer was full or the collector was away. */
  counts(): { sent: number; dropped: number }
  /** Sends what waits. */
  flush(): Promise<void>
  close(): Promise<void>
}

const maxPerRequest = 512
const timeoutMs = 10_000

/** Begins to record the traces of this process, and to send those that are kept. */
export function exportTraces({
  endpoint,
  headers = {},
  ratio = 0.01,
  samplingKey = randomUUID(),
  slowMs = 1_000,
  maxWaiting = 8_192,
  everyMs = 2_000,
}: OtlpOptions): TraceExporter {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`
  let waiting: Span[] = []
  let sending: Promise<void> | undefined
  let sent = 0
  let dropped = 0

  async function sendSome(): Promise<void> {
    const spans = waiting.splice(0, maxPerRequest)
    const body = JSON.stringify(otlpOf(spans))
    const signal = AbortSignal.timeout(timeoutMs)
    const all = { 'content-type': 'application/json', ...headers }
    try {
      const response = await fetch(url, { method: 'POST', headers: all, body, signal })
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`the collector answered ${response.status}`)
      sent += spans.length
    } catch {
      dropped += spans.length
    }
  }

  /** Only what waits now, so that it ends while more comes. */
  async function sendAll(): Promise<void> {
    for (let left = waiting.length; left > 0 && waiting.length > 0; left -= maxPerRequest) await sendSome()
  }
  const flush = () => (sending ??= sendAll().finally(() => (sending = undefined)))
  const timer = setInterval(() => void flush(), everyMs).unref()

  const exporter: TraceExporter = {
    ratio,
    samplingKey,
    slowMs,
    add(spans) {
      const free = maxWaiting - waiting.length
      if (spans.length > free) dropped += spans.length - Math.max(free, 0)
      if (free > 0) waiting.push(...spans.slice(0, free))
      if (waiting.length >= maxPerRequest && !sending) setImmediate(() => void flush())
    },
    dropped: (count) => void (dropped += count),
    counts: () => ({ sent, dropped }),
    async flush() {
      await sending
      await flush()
    },
    async close() {
      recordTraces(undefined)
      clearInterval(timer)
      await this.flush()
      waiting = []
    },
  }
  recordTraces(exporter)
  return exporter
}

const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
const noError = {}

/** An `ExportTraceServiceRequest` in its JSON form: ids in hexadecimal, 64-bit numbers as text. */
function otlpOf(spans: Span[]): object {
  const resourceSpans = [...Map.groupBy(spans, ({ service }) => service)].map(([service, own]) => ({
    resource: {
      attributes: attributesOf({
        'service.name': service,
        'service.namespace': 'bahi',
        'service.version': version,
        'service.instance.id': instance,
      }),
    },
    scopeSpans: [{ scope: { name: 'bahi', version }, spans: own.map(spanOf) }],
  }))
  return { resourceSpans }
}

function spanOf({ traceId, spanId, parentId, kind, name, startedMs, endedMs, ...span }: Span): object {
  return {
    ...{ traceId, spanId, ...(parentId ? { parentSpanId: parentId } : {}), name, kind: kinds[kind] },
    ...{ startTimeUnixNano: nanoseconds(startedMs), endTimeUnixNano: nanoseconds(endedMs) },
    attributes: attributesOf(span.attributes),
    ...(span.links.length > 0
      ? { links: span.links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })) }
      : {}),
    status: span.failure === undefined ? noError : { code: 2, message: span.failure },
  }
}

/** To the microsecond, as precise as the clock is. */
function nanoseconds(ms: number): string {
  return `${Math.round((performance.timeOrigin + ms) * 1_000)}000`
}

function attributesOf(values: Span['attributes']): object[] {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: value },
  }))
}
