// Which routes can be reached from outside, and what of a request is forwarded.
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { uuidv7 } from '@bahi/contracts/id.ts'
import { roles } from '@bahi/contracts/permissions.ts'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { publishedIn } from '../app.ts'
import { bearer, unreachable, json, startGateway, type TestGateway } from '../testing.ts'

let gateway: TestGateway
let token: string
beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'))
  token = await gateway.token()
})
afterAll(() => gateway.stop())

/** Sends the path exactly as written, and headers that `fetch` would forbid. */
function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const { port } = new URL(gateway.url)
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, body }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

describe('the routing table', () => {
  it('is the list of published contracts: each reaches its service at its own path', async () => {
    const all = await gateway.token({ roles })
    for (const contract of publishedIn('sandbox')) {
      if (contract.service === 'gateway' || contract.access === 'network') continue
      const path = contract.url.replaceAll(/:[A-Za-z]+/g, 'some-value')
      const response = await gateway.fetch(path, {
        method: contract.method,
        headers: { ...bearer(all), 'x-request-id': 'outside-1' },
      })
      expect([contract.method, path, response.status]).toEqual([contract.method, path, 200])
      expect(gateway.forwarded.at(-1)).toMatchObject({
        service: contract.service,
        method: contract.method,
        path,
      })
    }
  })

  it.each([
    '/internal/auth/people/0192f1c0-0000-7000-8000-000000000000',
    '/internal/account/transfers',
    '/v1/../internal/account/transfers',
    '/v1/%2e%2e/internal/account/transfers',
    '/v1/me/../../internal/account/transfers',
    '//internal/account/transfers',
    '/v1//me',
    '/V1/me',
    '/v1/me/',
    '/v2/me',
    '/sandbox/../internal/sandbox/sms',
    '/v1/vpas/..',
    '/v1/vpas/%2e%2e',
    '/v1/vpas/%2E',
    '/nowhere',
    'http://elsewhere/internal/account/transfers',
  ])('%s is not found', async (path) => {
    const before = gateway.forwarded.length
    const { status, body } = await raw(path, { authorization: `Bearer ${token}` })
    expect(JSON.parse(body)).toMatchObject({ code: 'not-found' })
    expect(status).toBe(404)
    expect(gateway.forwarded.length).toBe(before)
  })

  it('an encoded slash in a parameter stays encoded', async () => {
    await raw('/v1/vpas/a%2f..%2f..%2finternal', { authorization: `Bearer ${token}` })
    expect(gateway.forwarded.at(-1)!.path).toBe('/v1/vpas/a%2F..%2F..%2Finternal')
  })

  it.each([
    ['DELETE', '/v1/me', 'GET, PATCH'],
    ['GET', '/v1/auth/login', 'POST'],
    ['POST', '/v1/payments/0192f1c0-0000-7000-8000-000000000000', 'GET, PUT'],
    ['POST', '/v1/stream', 'GET'],
    ['OPTIONS', '/v1/auth/jwks', 'GET'],
  ])('%s %s is refused, and %s are allowed', async (method, path, allow) => {
    const response = await gateway.fetch(path, { method })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')?.split(', ').sort().join(', ')).toBe(allow)
    expect(await codeOf(response)).toBe('method-not-allowed')
  })

  it('has no sandbox routes in production', async () => {
    const production = await startGateway(inject('postgresUrl'), { mode: 'production' })
    expect((await production.fetch('/sandbox/inbox')).status).toBe(404)
    expect(
      (await production.fetch('/v1/auth/jwks', { headers: { 'x-request-id': 'outside-1' } })).status,
    ).toBe(200)
    const document = (await (await production.fetch('/v1/openapi.json')).json()) as { paths: object }
    expect(Object.keys(document.paths).filter((path) => !/^\/(v1|\.well-known)\//.test(path))).toEqual([])
    await production.stop()
  })

  it.each([
    '/docs/static/..%5c..%5cpackage.json',
    '/..%5c..%5cpackage.json',
    '/assets/..%5c..%5cpackage.json',
  ])('has nothing at %s, which leads out of a folder of files', async (path) => {
    const response = await gateway.fetch(path)
    expect([response.status, await codeOf(response)]).toEqual([404, 'not-found'])
  })

  it('shows neither health nor metrics, whoever asks', async () => {
    for (const path of ['/livez', '/readyz', '/metrics']) {
      for (const accept of ['*/*', 'text/html']) {
        const response = await gateway.fetch(path, { headers: { accept } })
        expect([response.status, await codeOf(response)]).toEqual([404, 'not-found'])
      }
      const remoteAddress = '10.1.2.3'
      const answer = await gateway.platform.app('gateway').inject({ url: path, remoteAddress })
      expect(answer.statusCode).toBe(404)
    }
  })
})

describe('what is forwarded', () => {
  it('internal headers of a client are dropped', async () => {
    await raw('/v1/auth/jwks', {
      'x-request-id': 'outside-1',
      'x-bahi-principal': 'eyJ1c2VySWQiOiJldmlsIn0',
      'x-bahi-service': 'forged',
      'x-bahi-client-network': '203.0.113.1',
      'x-bahi-anything': 'x',
      'x-forwarded-for': '10.0.0.1',
      cookie: 'a=b',
      connection: 'keep-alive, x-bahi-service',
      te: 'trailers',
      accept: 'application/json',
      'accept-language': 'hi',
    })
    const { headers } = gateway.forwarded.at(-1)!
    expect(Object.keys(headers).sort()).toEqual([
      'accept',
      'accept-language',
      'traceparent',
      'x-bahi-client-network',
      'x-bahi-service',
      'x-request-id',
    ])
    expect(headers['x-bahi-client-network']).toBe('127.0.0.1')
    expect(headers['x-bahi-service']).not.toBe('forged')
  })

  it('a person cannot act as another person', async () => {
    await raw('/v1/me', { authorization: `Bearer ${token}`, 'x-bahi-principal': 'eyJ1c2VySWQiOiJldmlsIn0' })
    const person = Buffer.from(gateway.forwarded.at(-1)!.headers['x-bahi-principal']!, 'base64url').toString()
    expect(person).not.toContain('evil')
  })

  it('the query and the body are unchanged', async () => {
    await gateway.fetch('/v1/payments?limit=2&vpa=a%40b&vpa=%F0%9F%98%80', { headers: bearer(token) })
    expect(gateway.forwarded.at(-1)!.path).toBe('/v1/payments?limit=2&vpa=a%40b&vpa=%F0%9F%98%80')
    const body = Buffer.from([0, 255, 123, 10, 195, 40])
    await gateway.fetch(`/v1/payments/${uuidv7()}`, {
      method: 'PUT',
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body,
    })
    expect(gateway.forwarded.at(-1)!.body).toEqual(body)
    expect(gateway.forwarded.at(-1)!.headers['content-type']).toBe('application/json')
  })

  it('the trace and the request id are forwarded and returned', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const response = await gateway.fetch('/v1/me', {
      headers: {
        ...bearer(token),
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
        'x-request-id': 'outside-77',
      },
    })
    expect(response.headers.get('x-request-id')).toBe('outside-77')
    expect(gateway.forwarded.at(-1)!.headers).toMatchObject({ 'x-request-id': 'outside-77' })
    expect(gateway.forwarded.at(-1)!.headers['traceparent']).toContain(traceId)
  })

  it('the reference of a problem is its trace', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-00` }
    const response = await gateway.fetch('/v1/me', { headers })
    expect(response.headers.get('x-request-id')).toBe(traceId)
    expect(await response.json()).toMatchObject({ status: 401, instance: traceId })
  })

  it('a response keeps its status and the headers for clients', async () => {
    gateway.stubs.service = () =>
      json({ code: 'wrong-state' }, 409, {
        'content-type': 'application/problem+json',
        'retry-after': '7',
        etag: '"1"',
        'set-cookie': 'evil=1',
        server: 'secret/1.0',
        'x-internal': 'x',
      })
    const response = await gateway.fetch('/v1/me', { headers: bearer(token) })
    expect(response.status).toBe(409)
    expect(response.headers.get('content-type')).toContain('application/problem+json')
    expect(response.headers.get('retry-after')).toBe('7')
    expect(response.headers.get('etag')).toBe('"1"')
    for (const name of ['set-cookie', 'server', 'x-internal']) expect(response.headers.get(name)).toBeNull()
    gateway.stubs.service = () => ({ status: 204, headers: {}, body: Readable.from([]) })
    const nothing = await gateway.fetch('/v1/auth/logout', {
      method: 'POST',
      headers: bearer(await gateway.token()),
    })
    expect([nothing.status, await nothing.text()]).toEqual([204, ''])
    gateway.stubs.service = () => json({ fine: true })
  })

  it('every response has security headers, problems too', async () => {
    for (const path of ['/v1/auth/jwks', '/nowhere', '/v1/me', '/livez', '/']) {
      const { headers } = await gateway.fetch(path, { headers: { 'x-request-id': 'outside-1' } })
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-request-id')).toBe('outside-1')
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('strict-transport-security')).toBeNull()
    }
  })

  it('an unreachable service becomes a problem with a retry time', async () => {
    gateway.stubs.service = unreachable
    const response = await gateway.fetch('/v1/me', { headers: bearer(token) })
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await codeOf(response)).toBe('unavailable')
    gateway.stubs.service = () => json({ fine: true })
  })
})

describe('a request that others may read otherwise', () => {
  /** Sends exactly this head; answers the first line and the body. */
  const head = (...lines: string[]) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1', () =>
        socket.write([...lines, 'connection: close', '', ''].join('\r\n')),
      )
      let received = ''
      socket
        .on('data', (chunk: Buffer) => (received += chunk.toString()))
        .on('close', () => resolve(received))
    })
  const get = 'GET /v1/auth/jwks HTTP/1.1'

  it.each([
    ['two hosts', ['host: bahi.example', 'host: evil.example']],
    ['one host twice', ['host: bahi.example', 'Host: bahi.example']],
    ['no host', []],
    ['a host of two words', ['host: bahi.example evil.example']],
    ['a host with a person', ['host: a@bahi.example']],
    ['a host with a path', ['host: bahi.example/v1']],
    ['two tokens', ['host: a', 'authorization: Bearer a', 'authorization: Bearer b']],
    ['two origins', ['host: a', 'origin: https://a.example', 'origin: https://b.example']],
    ['two types', ['host: a', 'content-type: text/plain', 'content-type: application/json']],
    ['two lengths', ['host: a', 'content-length: 0', 'content-length: 5']],
    ['length and encoding', ['host: a', 'content-length: 5', 'transfer-encoding: chunked']],
  ])('with %s is refused', async (_what, lines) => {
    const before = gateway.forwarded.length
    expect(await head(get, ...lines)).toMatch(/^HTTP\/1\.1 400 /)
    expect(gateway.forwarded.length).toBe(before)
  })

  it.each(['bahi.example', 'bahi.example:8080', '127.0.0.1', '[::1]:8080', ''])(
    'with the host %s is taken',
    async (host) => {
      expect(await head(get, `host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /)
    },
  )
})

describe('bodies', () => {
  const login = (init: RequestInit) => gateway.fetch('/v1/auth/login', { method: 'POST', ...init })

  it('of ten megabytes are refused and not forwarded', async () => {
    const before = gateway.forwarded.length
    const response = await login({ body: Buffer.alloc(10_000_000, 32) })
    expect(response.status).toBe(413)
    expect(await codeOf(response)).toBe('body-too-large')
    expect(gateway.forwarded.length).toBe(before)
  })

  it('of unknown length are refused once they exceed the limit', async () => {
    const before = gateway.forwarded.length
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 16_384
        if (sent > 10_000_000) controller.close()
        else controller.enqueue(new Uint8Array(16_384))
      },
    })
    const response = await login({ body, duplex: 'half' } as RequestInit)
    expect(response.status).toBe(413)
    expect(gateway.forwarded.length).toBe(before)
  })

  it('up to the limit are forwarded, chunked ones too', async () => {
    const response = await login({
      body: Readable.toWeb(Readable.from([Buffer.alloc(60_000), Buffer.alloc(5_536)])),
      duplex: 'half',
    } as never)
    expect(response.status).toBe(200)
    expect((gateway.forwarded.at(-1)!.body as Buffer).length).toBe(65_536)
  })

  it('that are compressed are refused', async () => {
    const response = await login({ body: 'x', headers: { 'content-encoding': 'gzip' } })
    expect(response.status).toBe(415)
  })
})

describe('behind a proxy and across origins', () => {
  let proxied: TestGateway
  beforeAll(async () => {
    proxied = await startGateway(inject('postgresUrl'), {
      env: { BAHI_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8', BAHI_ALLOWED_ORIGINS: 'https://app.example' },
    })
  })
  afterAll(() => proxied.stop())

  it('TLS at a trusted proxy sets strict transport security', async () => {
    const response = await proxied.fetch('/', { headers: { 'x-forwarded-proto': 'https' } })
    expect(response.headers.get('strict-transport-security')).toContain('max-age')
  })

  it('an allowed origin may send requests and read responses', async () => {
    const preflight = await proxied.fetch('/v1/me', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example')
    const allowed = preflight.headers.get('access-control-allow-headers')?.split(', ')
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'traceparent', 'tracestate']))
    const refused = await proxied.fetch('/v1/me', { headers: { origin: 'https://app.example' } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example')
    expect(refused.headers.get('vary')).toContain('origin')
  })

  it('another origin may not', async () => {
    const preflight = await proxied.fetch('/v1/me', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull()
    expect(preflight.status).toBe(405)
  })
})
