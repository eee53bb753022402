// The live stream over a real connection: live messages, resuming without gap or repetition, and how streams end.
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { uuidv7 } from '@bahi/contracts/id.ts'
import type { Message } from '@bahi/contracts/notification.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  bearer,
  unreachable,
  eventOf,
  json,
  movableClock,
  startGateway,
  type TestGateway,
  type ForwardedRequest,
} from '../testing.ts'

const clock = movableClock()
let gateway: TestGateway
/** What notification has stored, by person. */
const stored = new Map<string, Message[]>()
let beforeResponse: (request: ForwardedRequest) => Promise<void> | void = () => undefined
const pageSize = 3

beforeAll(async () => {
  gateway = await startGateway(inject('postgresUrl'), { clock, env: { BAHI_STREAM_HEARTBEAT_MS: '100' } })
  gateway.stubs.service = async (request) => {
    if (!request.path.startsWith('/internal/notification/messages')) return json({ fine: true })
    const query = new URL(request.path, 'http://x').searchParams
    const all = stored.get(query.get('userId')!) ?? []
    const messages = all.filter((one) => one.seq > Number(query.get('after')))
    const last = all.at(-1)?.seq ?? 0
    await beforeResponse(request)
    return json({ last, messages: messages.slice(0, pageSize) })
  }
})
beforeEach(() => {
  beforeResponse = () => undefined
})
afterAll(() => gateway.stop())

function message(seq: number): Message {
  const text = `Line one of ${seq}\nline two`
  const at = new Date().toISOString()
  return { seq, id: uuidv7(), type: 'payment.settled', title: 'Paid', text, data: { seq }, at }
}
/** Stores the message and publishes it, as notification does. */
async function notify(userId: string, seq: number, lost = false): Promise<void> {
  const created = message(seq)
  stored.set(userId, [...(stored.get(userId) ?? []), created])
  if (!lost)
    await gateway.bus.publish('live', [eventOf('notification.created', { userId, message: created })])
}

type Listener = {
  status: number
  headers: Headers
  text(): string
  seqs(): number[]
  ended: Promise<void>
  disconnect(): void
}
const listeners: Listener[] = []
afterAll(() => listeners.forEach((one) => one.disconnect()))

async function listen(
  token: string,
  path = '/v1/stream',
  headers: Record<string, string> = {},
): Promise<Listener> {
  const abort = new AbortController()
  const response = await gateway.fetch(path, {
    headers: { ...bearer(token), ...headers },
    signal: abort.signal,
  })
  let text = ''
  const ended = (async () => {
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body!) text += decoder.decode(chunk as Uint8Array, { stream: true })
    } catch {
      // The connection was cut.
    }
  })()
  const listener = {
    status: response.status,
    headers: response.headers,
    text: () => text,
    seqs: () => [...text.matchAll(/^id: (\d+)\nevent: (?!reset)/gm)].map(([, seq]) => Number(seq)),
    ended,
    disconnect: () => abort.abort(),
  }
  listeners.push(listener)
  return listener
}

async function person(): Promise<{ sub: string; sid: string; token: string }> {
  const [sub, sid] = [uuidv7(), uuidv7()]
  return { sub, sid, token: await gateway.token({ sub, sid }) }
}
const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i)

describe('a live stream', () => {
  it('delivers messages as they happen, and none of other people', async () => {
    const [asha, ravi] = [await person(), await person()]
    const [one, other] = [await listen(asha.token), await listen(ravi.token)]
    expect(one.headers.get('content-type')).toContain('text/event-stream')
    expect(one.headers.get('cache-control')).toContain('no-store')
    expect(one.headers.get('content-encoding')).toBeNull()
    expect(one.headers.get('x-content-type-options')).toBe('nosniff')
    await notify(asha.sub, 1)
    await expect.poll(one.seqs).toEqual([1])
    expect(one.text()).toMatch(/^retry: 2000\n\n(:\n\n)*id: 0\n\n/)
    const [, type, data] = /event: (.+)\ndata: (.+)\n\n/.exec(one.text())!
    expect(type).toBe('payment.settled')
    expect(JSON.parse(data!)).toEqual(stored.get(asha.sub)![0])
    expect(other.seqs()).toEqual([])
  })

  it('needs a token and valid parameters', async () => {
    expect((await gateway.fetch('/v1/stream')).status).toBe(401)
    expect(
      (await gateway.fetch('/v1/stream?after=x', { headers: bearer((await person()).token) })).status,
    ).toBe(400)
    const odd = { ...bearer((await person()).token), 'last-event-id': '1; drop' }
    expect((await gateway.fetch('/v1/stream', { headers: odd })).status).toBe(400)
  })

  it('sends comments while it is silent', async () => {
    const one = await listen((await person()).token)
    await expect.poll(() => one.text().match(/^:$/gm)?.length ?? 0).toBeGreaterThanOrEqual(2)
  })
})

describe('a stream that is resumed', () => {
  it.each([
    ['the header', '/v1/stream', { 'last-event-id': '2' }],
    ['the query', '/v1/stream?after=2', {}],
    ['the header, which takes precedence over the query', '/v1/stream?after=0', { 'last-event-id': '2' }],
  ])('continues after the message named by %s', async (_name, path, headers) => {
    const { sub, token } = await person()
    for (const seq of upTo(9)) await notify(sub, seq)
    const one = await listen(token, path, headers as Record<string, string>)
    await expect.poll(one.seqs).toEqual(upTo(9, 3))
    await notify(sub, 10)
    await expect.poll(one.seqs).toEqual(upTo(10, 3))
  })

  it('has no gap and no repetition when messages arrive meanwhile', async () => {
    const { sub, token } = await person()
    for (const seq of upTo(5)) await notify(sub, seq)
    let next = 6
    // A message created after a page was read is only live; later pages contain it too.
    beforeResponse = async () => {
      if (next <= 12) await notify(sub, next++)
    }
    const one = await listen(token, '/v1/stream', { 'last-event-id': '0' })
    await expect.poll(() => one.seqs().length).toBeGreaterThanOrEqual(next - 1)
    for (; next <= 20; next++) await notify(sub, next)
    await expect.poll(one.seqs).toEqual(upTo(20))
  })

  it('reads messages that the bus lost', async () => {
    const { sub, token } = await person()
    const one = await listen(token)
    await notify(sub, 1)
    await notify(sub, 2, true)
    await notify(sub, 3, true)
    await Promise.all([notify(sub, 4), notify(sub, 5)])
    await expect.poll(one.seqs).toEqual(upTo(5))
  })

  it('delivers a message once that is published twice', async () => {
    const { sub, token } = await person()
    const one = await listen(token)
    await notify(sub, 1)
    await gateway.bus.publish('live', [
      eventOf('notification.created', { userId: sub, message: stored.get(sub)![0] }),
    ])
    await notify(sub, 2)
    await expect.poll(one.seqs).toEqual([1, 2])
  })

  it('names the newest message at its beginning: what happens before the next one is not missed', async () => {
    const { sub, token } = await person()
    for (const seq of upTo(3)) await notify(sub, seq)
    const first = await listen(token)
    await expect.poll(first.text).toMatch(/^id: 3\n\n/m)
    expect(first.seqs()).toEqual([])
    first.disconnect()
    for (const seq of upTo(5, 4)) await notify(sub, seq, true)
    const second = await listen(token, '/v1/stream', { 'last-event-id': '3' })
    await notify(sub, 6)
    await expect.poll(second.seqs).toEqual([4, 5, 6])
  })

  it('misses nothing that happens while it begins', async () => {
    const { sub, token } = await person()
    await notify(sub, 1)
    let next = 2
    beforeResponse = async () => {
      while (next <= 4) await notify(sub, next++)
    }
    const one = await listen(token)
    await expect.poll(one.seqs).toEqual([2, 3, 4])
  })

  it.each([
    ['of the future', '5000'],
    ['of another database', String(Number.MAX_SAFE_INTEGER)],
  ])('after a message %s begins anew, says so, and goes on', async (_what, after) => {
    const { sub, token } = await person()
    for (const seq of upTo(2)) await notify(sub, seq)
    const one = await listen(token, `/v1/stream?after=${after}`)
    await expect.poll(one.text).toContain('id: 2\nevent: reset\ndata: {"after":2}\n\n')
    await notify(sub, 3)
    await expect.poll(one.seqs).toEqual([3])
  })

  it('after a message of long ago begins anew instead of reading everything', async () => {
    const { sub, token } = await person()
    stored.set(sub, [message(5_000)])
    const one = await listen(token, '/v1/stream?after=1')
    await expect.poll(one.text).toContain('id: 5000\nevent: reset\n')
    expect(one.seqs()).toEqual([])
  })

  it('ends when older messages cannot be read, so that the client reconnects', async () => {
    const { sub, token } = await person()
    await notify(sub, 1)
    beforeResponse = unreachable
    const one = await listen(token, '/v1/stream?after=0')
    await one.ended
    expect(one.seqs()).toEqual([])
  })
})

describe('a stream ends', () => {
  it('when its token expires', async () => {
    const one = await listen(await gateway.token({}, { lifeS: 60 }))
    clock.advance(70_000)
    await one.ended
  })

  it('when its session ends, and only then', async () => {
    const { sub, sid, token } = await person()
    const [one, other] = [await listen(token), await listen(await gateway.token({ sub }))]
    const ended = eventOf('auth.session-ended', { userId: sub, sessionId: sid, reason: 'logout' })
    await gateway.bus.publish('auth', [ended])
    await one.ended
    await notify(sub, 1)
    await expect.poll(other.seqs).toEqual([1])
  })

  it('when the same session opens a ninth: the oldest ends, and is told to wait', async () => {
    const { sub, token } = await person()
    const other = await listen(await gateway.token({ sub }))
    const opened: Listener[] = []
    for (let i = 0; i < 9; i++) opened.push(await listen(token))
    await opened[0]!.ended
    expect(opened[0]!.text()).toMatch(/retry: 30000\n\n$/)
    await notify(sub, 1)
    for (const one of [other, ...opened.slice(1)]) await expect.poll(one.seqs).toEqual([1])
    expect(opened[0]!.seqs()).toEqual([])
  })

  it('when a person has more than forty: one of the session that has the most', async () => {
    const { sub, token } = await person()
    const own = await listen(token)
    const others: Listener[] = []
    for (let session = 0; session < 6; session++) {
      const another = await gateway.token({ sub })
      for (let i = 0; i < 7; i++) others.push(await listen(another))
    }
    await Promise.all(others.slice(0, 1).map((one) => one.ended))
    await notify(sub, 1)
    await expect.poll(own.seqs).toEqual([1])
    await expect.poll(() => others.filter((one) => one.seqs().length === 1).length).toBe(39)
  })

  it('when its client does not read', async () => {
    const { sub, token } = await person()
    const { port } = new URL(gateway.url)
    let closed = false
    const before = (await openStreams()) + 1
    const sent = httpRequest(
      { port, host: '127.0.0.1', path: '/v1/stream', headers: bearer(token) },
      (response) => {
        response.pause()
        response.on('close', () => (closed = true))
        response.on('error', () => undefined)
      },
    )
    sent.on('error', () => undefined)
    sent.end()
    await expect.poll(openStreams).toBe(before)
    const big = { ...message(1), data: { filler: 'x'.repeat(60_000) } }
    for (let seq = 1; seq <= 400 && (await openStreams()) === before; seq++) {
      const one = eventOf('notification.created', { userId: sub, message: { ...big, seq } })
      await gateway.bus.publish('live', [one])
      if (seq % 20 === 0) await sleep(5)
    }
    await expect.poll(openStreams).toBe(before - 1)
    sent.destroy()
    expect(typeof closed).toBe('boolean')
  })

  it('when its client disconnects, and is no longer counted', async () => {
    const before = await openStreams()
    const one = await listen((await person()).token)
    expect(await openStreams()).toBe(before + 1)
    one.disconnect()
    await expect.poll(openStreams).toBe(before)
  })

  it('when the gateway stops, which an idle connection does not hold up', async () => {
    const other = await startGateway(inject('postgresUrl'))
    const response = await other.fetch('/v1/stream', { headers: bearer(await other.token()) })
    const idle = connect(Number(new URL(other.url).port), '127.0.0.1')
    await once(idle, 'connect')
    await sleep(20)
    const [text] = await Promise.all([response.text(), other.stop()])
    expect(text).toContain('retry: 2000')
  })
})

async function openStreams(): Promise<number> {
  const text = await gateway.platform.metrics()
  return Number(/^bahi_gateway_open_streams\S* (\d+)$/m.exec(text)?.[1] ?? 0)
}
