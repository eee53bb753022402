// How responses are passed back: within the timeout, buffered when small, streamed when large.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Contract } from '@bahi/contracts/contract.ts'
import { listPayments } from '@bahi/contracts/payment.ts'
import { buildApp, type App } from '@bahi/kit/http/http.ts'
import { createLog } from '@bahi/kit/log.ts'
import { createMetrics } from '@bahi/kit/metrics.ts'
import { httpTransport } from '@bahi/kit/transport/http-transport.ts'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { forward } from './forward.ts'
import { bearer, json, startGateway, type TestGateway } from '../testing.ts'

describe('a service behind a real connection', () => {
  let upstream: Server
  let app: App
  let transport: ReturnType<typeof httpTransport>
  const patient: Contract = { ...listPayments, access: 'public', timeoutMs: 60_000 }
  const shortTimeout: Contract = { ...patient, url: '/v1/short', timeoutMs: 150 }
  /** Requests that the service has and has neither answered nor lost. */
  let open = 0

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      request.resume()
      open += 1
      response.on('close', () => (open -= 1))
      const path = request.url ?? ''
      if (path.includes('silent')) return
      response.writeHead(200, { 'content-length': '20', 'content-type': 'text/plain' })
      response.write('0123456789')
      if (path.includes('broken')) setTimeout(() => response.destroy(), 20)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => upstream.once('listening', resolve))
    transport = httpTransport({ payment: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` })
    app = buildApp({
      service: 'gateway',
      log: createLog('gateway', 'silent'),
      metrics: createMetrics('gateway'),
      trust: undefined as never,
      edge: true,
    })
    for (const contract of [patient, shortTimeout])
      app.route({
        method: 'GET',
        url: contract.url,
        handler: (request, reply) => forward({ forward: transport }, contract, request, reply),
      })
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(async () => {
    upstream.closeAllConnections()
    upstream.close()
    await app.close()
    await transport.close()
  })
  const get = (query: string, { url } = patient) => app.inject({ url: `${url}?${query}` })

  it('that does not respond is a timeout after the time of its contract', async () => {
    const response = await get('silent', shortTimeout)
    expect(response.json()).toMatchObject({ code: 'timeout', status: 504 })
    await expect.poll(() => open).toBe(0)
  })

  it('that stalls within a small response is a timeout too', async () => {
    expect((await get('stuck', shortTimeout)).json()).toMatchObject({ code: 'timeout' })
  })

  it('that cuts off a small response becomes a problem, not half a response', async () => {
    expect((await get('broken')).json()).toMatchObject({ code: 'unavailable' })
  })

  it('that refuses connections is unavailable', async () => {
    const unreachable = httpTransport({ payment: 'http://127.0.0.1:9' })
    const contract: Contract = { ...patient, url: '/v1/away' }
    const other = buildApp({
      service: 'gateway',
      log: createLog('gateway', 'silent'),
      metrics: createMetrics('gateway'),
      trust: undefined as never,
      edge: true,
    })
    other.get('/v1/away', (request, reply) => forward({ forward: unreachable }, contract, request, reply))
    expect((await other.inject('/v1/away')).json()).toMatchObject({ code: 'unavailable', retryAfterS: 1 })
    await other.close()
    await unreachable.close()
  })

  it('has its request cancelled when the client of a read disconnects', async () => {
    await expect.poll(() => open).toBe(0)
    const { port } = app.server.address() as AddressInfo
    const client = httpRequest({ host: '127.0.0.1', port, path: '/v1/payments?silent' })
    client.on('error', () => undefined)
    client.end()
    await expect.poll(() => open, { interval: 5 }).toBe(1)
    client.destroy()
    await expect.poll(() => open, { interval: 5 }).toBe(0)
  })
})

describe('through the gateway', () => {
  let gateway: TestGateway
  let headers: Record<string, string>
  beforeAll(async () => {
    gateway = await startGateway(inject('postgresUrl'))
    headers = { ...bearer(await gateway.token()), 'accept-encoding': 'identity' }
  })
  afterAll(() => gateway.stop())

  it('a large response is streamed while it is still being written', async () => {
    const pieces = 400
    let written = 0
    gateway.stubs.service = () => ({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      body: Readable.from(
        (async function* () {
          for (; written < pieces; written++) {
            if (written === 1) await sleep(50)
            yield Buffer.alloc(32_768, written)
          }
        })(),
      ),
    })
    const response = await gateway.fetch('/v1/payments', { headers })
    expect(written).toBeLessThan(pieces)
    let length = 0
    for await (const chunk of response.body!) length += (chunk as Uint8Array).length
    expect(length).toBe(pieces * 32_768)
  })

  it('a large response that is cut off is cut off for the client as well', async () => {
    gateway.stubs.service = () => ({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      body: Readable.from(
        (async function* () {
          yield Buffer.alloc(100_000)
          await sleep(10)
          throw new Error('gone')
        })(),
      ),
    })
    const response = await gateway.fetch('/v1/payments', { headers })
    await expect(response.arrayBuffer()).rejects.toThrow()
  })

  const long = { text: 'paise '.repeat(2_000) }
  const compressed = (encoding: string) =>
    gateway.platform.app('gateway').inject({
      url: '/v1/payments',
      headers: { ...headers, 'accept-encoding': encoding },
    })

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('compresses with %s for clients that accept it', async (encoding, unpack) => {
    gateway.stubs.service = () => json(long)
    const response = await compressed(encoding)
    expect(response.headers['content-encoding']).toBe(encoding)
    expect(response.headers['vary']).toContain('accept-encoding')
    expect(response.rawPayload.length).toBeLessThan(1_000)
    expect(JSON.parse(unpack(response.rawPayload).toString())).toEqual(long)
  })

  it('compresses a stream as well, without a content-length', async () => {
    const text = JSON.stringify(long).repeat(20)
    gateway.stubs.service = () => ({
      status: 200,
      headers: { 'content-type': 'application/json', 'content-length': String(text.length) },
      body: Readable.from([text]),
    })
    const response = await compressed('gzip')
    expect(response.headers['content-length']).toBeUndefined()
    expect(gunzipSync(response.rawPayload).toString()).toBe(text)
  })

  it('does not compress short responses, nor for clients that do not accept it', async () => {
    gateway.stubs.service = () => json({ fine: true })
    expect((await compressed('br, gzip')).headers['content-encoding']).toBeUndefined()
    gateway.stubs.service = () => json(long)
    expect((await compressed('identity')).json()).toEqual(long)
    expect((await compressed('zstd, deflate')).json()).toEqual(long)
  })
})
