// A graceful shutdown: readiness turns first, requests in flight are answered, and nothing from outside can delay it.
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Contract } from '@bahi/contracts/contract.ts'
import { testRuntimeOptions } from '@bahi/testing/runtime-options.ts'
import Type from 'typebox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createTrust, generateServiceKeys } from '../transport/service-token.ts'
import { allServiceNames, startServices, type Runtime } from './runtime.ts'
import type { RuntimeOptions } from './runtime-options.ts'
import type { AnyService } from './service.ts'

const wait = {
  service: 'user',
  method: 'POST',
  url: '/v1/wait',
  access: 'public',
  summary: 'Waits for the test',
  schema: { response: { 200: Type.Object({ done: Type.Boolean() }) } },
} as const satisfies Contract

let gate = Promise.withResolvers<void>()
let waiting = 0
const user: AnyService = {
  name: 'user',
  config: Type.Object({}),
  start: () => ({
    routes(app) {
      app.route({
        ...wait,
        async handler() {
          waiting += 1
          await gate.promise
          return { done: true }
        },
      })
    },
  }),
}
const audit: AnyService = {
  name: 'audit',
  config: Type.Object({}),
  start: () => ({ routes: () => undefined }),
}
/** A public edge with a stream that never ends. */
const gateway: AnyService = {
  name: 'gateway',
  config: Type.Object({}),
  edge: true,
  start: () => ({
    routes(app) {
      app.get('/stream', (_request, reply) => {
        reply.hijack()
        reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
        reply.raw.write('data: 1\n\n')
      })
    },
  }),
}

let runtime: Runtime
let keys: RuntimeOptions['keys']
let [internalUrl, adminUrl, publicUrl] = ['', '', '']
const sockets: Socket[] = []

beforeEach(async () => {
  gate = Promise.withResolvers()
  waiting = 0
  keys = await generateServiceKeys(allServiceNames)
  runtime = await startServices([user, audit, gateway], testRuntimeOptions(keys))
  internalUrl = await runtime.listenInternal(0)
  adminUrl = await runtime.listenAdmin(0)
  publicUrl = await runtime.listen('gateway', 0)
})
afterEach(async () => {
  gate.resolve()
  for (const socket of sockets.splice(0)) socket.destroy()
  await runtime.close({ closeTimeoutMs: 100 }).catch(() => undefined)
})

async function request(
  path: string,
  caller: 'gateway' | 'auth' = 'gateway',
  audience: 'user' | 'audit' = 'user',
) {
  const token = await createTrust(keys, systemClock).mint(caller, audience)
  return fetch(`${internalUrl}${path}`, { method: 'POST', headers: { 'x-bahi-service': token } })
}

/** A connection that says just this, and then nothing more. */
async function silent(url: string, text = ''): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  sockets.push(socket)
  await once(socket, 'connect')
  if (text) socket.write(text)
  return socket
}

describe('the internal port', () => {
  it('takes calls for every service of the process by the audience of their token', async () => {
    gate.resolve()
    expect(await (await request(wait.url)).json()).toEqual({ done: true })
    expect((await request(wait.url, 'gateway', 'audit')).status).toBe(404)
    expect((await request(wait.url, 'auth')).status).toBe(403)
  })

  it('refuses what names no service of the process', async () => {
    const answers = await Promise.all([
      fetch(`${internalUrl}${wait.url}`, { method: 'POST' }),
      fetch(`${internalUrl}${wait.url}`, { method: 'POST', headers: { 'x-bahi-service': 'x.y.z' } }),
    ])
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect(await answer.json()).toMatchObject({ code: 'caller-unknown' })
    }
  })

  it('shows neither health nor metrics', async () => {
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(`${internalUrl}${path}`)).status).toBe(401)
  })
})

describe('the admin port', () => {
  it('reports on all services', async () => {
    expect(await (await fetch(`${adminUrl}/readyz`)).json()).toMatchObject({
      ready: true,
      services: { user: { status: 'ready' }, audit: { status: 'ready' }, gateway: { status: 'ready' } },
    })
    expect((await fetch(`${adminUrl}/livez`)).status).toBe(200)
    const metrics = await (await fetch(`${adminUrl}/metrics`)).text()
    expect(metrics.match(/# TYPE bahi_http_request_seconds/g)).toHaveLength(1)
    expect((await fetch(`${adminUrl}/v1/wait`, { method: 'POST' })).status).toBe(404)
    expect((await fetch(`${adminUrl}/constructor`)).status).toBe(404)
  })
})

describe('a shutdown', () => {
  it('turns readiness first, and takes requests while it drains', async () => {
    const closing = runtime.close({ drainMs: 1_500 })
    const readiness = await fetch(`${adminUrl}/readyz`)
    expect([readiness.status, await readiness.json()]).toMatchObject([
      503,
      { services: { user: { status: 'stopping' } } },
    ])
    gate.resolve()
    expect((await request(wait.url)).status).toBe(200)
    // Or a client could use a connection again in the moment in which it is closed.
    expect((await fetch(`${publicUrl}/v1/nothing`)).headers.get('connection')).toBe('close')
    await closing
    for (const url of [internalUrl, adminUrl, publicUrl])
      await expect(fetch(`${url}/livez`)).rejects.toThrow()
  })

  it('answers what is in flight', async () => {
    const inFlight = request(wait.url)
    await expect.poll(() => waiting).toBe(1)
    const closing = runtime.close()
    await expect
      .poll(() =>
        fetch(internalUrl).then(
          () => 'open',
          () => 'closed',
        ),
      )
      .toBe('closed')
    gate.resolve()
    expect(await (await inFlight).json()).toEqual({ done: true })
    await closing
  })

  it('is not delayed by connections that say nothing, half a request, or read for ever', async () => {
    for (const url of [internalUrl, publicUrl]) {
      await silent(url)
      await silent(url, 'POST /v1/wait HTTP/1.1\r\nhost: a\r\n')
      await silent(url, 'POST /v1/wait HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n{"a"')
    }
    const stream = await silent(publicUrl, 'GET /stream HTTP/1.1\r\nhost: a\r\n\r\n')
    await once(stream, 'data')
    // A handler that does not end holds nothing up either.
    void request(wait.url).catch(() => undefined)
    await expect.poll(() => waiting).toBe(1)
    const closed = sockets.map((socket) => once(socket.resume(), 'close'))
    await runtime.close({ closeTimeoutMs: 200 })
    await Promise.all(closed)
  })

  it('gives each part of a process its own time: what hangs in one uses up that of no other', async () => {
    const ended: string[] = []
    const never = new Promise<never>(() => undefined)
    const hung: AnyService = {
      ...user,
      start: async (deps) => ({
        ...(await user.start(deps)),
        workers: [
          { name: 'hung', intervalMs: 5, run: () => never },
          {
            name: 'other',
            intervalMs: 5,
            run: async () => {},
            onStop: async () => void ended.push('worker'),
          },
        ],
        close: () => never,
      }),
    }
    const edge: AnyService = {
      ...gateway,
      start: (deps) => ({
        routes: (app) => void app.post('/hang', () => deps.call(wait, {})),
      }),
    }
    const options = testRuntimeOptions(keys)
    const bus = { ...options.bus, close: async () => void ended.push('bus') }
    const compact = await startServices([hung, edge], { ...options, bus })
    const url = await compact.listen('gateway', 0)
    void fetch(`${url}/hang`, { method: 'POST' }).catch(() => undefined)
    await expect.poll(() => waiting).toBe(1)
    await compact.close({ closeTimeoutMs: 300 })
    expect(ended).toEqual(['worker', 'bus'])
  })
})
