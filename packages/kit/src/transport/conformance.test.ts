// What a call between services guarantees, whichever transport it takes: inside the process, or over HTTP.
import { setTimeout as delay } from 'node:timers/promises'
import type { ServiceName } from '@bahi/contracts/contract.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { refusal } from '@bahi/testing/problems.ts'
import {
  audit,
  end,
  handled,
  me,
  missing,
  open,
  openGate,
  patient,
  resetHandlers,
  startTransportTestSetup,
  store,
  trace,
  wait,
  type TransportTestSetup,
} from '@bahi/testing/transport-test-setup.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Person } from '@bahi/contracts/principal.ts'
import { personHeader } from '../http/principal.ts'
import type { Deps } from '../runtime/service.ts'
import { traceFrom, withTrace, type Trace } from '../trace.ts'
import { wholeBody, type TransportRequest } from './transport.ts'

const person: Person = { userId: 'u-1', sessionId: 's-1', deviceId: 'd-1', roles: ['customer'] }
const asPerson = (who: Person) => ({ headers: personHeader(who) })

describe.each([
  { name: 'inside the process', isDirect: true },
  { name: 'over HTTP', isDirect: false },
])('a call $name', ({ isDirect }) => {
  let setup: TransportTestSetup
  const as = (caller: ServiceName) => setup.running.callAs(caller)
  beforeAll(async () => {
    setup = await startTransportTestSetup(isDirect)
  })
  beforeEach(resetHandlers)
  afterAll(() => setup.stop())

  describe('answers', () => {
    it('exactly what the schema names, as JSON', async () => {
      const input = {
        params: { id: 5 },
        querystring: { tag: ['a', 'ü &'] },
        body: { items: [{ name: '₹' }] },
      }
      expect(await as('auth')(store, input)).toStrictEqual({
        id: 5,
        tags: ['a', 'ü &'],
        limit: 7,
        items: [{ name: '₹' }],
        at: '1970-01-01T00:00:00.000Z',
      })
    })

    it('one value of the query as a list of one', async () => {
      const answer = await as('auth')(store, {
        params: { id: 5 },
        querystring: { tag: ['a'], limit: undefined as never },
        body: { items: [] },
      })
      expect([answer.tags, answer.limit]).toEqual([['a'], 7])
    })

    it('nothing where there is no content', async () => {
      expect(await as('auth')(end, { body: { how: 'no content' } })).toBeUndefined()
    })

    it('many at once, each with its own', async () => {
      const names = Array.from({ length: 200 }, (_, i) => `n${i}`)
      const answers = await Promise.all(names.map((how) => as('auth')(end, { body: { how } })))
      expect(answers).toEqual(names.map((name) => ({ name })))
    })

    it('in the trace of its caller, as a span of its own', async () => {
      const outer: Trace = traceFrom(undefined, 'request-12345')
      const inner = await withTrace(outer, () => as('auth')(trace, {}))
      expect(inner).toMatchObject({ traceId: outer.traceId, requestId: 'request-12345' })
      expect(outer.traceparent).not.toContain(inner.span)
    })
  })

  describe('shares nothing between caller and handler', () => {
    it('neither the input, which the handler changes', async () => {
      const body = { items: [{ name: 'mine' }] }
      await as('auth')(store, { params: { id: 1 }, querystring: {}, body })
      expect(body).toEqual({ items: [{ name: 'mine' }] })
    })

    it('nor the input, which the caller changes later', async () => {
      const body = { text: 'before' }
      const call = as('auth')(patient, { body })
      body.text = 'after'
      openGate()
      expect(await call).toEqual({ text: 'before' })
    })

    it('nor the result', async () => {
      const answer = (await as('auth')(end, { body: { how: 'kept' } })) as unknown as { name: string }
      answer.name = 'changed by the caller'
      expect(handled.results).toEqual([{ name: 'kept' }])
    })

    it('and a body without undefined, as JSON has it', async () => {
      const items = [{ name: 'a', size: undefined as never }]
      await as('auth')(store, { params: { id: 1 }, querystring: {}, body: { items } })
      expect(handled.bodies).toStrictEqual([{ items: [{ name: 'changed by the handler' }] }])
    })
  })

  describe('refuses', () => {
    it('with the problem that the handler threw', async () => {
      const error = await as('auth')(end, { body: { how: 'problem' } }).catch((e: unknown) => e)
      expect(error).toBeInstanceOf(Problem)
      expect(error).toMatchObject({
        code: 'pin-wrong',
        status: 403,
        message: 'Not this one',
        extras: { triesLeft: 2, retryAfterS: 5, fields: [{ path: '/body/how', message: 'no' }] },
      })
    })

    it('an error of the handler without its details', async () => {
      const error = await as('auth')(end, { body: { how: 'error' } }).catch((e: unknown) => e as Error)
      expect(error).toMatchObject({ code: 'internal' })
      expect(JSON.stringify([error, (error as Error).message])).not.toContain('password')
    })

    it('an answer that its schema does not allow', async () => {
      expect(await refusal(as('auth')(end, { body: { how: 'faulty' } }))).toMatchObject({ code: 'internal' })
    })

    it.each([
      ['a body of another shape', { body: { items: [{ name: 1 }] } }, '/body/items/0/name'],
      ['a member that is not known', { body: { items: [], more: 1 } }, '/body/more'],
      ['a member that is missing', { body: {} }, '/body/items'],
      ['a parameter of another type', { params: { id: 'x' } }, '/params/id'],
      ['a query that is not known', { querystring: { other: 'x' } }, '/querystring/other'],
    ])('%s', async (_what, wrong, path) => {
      const input = { params: { id: 1 }, querystring: {}, body: { items: [] }, ...wrong }
      const found = await refusal(as('auth')(store, input as never))
      expect(found).toMatchObject({ code: 'request-invalid', fields: [{ path }] })
    })

    it.each([
      ['a character of number 0', 'a\0b'],
      ['half of a character', 'a\ud800'],
    ])('a text with %s', async (_what, name) => {
      const body = { items: [{ name }] }
      const found = await refusal(as('auth')(store, { params: { id: 1 }, querystring: {}, body }))
      expect(found).toMatchObject({ code: 'request-invalid' })
    })

    it('a caller that the contract does not name', async () => {
      expect(await refusal(as('audit')(end, { body: { how: 'x' } }))).toMatchObject({
        code: 'caller-not-allowed',
      })
      expect(handled.results).toEqual([])
    })

    it('a caller that is no service', async () => {
      const { code } = await refusal(as('stranger' as never)(end, { body: { how: 'x' } }))
      expect(code).toMatch(/^caller-/)
    })

    it('a route that is not there', async () => {
      expect(await refusal(as('auth')(missing, { body: { how: 'x' } }))).toMatchObject({ code: 'not-found' })
    })

    it('a service that does not run', async () => {
      const elsewhere = { ...end, service: 'payment' } as const
      expect(await refusal(as('auth')(elsewhere, { body: { how: 'x' } }))).toMatchObject({
        code: 'unavailable',
      })
    })
  })

  describe('for a person', () => {
    it('is made by the gateway alone, in their name', async () => {
      expect(await as('gateway')(me, {}, asPerson(person))).toEqual({ userId: 'u-1' })
      expect(await refusal(as('auth')(me, {}, asPerson(person)))).toMatchObject({
        code: 'caller-not-allowed',
      })
      expect(await refusal(as('gateway')(me, {}))).toMatchObject({ code: 'unauthenticated' })
    })

    it('needs the permission of the contract', async () => {
      expect(await refusal(as('gateway')(audit, {}, asPerson(person)))).toMatchObject({ code: 'not-allowed' })
      const auditor = asPerson({ ...person, roles: ['customer', 'auditor'], amr: ['mfa'] })
      expect(await as('gateway')(audit, {}, auditor)).toEqual({ userId: 'u-1' })
    })
  })

  describe('of a certain size', () => {
    const items = (bytes: number) => [{ name: '₹'.repeat(Math.floor(bytes / 3)) }]
    const send = (bytes: number) =>
      as('auth')(store, { params: { id: 1 }, querystring: {}, body: { items: items(bytes) } })

    it('transports a batch of 1.9 MiB between services', async () => {
      const answer = await send(1.9 * 2 ** 20)
      expect(answer.items[0]!.name.length).toBeGreaterThan(600_000)
    })

    it('is refused above 2 MiB, and for the public above 64 KiB', async () => {
      expect(await refusal(send(2.1 * 2 ** 20))).toMatchObject({ code: 'body-too-large' })
      const input = { params: { name: 'a' }, querystring: {}, body: { text: 'x'.repeat(66_000) } }
      expect(await refusal(as('gateway')(open, input))).toMatchObject({ code: 'body-too-large' })
    })
  })

  describe('that takes long', () => {
    it('ends after the time of its contract, and the handler goes on', async () => {
      expect(await refusal(as('auth')(wait, { body: { text: 'x' } }))).toMatchObject({ code: 'timeout' })
      expect([handled.waits, handled.ended]).toEqual([1, 0])
      openGate()
      await expect.poll(() => handled.ended).toBe(1)
    })
  })

  describe('forwarded as it came', () => {
    const put = (over: Partial<TransportRequest> = {}, name = 'a') =>
      setup.forward('user', {
        method: 'PUT',
        path: `/v1/open/${encodeURIComponent(name)}?more=x&more=%C3%BC+y`,
        route: { contract: open, params: { name } },
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"text":"₹"}'),
        timeoutMs: 5_000,
        ...over,
      })
    const answered = async (request: Promise<Awaited<ReturnType<Deps['forward']>>>) => {
      const { status, headers, body } = await request
      const whole = await wholeBody(body)
      expect(headers['content-length']).toBe(String(whole.length))
      return { status, type: headers['content-type'], body: JSON.parse(whole.toString()) as unknown }
    }

    it('gets the answer with its status and its headers', async () => {
      expect(await answered(put({}, 'a/b ü'))).toEqual({
        status: 200,
        type: 'application/json; charset=utf-8',
        body: { name: 'a/b ü', more: ['x', 'ü y'], length: 1 },
      })
    })

    it.each([
      ['what is no JSON', Buffer.from('{"text":'), 400, 'request-invalid'],
      [
        'a member that JSON must not have',
        Buffer.from('{"__proto__":{"a":1},"text":""}'),
        400,
        'request-invalid',
      ],
      ['a text that cannot be stored', Buffer.from('{"text":"\\u0000"}'), 400, 'request-invalid'],
      ['half of a character', Buffer.from('{"text":"\\ud800"}'), 400, 'request-invalid'],
      ['another shape', Buffer.from('{"text":1}'), 400, 'request-invalid'],
      ['too much', Buffer.from(JSON.stringify({ text: 'x'.repeat(66_000) })), 413, 'body-too-large'],
    ])('gets a problem for %s', async (_what, body, status, code) => {
      const answer = await answered(put({ body }))
      expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { code, status } })
    })

    it('gets a problem for another media type, and for no body', async () => {
      const text = put({ headers: { 'content-type': 'text/plain' } })
      expect(await answered(text)).toMatchObject({ status: 415, body: { code: 'media-type-unsupported' } })
      const none = setup.forward('user', {
        method: 'PUT',
        path: '/v1/open/a',
        route: { contract: open, params: { name: 'a' } },
        headers: {},
        timeoutMs: 5_000,
      })
      expect(await answered(none)).toMatchObject({ status: 400, body: { code: 'request-invalid' } })
    })

    it('names its request in a problem', async () => {
      const headers = { 'content-type': 'application/json', 'x-request-id': 'request-777' }
      const { body } = await answered(put({ headers, body: Buffer.from('{}') }))
      expect(body).toMatchObject({ instance: 'request-777' })
    })

    it('ends when its caller stops waiting, and the handler goes on', async () => {
      const stop = new AbortController()
      const request = setup.forward('user', {
        method: 'POST',
        path: patient.url,
        route: { contract: patient, params: {} },
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"text":"x"}'),
        timeoutMs: 60_000,
        signal: stop.signal,
      })
      await expect.poll(() => handled.waits).toBe(1)
      stop.abort()
      expect(await refusal(request)).toMatchObject({ code: 'unavailable' })
      openGate()
      await expect.poll(() => handled.ended).toBe(1)
    })

    it('ends after its time', async () => {
      const request = setup.forward('user', {
        method: 'POST',
        path: patient.url,
        route: { contract: patient, params: {} },
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"text":"x"}'),
        timeoutMs: 200,
      })
      expect(await refusal(request)).toMatchObject({ code: 'timeout' })
      openGate()
    })
  })

  it('to a service that stops is still answered, and a new one is refused', async () => {
    const inFlight = as('auth')(patient, { body: { text: 'x' } })
    await expect.poll(() => handled.waits).toBe(1)
    let stopped = false
    const stopping = setup.stopTarget().then(() => (stopped = true))
    await delay(30)
    const late = refusal(as('auth')(end, { body: { how: 'x' } }))
    expect(await late).toMatchObject({ code: 'unavailable' })
    expect(stopped).toBe(false)
    openGate()
    expect(await inFlight).toEqual({ text: 'x' })
    await stopping
  })
})
