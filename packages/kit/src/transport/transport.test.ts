// How requests find the copies of a service: in turns, around one that is down, and never twice when one may be done.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../port.ts'
import { httpTransport, type Transport, type ServiceUrls } from './transport.ts'

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

function carryTo(urls: ServiceUrls): Transport {
  const transport = httpTransport(urls)
  ends.push(() => transport.close())
  return transport
}

async function ask(transport: Transport, body: Readable | string = 'x'): Promise<string> {
  const answer = await transport('user', { method: 'POST', path: '/', headers: {}, body, timeoutMs: 2_000 })
  return text(answer.body)
}

const nowhere = async () => `http://127.0.0.1:${await freePort()}`

describe('the copies of a service', () => {
  it('take turns', async () => {
    const [a, b] = [await copy({ name: 'a' }), await copy({ name: 'b' })]
    const transport = carryTo({ user: [a.url, b.url] })
    expect([await ask(transport), await ask(transport), await ask(transport), await ask(transport)]).toEqual([
      'a',
      'b',
      'a',
      'b',
    ])
  })

  it('may be named with commas between them', async () => {
    const [a, b] = [await copy({ name: 'a' }), await copy({ name: 'b' })]
    const transport = carryTo({ user: `${a.url}, ${b.url}` })
    expect([await ask(transport), await ask(transport)]).toEqual(['a', 'b'])
  })

  it('stand in for one that takes no connection, and it is asked again once it is back', async () => {
    const a = await copy({ name: 'a' })
    const gone = await nowhere()
    const transport = carryTo({ user: [gone, a.url] })
    for (let i = 0; i < 6; i++) expect(await ask(transport)).toBe('a')
    await copy({ name: 'b', port: Number(new URL(gone).port) })
    await expect.poll(() => ask(transport), { timeout: 3_000 }).toBe('b')
  })

  it('are not asked a second time when the first one took the request', async () => {
    const [broken, b] = [await copy({ breaks: true }), await copy({ name: 'b' })]
    const transport = carryTo({ user: [broken.url, b.url] })
    await expect(ask(transport)).rejects.toMatchObject({ code: 'unavailable' })
    expect([broken.seen, b.seen]).toEqual([1, 0])
  })

  it('cannot be sent a stream again', async () => {
    const a = await copy({ name: 'a' })
    const transport = carryTo({ user: [await nowhere(), a.url] })
    await expect(ask(transport, Readable.from(['x']))).rejects.toMatchObject({ code: 'unavailable' })
    expect(await ask(transport, Readable.from(['x']))).toBe('a')
  })

  it('are unavailable when none can be reached, or none is known', async () => {
    await expect(ask(carryTo({ user: [await nowhere(), await nowhere()] }))).rejects.toMatchObject({
      code: 'unavailable',
    })
    await expect(ask(carryTo({}))).rejects.toMatchObject({ code: 'unavailable' })
  })
})
