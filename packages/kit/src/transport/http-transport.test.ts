// How requests reach the copies of a service: in turns, around one that is down, never twice when one may be executed.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../port.ts'
import { httpTransport, type ServiceUrls } from './http-transport.ts'
import { wholeBody, type Transport } from './transport.ts'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

type Copy = { url: string; seen: number; stop(): Promise<void> }

/** `breaks`: takes the request, does its work, and closes the connection instead of answering. */
async function copy({ name = 'a', breaks = false, port = 0 } = {}): Promise<Copy> {
  const found = { seen: 0 }
  const server: Server = createServer((request, response) => {
    found.seen += 1
    request.resume()
    if (breaks) return void request.socket.destroy()
    request.on('end', () => response.end(name))
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  const stop = () =>
    new Promise<void>((done) => {
      server.closeAllConnections()
      server.close(() => done())
    })
  ends.push(stop)
  const { port: bound } = server.address() as AddressInfo
  return Object.assign(found, { url: `http://127.0.0.1:${bound}`, stop })
}

function transportTo(urls: ServiceUrls): Transport {
  const transport = httpTransport(urls)
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
