// The HTTP side of a service: who may call, what is taken, how refusals look.
import type { Contract } from '@bahi/contracts/contract.ts'
import type { Permission, Role } from '@bahi/contracts/permissions.ts'
import { Timestamp, Uuid } from '@bahi/contracts/formats.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { connect } from 'node:net'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { buildApp, type App } from './http.ts'
import { identityIn, personHeader, principalHeader, principalHeaderName } from './principal.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { createTrust, generateServiceKeys, type Trust } from '../transport/service-token.ts'

const echo = {
  service: 'user',
  method: 'POST',
  url: '/v1/echo/:n',
  access: { permission: 'profile:read' },
  summary: 'Echo',
  schema: {
    params: Type.Object({ n: Type.Integer() }),
    querystring: Type.Object(
      { tag: Type.Optional(Type.Array(Type.String())) },
      { additionalProperties: false },
    ),
    body: Type.Object(
      { count: Type.Integer(), why: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
    response: { 200: Type.Object({ n: Type.Integer(), count: Type.Integer(), userId: Type.String() }) },
  },
} as const satisfies Contract
const inner = {
  service: 'user',
  method: 'GET',
  url: '/internal/inner',
  access: { services: ['auth'] },
  summary: 'Inner',
  schema: { response: { 200: Type.Object({ caller: Type.String(), by: Type.Optional(Type.String()) }) } },
} as const satisfies Contract
const duty = {
  service: 'user',
  method: 'GET',
  url: '/v1/duty',
  access: { permission: 'audit:read' },
  summary: 'For auditors',
  schema: { response: { 200: Type.Object({ ok: Type.Boolean() }) } },
} as const satisfies Contract
const listed = {
  ...duty,
  url: '/v1/listed',
  access: { permission: 'payments:read' },
  summary: 'For apps that people connect',
} as const satisfies Contract
const broken = {
  service: 'user',
  method: 'GET',
  url: '/v1/broken',
  access: 'public',
  summary: 'Broken',
  schema: { querystring: Type.Object({ how: Type.String() }), response: { 200: Type.Object({}) } },
} as const satisfies Contract
const formats = {
  service: 'user',
  method: 'GET',
  url: '/v1/formats',
  access: 'public',
  summary: 'Formats',
  schema: {
    querystring: Type.Object({ id: Type.Optional(Uuid), at: Type.Optional(Timestamp) }),
    response: { 200: Type.Object({}) },
  },
} as const satisfies Contract
const one = Type.Object({ n: Type.Integer() })
const twice = {
  service: 'user',
  method: 'POST',
  url: '/v1/twice',
  access: 'public',
  summary: 'The same schema twice',
  schema: { querystring: one, body: one, response: { 200: Type.Object({}) } },
} as const satisfies Contract
const bodiless = {
  service: 'user',
  method: 'POST',
  url: '/v1/bodiless',
  access: 'public',
  summary: 'Takes no body',
  schema: { response: { 200: Type.Object({}) } },
} as const satisfies Contract
const optional = {
  ...bodiless,
  url: '/v1/optional',
  schema: { body: Type.Optional(one), response: { 200: Type.Object({}) } },
} as const satisfies Contract
type Odd = { url?: string; type?: string; payload?: string | undefined }

let app: App
let trust: Trust
const logged: string[] = []
const person = { userId: 'u1', sessionId: 's1', deviceId: 'd1', roles: ['customer'] as Role[] }

beforeAll(async () => {
  trust = createTrust(await generateServiceKeys(['gateway', 'auth', 'user', 'audit']), systemClock)
  const log = createLog('user', 'error', { write: (line) => void logged.push(line) })
  app = buildApp({ service: 'user', log, metrics: createMetrics('user'), trust, edge: false })
  app.route({
    ...echo,
    handler: ({ params, body, person: who }) => ({ n: params.n, count: body.count, userId: who.userId }),
  })
  app.route({
    ...inner,
    handler: ({ caller, principal }) => ({ caller, by: principal.type === 'service' ? principal.name : '' }),
  })
  app.route({ ...duty, handler: () => ({ ok: true }) })
  app.route({ ...listed, handler: () => ({ ok: true }) })
  app.route({
    ...broken,
    handler: ({ query }) => {
      if (query.how === 'problem') throw new Problem('rate-limited', 'slowly', { retryAfterS: 7 })
      if (query.how === 'syntax') JSON.parse('12345 is no JSON')
      throw new Error('the password is 12345')
    },
  })
  app.route({ ...formats, handler: () => ({}) })
  app.route({ ...twice, handler: () => ({}) })
  app.route({ ...bodiless, handler: () => ({}) })
  app.route({ ...optional, handler: () => ({}) })
  await app.ready()
})
afterAll(() => app.close())

async function signed(acting: Record<string, string>, caller: 'gateway' | 'auth' = 'gateway') {
  return { ...acting, 'x-bahi-service': await trust.mint(caller, 'user', identityIn(acting)) }
}

async function ask(
  method: 'GET' | 'POST',
  url: string,
  options: { caller?: string; who?: object; principal?: object; body?: string } = {},
) {
  const { caller = 'gateway', who = person, principal, body } = options
  const acting: Record<string, string> = {
    ...personHeader(who as typeof person),
    ...(principal ? { [principalHeaderName]: principalHeader(principal as never) } : {}),
  }
  const response = await app.inject({
    method,
    url,
    headers: {
      ...(caller ? await signed(acting, caller as 'gateway') : acting),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: body }),
  })
  return {
    status: response.statusCode,
    headers: response.headers,
    document: response.json<Record<string, unknown>>(),
  }
}

describe('a route', () => {
  it('answers a person whom the gateway names', async () => {
    const answer = await ask('POST', '/v1/echo/5', { body: '{"count": 3}' })
    expect(answer).toMatchObject({ status: 200, document: { n: 5, count: 3, userId: 'u1' } })
  })

  it.each([
    ['nobody in particular', '', 401, 'caller-unknown'],
    ['another service', 'auth', 403, 'caller-not-allowed'],
  ])('refuses %s who names a person', async (_who, caller, status, code) => {
    const answer = await ask('POST', '/v1/echo/5', { caller, body: '{"count": 3}' })
    expect(answer).toMatchObject({ status, document: { code } })
  })

  it('between services accepts only those that its contract names', async () => {
    expect(await ask('GET', '/internal/inner', { caller: 'auth' })).toMatchObject({
      document: { caller: 'auth', by: 'auth' },
    })
    expect((await ask('GET', '/internal/inner', { caller: 'audit' })).document).toMatchObject({
      code: 'caller-not-allowed',
    })
    expect((await ask('GET', '/internal/inner', { caller: 'gateway' })).status).toBe(403)
  })

  it('accepts a client by its scopes, and not where a person is needed', async () => {
    const client = (...scopes: Permission[]) => ({ type: 'client', clientId: 'c1', scopes })
    expect((await ask('GET', '/v1/listed', { principal: client('payments:read') })).status).toBe(200)
    for (const [url, scope] of [
      ['/v1/listed', 'profile:read'],
      // Nobody can give this away.
      ['/v1/duty', 'audit:read'],
    ] as const)
      expect((await ask('GET', url, { principal: client(scope) })).document).toMatchObject({
        code: 'not-allowed',
      })
    const forPeople = { principal: client('profile:read'), body: '{"count": 3}' }
    expect((await ask('POST', '/v1/echo/5', forPeople)).document).toMatchObject({ code: 'not-allowed' })
  })

  it('refuses a service as the principal that the gateway names', async () => {
    const answer = await ask('GET', '/v1/duty', { principal: { type: 'service', name: 'audit' } })
    expect(answer).toMatchObject({ status: 401, document: { code: 'unauthenticated' } })
  })

  it.each([
    ['no roles', { type: 'person', userId: 'u1', sessionId: 's1', deviceId: 'd1' }, 401],
    ['roles that are no list', { ...person, type: 'person', roles: 'customer' }, 401],
    ['no person', { type: 'person', roles: ['auditor'] }, 401],
    ['no scopes', { type: 'client', clientId: 'c1' }, 401],
    ['scopes that are no list', { type: 'client', clientId: 'c1', scopes: { includes: 1 } }, 401],
    ['a type of its own', { ...person, type: 'root' }, 401],
    ['methods that are no list', { ...person, type: 'operator', roles: ['auditor'], amr: 'mfa' }, 401],
    ['a list', [person], 401],
    ['a number', 7, 401],
    ['a role of a newer version', { ...person, type: 'operator', roles: ['treasurer', 'constructor'] }, 403],
  ])('refuses a principal with %s', async (_what, principal, status) => {
    expect((await ask('GET', '/v1/duty', { principal: principal as object })).status).toBe(status)
  })

  it('with a permission accepts only principals that have it', async () => {
    expect((await ask('GET', '/v1/duty')).document).toMatchObject({ status: 403, code: 'not-allowed' })
    const auditor = { ...person, roles: ['customer', 'auditor'] }
    const asks = (who: object) => ask('GET', '/v1/duty', { who: who as never })
    expect((await asks({ ...auditor, amr: ['pwd', 'otp', 'mfa'] })).status).toBe(200)
    for (const one of [auditor, { ...auditor, amr: ['pwd', 'otp'] }])
      expect((await asks(one)).document).toMatchObject({ status: 403, code: 'second-factor-required' })
    expect((await asks({ ...person, amr: ['mfa'] })).document).toMatchObject({ code: 'not-allowed' })
  })

  it.each([
    ['an unknown field', '{"count": 1, "more": 2}', 400, 'request-invalid', '/body/more'],
    ['a missing field', '{}', 400, 'request-invalid', '/body/count'],
    ['a number in quotes', '{"count": "1"}', 400, 'request-invalid', '/body/count'],
    ['a fraction', '{"count": 1.5}', 400, 'request-invalid', '/body/count'],
    ['broken JSON', '{"count": ', 400, 'request-invalid', undefined],
    ['nothing', '', 400, 'request-invalid', undefined],
    ['a prototype', '{"count": 1, "__proto__": {"admin": true}}', 400, 'request-invalid', undefined],
    ['a character 0', '{"count": 1, "why": "a\\u0000"}', 400, 'request-invalid', undefined],
    ['the first half of a character', '{"count": 1, "why": "a\\ud83d!"}', 400, 'request-invalid', undefined],
    ['the second half of one', '{"count": 1, "why": "\\uDE00"}', 400, 'request-invalid', undefined],
    ['a list', '[{"count": 1}]', 400, 'request-invalid', undefined],
    ['null', 'null', 400, 'request-invalid', undefined],
    ['deep nesting', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 400, 'request-invalid', undefined],
    ['10 MB', `{"why": "${'x'.repeat(10_000_000)}"}`, 413, 'body-too-large', undefined],
  ])('refuses a body of %s', async (_what, body, status, code, path) => {
    const answer = await ask('POST', '/v1/echo/5', { body })
    expect(answer).toMatchObject({ status, document: { status, code, type: `/problems/${code}` } })
    expect(answer.headers['content-type']).toContain('application/problem+json')
    if (path) expect(answer.document).toMatchObject({ fields: [{ path }] })
  })

  it.each([
    [bodiless.url, '', 200],
    [optional.url, '', 200],
    [optional.url, '{"n": 1}', 200],
    [optional.url, '{"n": "1"}', 400],
    [optional.url, '{', 400],
    [bodiless.url, '{', 400],
  ])('%s takes the JSON %j: %i', async (url, body, status) => {
    expect((await ask('POST', url, { body })).status).toBe(status)
  })

  it('takes both halves of a character', async () => {
    const body = '{"count": 3, "why": "\\ud83d\\ude00"}'
    expect((await ask('POST', '/v1/echo/5', { body })).status).toBe(200)
  })

  it('converts values of the URL, and accepts one value for a list', async () => {
    expect((await ask('POST', '/v1/echo/5?tag=a', { body: '{"count": 3}' })).status).toBe(200)
    expect((await ask('POST', '/v1/echo/x', { body: '{"count": 3}' })).document).toMatchObject({
      fields: [{ path: '/params/n' }],
    })
    expect((await ask('POST', '/v1/echo/5?other=1', { body: '{"count": 3}' })).status).toBe(400)
  })

  it.each([
    ['no body at all', { payload: undefined }, 400, 'request-invalid'],
    [
      'a form',
      { type: 'application/x-www-form-urlencoded', payload: 'count=1' },
      415,
      'media-type-unsupported',
    ],
    ['plain text', { type: 'text/plain', payload: '{"count":1}' }, 415, 'media-type-unsupported'],
    [
      'a character 0 in the address',
      { url: '/v1/echo/5?tag=%00', payload: '{"count":1}' },
      400,
      'request-invalid',
    ],
    [
      'half a character in the address',
      { url: '/v1/echo/%ff', payload: '{"count":1}' },
      400,
      'request-invalid',
    ],
  ])('refuses %s', async (_what, { url = '/v1/echo/5', type, payload }: Odd, status, code) => {
    const response = await app.inject({
      method: 'POST',
      url,
      headers: {
        ...(await signed(personHeader(person))),
        ...(payload === undefined ? {} : { 'content-type': type ?? 'application/json' }),
      },
      ...(payload === undefined ? {} : { payload }),
    })
    expect([response.statusCode, response.json()]).toMatchObject([status, { code }])
  })

  it('reads a body only from a caller it knows', async () => {
    const answer = await ask('POST', '/v1/echo/5', { caller: '', body: '{"count": ' })
    expect(answer.document).toMatchObject({ code: 'caller-unknown' })
  })

  it('answers HEAD with the same access check as GET', async () => {
    expect((await app.inject({ method: 'HEAD', url: '/internal/inner' })).statusCode).toBe(401)
  })

  it.each([
    ['2026-11-23T09:30:00Z', true],
    ['2026-11-23T15:00:00.123456+05:30', true],
    ['2024-02-29T00:00:00Z', true],
    ['2026-02-29T00:00:00Z', false],
    ['2026-02-30T00:00:00Z', false],
    ['2026-13-01T00:00:00Z', false],
    ['2026-11-23T23:59:60Z', false],
    ['2026-11-23T09:30:00', false],
    ['2026-11-23', false],
    ['0001-01-01T00:00:00Z', true],
    ['0000-01-01T00:00:00Z', false],
    ['9999-12-31T23:59:59-12:00', false],
    ['2026-11-23T09:30:00+99:99', false],
  ])('takes the moment %s: %s', async (at, taken) => {
    const answer = await ask('GET', `/v1/formats?at=${encodeURIComponent(at)}`)
    expect(answer.status).toBe(taken ? 200 : 400)
  })

  it.each([
    ['018f3a00-0000-7000-8000-000000000001', true],
    ['018F3A00-0000-7000-8000-00000000000A', true],
    ['urn:uuid:018f3a00-0000-7000-8000-000000000001', false],
    ['018f3a0000007000800000000000 0001', false],
    ['{018f3a00-0000-7000-8000-000000000001}', false],
  ])('takes the id %s: %s', async (id, taken) => {
    const answer = await ask('GET', `/v1/formats?id=${encodeURIComponent(id)}`)
    expect(answer.status).toBe(taken ? 200 : 400)
  })

  it('is strict in its body and lenient in its URL, even when both have one schema', async () => {
    expect((await ask('POST', '/v1/twice?n=1', { body: '{"n": 1}' })).status).toBe(200)
    expect((await ask('POST', '/v1/twice?n=1', { body: '{"n": "1"}' })).status).toBe(400)
  })

  it('says when to retry', async () => {
    const answer = await ask('GET', '/v1/broken?how=problem')
    expect(answer).toMatchObject({ status: 429, document: { detail: 'slowly', retryAfterS: 7 } })
    expect(answer.headers['retry-after']).toBe('7')
  })

  it('hides an internal error except for the id to quote', async () => {
    for (const how of ['fault', 'syntax']) {
      const { status, document } = await ask('GET', `/v1/broken?how=${how}`)
      expect([status, document['code'], typeof document['instance']]).toEqual([500, 'internal', 'string'])
      expect(JSON.stringify(document)).not.toMatch(/password|12345 is/)
    }
    expect(logged.join()).toContain('request failed by an internal error')
  })

  it('that does not say who may call it stops the start', () => {
    const { access: _, ...open } = inner
    expect(() => app.route({ ...open, url: '/internal/open', handler: () => ({ caller: '' }) })).toThrow()
  })

  it('that does not exist is a problem too', async () => {
    expect(await ask('GET', '/v1/nothing')).toMatchObject({ status: 404, document: { code: 'not-found' } })
  })
})

it('input that is not HTTP gets a problem document', async () => {
  const address = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  const answer = await new Promise<string>((resolve) => {
    let received = ''
    const socket = connect(Number(address.port), '127.0.0.1', () => socket.write('RUBBISH\r\n\r\n'))
    socket.on('data', (chunk: Buffer) => (received += chunk.toString())).on('close', () => resolve(received))
  })
  expect(answer).toContain('HTTP/1.1 400')
  expect(answer).toContain('"code":"request-invalid"')
})

it('secrets never reach the log', () => {
  const lines: string[] = []
  const log = createLog('user', 'info', { write: (line) => void lines.push(line) })
  log.info({ otp: '123456', body: { password: 'p4ss', deep: { pin: 'p-71' } }, phone: '+919800000000' }, 'x')
  expect(lines.join()).not.toMatch(/123456|p4ss|p-71|\+9198000/)
})
