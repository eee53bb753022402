// Spans: what a trace consists of. Each process keeps those of 1 % of all traces, of failures, and of what was slow.
import {
  childOf,
  currentTrace,
  keptSpan,
  newSpanId,
  traceFrom,
  withTrace,
  type Recording,
  type Span,
  type SpanLink,
  type Trace,
} from '../trace.ts'

/** `service`: default is that of the trace. */
export type SpanAbout = Pick<Span, 'kind' | 'name'> &
  Partial<Pick<Span, 'service' | 'attributes' | 'failure' | 'links'>>

/** Of one process in one trace: a loop without an end would fill the memory. */
const maxSpans = 500
/** Of one span: a batch has up to 200 items. */
const maxLinks = 64
/** What takes longer was meant to: a live stream is open for hours. */
const longestMs = 60_000
const none = {}
const noLinks: SpanLink[] = []

/** Ends the span that a trace stands at. It is a reason to keep the recording when it failed or was slow. */
export function endSpan(trace: Trace, about: SpanAbout): void {
  const { recording } = trace
  if (!recording) return
  const endedMs = performance.now()
  const tookMs = endedMs - trace.startedMs
  if (about.failure !== undefined || (tookMs > recording.recorder.slowMs && tookMs < longestMs))
    recording.isKept = true
  addSpan(recording, {
    ...{ traceId: trace.traceId, spanId: trace.spanId, parentId: trace.parentId },
    ...{ service: about.service ?? trace.service ?? '', kind: about.kind, name: about.name },
    ...{ startedMs: trace.startedMs, endedMs },
    attributes: about.attributes ?? none,
    failure: about.failure,
    links: about.links ?? noLinks,
  })
}

/** Ends the span of a request that a service has answered. */
export function requestSpanEnded(
  trace: Trace | undefined,
  { method, route, status }: { method: string; route: string; status: string },
): void {
  if (!trace?.recording) return
  endSpan(trace, {
    kind: 'server',
    name: `${method} ${route}`,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'http.response.status_code': Number(status),
      ...(trace.client === undefined ? none : { 'bahi.client': trace.client }),
    },
    failure: status >= '500' ? status : undefined,
  })
}

/** A span without parts of its own that has ended now; its failure alone is no reason to keep the trace. */
export function addLeaf(trace: Trace, about: SpanAbout, startedMs: number): void {
  if (!trace.recording) return
  addSpan(trace.recording, {
    ...{ traceId: trace.traceId, spanId: newSpanId(), parentId: trace.spanId },
    ...{ service: about.service ?? trace.service ?? '', kind: about.kind, name: about.name },
    ...{ startedMs, endedMs: performance.now() },
    attributes: about.attributes ?? none,
    failure: about.failure,
    links: about.links ?? noLinks,
  })
}

function addSpan(recording: Recording, span: Span): void {
  const { spans, recorder, isKept } = recording
  if (spans.length >= maxSpans) {
    recorder.dropped(1)
    return
  }
  spans.push(span)
  if (isKept) recorder.add(spans.splice(0))
}

/** Runs in a span of its own within the current one; as it is where nothing is recorded. */
export function inSpan<T>(about: SpanAbout, run: () => Promise<T>): Promise<T> {
  const parent = currentTrace()
  return parent?.recording ? within(childOf(parent), about, run) : run()
}

async function within<T>(trace: Trace, about: SpanAbout, run: () => Promise<T>): Promise<T> {
  try {
    const result = await withTrace(trace, run)
    endSpan(trace, about)
    return result
  } catch (error) {
    endSpan(trace, { ...about, failure: failureOf(error) })
    throw error
  }
}

/** By its kind: a message may name a person. */
export function failureOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return String(code ?? name ?? 'error')
}

/**
 * Runs what serves several traces at once, such as a batch of events: within the first that is kept, or a new one. Each
 * other kept one gets a span of the same time, which names the first.
 */
export async function inSpanOfMany<T>(
  traceparents: readonly (string | null | undefined)[],
  about: SpanAbout,
  run: () => Promise<T>,
): Promise<T> {
  const kept = distinct(traceparents.map(keptSpan))
  const [first, ...others] = kept
  const trace = traceFrom(
    first ? `00-${first.traceId}-${first.spanId}-01` : (traceparents[0] ?? undefined),
    undefined,
    about,
  )
  const inOwn = { ...about, links: others.slice(0, maxLinks) }
  return within(trace, inOwn, run).finally(() => addToEach(others, trace, about))
}

/** To each trace, as a part of the span that is named. */
function addToEach(
  spans: SpanLink[],
  { spanId, traceId, recording, startedMs }: Trace,
  about: SpanAbout,
): void {
  const endedMs = performance.now()
  recording?.recorder.add(
    spans.map((parent) => ({
      ...{ traceId: parent.traceId, spanId: newSpanId(), parentId: parent.spanId, startedMs, endedMs },
      ...{ service: about.service ?? '', kind: about.kind, name: about.name },
      ...{ attributes: about.attributes ?? none, failure: about.failure, links: [{ traceId, spanId }] },
    })),
  )
}

/** The first of each trace. */
function distinct(spans: (SpanLink | undefined)[]): SpanLink[] {
  const seen = new Map<string, SpanLink>()
  for (const span of spans) if (span && !seen.has(span.traceId)) seen.set(span.traceId, span)
  return [...seen.values()]
}

/**
 * A batch runs within the trace of one of its items, a kept one if there is any, and waits for servers no longer than
 * its oldest item may; each other item has a span of the same time in its own trace. They name each other.
 */
export async function inSpanOfBatch<T>(
  items: readonly (Trace | undefined)[],
  about: SpanAbout,
  run: () => Promise<T>,
): Promise<T> {
  const recorded = items.filter((trace): trace is Trace => trace?.recording !== undefined)
  const parent = recorded.find((trace) => trace.recording!.isKept) ?? recorded[0]
  const oldest = items.reduce((a, b) => (a && b && a.requestedMs > b.requestedMs ? b : (a ?? b)), undefined)
  if (!parent) return oldest ? withTrace(oldest, run) : run()
  const own = { ...childOf(parent), requestedMs: oldest?.requestedMs ?? parent.requestedMs }
  const others = recorded.filter((trace) => trace !== parent)
  const links = others.filter((trace) => trace.recording!.isKept).slice(0, maxLinks)
  const attributes = { ...about.attributes, 'bahi.batch.items': items.length }
  const inOwn = { ...about, attributes, links }
  const inOther = { ...about, attributes, links: [{ traceId: own.traceId, spanId: own.spanId }] }
  return within(own, inOwn, run).finally(() => {
    for (const trace of others) addLeaf(trace, inOther, own.startedMs)
  })
}
