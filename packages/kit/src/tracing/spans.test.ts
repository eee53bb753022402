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

function record(ratio: number, slowMs = 60_000, samplingKey = 'secret'): void {
  recordTraces({
    ratio,
    samplingKey,
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

  it('has a bound', async () => {
    await withTrace(traceFrom(undefined, undefined), async () => {
      for (let i = 0; i < 510; i++) await inSpan(call, () => Promise.resolve())
    })
    expect([spans.length, dropped]).toEqual([0, 10])
  })
})

describe('a stranger', () => {
  const id = '0af7651916cd43dd8448eb211c80319c'
  const atEdge = (traceparent: string, tracestate?: string) =>
    traceFrom(traceparent, undefined, { isEdge: true, tracestate })
  const from = (flags: string, traceId = id) => atEdge(`00-${traceId}-b7ad6b7169203331-${flags}`)

  it.each([
    ['01', 0, '200', undefined],
    ['ff', 0, '200', undefined],
    ['00', 1, '200', id],
    ['00', 0, '500', id],
    ['01', 0, '500', id],
  ])('who says %s of a share of %s with an answer %s decides nothing', (flags, ratio, status, expected) => {
    record(ratio)
    const trace = from(flags)
    expect([trace.traceId, trace.traceparent.slice(-2)]).toEqual([id, ratio === 1 ? '01' : '00'])
    requestSpanEnded(trace, request(status))
    expect(spans[0]?.traceId).toBe(expected)
  })

  it('decides nothing where nothing is recorded', () => {
    recordTraces(undefined)
    expect(from('01').traceparent.slice(-2)).toBe('00')
  })

  it('has all requests of a trace kept or none, at every copy, and no way to know which', () => {
    const ids = Array.from({ length: 2_000 }, (_, i) => (i + 1).toString(16).padStart(32, '0'))
    const keptBy = (samplingKey: string) => {
      record(0.1, 60_000, samplingKey)
      return ids.filter((traceId) => from('00', traceId).recording!.isKept)
    }
    const some = keptBy('secret')
    expect(keptBy('secret')).toEqual(some)
    const other = keptBy('other')
    expect([some.length, other.length].every((n) => n > 150 && n < 250)).toBe(true)
    expect(some.filter((one) => other.includes(one)).length).toBeLessThan(50)
  })

  it.each([
    ['nothing', ''],
    ['a trace of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['a span of zeros', `00-${id}-${'0'.repeat(16)}-01`],
    ['a short id', `00-${id.slice(1)}-b7ad6b7169203331-01`],
    ['capitals', `00-${id.toUpperCase()}-b7ad6b7169203331-01`],
    ['the version that is none', `ff-${id}-b7ad6b7169203331-01`],
    ['more after it', `00-${id}-b7ad6b7169203331-01\n`],
    ['two of them', `00-${id}-b7ad6b7169203331-01, 00-${id}-b7ad6b7169203331-01`],
  ])('who sends %s gets a trace of its own', (_what, traceparent) => {
    const trace = atEdge(traceparent, 'bahi=pay/1.2.3')
    expect(trace.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
    expect(trace.traceId).not.toContain(id.slice(1, 20))
    expect([trace.parentId, trace.client]).toEqual([undefined, undefined])
  })

  it.each([
    ['bahi=pay/1.2.3', 'pay/1.2.3'],
    ['other=1, bahi=console/0.9.0 ,third=2', 'console/0.9.0'],
    ['bahi=asha@bahi', undefined],
    ['xbahi=pay/1.2.3', undefined],
    [`bahi=pay/${'1'.repeat(17)}`, undefined],
    [`bahi=pay/1.2.3,${'x'.repeat(512)}`, undefined],
  ])('says which app it is: %s', (tracestate, client) => {
    requestSpanEnded(atEdge(kept('a'), tracestate), request('500'))
    expect(spans[0]!.attributes['bahi.client']).toBe(client)
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
