// The log of requests: a line for each that an operator can follow, and nothing that names a person.
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { recordTraces, type Span } from '../trace.ts'
import { createTrust, generateServiceKeys } from '../transport/service-token.ts'
import { buildApp, type App } from './http.ts'

const lines: Record<string, unknown>[] = []
let server: App
let url = ''
const upload = Promise.withResolvers<void>()
beforeAll(async () => {
  const write = (line: string) => void (line.includes('"route"') && lines.push(JSON.parse(line) as never))
  const log = createLog('user', 'info', { write })
  server = buildApp({
    service: 'user',
    log,
    metrics: createMetrics('user'),
    trust: createTrust(await generateServiceKeys(['user']), systemClock),
    edge: true,
    report: fail,
  })
  server.get('/v1/people/:phone', () => ({ ok: true }))
  server.get('/v1/broken', () => {
    throw new Error('a bug')
  })
  server.post('/v1/upload', { onRequest: async () => upload.resolve() }, () => ({ ok: true }))
  url = await server.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server.close())
/** An outage would be reported here. */
const fail = (error: unknown) => {
  throw error
}

it('has one line for each, with its route and ids, and nothing of a person', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  const headers = {
    traceparent,
    'x-request-id': 'request-12345',
    cookie: 'secret=1',
    'user-agent': 'agent',
  }
  await fetch(`${url}/v1/people/+919812345678?otp=482913`, { headers })
  await expect.poll(() => lines.length).toBe(1)
  const [line] = lines.splice(0)
  expect(line).toEqual({
    level: 'info',
    time: expect.any(String) as string,
    service: 'user',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    instance: expect.stringContaining(`:${process.pid}`) as string,
    traceId,
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    requestId: 'request-12345',
    method: 'GET',
    route: '/v1/people/:phone',
    status: 200,
    ms: expect.any(Number) as number,
    msg: 'request answered',
  })
  expect(line!['spanId']).not.toBe('b7ad6b7169203331')
  // What the machine is called, and an id, may contain anything.
  const { instance, spanId: _spanId, ...said } = line!
  expect(JSON.stringify(said)).not.toMatch(/98123|482913|secret|agent|127\.0\.0\.1/)
  expect(instance).not.toMatch(/98123|482913|secret|127\.0\.0\.1/)
})

it('is found by the reference of a failure, and so is the trace, which is kept', async () => {
  const kept: string[] = []
  const add = (spans: Span[]) => void kept.push(...spans.map(({ traceId }) => traceId))
  recordTraces({ ratio: 0, samplingKey: '', slowMs: 60_000, add, dropped: () => undefined })
  const headers = { traceparent: '00-5bd66ef5095369c7b0d1f8f4bd33716a-b7ad6b7169203331-00' }
  const answer = await fetch(`${url}/v1/broken`, { headers })
  const { instance } = (await answer.json()) as { instance: string }
  await expect.poll(() => lines.length).toBe(2)
  recordTraces(undefined)
  expect(instance).toBe('5bd66ef5095369c7b0d1f8f4bd33716a')
  const found = lines
    .splice(0)
    .filter(({ traceId, requestId }) => traceId === instance && requestId === instance)
  expect(found.map(({ msg }) => msg)).toEqual(['request failed by an internal error', 'request answered'])
  expect(kept).toEqual([instance])
})

it('does not call a client that goes away an outage of the database', async () => {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  const head = 'POST /v1/upload HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100'
  socket.write(`${head}\r\n\r\n{"half":`)
  await upload.promise
  socket.resetAndDestroy()
  await expect.poll(() => lines.length).toBe(1)
  const [line] = lines.splice(0)
  expect(line).toMatchObject({ level: 'info', route: '/v1/upload', msg: 'request abandoned' })
})
