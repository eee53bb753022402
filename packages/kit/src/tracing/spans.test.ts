// Which traces are kept, what they are made of, and that a collector that is away costs no memory.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batch } from '../batch.ts'
import { currentTrace, recordTraces, traceFrom, withTrace, type Span } from '../trace.ts'
import { exportTraces } from './otlp.ts'
import { endSpan, inSpan, inSpanOfMany, requestSpanEnded } from './spans.ts'

let spans: Span[]
let dropped: number
beforeEach(() => {
  spans = []
  dropped = 0
  record(0)
})
afterEach(() => recordTraces(undefined))

function record(ratio: number, slowMs = 60_000): void {
  recordTraces({
    ratio,
    slowMs,
    add: (some) => void spans.push(...some),
    dropped: (count) => void (dropped += count),
  })
}

const kept = (traceId: string) => `00-${traceId.padEnd(32, '0')}-00000000000000aa-01`
const call = { kind: 'client', name: 'call' } as const
const request = (status: string) => ({ method: 'GET', route: '/v1/me', status })
const shown = () => spans.map(({ name, failure }) => (failure === undefined ? name : `${name}: ${failure}`))

/** A request with a call in it. */
async function answered(status: string, traceparent?: string): Promise<void> {
  const trace = traceFrom(traceparent, undefined, { service: 'user' })
  await withTrace(trace, async () => {
    await inSpan(call, () => Promise.resolve())
    requestSpanEnded(trace, request(status))
  })
}

describe('a trace', () => {
  it('is dropped when nothing about it is worth keeping', async () => {
    await answered('200')
    await answered('404')
    expect(spans).toEqual([])
  })

  it('is kept whole when it fails, is slow, is one of the share, or its caller keeps it', async () => {
    await answered('500')
    record(0, -1)
    await answered('200')
    record(1)
    await answered('200')
    record(0)
    await answered('200', kept('a'))
    expect(shown()).toEqual([
      ...['call', 'GET /v1/me: 500'],
      ...['call', 'GET /v1/me'],
      ...['call', 'GET /v1/me'],
      ...['call', 'GET /v1/me'],
    ])
    expect(spans.at(-1)).toMatchObject({ service: 'user', parentId: '00000000000000aa' })
    expect(spans.at(-2)!.parentId).toBe(spans.at(-1)!.spanId)
  })

  it('of a stranger who says that it is kept is dropped all the same, and keeps its id', () => {
    const trace = traceFrom(kept('b'), undefined, { isEdge: true })
    endSpan(trace, call)
    expect([spans, trace.traceparent.slice(-2), trace.traceId.startsWith('b')]).toEqual([[], '00', true])
  })

  it('has a bound', async () => {
    await withTrace(traceFrom(undefined, undefined), async () => {
      for (let i = 0; i < 510; i++) await inSpan(call, () => Promise.resolve())
    })
    expect([spans.length, dropped]).toEqual([0, 10])
  })
})

describe('what serves several traces', () => {
  it('runs within a kept one of its items, and the others name it', async () => {
    const run = batch((items: number[]) => inSpan(call, () => Promise.resolve(items)), {
      ...{ name: 'post', maxItems: 10, maxInFlight: 1 },
    })
    const traces = [undefined, kept('c'), kept('d')].map((given) => traceFrom(given, undefined))
    await Promise.all(traces.map((trace, i) => withTrace(trace, () => run(i))))
    const [, c, d] = traces
    const own = spans.find(({ name, traceId }) => name === 'post' && traceId === c!.traceId)!
    const other = spans.find(({ traceId }) => traceId === d!.traceId)!
    expect(own).toMatchObject({ parentId: c!.spanId, links: [{ traceId: d!.traceId }] })
    expect(own.attributes).toEqual({ 'bahi.batch.items': 3 })
    expect(other).toMatchObject({
      ...{ name: 'post', parentId: d!.spanId },
      links: [{ traceId: own.traceId, spanId: own.spanId }],
    })
    expect(spans.find(({ name }) => name === 'call')!.parentId).toBe(own.spanId)
  })

  it('has a span in each kept trace of its events', async () => {
    const about = { service: 'audit', kind: 'consumer', name: 'consume' } as const
    const ids = await inSpanOfMany([null, kept('e'), kept('f'), kept('e')], about, () =>
      Promise.resolve(currentTrace()!.traceId),
    )
    expect(ids.startsWith('e')).toBe(true)
    expect(spans.map(({ traceId }) => traceId[0])).toEqual(['e', 'f'])
  })
})

describe('the exporter', () => {
  it('keeps no more than its buffer while the collector is away, and counts what it drops', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    const exporter = exportTraces({ endpoint: `http://127.0.0.1:${port}`, ratio: 1, maxWaiting: 5 })
    for (let i = 0; i < 8; i++) endSpan(traceFrom(undefined, undefined), call)
    expect(exporter.counts()).toEqual({ sent: 0, dropped: 3 })
    await exporter.close()
    expect(exporter.counts()).toEqual({ sent: 0, dropped: 8 })
  })
})
