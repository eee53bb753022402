// The live stream of one window, and of several: resumed, shared, and noticed when it is lost without a word.
import type { Message } from '@bahi/contracts/notification.ts'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { useSession } from '../session/session.ts'
import { followLiveStream, maxSilentMs, serverSentEvents } from './live-stream.ts'
import { followLive, maxAsleepMs } from './live-windows.ts'

const userId = '01994c00-0000-7000-8000-000000000001'

type Line = { url: string; send(text: string): void; end(): void; isCut: () => boolean }
let lines: Line[] = []
/** Ends what a test has begun. */
let ended = new AbortController()

/** Answers as the gateway does: the head at once, then what the test sends. */
function openLine(url: string, init: RequestInit = {}): Response {
  let isCut = false
  let source!: ReadableStreamDefaultController<Uint8Array>
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (source = controller) })
  init.signal?.addEventListener('abort', () => {
    if (isCut) return
    isCut = true
    source.error(new DOMException('aborted', 'AbortError'))
  })
  const end = () => {
    isCut = true
    source.close()
  }
  lines.push({ url, send: (text) => source.enqueue(new TextEncoder().encode(text)), end, isCut: () => isCut })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

const message = (seq: number): Message => ({
  ...{ seq, id: userId, type: 'payment.settled', title: 'Payment successful', text: 'a\u2028b', data: {} },
  at: '2026-11-26T12:00:00.000Z',
})
const eventOf = (seq: number) =>
  `id: ${seq}\nevent: payment.settled\ndata: ${JSON.stringify(message(seq))}\n\n`
const passed = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const last = () => lines.at(-1)!

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  vi.stubGlobal('fetch', (url: string, init?: RequestInit) => Promise.resolve(openLine(url, init)))
  localStorage.clear()
  lines = []
  ended = new AbortController()
  const signedIn = { userId, accessToken: 'token', expiresAtMs: Date.now() + 3_600_000 }
  useSession.setState({ state: 'signed-in', signedIn }, true)
})
afterEach(async () => {
  ended.abort()
  await passed(0)
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** One stream; what it said, and where it is. */
function follow(begin?: number) {
  const seen: number[][] = []
  let at = begin
  const position = { read: () => at, write: (seq: number) => void (at = seq) }
  const onChange = (messages: Message[]) => void seen.push(messages.map(({ seq }) => seq))
  void followLiveStream({ position, onChange }, ended.signal)
  return { seen, at: () => at }
}

describe('a stream', () => {
  test('knows where it began, and resumes there: nothing between two streams is missed', async () => {
    const stream = follow()
    await passed(0)
    expect(last().url).toBe('/v1/stream')
    last().send('retry: 2000\n\nid: 41\n\n')
    await passed(0)
    expect([stream.at(), stream.seen]).toEqual([41, []])
    last().end()
    await passed(3_000)
    expect(last().url).toBe('/v1/stream?after=41')
    last().send(eventOf(42) + eventOf(43))
    await passed(0)
    expect(stream.seen).toEqual([[42, 43]])
    last().end()
    await passed(3_000)
    expect(last().url).toBe('/v1/stream?after=43')
  })

  test('that is silent for too long is cut and opened anew; a comment keeps it', async () => {
    follow(7)
    await passed(0)
    for (let i = 0; i < 6; i++) {
      await passed(15_000)
      last().send(':\n\n')
    }
    expect(lines).toHaveLength(1)
    await passed(maxSilentMs + 1)
    expect(lines[0]!.isCut()).toBe(true)
    await passed(3_000)
    expect(last().url).toBe('/v1/stream?after=7')
    expect(lines).toHaveLength(2)
  })

  test('that never gets a head is given up too', async () => {
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) => {
      openLine(url, init)
      return new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new Error('cut'))),
      )
    })
    follow()
    await passed(maxSilentMs + 3_000)
    expect(lines.length).toBeGreaterThan(1)
  })

  test('is opened anew at once when the network comes back', async () => {
    follow(7)
    await passed(0)
    window.dispatchEvent(new Event('online'))
    await passed(2_000)
    expect([lines.length, lines[0]!.isCut()]).toEqual([2, true])
  })

  test('that was ended for another one waits as long as it was told', async () => {
    follow(7)
    await passed(0)
    last().send('retry: 30000\n\n')
    await passed(0)
    last().end()
    await passed(20_000)
    expect(lines).toHaveLength(1)
    await passed(20_000)
    expect(lines).toHaveLength(2)
  })

  test('that is reset reads everything again, and goes on from there', async () => {
    const stream = follow(5_000)
    await passed(0)
    last().send('id: 2\nevent: reset\ndata: {"after":2}\n\n' + eventOf(3))
    await passed(0)
    expect([stream.seen, stream.at()]).toEqual([[[]], 3])
  })

  test('arrives in pieces of any size', async () => {
    const bytes = new TextEncoder().encode(eventOf(1) + ':\n\n' + eventOf(2))
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]))
        controller.close()
      },
    })
    const read = []
    for await (const events of serverSentEvents(body)) read.push(...events)
    expect(read.filter(({ data }) => data).map(({ id, data }) => [id, JSON.parse(data)])).toEqual([
      [1, message(1)],
      [2, message(2)],
    ])
  })
})

/** Web Locks as far as they are used here: one holder, the others in their order; `steal` and `signal`. */
function fakeLocks() {
  type Waiter = { run: () => void; reject: (error: Error) => void }
  let holder: { reject: (error: Error) => void } | undefined
  const waiters: Waiter[] = []
  const next = () => {
    holder = undefined
    waiters.shift()?.run()
  }
  return {
    request(_name: string, how: LockOptions, callback: () => Promise<unknown>) {
      return new Promise((resolve, reject) => {
        const refused = new DOMException('lost', 'AbortError')
        const run = () => {
          const me = { reject }
          holder = me
          void callback().then((value) => {
            resolve(value)
            if (holder === me) next()
          })
        }
        if (how.steal) {
          holder?.reject(refused)
          return run()
        }
        if (how.signal?.aborted) return reject(refused)
        if (!holder) return run()
        const waiter = { run, reject }
        waiters.push(waiter)
        how.signal?.addEventListener('abort', () => {
          if (!waiters.includes(waiter)) return
          waiters.splice(waiters.indexOf(waiter), 1)
          reject(refused)
        })
      })
    },
  }
}

type Channel = { onmessage?: (event: { data: unknown }) => void }

/** Channels of one name: what one posts, the others get. */
function fakeChannels() {
  const open = new Set<Channel>()
  return function fakeChannel() {
    const me: Channel & Pick<BroadcastChannel, 'postMessage' | 'close'> = {
      postMessage(data: unknown) {
        for (const one of open) if (one !== me) queueMicrotask(() => one.onmessage?.({ data }))
      },
      close: () => void open.delete(me),
    }
    open.add(me)
    return me
  }
}

describe('the windows of a browser', () => {
  function openWindow() {
    const seen: number[][] = []
    const closed = new AbortController()
    ended.signal.addEventListener('abort', () => closed.abort())
    void followLive(userId, (messages) => void seen.push(messages.map(({ seq }) => seq)), closed.signal)
    return { seen, close: () => closed.abort() }
  }
  beforeEach(() => {
    vi.stubGlobal('BroadcastChannel', fakeChannels())
    Object.defineProperty(navigator, 'locks', { value: fakeLocks(), configurable: true })
  })
  afterEach(() => {
    Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })
  })
  const chatter = async (ms: number) => {
    for (let at = 0; at < ms; at += 15_000) {
      await passed(15_000)
      last().send(':\n\n')
    }
  }

  test('are six and have one stream, for as long as they like; each sees what comes', async () => {
    const windows = Array.from({ length: 6 }, openWindow)
    await passed(0)
    last().send('id: 1\n\n')
    await chatter(600_000)
    expect(lines).toHaveLength(1)
    last().send(eventOf(2))
    await passed(0)
    for (const { seen } of windows) expect(seen).toEqual([[2]])
  })

  test('go on from the same place when the one that leads is closed', async () => {
    const [first, second] = [openWindow(), openWindow()]
    await passed(0)
    last().send(eventOf(8))
    await passed(300)
    first.close()
    await passed(0)
    expect([lines[0]!.isCut(), last().url]).toEqual([true, '/v1/stream?after=8'])
    last().send(eventOf(9))
    await passed(0)
    expect([first.seen, second.seen]).toEqual([[[8]], [[8], [9]]])
  })

  test('after a restart get what they missed', async () => {
    const before = openWindow()
    await passed(0)
    last().send(eventOf(8))
    await passed(0)
    before.close()
    openWindow()
    await passed(0)
    expect(last().url).toBe('/v1/stream?after=8')
  })

  test('take the stream over from one that sleeps', async () => {
    openWindow()
    await passed(0)
    // A sleeping window runs no timers and posts nothing.
    const asleep = fakeChannels()
    vi.stubGlobal('BroadcastChannel', asleep)
    const second = openWindow()
    await passed(maxAsleepMs - 5_000)
    expect(lines.filter((line) => !line.isCut())).toHaveLength(1)
    await passed(30_000)
    last().send(eventOf(3))
    await passed(0)
    expect(second.seen).toEqual([[3]])
    expect(lines.filter((line) => !line.isCut())).toHaveLength(1)
  })

  test('read everything twice at most for many messages at once', async () => {
    const { seen } = openWindow()
    await passed(0)
    for (let seq = 1; seq <= 50; seq++) last().send(eventOf(seq))
    await passed(1_000)
    expect(seen.length).toBeLessThanOrEqual(2)
    expect(seen.flat()).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
  })

  test('of a browser without locks have one each', async () => {
    Object.defineProperty(navigator, 'locks', { value: undefined, configurable: true })
    openWindow()
    openWindow()
    await passed(0)
    expect(lines).toHaveLength(2)
  })
})
