// How requests reach the copies of a service: in turns, around one that is down, never twice when one may be executed.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../port.ts'
import { httpTransport, type HttpTransportOptions, type ServiceUrls } from './http-transport.ts'
import { notExecutedHeader, wholeBody, type Transport } from './transport.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Copy = { url: string; port: number; seen: number; connections: number; stop(): Promise<void> }

/**
 * `breaks`: takes the request, does its work, and closes the connection instead of answering. `starting`: answers that
 * it does nothing yet.
 */
async function copy({
  name = 'a',
  breaks = false,
  starting = false,
  port = 0,
  host = '127.0.0.1',
} = {}): Promise<Copy> {
  const found = { seen: 0, connections: 0 }
  const server: Server = createServer((request, response) => {
    found.seen += 1
    request.resume()
    if (breaks) return void request.socket.destroy()
    if (starting) response.writeHead(503, { [notExecutedHeader]: 'starting' })
    request.on('end', () => response.end(starting ? 'starting' : name))
  })
  server.on('connection', () => (found.connections += 1))
  await new Promise<void>((done) => server.listen(port, host, done))
  const stop = () =>
    new Promise<void>((done) => {
      server.closeAllConnections()
      server.close(() => done())
    })
  ends.push(stop)
  const { port: bound } = server.address() as AddressInfo
  return Object.assign(found, { url: `http://${host}:${bound}`, port: bound, stop })
}

function transportTo(urls: ServiceUrls, options: HttpTransportOptions = {}): Transport {
  const transport = httpTransport(urls, options)
  ends.push(() => transport.close())
  return transport
}

async function send(transport: Transport, body: Readable | string = 'x'): Promise<string> {
  const answer = await transport('user', { method: 'POST', path: '/', headers: {}, body, timeoutMs: 2_000 })
  return (await wholeBody(answer.body)).toString()
}

const nowhere = async () => `http://127.0.0.1:${await freePort()}`

describe('the copies of a service', () => {
  it('take turns', async () => {
    const [a, b] = [await copy({ name: 'a' }), await copy({ name: 'b' })]
    const transport = transportTo({ user: [a.url, b.url] })
    expect([
      await send(transport),
      await send(transport),
      await send(transport),
      await send(transport),
    ]).toEqual(['a', 'b', 'a', 'b'])
  })

  it('may be named with commas between them', async () => {
    const [a, b] = [await copy({ name: 'a' }), await copy({ name: 'b' })]
    const transport = transportTo({ user: `${a.url}, ${b.url}` })
    expect([await send(transport), await send(transport)]).toEqual(['a', 'b'])
  })

  it('replace one that refuses connections, and it is used again once it is back', async () => {
    const a = await copy({ name: 'a' })
    const gone = await nowhere()
    const transport = transportTo({ user: [gone, a.url] })
    for (let i = 0; i < 6; i++) expect(await send(transport)).toBe('a')
    await copy({ name: 'b', port: Number(new URL(gone).port) })
    await expect.poll(() => send(transport)).toBe('b')
  })

  it('get no second request when the first copy received it', async () => {
    const [broken, b] = [await copy({ breaks: true }), await copy({ name: 'b' })]
    const transport = transportTo({ user: [broken.url, b.url] })
    await expect(send(transport)).rejects.toMatchObject({ code: 'unavailable' })
    expect([broken.seen, b.seen]).toEqual([1, 0])
  })

  it('replace one that answers that it is starting, unless a stream was sent', async () => {
    const [starting, b] = [await copy({ starting: true }), await copy({ name: 'b' })]
    const transport = transportTo({ user: [starting.url, b.url] })
    expect(await send(transport)).toBe('b')
    expect([starting.seen, b.seen]).toEqual([1, 1])
    expect(await send(transportTo({ user: [starting.url, b.url] }), Readable.from(['x']))).toBe('starting')
    expect(await send(transportTo({ user: [starting.url, starting.url] }))).toBe('starting')
  })

  it('get no stream a second time', async () => {
    const a = await copy({ name: 'a' })
    const transport = transportTo({ user: [await nowhere(), a.url] })
    await expect(send(transport, Readable.from(['x']))).rejects.toMatchObject({ code: 'unavailable' })
    expect(await send(transport, Readable.from(['x']))).toBe('a')
  })

  it('are unavailable when none can be reached, or none is known', async () => {
    await expect(send(transportTo({ user: [await nowhere(), await nowhere()] }))).rejects.toMatchObject({
      code: 'unavailable',
    })
    await expect(send(transportTo({}))).rejects.toMatchObject({ code: 'unavailable' })
  })
})

// Other systems have one loopback address.
describe.skipIf(process.platform !== 'linux')('a host name', () => {
  /** Two copies at one port of two addresses, as the pods of a headless Service are. */
  async function pods(): Promise<{ a: Copy; b: Copy; url: string }> {
    const a = await copy({ name: 'a' })
    const b = await copy({ name: 'b', port: a.port, host: '127.0.0.2' })
    return { a, b, url: `http://user.bahi.svc:${a.port}` }
  }

  it('stands for all addresses that it resolves to, of now', async () => {
    const { url } = await pods()
    let found = ['127.0.0.1']
    const lookup = () => Promise.resolve(found)
    const transport = transportTo({ user: url }, { refreshMs: 0, lookup })
    expect([await send(transport), await send(transport)]).toEqual(['a', 'a'])
    found = ['127.0.0.2', '127.0.0.1']
    await expect.poll(() => send(transport)).toBe('b')
    found = ['127.0.0.2']
    await expect
      .poll(async () => [await send(transport), await send(transport), await send(transport)])
      .toEqual(['b', 'b', 'b'])
  })

  it('whose copy refuses connections is asked at another address', async () => {
    const { a, url } = await pods()
    const lookup = () => Promise.resolve(['127.0.0.1', '127.0.0.2'])
    const transport = transportTo({ user: url }, { lookup })
    await a.stop()
    for (let i = 0; i < 4; i++) expect(await send(transport)).toBe('b')
  })

  it('keeps its addresses while it cannot be resolved', async () => {
    const { url } = await pods()
    let works = true
    const lookup = () => (works ? Promise.resolve(['127.0.0.1']) : Promise.reject(new Error('no DNS')))
    const transport = transportTo({ user: url }, { refreshMs: 0, lookup })
    expect(await send(transport)).toBe('a')
    works = false
    for (let i = 0; i < 3; i++) expect(await send(transport)).toBe('a')
    const unknown = transportTo({ user: 'http://nobody.invalid:80' }, { lookup })
    await expect(send(unknown)).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is connected to anew after the lifetime of a connection', async () => {
    const a = await copy()
    const transport = transportTo({ user: a.url }, { lifetimeMs: 10 })
    await expect
      .poll(async () => {
        await send(transport)
        return a.connections
      })
      .toBeGreaterThan(2)
  })
})
