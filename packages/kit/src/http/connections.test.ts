// Connections of strangers: none stays open for ever, there are only so many, and none holds the end of a server up.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { closeWithin, guardConnections, markEndless, type ConnectionLimits } from './connections.ts'
import { refuseUnreadable } from './http.ts'

let server: Server
let nowMs = 0
let requests = 0
const sockets: Socket[] = []
/** Sockets that the server still holds. */
const held = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function start(limits?: Partial<ConnectionLimits>, timeouts = {}): Promise<void> {
  requests = 0
  server = createServer({ ...timeouts, connectionsCheckingInterval: 50 }, (request, response) => {
    requests += 1
    if (request.url === '/never') return
    if (request.url === '/stream') {
      markEndless(response)
      response.write('data: 1\n\n')
    } else if (request.url === '/large') {
      response.setHeader('connection', 'close')
      response.end(Buffer.alloc(50_000_000))
    } else response.end('fine')
  })
  server.on('clientError', refuseUnreadable)
  guardConnections(server, limits && { max: 100, maxPerAddress: 100, proxies: [], ...limits }, () => nowMs)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

/** Says this, and then nothing more; it never closes its own end, nor reads before it is told to. */
async function open(text = ''): Promise<Socket> {
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => undefined)
  sockets.push(socket)
  await once(socket, 'connect')
  if (text) socket.write(text)
  return socket
}
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`

describe('a connection is destroyed', () => {
  const silent: [what: string, text: string][] = [
    ['says nothing', ''],
    ['sends half a head', 'GET / HTTP/1.1\r\nhost: a\r\n'],
    ['sends half a body', 'POST /never HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{"a"'],
    ['sends rubbish', 'RUBBISH\r\n\r\n'],
    ['asks for its end, and never ends itself', 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
  ]
  it.each(silent)('that %s', async (_what, text) => {
    await start(undefined, { headersTimeout: 100, requestTimeout: 200 })
    for (let i = 0; i < 20; i++) await open(text)
    const ended = async () => {
      nowMs += 1_000
      return held()
    }
    await expect.poll(ended).toBe(0)
  })

  it('whose client does not read the answer', async () => {
    await start()
    for (let i = 0; i < 5; i++) (await open(get('/large'))).pause()
    await expect.poll(() => requests).toBe(5)
    nowMs += 121_000
    await expect.poll(held).toBe(0)
  })

  it('but for a stream, which has no end of its own', async () => {
    await start()
    const stream = await open(get('/stream'))
    await once(stream, 'data')
    const other = await open(get('/never'))
    await expect.poll(() => requests).toBe(2)
    nowMs += 121_000
    await once(other.resume(), 'end')
    await expect.poll(held).toBe(1)
  })
})

describe('when there are too many connections', () => {
  it('the oldest that has said nothing makes room', async () => {
    await start({ max: 3 })
    const [first, second] = [await open(), await open()]
    const busy = await open(get('/stream'))
    await once(busy, 'data')
    const closed = once(first.resume(), 'end')
    const late = await open(get('/'))
    expect(String((await once(late, 'data'))[0])).toContain('fine')
    await closed
    expect([second.readableEnded, busy.readableEnded]).toEqual([false, false])
  })

  it.each([{ max: 2 }, { maxPerAddress: 2 }])(
    'one that waits for its next request makes room, and one in use does not: %o',
    async (limits) => {
      await start(limits)
      const waiting = await open(get('/'))
      await once(waiting, 'data')
      const busy = await open(get('/stream'))
      await once(busy, 'data')
      const closed = once(waiting.resume(), 'end')
      expect(String((await once(await open(get('/')), 'data'))[0])).toContain('fine')
      await closed
      expect(busy.readableEnded).toBe(false)
    },
  )

  it('a new one is refused when all are in use', async () => {
    await start({ max: 2 })
    for (let i = 0; i < 2; i++) await once(await open(get('/stream')), 'data')
    await once((await open(get('/'))).resume(), 'end')
    expect(await held()).toBe(2)
  })

  it('one address has only so many, a proxy as many as there are', async () => {
    await start({ maxPerAddress: 2 })
    for (let i = 0; i < 2; i++) await once(await open(get('/stream')), 'data')
    await once((await open(get('/'))).resume(), 'end')
    sockets[0]!.destroy()
    await expect.poll(held).toBe(1)
    expect(String((await once(await open(get('/')), 'data'))[0])).toContain('fine')
  })

  it.each(['127.0.0.1', '127.0.0.0/8'])(
    'one behind the proxy %s is not counted by its address',
    async (proxy) => {
      await start({ maxPerAddress: 1, proxies: ['2001:db8::/32', proxy] })
      for (let i = 0; i < 4; i++) await once(await open(get('/stream')), 'data')
      expect(await held()).toBe(4)
    },
  )
})

it('twenty connections of every bad kind do not hold the end of the server up', async () => {
  await start()
  for (let i = 0; i < 5; i++) {
    await open()
    await open('POST / HTTP/1.1\r\nhost: a\r\n')
    await open('RUBBISH\r\n\r\n')
    ;(await open(get('/large'))).pause()
  }
  await expect.poll(held).toBe(20)
  const close = () => new Promise((resolve) => server.close(resolve))
  expect(await closeWithin(server, 100, close)).toBe(false)
  expect(await held()).toBe(0)
})
