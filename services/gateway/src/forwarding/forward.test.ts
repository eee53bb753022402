// How answers travel: in time or not at all, whole when they are small, piece by piece when they are large.
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
import { httpTransport } from '@bahi/kit/transport/transport.ts'
import { request as ask } from 'node:http'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { forward } from './forward.ts'
import { bearer, json, openDoor, type Door } from '../testing.ts'

describe('a service behind a real connection', () => {
  let upstream: Server
  let app: App
  let carry: ReturnType<typeof httpTransport>
  const impatient: Contract = { ...listPayments, access: 'public', timeoutMs: 150 }
  let gone = 0

  beforeAll(async () => {
    upstream = createServer((request, response) => {
      request.resume()
      response.on('close', () => (gone += response.writableEnded ? 0 : 1))
      const path = request.url ?? ''
      if (path.includes('silent')) return
      response.writeHead(200, { 'content-length': '20', 'content-type': 'text/plain' })
      response.write('0123456789')
      if (path.includes('broken')) setTimeout(() => response.destroy(), 20)
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => upstream.once('listening', resolve))
    carry = httpTransport({ payment: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` })
    app = buildApp({
      service: 'gateway',
      log: createLog('gateway', 'silent'),
      metrics: createMetrics('gateway'),
      trust: undefined as never,
      edge: true,
    })
    app.route({
      method: 'GET',
      url: impatient.url,
      handler: (request, reply) => forward({ forward: carry }, impatient, request, reply),
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(async () => {
    upstream.closeAllConnections()
    upstream.close()
    await app.close()
    await carry.close()
  })
  const get = (query: string) => app.inject({ url: `/v1/payments?${query}` })

  it('that says nothing is given up after the time of its contract', async () => {
    const beganMs = Date.now()
    const response = await get('silent')
    expect(response.json()).toMatchObject({ code: 'timeout', status: 504 })
    expect(Date.now() - beganMs).toBeLessThan(1_000)
    await expect.poll(() => gone).toBe(1)
  })

  it('that stops in the middle of a small answer is given up too', async () => {
    expect((await get('stuck')).json()).toMatchObject({ code: 'timeout' })
  })

  it('that breaks off a small answer becomes a problem, not half an answer', async () => {
    expect((await get('broken')).json()).toMatchObject({ code: 'unavailable' })
  })

  it('that nobody listens to is down', async () => {
    const away = httpTransport({ payment: 'http://127.0.0.1:9' })
    const contract: Contract = { ...impatient, url: '/v1/away' }
    const other = buildApp({
      service: 'gateway',
      log: createLog('gateway', 'silent'),
      metrics: createMetrics('gateway'),
      trust: undefined as never,
      edge: true,
    })
    other.get('/v1/away', (request, reply) => forward({ forward: away }, contract, request, reply))
    expect((await other.inject('/v1/away')).json()).toMatchObject({ code: 'unavailable', retryAfterS: 1 })
    await other.close()
    await away.close()
  })

  it('is let go when the client that only wanted to read is gone', async () => {
    const before = gone
    const { port } = app.server.address() as AddressInfo
    const leaving = ask({ host: '127.0.0.1', port, path: '/v1/payments?silent' })
    leaving.on('error', () => undefined)
    leaving.end()
    await sleep(30)
    leaving.destroy()
    await expect.poll(() => gone, { timeout: 100, interval: 5 }).toBe(before + 1)
  })
})

describe('through the open door', () => {
  let door: Door
  let headers: Record<string, string>
  beforeAll(async () => {
    door = await openDoor(inject('postgresUrl'))
    headers = { ...bearer(await door.token()), 'accept-encoding': 'identity' }
  })
  afterAll(() => door.stop())

  it('a large answer arrives while it is still being written', async () => {
    const pieces = 400
    let written = 0
    door.answers.by = () => ({
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
    const response = await door.fetch('/v1/payments', { headers })
    expect(written).toBeLessThan(pieces)
    let length = 0
    for await (const chunk of response.body!) length += (chunk as Uint8Array).length
    expect(length).toBe(pieces * 32_768)
  })

  it('a large answer that breaks off breaks off for the client as well', async () => {
    door.answers.by = () => ({
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
    const response = await door.fetch('/v1/payments', { headers })
    await expect(response.arrayBuffer()).rejects.toThrow()
  })

  const long = { text: 'paise '.repeat(2_000) }
  const packed = (encoding: string) =>
    door.platform.app('gateway').inject({
      url: '/v1/payments',
      headers: { ...headers, 'accept-encoding': encoding },
    })

  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('compresses with %s for who takes it', async (encoding, unpack) => {
    door.answers.by = () => json(long)
    const response = await packed(encoding)
    expect(response.headers['content-encoding']).toBe(encoding)
    expect(response.headers['vary']).toContain('accept-encoding')
    expect(response.rawPayload.length).toBeLessThan(1_000)
    expect(JSON.parse(unpack(response.rawPayload).toString())).toEqual(long)
  })

  it('compresses a stream as well, and says no length that is wrong', async () => {
    const text = JSON.stringify(long).repeat(20)
    door.answers.by = () => ({
      status: 200,
      headers: { 'content-type': 'application/json', 'content-length': String(text.length) },
      body: Readable.from([text]),
    })
    const response = await packed('gzip')
    expect(response.headers['content-length']).toBeUndefined()
    expect(gunzipSync(response.rawPayload).toString()).toBe(text)
  })

  it('leaves alone what is short, and who takes nothing', async () => {
    door.answers.by = () => json({ fine: true })
    expect((await packed('br, gzip')).headers['content-encoding']).toBeUndefined()
    door.answers.by = () => json(long)
    expect((await packed('identity')).json()).toEqual(long)
    expect((await packed('zstd, deflate')).json()).toEqual(long)
  })
})
